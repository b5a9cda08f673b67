"""ONNX, as ONNX Runtime reads it."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper, numpy_helper

from edgekit.manifest import TensorSpec
from export.net import OPSET, Net

IR_VERSION = 9
"""The format's version; ONNX Runtime 1.17 and later read it."""


def lower(net: Net) -> bytes:
    """The graph in a canonical form: same net, same bytes. Tensors are numbered, documentation strings left out."""
    net.prune()
    names = _numbered(net)
    nodes = [
        helper.make_node(
            node.op,
            [names[tensor] for tensor in node.inputs],
            [names[tensor] for tensor in node.outputs],
            **dict(sorted(node.attributes.items())),
        )
        for node in net.nodes
    ]
    weights = [
        numpy_helper.from_array(np.asarray(net.weights[t], order="C"), names[t]) for t in names if t in net.weights
    ]
    graph = helper.make_graph(nodes, "edgekit", _infos(net.inputs), _infos(net.outputs), weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _numbered(net: Net) -> dict[str, str]:
    """A short name per tensor in the order of use; inputs and outputs of the graph keep theirs."""
    names = {port.name: port.name for port in (*net.inputs, *net.outputs)} | {"": ""}
    for node in net.nodes:
        for tensor in node.inputs:
            if tensor in net.weights:
                names.setdefault(tensor, f"w{len(names)}")
        for tensor in node.outputs:
            names.setdefault(tensor, f"t{len(names)}")
    return names


def _infos(specs: list[TensorSpec]) -> list[onnx.ValueInfoProto]:
    return [
        helper.make_tensor_value_info(spec.name, helper.np_dtype_to_tensor_dtype(np.dtype(spec.dtype)), spec.shape)
        for spec in specs
    ]
