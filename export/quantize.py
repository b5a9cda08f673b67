"""Static int8: the convolutions of a float net between QuantizeLinear and DequantizeLinear, as ONNX Runtime fuses them.

Activations are uint8 per tensor. Weights are int8 per output channel and use 7 of their 8 bits: on x86 without VNNI two
products of 8 bits each are added in 16, which then cannot overflow, so that every processor computes the same
(onnxruntime's ``reduce_range``). Biases are int32. All else stays in float32.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.backends import ort
from edgekit.errors import UsageError
from edgekit.manifest import Evidence, Graph, TensorSpec
from export.net import Array, Net, Node
from export.targets import onnx


@dataclass(frozen=True, slots=True)
class Usual:
    """Of a tensor [pictures, planes, rows, columns]: its least and largest value, and the mean of each plane."""

    low: float
    high: float
    means: Array


STEPS = 255
"""Of an activation, between its least and its largest value."""
WEIGHT_LIMIT = 64
"""Largest magnitude of a weight: 7 of 8 bits."""
INT32 = np.iinfo(np.int32)
FLOORS = {"Gelu": -3.0, "HardSwish": -3.0}
"""Inputs from which these give nothing: HardSwish nothing at all, Gelu -0.004."""
POOLS = ("ReduceMean", "GlobalAveragePool")
AXES = 4
"""Of what a convolution takes and gives."""


def quantizable(net: Net, in_float: Collection[int]) -> list[Node]:
    """The convolutions to quantize: not those named in ``in_float`` (by their number, from 0), not those of one plane
    each, and not those on a pooled vector, which scale whole planes. The last two kinds have few weights and lose most.
    """
    convolutions = [node for node in net.nodes if node.op == "Conv"]
    return [
        node
        for i, node in enumerate(convolutions)
        if i not in in_float and node.attributes.get("group", 1) == 1 and not _on_vector(net, node)
    ]


def measure(net: Net, nodes: Sequence[Node], pictures: Sequence[Array]) -> dict[str, Usual]:
    """What these convolutions take, and give (after their ReLU, where one follows): means of ``pictures``.

    The mean measured better than the extremes, where one outlier makes the steps of all pictures coarse.
    Raises UsageError where there is no picture.
    """
    if not pictures:
        raise UsageError("nothing to calibrate with: give pictures on which text is found")
    names = sorted({name for node in nodes for name in (node.inputs[0], _result(net, node))})
    session = _probe(net, names)
    found: dict[str, list[Array]] = {name: [] for name in names}
    for pixels in pictures:
        for name, value in zip(names, session.run(pixels), strict=True):
            found[name].append(np.array([value.min(), value.max(), *value.mean((0, 2, 3))], np.float64))
    return {name: _usual(np.mean(values, axis=0), _floor(net, name)) for name, values in found.items()}


def quantize(net: Net, nodes: Sequence[Node], usual: Mapping[str, Usual]) -> None:
    """Changes ``net`` in place; ``usual`` as ``measure`` gave it."""
    scales = {name: grid(it.low, it.high) for name, it in usual.items()}
    for node in nodes:
        _quantize_weights(net, node, scales[node.inputs[0]][0], usual[node.inputs[0]].means)
    results = {_result(net, node) for node in nodes}
    for name in sorted({node.inputs[0] for node in nodes} | results):
        readers = [node for node in net.consumers(name) if name in results or node in nodes]
        twin = _through_int8(net, name, *scales[name])
        for reader in readers:
            reader.inputs = [twin if tensor == name else tensor for tensor in reader.inputs]


def grid(low: float, high: float) -> tuple[float, int]:
    """Scale and zero point of uint8 for a range. The scale has 8 significant bits, so that a measurement which differs
    in its last bits, as between processors, gives the same graph."""
    fraction, exponent = math.frexp(max((high - low) / STEPS, 1e-12))
    scale = math.ldexp(math.ceil(fraction * 256) / 256, exponent)
    return scale, min(round(-low / scale), STEPS)


def _usual(figures: Array, floor: float) -> Usual:
    """Zero is always inside: padding has to be exact."""
    return Usual(max(min(float(figures[0]), 0.0), floor), max(float(figures[1]), 0.0), figures[2:])


def _floor(net: Net, name: str) -> float:
    """Below this, whatever reads a tensor takes all values for one."""
    reader = net.sole_consumer(name)
    return FLOORS.get(reader.op, -math.inf) if reader is not None else -math.inf


def _on_vector(net: Net, node: Node) -> bool:
    """Whether a convolution's input is a global pool, with or without a convolution and a ReLU between."""
    source = net.producer(node.inputs[0])
    while source is not None and source.op in ("Relu", "Conv"):
        if source.op == "Conv":
            return _on_vector(net, source)
        source = net.producer(source.inputs[0])
    return source is not None and source.op in POOLS


def _result(net: Net, node: Node) -> str:
    """What a convolution gives; its ReLU's output where only that reads it: int8 clips for nothing."""
    after = net.sole_consumer(node.output)
    return after.output if after is not None and after.op == "Relu" else node.output


def _probe(net: Net, names: Sequence[str]) -> ort.OrtSession:
    outputs = [TensorSpec(name, "float32", tuple(f"{name}.{axis}" for axis in range(AXES))) for name in names]
    copy = Net(list(net.nodes), dict(net.weights), net.inputs, outputs)
    evidence = Evidence("not run", "for calibration only")
    graph = Graph("onnxruntime", "fp32", "calibration.onnx", tuple(net.inputs), tuple(outputs), evidence)
    return ort.load(graph, onnx.lower(copy), 1)


def _through_int8(net: Net, name: str, scale: float, zero: int) -> str:
    """Adds the pair of nodes right after the one that makes ``name``; returns the tensor after them."""
    producer = net.producer(name)
    place = net.nodes.index(producer) + 1 if producer else 0
    constants = [net.add_weight(name, np.array(value)) for value in (np.float32(scale), np.uint8(zero))]
    down = Node("QuantizeLinear", [name, *constants], [net.name(name)])
    up = Node("DequantizeLinear", [down.output, *constants], [net.name(name)])
    net.nodes[place:place] = [down, up]
    return up.output


def _quantize_weights(net: Net, node: Node, input_scale: float, means: Array) -> None:
    """And the bias, from which goes what the rounding of the weights adds to the mean of a plane (Nagel et al.,
    "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019)."""
    weights = net.weights[node.inputs[1]].astype(np.float64)
    scales = (np.maximum(np.abs(weights).max((1, 2, 3)), 1e-12) / WEIGHT_LIMIT).astype(np.float32)
    steps = np.rint(weights / scales[:, None, None, None]).astype(np.int8)
    added = ((steps * scales[:, None, None, None] - weights).sum((2, 3)) * means).sum(1)
    bias = net.weights[node.inputs[2]] if len(node.inputs) > 2 else np.zeros(len(scales))
    fine = np.float32(input_scale) * scales
    bias_steps = np.clip(np.rint((bias - added) / fine), INT32.min, INT32.max).astype(np.int32)
    node.inputs[1:] = [_constant(net, node, steps, scales), _constant(net, node, bias_steps, fine)]


def _constant(net: Net, node: Node, steps: Array, scales: Array) -> str:
    inputs = [net.add_weight("steps", steps), net.add_weight("scales", scales)]
    inputs.append(net.add_weight("zeros", np.zeros(len(scales), steps.dtype)))
    return net.add("DequantizeLinear", inputs, {"axis": 0}, before=node)
