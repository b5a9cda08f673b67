"""The published recogniser's weights."""

from __future__ import annotations

from collections.abc import Sequence

from models.recognizer.network import Recognizer
from models.weights import load_weights


def load(data: bytes, classes: Sequence[int] = (), where: str = "rec.onnx") -> Recognizer:
    """The recogniser with the weights of PP-OCRv6 tiny's ONNX graph ``data``, in evaluation mode.

    classes: numbers of the classes to keep, in this order, as ``export.ports.select_classes`` gives them; none for all.
    Raises BundleError where that is not the graph, or lacks a class; ``where`` is its name for the message.
    """
    recognizer = Recognizer()
    load_weights(recognizer, data, where)
    if classes:
        recognizer.keep_classes(classes)
    recognizer.eval()
    return recognizer
