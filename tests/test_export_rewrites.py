from __future__ import annotations

import math
from typing import Any

import numpy as np
import onnx
import pytest
from export_nets import Array, model, run, weight
from onnx import helper

from edgekit.errors import BundleError
from export.net import Net, read_net
from export.rewrites import fuse_layer_norm, simplify
from export.targets.onnx import lower

node = helper.make_node
X = np.random.default_rng(1).normal(0, 1, (2, 3, 8, 12)).astype(np.float32)


def rewritten(data: bytes) -> tuple[bytes, list[str]]:
    net = read_net(data, "tiny")
    simplify(net)
    return lower(net), [step.op for step in net.nodes]


def assert_same(before: bytes, after: bytes) -> None:
    np.testing.assert_allclose(run(after, X)[0], run(before, X)[0], rtol=1e-6, atol=2e-6)


def scalar(value: float) -> Array:
    return np.array(value, np.float32)


def test_identities_and_constants_vanish() -> None:
    value = onnx.numpy_helper.from_array(scalar(3))
    nodes = [node("Constant", [], ["c"], value=value), node("Identity", ["x"], ["i"]), node("Mul", ["i", "c"], ["y"])]
    after, ops = rewritten(model(nodes, {}))
    assert ops == ["Mul"]
    np.testing.assert_array_equal(run(after, X)[0], X * 3)


def gelu(root: float) -> bytes:
    nodes = [
        node("Div", ["x", "r"], ["d"]),
        node("Erf", ["d"], ["e"]),
        node("Add", ["e", "one"], ["p"]),
        node("Mul", ["x", "p"], ["g"]),
        node("Mul", ["g", "half"], ["y"]),
    ]
    return model(nodes, {"r": scalar(root), "one": scalar(1), "half": scalar(0.5)})


def test_gelu_is_recognised() -> None:
    before = gelu(math.sqrt(2))
    after, ops = rewritten(before)
    assert ops == ["Gelu"]
    assert_same(before, after)


def test_what_only_looks_like_gelu_stays() -> None:
    before = gelu(1.5)
    after, ops = rewritten(before)
    assert ops == ["Div", "Erf", "Add", "Mul", "Mul"]
    assert_same(before, after)


def layer_norm(axis: int = -1, power: float = 2, read: str = "c") -> bytes:
    nodes = [
        node("ReduceMean", ["x"], ["m"], axes=[axis]),
        node("Sub", ["x", "m"], ["c"]),
        node("Pow", [read, "p"], ["s"]),
        node("ReduceMean", ["s"], ["v"], axes=[axis]),
        node("Add", ["v", "e"], ["a"]),
        node("Sqrt", ["a"], ["r"]),
        node("Div", ["c", "r"], ["n"]),
        node("Mul", ["n", "gamma"], ["g"]),
        node("Add", ["g", "beta"], ["y"]),
    ]
    return model(nodes, {"p": scalar(power), "e": scalar(1e-3), "gamma": weight(6), "beta": weight(6)})


def normalised(data: bytes) -> tuple[bytes, list[str]]:
    net = read_net(data, "norm.onnx")
    fuse_layer_norm(net)
    net.prune()
    return lower(net), [item.op for item in net.nodes]


def test_layer_normalisation_is_recognised() -> None:
    before = layer_norm()
    after, ops = normalised(before)
    assert ops == ["LayerNormalization"]
    planes = weight(1, 3, 4, 6)
    np.testing.assert_allclose(run(after, planes)[0], run(before, planes)[0], atol=1e-5)


@pytest.mark.parametrize("given", [{"axis": 1}, {"power": 3}, {"read": "x"}])
def test_what_only_looks_like_layer_normalisation_stays(given: dict[str, Any]) -> None:
    assert "LayerNormalization" not in normalised(layer_norm(**given))[1]


@pytest.mark.parametrize(("slope", "ops"), [(1 / 6, ["HardSwish"]), (0.2, ["HardSigmoid", "Mul"])])
def test_hard_swish_needs_its_own_slope(slope: float, ops: list[str]) -> None:
    before = model([node("HardSigmoid", ["x"], ["g"], alpha=slope, beta=0.5), node("Mul", ["g", "x"], ["y"])], {})
    after, found = rewritten(before)
    assert found == ops
    assert_same(before, after)


