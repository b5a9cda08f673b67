"""int8 weights for networks on words: matrices and tables are stored in 8 bits, all arithmetic stays in float32.

A receipt's words are few and the network is small, so that its time is not worth a less exact answer; its bytes are.
The same holds for what static int8 leaves of a network on pictures. Each column of a matrix, each row of a table, and
each output of a convolution has a scale of its own. No calibration is needed, and every processor
computes the same.

Matrices are multiplied out by a Cast and a Mul of constants, which ONNX Runtime computes once, when it loads a graph:
their floats are few. A DequantizeLinear it would leave in the graph and compute in every run, a twentieth of the time
of the recogniser that reads again.
"""

from __future__ import annotations

import numpy as np

from export.net import Array, Net, Node

STEPS = 127
_FLOAT = 1  # onnx.TensorProto.FLOAT
_PLACES = {"MatMul": (1, 1, 2), "Gather": (0, 0, 2), "Conv": (1, 0, 4)}
"""By operator: which input has the weights, the axis with a scale per slice, and how many axes they have."""
LEAST = 512
"""Weights with fewer values stay as they are: their scales and the extra operator would cost more than they save."""


def quantized(net: Net) -> Net:
    """A copy of a net with its matrices, tables and plain convolutions in int8."""
    made = net.copy()
    done: dict[str, str] = {}
    for node in list(made.nodes):
        place, axis, axes = _PLACES.get(node.op, (0, 0, 0))
        name = node.inputs[place] if axes else ""
        value = made.weights.get(name)
        is_plain = node.attributes.get("group", 1) == 1
        if value is None or value.ndim != axes or value.dtype != np.float32 or value.size < LEAST or not is_plain:
            continue
        if name not in done:
            done[name] = (_multiplied if node.op == "MatMul" else _dequantized)(made, name, axis)
        node.inputs[place] = done[name]
    made.prune()
    return made


def _dequantized(net: Net, name: str, axis: int) -> str:
    """The tensor after a DequantizeLinear in front of everything; ``axis`` has a scale per slice."""
    steps, scales = _steps(net, name, axis)
    inputs = [net.add_weight("steps", steps), net.add_weight("scales", scales.reshape(-1))]
    return _first(net, Node("DequantizeLinear", inputs, [net.name(name)], {"axis": axis}))


def _multiplied(net: Net, name: str, axis: int) -> str:
    """The same tensor after a Cast and a Mul."""
    steps, scales = _steps(net, name, axis)
    product = Node("Mul", [net.name("steps"), net.add_weight("scales", scales)], [net.name(name)])
    _first(net, product)
    _first(net, Node("Cast", [net.add_weight("steps", steps)], [product.inputs[0]], {"to": _FLOAT}))
    return product.output


def _first(net: Net, node: Node) -> str:
    net.nodes.insert(0, node)
    return node.output


def _steps(net: Net, name: str, axis: int) -> tuple[Array, Array]:
    """A weight as int8, and float32 by which to multiply it: as many axes, one value per slice of ``axis``."""
    value = net.weights[name].astype(np.float64)
    others = tuple(other for other in range(value.ndim) if other != axis)
    scales = (np.maximum(np.abs(value).max(others, keepdims=True), 1e-12) / STEPS).astype(np.float32)
    return np.rint(value / scales).astype(np.int8), scales
