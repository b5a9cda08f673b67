"""Weights as compression leaves them, made dense: coremltools' ``constexpr`` operators of iOS 16.

After coremltools' own description of them (``mil/ops/defs/iOS16/constexpr_ops.py``, BSD-3-Clause).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def affine_dequantize(given: Mapping[str, Any]) -> Array:
    """``scale * (quantized_data - zero_point)``, scale and zero point per slice along ``axis``, or one for all."""
    data, axis = given["quantized_data"], int(given["axis"])
    scale, zero = (_along(given[key], data.ndim, axis) for key in ("scale", "zero_point"))
    dense: Array = (data.astype(np.float32) - zero.astype(np.float32)) * scale.astype(np.float32)
    return dense.astype(given["scale"].dtype)


def lut_to_dense(given: Mapping[str, Any]) -> Array:
    """Each weight looked up in ``lut``; its index has log2(size of the table) bits, the lowest first, no gaps."""
    table, shape = given["lut"], tuple(int(size) for size in given["shape"])
    bits = int(table.size).bit_length() - 1
    count = int(np.prod(shape))
    stream = np.unpackbits(given["indices"].reshape(-1), bitorder="little")[: count * bits].reshape(count, bits)
    dense: Array = table.reshape(-1)[stream @ (1 << np.arange(bits))].reshape(shape)
    return dense


CONSTANTS = {"constexpr_affine_dequantize": affine_dequantize, "constexpr_lut_to_dense": lut_to_dense}
"""Operator to function; ``const`` itself needs none."""


def _along(value: Array, rank: int, axis: int) -> Array:
    return value.reshape([-1 if i == axis else 1 for i in range(rank)]) if value.ndim else value
