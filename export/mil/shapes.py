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


def expand_dims(given: Operands) -> Tensor:
    """Axes of one value put in, where they stand in the result."""
    x: Tensor = given["x"]
    rank = x.ndim + len(given["axes"])
    for axis in sorted(axis % rank for axis in given["axes"]):
        x = x.unsqueeze(axis)
    return x


def reshape(given: Operands) -> Tensor:
    """Other sizes; -1 is what is left over, 0 the size that was."""
    x: Tensor = given["x"]
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(given["shape"])])


def stack(given: Operands) -> Tensor:
    """The values side by side along a new axis."""
    return torch.stack(given["values"], given["axis"])


def gather(given: Operands) -> Tensor:
    """Slices of x by their number along an axis."""
    if given.get("batch_dims", 0) != 0:
        raise BundleError("gather: batches are not known here; gather them one by one")
    x, indices, axis = given["x"], torch.as_tensor(given["indices"]), given["axis"]
    taken = torch.index_select(x, axis, indices.reshape(-1).to(torch.int64))
    return taken.reshape([*x.shape[:axis], *indices.shape, *x.shape[axis:][1:]])


def slice_by_index(given: Operands) -> Tensor:
    """From ``begin`` to before ``end`` in steps of ``stride``; masks set a bound aside or drop an axis of one value."""
    x: Tensor = given["x"]
    rank = x.ndim
    strides = given.get("stride", (1,) * rank)
    masks = [given.get(name, (False,) * rank) for name in ("begin_mask", "end_mask", "squeeze_mask")]
    if min(strides) < 1:
        raise BundleError("slice_by_index: steps backwards are not known here; flip the axis first")
    for axis in reversed(range(rank)):
        no_begin, no_end, squeezed = (mask[axis] for mask in masks)
        begin, end = given["begin"][axis], given["end"][axis]
        if squeezed:
            x = x.select(axis, begin)
            continue
        part = slice(None if no_begin else begin, None if no_end else end, strides[axis])
        x = x[(slice(None),) * axis + (part,)]
    return x


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
    for function in (
        concat,
        transpose,
        squeeze,
        expand_dims,
        reshape,
        stack,
        gather,
        slice_by_index,
        pad,
        reduce_mean,
        reduce_max,
        reduce_argmax,
    )
}
