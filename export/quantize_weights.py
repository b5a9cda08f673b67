"""int8 weights for networks on words: matrices and tables are stored in 8 bits, all arithmetic stays in float32.

A receipt's words are few and the network is small, so that its time is not worth a less exact answer; its bytes are.
Each column of a matrix, and each row of a table, has a scale of its own. No calibration is needed, and every processor
computes the same.
"""

from __future__ import annotations

import copy

import numpy as np

from export.net import Net, Node

STEPS = 127
LEAST = 512
"""Weights with fewer values stay as they are: their scales and the extra operator would cost more than they save."""


def quantized(net: Net) -> Net:
    """A copy of a net with its matrices (second input of MatMul) and tables (first input of Gather) in int8."""
    made = Net(copy.deepcopy(net.nodes), dict(net.weights), list(net.inputs), list(net.outputs))
    done: dict[str, str] = {}
    for node in list(made.nodes):
        place = {"MatMul": 1, "Gather": 0}.get(node.op)
        name = node.inputs[place] if place is not None else ""
        value = made.weights.get(name)
        if place is None or value is None or value.ndim != 2 or value.dtype != np.float32 or value.size < LEAST:
            continue
        if name not in done:
            done[name] = _dequantized(made, name, axis=place)
        node.inputs[place] = done[name]
    made.prune()
    return made


def _dequantized(net: Net, name: str, axis: int) -> str:
    """The tensor after a DequantizeLinear in front of everything; ``axis`` has a scale per slice."""
    value = net.weights[name].astype(np.float64)
    scales = (np.maximum(np.abs(value).max(1 - axis), 1e-12) / STEPS).astype(np.float32)
    steps = np.rint(value / np.expand_dims(scales, 1 - axis)).astype(np.int8)
    inputs = [net.add_weight("steps", steps), net.add_weight("scales", scales)]
    node = Node("DequantizeLinear", inputs, [net.name(name)], {"axis": axis})
    net.nodes.insert(0, node)
    return node.output
