"""How much work a graph is: multiply-adds and bytes, counted operator by operator for inputs of given shapes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import shape_inference

from edgekit.errors import BundleError
from export.net import parse

CONVOLUTIONS = ("Conv", "QLinearConv", "ConvInteger")
PRODUCTS = ("MatMul", "Gemm", "QLinearMatMul", "MatMulInteger")
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """Of one run. Only convolutions and matrix products count as multiply-adds: the rest is under a hundredth.

    bytes: what every operator reads and writes, weights among it, were each of its tensors fetched from memory and put
    back. Caches and fused operators save a part of that.
    """

    multiply_adds: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Tensors:
    """Shape and bytes per element of every tensor of a graph, by name."""

    shapes: Mapping[str, Shape]
    sizes: Mapping[str, int]

    def bytes(self, name: str) -> int:
        return math.prod(self.shapes[name]) * self.sizes[name]


def count(data: bytes, shapes: Sequence[Shape], where: str) -> Work:
    """The work of an ONNX graph on inputs of these shapes, in its order. where: for messages.

    Raises BundleError where it is no ONNX graph, or the shapes of its tensors do not follow from its inputs'.
    """
    model = parse(data, where)
    if len(model.graph.input) != len(shapes):
        raise BundleError(f"{where}: does not take {len(shapes)} inputs; give the bundle that was measured")
    for value, shape in zip(model.graph.input, shapes, strict=True):
        _fix(value, shape, where)
    tensors = _tensors(model, where)
    nodes = model.graph.node
    return Work(
        sum(_multiply_adds(node, tensors, where) for node in nodes),
        sum(tensors.bytes(name) for node in nodes for name in (*node.input, *node.output) if name),
    )


def _fix(value: Any, shape: Shape, where: str) -> None:
    axes = value.type.tensor_type.shape.dim
    fixed = [axis.dim_value if axis.HasField("dim_value") else None for axis in axes]
    if len(axes) != len(shape) or any(one not in (None, size) for one, size in zip(fixed, shape, strict=True)):
        raise BundleError(f"{where}: {value.name!r} does not take {list(shape)}; give the bundle that was measured")
    for axis, size in zip(axes, shape, strict=True):
        axis.dim_value = size


def _tensors(model: Any, where: str) -> _Tensors:
    del model.graph.value_info[:]
    for value in model.graph.output:
        value.type.tensor_type.ClearField("shape")
    try:
        graph = shape_inference.infer_shapes(model, strict_mode=True, data_prop=True).graph
    except Exception as error:  # onnx raises its own and the standard ones
        raise BundleError(f"{where}: its shapes cannot be told ({error}); give another bundle") from error
    values = [(value.name, value.type.tensor_type) for value in (*graph.input, *graph.value_info, *graph.output)]
    shapes = {name: tuple(axis.dim_value for axis in kind.shape.dim) for name, kind in values}
    sizes = {name: _size(kind.elem_type) for name, kind in values}
    known = {name for name, shape in shapes.items() if 0 not in shape}
    for weight in graph.initializer:
        shapes[weight.name], sizes[weight.name] = tuple(weight.dims), _size(weight.data_type)
        known.add(weight.name)
    for node in graph.node:
        for name in (*node.input, *node.output):
            if name and name not in known:
                raise BundleError(f"{where}: the shape of {name!r} cannot be told; export the bundle again")
    return _Tensors(shapes, sizes)


def _size(kind: int) -> int:
    return int(onnx.helper.tensor_dtype_to_np_dtype(kind).itemsize)


def _multiply_adds(node: Any, tensors: _Tensors, where: str) -> int:
    outputs = math.prod(tensors.shapes[node.output[0]])
    if node.op_type in CONVOLUTIONS:
        _, *kernel = tensors.shapes[node.input[3 if node.op_type == "QLinearConv" else 1]]
        return outputs * math.prod(kernel)
    if node.op_type == "ConvTranspose":
        _, *kernel = tensors.shapes[node.input[1]]
        return math.prod(tensors.shapes[node.input[0]]) * math.prod(kernel)
    if node.op_type in PRODUCTS:
        turned = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
        return outputs * tensors.shapes[node.input[0]][-2 if turned else -1]
    if node.domain not in ("", "ai.onnx"):
        raise BundleError(f"{where}: {node.domain}.{node.op_type} cannot be counted; give a bundle without it")
    return 0
