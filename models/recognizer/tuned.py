"""The tuned recogniser's weights as a small file."""

from __future__ import annotations

from collections.abc import Sequence

from models import tuned
from models.recognizer.network import Recognizer


def pack(recognizer: Recognizer, data: bytes, classes: Sequence[int], where: str = "rec.onnx") -> bytes:
    """``models.tuned.pack`` for a recogniser whose head is cut to ``classes``. Raises BundleError as that does."""
    return tuned.pack(recognizer, Recognizer(), data, where, classes)
