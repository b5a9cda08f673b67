"""Files that appear at their place all at once: written beside it, proved there, and renamed."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from edgekit.errors import BundleError

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: equal contents give equal archives, whenever they were packed."""
_FULL = (errno.ENOSPC, errno.EDQUOT)


def place(target: Path, files: Mapping[str, bytes], prove: Callable[[Path], object]) -> None:
    """Writes ``files``, by their names with ``/``, as a zip where ``target`` ends in ``.zip``, else as a folder.

    ``prove`` gets what was written before it is renamed, and raises where it is not what it should be. What was at
    ``target`` is replaced; where anything fails it stays, and nothing else is left behind. Raises BundleError where it
    cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".edgekit-") as work:
            staged = Path(work, "new.zip" if is_zip(target) else "new")
            write_zip(staged, files) if is_zip(target) else _write_folder(staged, files)
            prove(staged)
            _move(staged, target, Path(work, "old"))
    except (OSError, ValueError) as error:
        raise unwritable(target, error) from error


def is_zip(target: Path) -> bool:
    """Whether a target's name asks for a zip."""
    return target.suffix.lower() == ".zip"


def unwritable(target: Path, error: Exception) -> BundleError:
    """What to tell of a file or folder that the system did not let us write."""
    if isinstance(error, OSError) and error.errno in _FULL:
        return BundleError(f"{target}: the disk is full; make room, or choose a place on another disk")
    reason = getattr(error, "strerror", None) or error
    return BundleError(f"{target}: cannot be written ({reason}); check the folder above it")


def write_zip(target: Path | IO[bytes], files: Mapping[str, bytes]) -> None:
    """Stored, not deflated: builds of zlib differ in the bytes they make, and weights hardly shrink."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, data)


def _move(staged: Path, target: Path, old: Path) -> None:
    """A folder cannot replace another in one step: the old one steps aside, and back where the new one fails."""
    if not target.is_dir():
        os.replace(staged, target)
        return
    target.rename(old)
    try:
        staged.rename(target)
    except OSError:
        old.rename(target)
        raise


def _write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    for name, data in files.items():
        path = target.joinpath(*name.split("/"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
