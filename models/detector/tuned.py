"""The tuned detector's weights as a small file."""

from __future__ import annotations

from models import tuned
from models.detector.network import Detector


def pack(detector: Detector, data: bytes, where: str = "det.onnx") -> bytes:
    """``models.tuned.pack`` for a detector. Raises BundleError as that does."""
    return tuned.pack(detector, Detector(), data, where)
