"""Weights stored as halves: nothing is lost unless it is asked for."""

import numpy as np
import pytest

pytest.importorskip("onnx")

from edgekit.backends import ort
from edgekit.manifest import Evidence, Graph, TensorSpec
from export import halves
from export.net import Net, Node
from export.targets.onnx import lower

SHAPE = (20, 20)
HALVES = np.arange(400, dtype=np.float32).reshape(SHAPE) / 8
THIRDS = HALVES / 3


def net(*weights: np.ndarray) -> Net:
    """The input times each of these matrices."""
    names = ["x", *(f"t{i}" for i in range(len(weights) - 1)), "y"]
    nodes = [Node("MatMul", [names[i], f"w{i}"], [names[i + 1]]) for i in range(len(weights))]
    ports = [TensorSpec(name, "float32", (2, weights[0].shape[0])) for name in ("x", "y")]
    return Net(nodes, {f"w{i}": value for i, value in enumerate(weights)}, ports[:1], ports[1:])


def run(made: Net) -> np.ndarray:
    graph = Graph("onnxruntime", "fp32", "x.onnx", tuple(made.inputs), tuple(made.outputs), Evidence("not run", "test"))
    values = np.random.default_rng(0).standard_normal((2, SHAPE[0])).astype(np.float32)
    return np.asarray(ort.load(graph, lower(made), 1).run(values)[0])


def test_weights_that_are_halves_are_stored_so_and_nothing_changes() -> None:
    plain = net(HALVES, THIRDS)
    made = halves.stored(plain)
    kinds = sorted(value.dtype.name for value in made.weights.values())
    assert kinds == ["float16", "float32"]
    assert np.array_equal(run(made), run(plain))
    assert [value.dtype.name for value in plain.weights.values()] == ["float32"] * 2  # the net given is left alone


def test_others_are_rounded_only_where_that_is_asked() -> None:
    made = halves.stored(net(THIRDS), rounded=True)
    (value,) = made.weights.values()
    assert value.dtype == np.float16
    assert np.allclose(value, THIRDS, rtol=1e-3)


def test_few_weights_large_numbers_and_integers_stay() -> None:
    small, large = np.ones((4, 4), np.float32), np.full(SHAPE, 1e6, np.float32)
    assert halves.stored(net(small)).weights["w0"].dtype == np.float32
    assert halves.stored(net(large)).weights["w0"].dtype == np.float32


def test_a_weight_that_several_read_is_cast_once() -> None:
    plain = net(HALVES, HALVES)
    plain.nodes[1].inputs[1] = "w0"
    made = halves.stored(plain)
    assert [node.op for node in made.nodes] == ["Cast", "MatMul", "MatMul"]
    assert np.array_equal(run(made), run(plain))
