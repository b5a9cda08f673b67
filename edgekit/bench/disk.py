"""What packages take on disk, with all that they require. Standard library only: it also runs beside other systems."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path


def installed_bytes(packages: Iterable[str]) -> int:
    """Bytes of distributions and all they require; a package run from its source counts its folder."""
    sizes: dict[str, int] = {}
    followed: set[tuple[str, str]] = set()
    pending = [(name, "") for name in packages]
    while pending:
        name, extra = pending.pop()
        name = re.sub(r"[-_.]+", "-", name).lower()
        if (name, extra) in followed:
            continue
        followed.add((name, extra))
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # a requirement of another platform, or source that is not installed
            sizes[name] = _source_size(name)
            continue
        listed = sum(size_of(Path(str(file.locate()))) for file in found.files or ())
        sizes[name] = max(listed, _source_size(name))  # an editable install lists hardly anything
        pending += [wanted for text in found.requires or () for wanted in required(text, extra)]
    return sum(sizes.values())


def required(requirement: str, extra: str) -> list[tuple[str, str]]:
    """``paddlex[ocr-core]<3.8; python_version ...`` -> ``("paddlex", "")`` and ``("paddlex", "ocr-core")``.

    Nothing where only another extra than the one that is followed asks for it.
    """
    only_for = re.search(r"\bextra\s*==\s*['\"]([^'\"]+)", requirement)
    head = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", requirement)
    if head is None or (only_for and only_for[1] != extra):
        return []
    return [(head[1], ""), *((head[1], name.strip()) for name in (head[2] or "").split(",") if name.strip())]


def size_of(path: Path) -> int:
    """Bytes of a file; 0 for anything else."""
    return path.stat().st_size if path.is_file() else 0


def _source_size(name: str) -> int:
    """Size of the folder of a package that is loaded; 0 for what is not, or is a single file among others."""
    home = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    if home.name != "__init__.py":
        return 0
    files = home.parent.rglob("*")
    return sum(size_of(file) for file in files if "__pycache__" not in file.parts)
