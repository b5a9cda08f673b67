"""Tuned weights as a small file: float16 values by the names that the published ONNX graph has for them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from models.detector.network import Detector
from models.recognizer.tuned import half
from models.weights import initialisers


def pack(detector: Detector, data: bytes, where: str = "det.onnx") -> bytes:
    """An ``.npz`` of a detector's weights for the published graph ``data``.

    Raises BundleError where ``data`` is not that graph, or a weight is too large for half precision.
    """
    whole = Detector()
    own = dict(detector.named_parameters())
    names = {id(tensor): name for name, tensor in whole.named_parameters()}
    arrays: dict[str, Any] = {}
    for key, (tensor, shape) in initialisers(whole, data, where).items():
        arrays[key] = half(own[names[id(tensor)]].detach().float().numpy(), key).reshape(shape)
    with io.BytesIO() as file:
        np.savez_compressed(file, **arrays)
        return file.getvalue()
