"""Where the files of a bundle lie: a folder, or a zip (``edgekit.zipped``). Names and sizes first, bytes on demand.

Both refuse what could reach beyond the bundle or stand for something else: links, devices, ``..``, encrypted entries,
two entries of one name. Neither believes a declared size: ``read`` never returns more than one byte above it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from edgekit.errors import BundleError, IntegrityError


class Store(Protocol):
    """The files of a bundle by name (``/`` between folders, on every system)."""

    @property
    def sizes(self) -> Mapping[str, int]:
        """Bytes of every file found, the manifest included, as the disk or the archive declares them."""
        ...

    def read(self, name: str, size: int) -> bytes:
        """The bytes of a file of ``sizes``; at most ``size`` + 1 of them, so that an excess shows.

        Raises IntegrityError where the file is damaged or gone, BundleError where the system refuses to read it.
        """
        ...


class FolderStore:
    """A folder of plain files."""

    def __init__(self, root: Path) -> None:
        """Lists ``root``. Raises IntegrityError for a link or a special file, BundleError where it cannot be listed."""
        self._root = root
        try:
            self._sizes = MappingProxyType(dict(_walk(root)))
        except OSError as error:
            raise unreadable(root, error) from error

    @property
    def sizes(self) -> Mapping[str, int]:
        return self._sizes

    def read(self, name: str, size: int) -> bytes:
        path = self._root.joinpath(*name.split("/"))
        try:
            _check_plain(path.lstat().st_mode, path)
            with path.open("rb") as file:
                return file.read(size + 1)
        except FileNotFoundError as error:
            raise IntegrityError(f"{path}: is missing; get the bundle again") from error
        except OSError as error:
            raise unreadable(path, error) from error


def _walk(root: Path) -> Iterator[tuple[str, int]]:
    pending = [""]
    while pending:
        prefix = pending.pop()
        with os.scandir(root / prefix) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(status.st_mode):
                    pending.append(f"{prefix}{entry.name}/")
                else:
                    _check_plain(status.st_mode, Path(entry.path))
                    yield prefix + entry.name, status.st_size


def _check_plain(mode: int, path: Path) -> None:
    if stat.S_ISREG(mode):
        return
    kind = "a symbolic link" if stat.S_ISLNK(mode) else "not a plain file"
    raise IntegrityError(f"{path}: is {kind}; a bundle holds plain files only, replace it by the file itself")


def unreadable(path: Path, error: OSError) -> BundleError:
    """What to raise where the system refuses to read a file or folder of a bundle."""
    return BundleError(f"{path}: cannot be read ({error.strerror or error}); check the path and its permissions")
