"""Tuned weights as a small file: float16 values by the names that the published ONNX graph has for them.

So the exporters can lay them over that graph without torch, and torch reads the graph that comes of it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from edgekit.errors import BundleError
from models.recognizer.network import Recognizer
from models.weights import initialisers

CLASSES = "classes"
"""Key of the class numbers of the published head that the tuned one keeps, int32 [classes], in its order."""
_STATISTICS = ("running_mean", "running_var")


def pack(recognizer: Recognizer, data: bytes, classes: Sequence[int], where: str = "rec.onnx") -> bytes:
    """An ``.npz`` of the weights of a recogniser whose head is cut to ``classes``, for the published graph ``data``.

    A value has its initialiser's shape in that graph, but that the head's last axis is as long as ``classes``. The
    statistics of batch normalisations are left out: tuning keeps the published ones.
    Raises BundleError where ``data`` is not that graph, or a weight is too large for half precision.
    """
    whole = Recognizer()
    own = dict(recognizer.named_parameters())
    names = {id(tensor): name for name, tensor in whole.named_parameters()}
    arrays: dict[str, Any] = {CLASSES: np.array(classes, np.int32)}
    for key, (tensor, shape) in initialisers(whole, data, where).items():
        name = names.get(id(tensor))
        if name is None:  # a statistic
            continue
        value = own[name].detach().float().numpy()
        cut = shape if value.size == np.prod(shape) else (*shape[:-1], len(classes))
        arrays[key] = half(value.T if len(cut) == 2 else value, key).reshape(cut)
    with io.BytesIO() as file:
        np.savez_compressed(file, **arrays)
        return file.getvalue()


def half(values: np.ndarray, name: str) -> np.ndarray:
    """Values in half precision. Raises BundleError where one is too large."""
    if not np.abs(values).max() < np.finfo(np.float16).max:
        raise BundleError(f"{name}: {np.abs(values).max():g} does not fit half precision; train at a lower rate")
    return values.astype(np.float16)
