"""Which versions ran."""

from __future__ import annotations

import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from edgekit import __version__
from edgekit.bench.files import Run, call

PRODUCER = "edgekit bench"
PACKAGES = ("onnxruntime", "numpy", "pillow", "executorch", "coremltools")


def describe(run: Run = call) -> dict[str, Any]:
    """The schema's ``software``."""
    return {
        "producer": PRODUCER,
        "edgekit": __version__,
        "runtime": f"{platform.python_implementation()} {platform.python_version()}",
        "packages": {name: version(name) for name in PACKAGES},
        "git": revision(Path(__file__).parents[2], run),
    }


def version(package: str) -> str | None:
    """Of an installed package; None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def revision(folder: Path, run: Run = call) -> dict[str, Any] | None:
    """Commit of the checkout in a folder, and whether its files differ from it; None where there is no checkout."""
    if not (folder / ".git").exists():
        return None
    commit = run(("git", "-C", str(folder), "rev-parse", "HEAD"))
    if not commit:
        return None
    status = run(("git", "-C", str(folder), "status", "--porcelain", "--untracked-files=no"))
    return {"revision": commit, "changed": None if status is None else bool(status)}
