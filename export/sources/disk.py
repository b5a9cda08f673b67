"""Files on disk, and digests: nothing is used before its digest is the expected one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from edgekit.errors import BundleError, IntegrityError
from export.recipe import REPOSITORY, LocalFile


def read_local(file: LocalFile, root: Path) -> bytes:
    """A recipe's file, below ``root`` or else in the repository, as the parts of our own recipes are.

    Raises BundleError where it cannot be read, IntegrityError where its digest is another.
    """
    path = root / file.path if (root / file.path).exists() else REPOSITORY / file.path
    data = read(path if path.exists() else root / file.path)
    got = hashlib.sha256(data).hexdigest()
    if got != file.sha256:
        raise IntegrityError(f"{path}: expected SHA-256 {file.sha256}, got {got}; correct the recipe, or the file")
    return data


def read(path: Path) -> bytes:
    """Raises BundleError where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror}); check its path and permissions") from error


@contextlib.contextmanager
def scratch(files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder that holds these files by name, and is gone afterwards. BundleError where it cannot be written."""
    with contextlib.ExitStack() as stack:
        try:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for name, data in files.items():
                (folder / name).write_bytes(data)
        except OSError as error:
            mend = f"{no_room(error)}set TMPDIR to another folder"
            raise BundleError(f"{tempfile.gettempdir()}: cannot be written ({error.strerror}); {mend}") from error
        yield folder


def check(data: bytes, expected: str, where: str) -> None:
    """Raises IntegrityError unless the digest is the expected one."""
    got = hashlib.sha256(data).hexdigest()
    if got != expected:
        raise IntegrityError(f"{where}: expected SHA-256 {expected}, got {got}; delete it and run again")


def no_room(error: OSError) -> str:
    """The mend of a full disk, else nothing."""
    return "free some space, or " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
