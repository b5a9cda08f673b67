"""A small editable form of an ONNX graph: ordered nodes and numpy weights."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import BackendError, BundleError
from edgekit.manifest import TensorSpec

try:
    import onnx
    from onnx import helper, numpy_helper, version_converter
except ImportError as error:
    raise BackendError("onnx is not installed: pip install edgekit[export]") from error

OPSET = 20
"""Stored opset: the first with Gelu, read by ONNX Runtime 1.17 and later."""

Array = NDArray[Any]


@dataclass(slots=True)
class Node:
    """One operator; tensors are named, an empty name is an absent optional input."""

    op: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any] = field(default_factory=dict)

    @property
    def output(self) -> str:
        return self.outputs[0]


class Net:
    """A graph under surgery. Passes change it in place."""

    def __init__(
        self, nodes: list[Node], weights: dict[str, Array], inputs: list[TensorSpec], outputs: list[TensorSpec]
    ) -> None:
        self.nodes = nodes
        self.weights = weights
        self.inputs = inputs
        self.outputs = outputs
        self._fresh = 0

    def copy(self) -> Net:
        """Another graph to change; both share the arrays of their weights, which passes replace and never change."""
        other = Net(copy.deepcopy(self.nodes), dict(self.weights), list(self.inputs), list(self.outputs))
        other._fresh = self._fresh
        return other

    def producer(self, tensor: str) -> Node | None:
        return next((node for node in self.nodes if tensor in node.outputs), None)

    def consumers(self, tensor: str) -> list[Node]:
        return [node for node in self.nodes if tensor in node.inputs]

    def sole_consumer(self, tensor: str) -> Node | None:
        """The one node which reads a tensor; None where several do or where the tensor is an output of the graph."""
        found = self.consumers(tensor)
        is_output = any(port.name == tensor for port in self.outputs)
        return found[0] if len(found) == 1 and not is_output else None

    def name(self, hint: str) -> str:
        """A tensor name which nothing uses yet."""
        self._fresh += 1
        return f"{hint}~{self._fresh}"

    def add_weight(self, hint: str, value: Array) -> str:
        name = self.name(hint)
        self.weights[name] = value
        return name

    def add(
        self, op: str, inputs: list[str], attributes: dict[str, Any] | None = None, before: Node | None = None
    ) -> str:
        """Append an operator with one output (or put it in front of ``before``); returns the output's name."""
        node = Node(op, inputs, [self.name(op)], attributes or {})
        self.nodes.insert(self.nodes.index(before) if before else len(self.nodes), node)
        return node.output

    def bypass(self, node: Node) -> None:
        """Take a node out: whoever read its first output now reads its first input."""
        self.nodes.remove(node)
        self.redirect(node.output, node.inputs[0])

    def redirect(self, old: str, new: str) -> None:
        """Whoever read ``old`` now reads ``new``."""
        for node in self.nodes:
            node.inputs = [new if name == old else name for name in node.inputs]
        self.outputs = [TensorSpec(new, port.dtype, port.shape) if port.name == old else port for port in self.outputs]

    def vacate(self, name: str) -> None:
        """Free a name for an input or output of the graph: a tensor inside which has it gets another."""
        other = self.name(name)
        for node in self.nodes:
            node.inputs = [other if tensor == name else tensor for tensor in node.inputs]
            node.outputs = [other if tensor == name else tensor for tensor in node.outputs]
        if name in self.weights:
            self.weights[other] = self.weights.pop(name)

    def prune(self) -> None:
        """Drop nodes and weights which no output needs."""
        needed = {port.name for port in self.outputs}
        kept = []
        for node in reversed(self.nodes):
            if needed.intersection(node.outputs):
                needed.update(node.inputs)
                kept.append(node)
        self.nodes = kept[::-1]
        self.weights = {name: value for name, value in self.weights.items() if name in needed}


def read_net(data: bytes, where: str, line: str = "") -> Net:
    """Parse an ONNX model of any opset up to OPSET; constants become weights.

    line: where its recipe is, for messages. Raises BundleError where it cannot be read, or has an operator that is not
    ONNX's own or has graphs inside.
    """
    model = parse(data, where)
    _check_operators(model, where, line)
    try:
        model = version_converter.convert_version(model, OPSET)
    except Exception as error:  # onnx and its C++ converter raise without a common base
        raise BundleError(f"{where}: onnx cannot read this graph ({str(error).splitlines()[0]})") from error
    graph = model.graph
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    nodes = []
    for proto in graph.node:
        attributes = {item.name: helper.get_attribute_value(item) for item in proto.attribute}
        if proto.op_type == "Constant":
            weights[proto.output[0]] = _constant(attributes)
        else:
            nodes.append(Node(proto.op_type, list(proto.input), list(proto.output), attributes))
    inputs = [_port(value) for value in graph.input if value.name not in weights]
    return Net(nodes, weights, inputs, [_port(value) for value in graph.output])


def metadata(data: bytes, where: str) -> dict[str, str]:
    """What an ONNX model says of itself, by key. Raises BundleError where it cannot be read."""
    return {item.key: item.value for item in parse(data, where).metadata_props}


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of an ONNX model, which can be read and written in place."""

    proto: Any

    def array(self) -> Array:
        """A copy."""
        return np.array(numpy_helper.to_array(self.proto))

    def put(self, value: Array) -> None:
        self.proto.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(value), self.proto.name))


def constants(model: Any) -> dict[str, Constant]:
    """The initialisers of a parsed model, and the tensors of its Constant nodes, by name."""
    found = {tensor.name: Constant(tensor) for tensor in model.graph.initializer}
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].type == onnx.AttributeProto.TENSOR:
            found[node.output[0]] = Constant(node.attribute[0].t)
    return found


def parse(data: bytes, where: str) -> Any:
    """onnx's ModelProto. Raises BundleError where there is none."""
    try:
        return onnx.load_model_from_string(data)
    except Exception as error:  # protobuf's DecodeError has moved between its versions
        raise BundleError(f"{where}: onnx cannot read this graph ({str(error).splitlines()[0]})") from error


def _check_operators(model: Any, where: str, line: str) -> None:
    """Net keeps neither the domain of an operator nor graphs inside one."""
    place = f"; its recipe is at {line}" if line else ""
    for node in model.graph.node:
        named = f"{node.op_type} (node {node.name or node.output[0]!r})"
        if node.domain not in ("", "ai.onnx"):
            raise BundleError(
                f"{where}: operator {node.domain}.{named} is not one of ONNX itself; "
                f"export the network without it{place}"
            )
        if not onnx.defs.has(node.op_type):
            raise BundleError(
                f"{where}: operator {named} is not known to onnx {onnx.__version__}; "
                f"export the network without it{place}"
            )
        if any(item.type in (item.GRAPH, item.GRAPHS) for item in node.attribute):
            raise BundleError(
                f"{where}: operator {named} has a graph inside, which is not supported; "
                f"export the network without branches and loops{place}"
            )


def _constant(attributes: dict[str, Any]) -> Array:
    value = next(iter(attributes.values()))
    return numpy_helper.to_array(value) if isinstance(value, onnx.TensorProto) else np.asarray(value)


def _port(value: onnx.ValueInfoProto) -> TensorSpec:
    tensor = value.type.tensor_type
    shape = tuple(dim.dim_value if dim.HasField("dim_value") else dim.dim_param for dim in tensor.shape.dim)
    return TensorSpec(value.name, helper.tensor_dtype_to_np_dtype(tensor.elem_type).name, shape)
