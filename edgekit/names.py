"""Which names a bundle's files may have: those that mean the same file on every system."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

MANIFEST_NAME = "manifest.json"

_SEGMENT = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_MAX_LENGTH = 240
"""Characters; Windows' 260 for a whole path leave room for little more."""


def is_portable(name: str) -> bool:
    """Whether ``name`` is a relative, normalised path of plain ASCII: no ``..``, drive letter, backslash or NUL."""
    return _PATH.fullmatch(name) is not None and len(name) <= _MAX_LENGTH


def is_safe_name(name: str) -> bool:
    """Whether ``name`` may name a file that a manifest lists: portable, and not the manifest itself."""
    return is_portable(name) and name.lower() != MANIFEST_NAME


def collision(names: Iterable[str]) -> tuple[str, str] | None:
    """Two names that differ only in case, or of which one lies inside the other; None where there are none."""
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            return seen[name.lower()], name
        seen[name.lower()] = name
    for lower, name in seen.items():
        for parent in PurePosixPath(lower).parents:
            if str(parent) in seen:
                return seen[str(parent)], name
    return None
