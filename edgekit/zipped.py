"""A bundle in a zip. Loaded only where one is opened: what reads zips takes a megabyte that folders do without."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from edgekit.errors import BundleError, IntegrityError
from edgekit.names import MANIFEST_NAME, is_portable
from edgekit.store import unreadable

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    struct.error,
)
"""What ``zipfile`` is known to raise for damaged or unsupported archives."""
_ENCRYPTED = 0x1


class ZipStore:
    """A zip whose files lie at its root or under one top folder. Opened anew for each read."""

    def __init__(self, path: Path) -> None:
        """Lists the archive. Raises IntegrityError for an entry no bundle may have, BundleError for a bad archive."""
        self._path = path
        with _opened(path) as archive:
            names = self._entries(archive)
        top = _top_folder(names)
        self._entry_of = {name.removeprefix(top): name for name in names}
        self._sizes = MappingProxyType({name.removeprefix(top): size for name, size in names.items()})

    @property
    def sizes(self) -> Mapping[str, int]:
        return self._sizes

    def read(self, name: str, size: int) -> bytes:
        try:
            with _opened(self._path) as archive, archive.open(self._entry_of[name]) as file:
                return file.read(size + 1)
        except OSError as error:
            raise unreadable(self._path, error) from error
        except KeyError as error:
            raise IntegrityError(f"{self._path}: {name} is missing; get the bundle again") from error
        except _ZIP_ERRORS as error:
            raise IntegrityError(f"{self._path}: {name} was altered ({error}); get the bundle again") from error

    def _entries(self, archive: zipfile.ZipFile) -> dict[str, int]:
        found: dict[str, int] = {}
        seen: set[str] = set()
        for info in archive.infolist():
            problem = _problem(info) or ("appears twice" if info.orig_filename.lower() in seen else None)
            if problem:
                raise IntegrityError(f"{self._path}: entry {info.orig_filename!r} {problem}; pack the bundle again")
            seen.add(info.orig_filename.lower())
            if not info.is_dir():
                found[info.filename] = info.file_size
        return found


def _problem(info: zipfile.ZipInfo) -> str | None:
    """Why a bundle may not have this entry; None where it may."""
    mode = stat.S_IFMT(info.external_attr >> 16)
    if mode not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or special file"
    if not is_portable(info.orig_filename.removesuffix("/")):
        return "has an unsafe name"
    if info.flag_bits & _ENCRYPTED:
        return "is encrypted"
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is neither stored nor deflated"
    return "is a folder with contents" if info.is_dir() and info.file_size else None


def _top_folder(names: Mapping[str, int]) -> str:
    """What precedes the names of all files: "" or "folder/"."""
    tops = {name.partition("/")[0] + "/" for name in names}
    top = tops.pop() if len(tops) == 1 else ""
    return top if f"{top}{MANIFEST_NAME}" in names else ""


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except OSError as error:
        raise unreadable(path, error) from error
    except _ZIP_ERRORS as error:
        raise BundleError(f"{path}: not a zip ({error}); give the folder of a bundle or a zip of it") from error
