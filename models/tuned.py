"""Tuned weights as a small file: float16 values by the names that the published ONNX graph has for them.

So the exporters can lay them over that graph without torch, and torch reads the graph that comes of it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import nn

from edgekit.errors import BundleError
from export.tuning import CLASSES
from models.weights import initialisers


def pack(network: nn.Module, whole: nn.Module, data: bytes, where: str, classes: Sequence[int] = ()) -> bytes:
    """An ``.npz`` of the weights of ``network``, for the published graph ``data`` that is wired as ``whole``.

    A value has its initialiser's shape in that graph, but that the last axis of a head cut to ``classes`` is as long as
    they are. The statistics of batch normalisations are left out: tuning keeps the published ones.
    Raises BundleError where ``data`` is not that graph, or a weight is too large for half precision.
    """
    own = dict(network.named_parameters())
    names = {id(tensor): name for name, tensor in whole.named_parameters()}
    arrays: dict[str, Any] = {CLASSES: np.array(classes, np.int32)} if classes else {}
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
