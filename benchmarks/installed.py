"""What a system takes on disk. Standard library only: this runs in the interpreter of the system."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

EVERY_SYSTEM = re.compile(r"(ld-linux|libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+)[-.]")
"""Libraries that PEP 600 lets a wheel expect of any Linux: counted for no system, as the wheels do not bring them."""


def distributions_mb(packages: Iterable[str], files: Iterable[str] = ()) -> float:
    """MB (10^6 bytes) of distributions and all they require, and of other files; a package run from its source counts
    its folder."""
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
        pending += [wanted for text in found.requires or () for wanted in _required(text, extra)]
    return (sum(sizes.values()) + sum(map(size_of, map(Path, files)))) / 1e6


def program_mb(program: str, folder: Path) -> float | None:
    """MB of a program, of the shared libraries it is linked with (but EVERY_SYSTEM) and of the folder of its data.

    None where there is no ``ldd`` to ask.
    """
    if shutil.which("ldd") is None:
        return None
    done = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    libraries = {Path(path).resolve() for path in re.findall(r"(?:=>\s*|^\s*)(/\S+)", done.stdout, re.M)}
    brought = [path for path in libraries if not EVERY_SYSTEM.match(path.name)]
    return sum(map(size_of, [Path(program).resolve(), *brought, *folder.rglob("*")])) / 1e6


def size_of(path: Path) -> int:
    """Bytes of a file; 0 for anything else."""
    return path.stat().st_size if path.is_file() else 0


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of each distribution; of a package run from its source what it says itself, else "unknown"."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = getattr(sys.modules.get(name), "__version__", "unknown")
    return found


def _required(requirement: str, extra: str) -> list[tuple[str, str]]:
    """``paddlex[ocr-core]<3.8; python_version ...`` -> ``("paddlex", "")`` and ``("paddlex", "ocr-core")``.

    Nothing where only another extra than the one followed asks for it.
    """
    only_for = re.search(r"\bextra\s*==\s*['\"]([^'\"]+)", requirement)
    head = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", requirement)
    if head is None or (only_for and only_for[1] != extra):
        return []
    return [(head[1], ""), *((head[1], name.strip()) for name in (head[2] or "").split(",") if name.strip())]


def _source_size(name: str) -> int:
    """Size of the folder of a package that is loaded; 0 for what is not, or is a single file among others."""
    home = Path(getattr(sys.modules.get(name), "__file__", None) or "")
    if home.name != "__init__.py":
        return 0
    return sum(size_of(file) for file in home.parent.rglob("*") if "__pycache__" not in file.parts)
