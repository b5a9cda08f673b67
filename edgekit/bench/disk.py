"""What packages take on disk, with all that they require. Standard library only: it also runs beside other systems."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path


def installed_bytes(packages: Iterable[str]) -> int:
    """Bytes of distributions and all they require; a package run from its source counts its folder."""
    seen: set[str] = set()
    pending, size = list(packages), 0
    while pending:
        name = pending.pop().lower().replace("_", "-")
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # a requirement of another platform, or source that is not installed
            size += _source_size(name)
            continue
        listed = sum(_size(Path(str(file.locate()))) for file in found.files or ())
        size += max(listed, _source_size(name))  # an editable install lists hardly anything
        pending += [required(text) for text in found.requires or () if "extra ==" not in text]
    return size


def required(requirement: str) -> str:
    """``Shapely!=2.0.4,>=1.7.1 ; python_version ...`` -> ``Shapely``."""
    end = next((i for i, char in enumerate(requirement) if not (char.isalnum() or char in "-_.")), len(requirement))
    return requirement[:end]


def _source_size(name: str) -> int:
    """Size of the folder of a package that is loaded; 0 for what is not, or is a single file among others."""
    home = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    if home.name != "__init__.py":
        return 0
    files = home.parent.rglob("*")
    return sum(_size(file) for file in files if "__pycache__" not in file.parts)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0
