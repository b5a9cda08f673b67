"""Weights that lose nothing as halves are stored so: in float16, with a Cast in front of whatever reads them.

Trained weights are published rounded to half precision and computed in single: a graph needs no more bytes for them.
ONNX Runtime casts constants once, when it loads a graph.
"""

from __future__ import annotations

import numpy as np

from export.net import Array, Net

LEAST = 256
"""Weights with fewer values stay as they are: the extra operator would cost more than they save."""
_FLOAT = 1  # onnx.TensorProto.FLOAT


def stored(net: Net, rounded: bool = False) -> Net:
    """A copy of a net with its large float32 weights in float16, if that is exact. rounded: if it is not, too."""
    made = net.copy()
    made.prune()
    for name, value in list(made.weights.items()):
        if value.dtype == np.float32 and value.size >= LEAST and (rounded or _is_exact(value)):
            readers = made.consumers(name)
            half = made.add_weight("half", value.astype(np.float16))
            whole = made.add("Cast", [half], {"to": _FLOAT}, before=readers[0])
            for reader in readers:
                reader.inputs = [whole if tensor == name else tensor for tensor in reader.inputs]
    made.prune()
    return made


def _is_exact(value: Array) -> bool:
    with np.errstate(over="ignore"):
        return np.array_equal(value.astype(np.float16).astype(np.float32), value)
