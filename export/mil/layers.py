"""Operators with weights, and windows over planes. After coremltools' ``mil/ops/defs`` (BSD-3-Clause).

``pad`` of a window is given as (top, bottom, left, right); its ``pad_type`` is "custom" or "valid", which has none.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from edgekit.errors import BundleError
from export.mil.elementwise import Operands


def conv(given: Operands) -> Tensor:
    """Convolution of planes [N, C, H, W] with a weight [outgoing, C / groups, rows, columns]."""
    x, weight, bias = F.pad(given["x"], _borders(given)), given["weight"], given.get("bias")
    return F.conv2d(x, weight, bias, given["strides"], 0, given["dilations"], given["groups"])


def conv_transpose(given: Operands) -> Tensor:
    """Its transpose, weight [C, outgoing / groups, rows, columns]; ``pad`` cuts the result."""
    left, right, top, bottom = _borders(given)
    settings = (given["strides"], 0, 0, given["groups"], given["dilations"])
    y: Tensor = F.conv_transpose2d(given["x"], given["weight"], given.get("bias"), *settings)
    return y[:, :, top : y.shape[2] - bottom, left : y.shape[3] - right]


def linear(given: Operands) -> Tensor:
    """x times the transposed weight [outgoing, incoming], plus bias."""
    return F.linear(given["x"], given["weight"], given.get("bias"))


def matmul(given: Operands) -> Tensor:
    """Products of matrices, the last two axes, each of which may be transposed first."""
    x, y = given["x"], given["y"]
    x = x.transpose(-1, -2) if given.get("transpose_x", False) else x
    return torch.matmul(x, y.transpose(-1, -2) if given.get("transpose_y", False) else y)


def layer_norm(given: Operands) -> Tensor:
    """Mean 0 and variance 1 over the last axes, then gamma and beta."""
    x: Tensor = given["x"]
    axes = sorted(axis % x.ndim for axis in given["axes"])
    if axes != list(range(x.ndim - len(axes), x.ndim)):
        raise BundleError("layer_norm: other axes than the last are not known here; transpose first")
    return F.layer_norm(x, x.shape[-len(axes) :], given.get("gamma"), given.get("beta"), given["epsilon"])


def avg_pool(given: Operands) -> Tensor:
    """Mean of each window; only windows inside the planes, which is all that our networks have."""
    if any(_borders(given)) or given.get("ceil_mode", False):
        raise BundleError("avg_pool: padded windows are not known here; pad the planes first")
    return F.avg_pool2d(given["x"], given["kernel_sizes"], given["strides"])


def max_pool(given: Operands) -> Tensor:
    """Largest of each window; only windows inside the planes."""
    if any(_borders(given)) or given.get("ceil_mode", False):
        raise BundleError("max_pool: padded windows are not known here; pad the planes first")
    return F.max_pool2d(given["x"], given["kernel_sizes"], given["strides"])


def upsample_nearest_neighbor(given: Operands) -> Tensor:
    """Each value repeated, down and across."""
    x: Tensor = given["x"].repeat_interleave(int(given["scale_factor_height"]), 2)
    return x.repeat_interleave(int(given["scale_factor_width"]), 3)


def _borders(given: Operands) -> tuple[int, int, int, int]:
    """Left, right, top and bottom, as torch's pad wants them."""
    if given["pad_type"] == "valid":
        return 0, 0, 0, 0
    if given["pad_type"] != "custom":
        raise BundleError(f"windows padded by {given['pad_type']!r} are not known here; give the padding in numbers")
    top, bottom, left, right = given["pad"]
    return left, right, top, bottom


OPERATORS = {
    function.__name__: function
    for function in (conv, conv_transpose, linear, matmul, layer_norm, avg_pool, max_pool, upsample_nearest_neighbor)
}
