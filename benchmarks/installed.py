"""Versions of packages, and what a program takes on disk. Standard library only: this runs beside other systems."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from edgekit.bench.disk import size_of

EVERY_SYSTEM = re.compile(r"(ld-linux|libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+)[-.]")
"""Libraries that PEP 600 lets a wheel expect of any Linux: counted for no system, as the wheels do not bring them."""


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


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of each distribution; of a package run from its source what it says itself, else "unknown"."""
    found = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = getattr(sys.modules.get(name), "__version__", "unknown")
    return found
