"""An app's package on disk: a folder, or a zip where its name ends in ``.zip``."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

from edgekit.bundle import Bundle
from edgekit.errors import BundleError, UsageError
from edgekit.names import MANIFEST_NAME
from edgekit.placing import is_zip, place
from export.apps.kinds import App


def check_target(target: Path, app: App, overwrite: bool) -> None:
    """Raises UsageError where something is at ``target`` and may not be replaced, or is no package for this app."""
    if not os.path.lexists(target):
        return
    if not overwrite:
        raise UsageError(f"{target}: exists; choose another --out, or add --overwrite")
    if target.is_symlink() or not _is_package(target, app):
        raise UsageError(f"{target}: is no package for {app.name} and will not be overwritten; choose another --out")


def write(target: Path, app: App, files: Mapping[str, bytes], overwrite: bool) -> None:
    """Writes beside ``target``, opens the bundle there or compares the zip, and renames; see ``edgekit.placing``.

    Raises UsageError as ``check_target``, BundleError where it cannot be written or reads back otherwise.
    """

    def prove(staged: Path) -> None:
        if is_zip(target):
            _compare(staged, files)
        else:
            Bundle.open(staged / app.place)

    check_target(target, app, overwrite)
    place(target, dict(sorted(files.items())), prove)


def _compare(staged: Path, files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(staged) as archive:
        try:
            same = all(archive.read(name) == data for name, data in files.items())
        except zipfile.BadZipFile:
            same = False
    if not same:
        raise BundleError(f"{staged.name}: the disk gave back other bytes than were written; check it")


def _is_package(target: Path, app: App) -> bool:
    marker = f"{app.place}/{MANIFEST_NAME}"
    if not is_zip(target):
        return (target / marker).is_file()
    try:
        with zipfile.ZipFile(target) as archive:
            return marker in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False
