"""Operators that arrange values, and those that reduce an axis. After coremltools' ``mil/ops/defs`` (BSD-3-Clause)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from edgekit.errors import BundleError
from export.mil.elementwise import Operands


def concat(given: Operands) -> Tensor:
    """The values one after the other along an axis."""
    if given.get("interleave", False):
        raise BundleError("concat: interleaved values are not known here; export without interleave")
    return torch.cat(given["values"], given["axis"])


def transpose(given: Operands) -> Tensor:
    """Axes in another order."""
    x: Tensor = given["x"]
    return x.permute(given["perm"])


def squeeze(given: Operands) -> Tensor:
    """Axes of one value dropped."""
    x: Tensor = given["x"]
    return x.squeeze(given["axes"])


def pad(given: Operands) -> Tensor:
    """A constant before and after each of the last axes; pairs in the order of the axes."""
    if given["mode"] != "constant":
        raise BundleError(f"pad: mode {given['mode']!r} is not known here; pad with a constant")
    pairs = list(zip(given["pad"][::2], given["pad"][1::2], strict=True))
    return F.pad(given["x"], [size for pair in reversed(pairs) for size in pair], value=given["constant_val"])


def reduce_mean(given: Operands) -> Tensor:
    """Mean over axes."""
    return torch.mean(given["x"], given["axes"], keepdim=given["keep_dims"])


def reduce_max(given: Operands) -> Tensor:
    """Largest value over axes."""
    return torch.amax(given["x"], given["axes"], keepdim=given["keep_dims"])


def reduce_argmax(given: Operands) -> Tensor:
    """Place of the largest value along an axis, the first of equals."""
    return torch.argmax(given["x"], given["axis"], keepdim=given["keep_dims"])


OPERATORS = {
    function.__name__: function
    for function in (concat, transpose, squeeze, pad, reduce_mean, reduce_max, reduce_argmax)
}
