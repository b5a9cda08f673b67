"""The published detector's weights."""

from __future__ import annotations

from models.detector.network import Detector
from models.weights import load_weights


def load(data: bytes, where: str = "det.onnx") -> Detector:
    """The detector with the weights of PP-OCRv6 tiny's ONNX graph ``data``, in evaluation mode.

    Raises BundleError where that is not the graph; ``where`` is its name for the message.
    """
    detector = Detector()
    load_weights(detector, data, where)
    detector.eval()
    return detector