def test_bias_and_normalisation_fold_into_the_convolution() -> None:
    nodes = [
        node("Conv", ["x", "k"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        node("Add", ["c", "b"], ["a"]),
        node("BatchNormalization", ["a", "gamma", "beta", "mean", "var"], ["y"], epsilon=1e-3),
    ]
    names = {"gamma": weight(5), "beta": weight(5), "mean": weight(5), "var": np.abs(weight(5))}
    before = model(nodes, {"k": weight(5, 3, 3, 3), "b": weight(1, 5, 1, 1), **names})
    after, ops = rewritten(before)
    assert ops == ["Conv"]
    assert_same(before, after)


def test_a_convolution_read_twice_is_not_folded() -> None:
    nodes = [
        node("Conv", ["x", "k"], ["c"], kernel_shape=[1, 1]),
        node("Add", ["c", "b"], ["a"]),
        node("Mul", ["a", "c"], ["y"]),
    ]
    before = model(nodes, {"k": weight(4, 3, 1, 1), "b": weight(1, 4, 1, 1)})
    after, ops = rewritten(before)
    assert ops == ["Conv", "Add", "Mul"]
    assert_same(before, after)


def test_a_squeezed_axis_comes_back_before_the_next_convolution() -> None:
    nodes = [
        node("Conv", ["x", "k"], ["c"], kernel_shape=[8, 1]),
        node("Squeeze", ["c"], ["s"], axes=[2]),
        node("Transpose", ["s"], ["t"], perm=[0, 2, 1]),
        node("Transpose", ["t"], ["u"], perm=[0, 2, 1]),
        node("BatchNormalization", ["u", "gamma", "beta", "mean", "var"], ["n"]),
        node("HardSigmoid", ["n"], ["h"], alpha=1 / 6),
        node("Mul", ["h", "n"], ["w"]),
        node("Unsqueeze", ["w"], ["v"], axes=[2]),
        node("Conv", ["v", "k2"], ["y"], kernel_shape=[1, 3]),
    ]
    names = {"gamma": weight(4), "beta": weight(4), "mean": weight(4), "var": np.abs(weight(4))}
    before = model(nodes, {"k": weight(4, 3, 8, 1), "k2": weight(2, 4, 1, 3), **names})
    after, ops = rewritten(before)
    assert ops == ["Conv", "HardSwish", "Conv"]
    assert_same(before, after)


def test_a_gated_residual_adds_on_the_gate() -> None:
    nodes = [
        node("GlobalAveragePool", ["x"], ["p"]),
        node("HardSigmoid", ["p"], ["g"]),
        node("Mul", ["x", "g"], ["m"]),
        node("Add", ["x", "m"], ["y"]),
    ]
    before = model(nodes, {})
    after, ops = rewritten(before)
    assert ops == ["GlobalAveragePool", "HardSigmoid", "Add", "Mul"]
    assert_same(before, after)


def test_a_convolution_of_two_parts_is_the_sum_of_two() -> None:
    nodes = [
        node("Conv", ["x", "k1"], ["a"], kernel_shape=[1, 1]),
        node("Relu", ["a"], ["r"]),
        node("Concat", ["r", "x"], ["j"], axis=1),
        node("Conv", ["j", "k2", "b"], ["y"], kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2]),
    ]
    before = model(nodes, {"k1": weight(5, 3, 1, 1), "k2": weight(4, 8, 3, 3), "b": weight(4)})
    after, ops = rewritten(before)
    assert sorted(ops) == ["Add", "Conv", "Conv", "Conv", "Relu"]
    assert_same(before, after)


def upsampling(outer: int, inner: int, stride: int, planes: int) -> bytes:
    nodes = [
        node("ConvTranspose", ["x", "k1", "b1"], ["u"], kernel_shape=[outer, outer], strides=[outer, outer]),
        node("Relu", ["u"], ["r"]),
        node("ConvTranspose", ["r", "k2"], ["v"], kernel_shape=[inner, inner], strides=[stride, stride]),
        node("Add", ["v", "b2"], ["z"]),
        node("Sigmoid", ["z"], ["y"]),
    ]
    weights = {"k1": weight(3, 5, outer, outer), "k2": weight(5, planes, inner, inner)}
    return model(nodes, weights | {"b1": weight(5), "b2": weight(1, planes, 1, 1)})


@pytest.mark.parametrize(("outer", "inner", "planes"), [(2, 2, 1), (2, 3, 1), (3, 2, 2), (2, 2, 3)])
def test_upsampling_is_laid_out_once(outer: int, inner: int, planes: int) -> None:
    before = upsampling(outer, inner, inner, planes)
    after, ops = rewritten(before)
    assert ops == ["Conv", "Relu", "Conv", "Sigmoid", "DepthToSpace"]
    assert_same(before, after)


def test_overlapping_upsampling_stays() -> None:
    before = upsampling(2, 3, 2, 1)
    after, ops = rewritten(before)
    assert ops == ["ConvTranspose", "Relu", "ConvTranspose", "Sigmoid"]
    assert_same(before, after)


def test_equal_nets_give_equal_bytes_without_names() -> None:
    before = upsampling(2, 2, 2, 1)
    first, second = rewritten(before)[0], rewritten(before)[0]
    assert first == second
    graph = onnx.load_model_from_string(first).graph
    assert all(not step.name and not step.doc_string for step in graph.node)
    assert {tensor.name[0] for tensor in graph.initializer} == {"w"}


def test_what_is_no_graph_is_an_error() -> None:
    with pytest.raises(BundleError, match=r"rec\.onnx: onnx cannot read this graph"):
        read_net(b"no graph at all", "rec.onnx")


def test_pruning_drops_what_no_output_needs() -> None:
    net: Net = read_net(model([node("Relu", ["x"], ["y"])], {"unused": weight(3)}), "tiny")
    net.add("Sigmoid", ["x"])
    net.prune()
    assert [step.op for step in net.nodes] == ["Relu"]
    assert not net.weights
