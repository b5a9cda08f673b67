from __future__ import annotations

import numpy as np
import pytest
from export_nets import model, run, weight
from hypothesis import given
from hypothesis import strategies as st
from onnx import helper

from edgekit.errors import UsageError
from export import quantize
from export.net import Array, Net, read_net
from export.targets import onnx

RANDOM = np.random.default_rng(3)


def plain() -> bytes:
    """Convolution, ReLU, convolution, a plane-wise one, a pool, one on the pooled vector."""
    nodes = [
        helper.make_node("Conv", ["x", "a", "ab"], ["c0"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c0"], ["r0"]),
        helper.make_node("Conv", ["r0", "b"], ["c1"]),
        helper.make_node("Conv", ["c1", "d"], ["c2"], group=8),
        helper.make_node("GlobalAveragePool", ["c2"], ["p"]),
        helper.make_node("Conv", ["p", "e"], ["c3"]),
        helper.make_node("Mul", ["c2", "c3"], ["y"]),
    ]
    weights = {"a": weight(8, 3, 3, 3), "ab": weight(8), "b": weight(8, 8, 1, 1), "d": weight(8, 1, 1, 1)}
    return model(nodes, {**weights, "e": weight(8, 8, 1, 1)}, opset=13)


PLAIN = plain()


def net() -> Net:
    return read_net(PLAIN, "tiny.onnx")


def pictures(count: int = 4) -> list[Array]:
    return [RANDOM.normal(0, 1, (1, 3, 16, 24)).astype(np.float32) for _ in range(count)]


def quantized(made: Net, seen: list[Array]) -> bytes:
    nodes = quantize.quantizable(made, ())
    quantize.quantize(made, nodes, quantize.measure(made, nodes, seen))
    return onnx.lower(made)


def test_only_full_convolutions_on_planes_are_quantized() -> None:
    made = net()
    assert [node.inputs[0] for node in quantize.quantizable(made, ())] == ["x", "r0"]
    assert [node.inputs[0] for node in quantize.quantizable(made, (0,))] == ["r0"]


def test_the_figures_of_a_tensor_are_means_of_the_pictures() -> None:
    made, seen = net(), pictures(2)
    found = quantize.measure(made, quantize.quantizable(made, ()), seen)
    assert sorted(found) == ["c1", "r0", "x"]
    assert found["x"].low == pytest.approx(np.mean([picture.min() for picture in seen]))
    assert found["x"].high == pytest.approx(np.mean([picture.max() for picture in seen]))
    assert np.allclose(found["x"].means, np.mean([picture.mean((0, 2, 3)) for picture in seen], 0), atol=1e-6)
    assert found["r0"].low == 0


def test_what_the_next_operator_ignores_is_cut_off() -> None:
    nodes = [helper.make_node("Conv", ["x", "a"], ["c"]), helper.make_node("HardSwish", ["c"], ["y"])]
    made = read_net(model(nodes, {"a": 100 * weight(8, 3, 1, 1)}, opset=14), "tiny.onnx")
    assert quantize.measure(made, quantize.quantizable(made, ()), pictures())["c"].low == -3


def test_without_pictures_there_are_no_figures() -> None:
    made = net()
    with pytest.raises(UsageError, match="nothing to calibrate with"):
        quantize.measure(made, quantize.quantizable(made, ()), [])


def test_an_int8_graph_gives_nearly_the_same() -> None:
    seen = pictures()
    expected, found = run(onnx.lower(net()), seen[0])[0], run(quantized(net(), seen), seen[0])[0]
    assert 0 < np.abs(expected - found).max() < 0.05 * np.abs(expected).max()


def test_biases_make_up_for_rounded_weights() -> None:
    seen = [picture + 2 for picture in pictures()]
    expected, found = run(onnx.lower(net()), seen[0])[0], run(quantized(net(), seen), seen[0])[0]
    assert abs(float((expected - found).mean())) < 0.01 * np.abs(expected).mean()


def test_weights_use_seven_bits() -> None:
    made = net()
    quantized(made, pictures())
    steps = [value for value in made.weights.values() if value.dtype == np.int8 and value.ndim == 4]
    assert len(steps) == 2
    assert {int(np.abs(value).max()) for value in steps} == {64}


def test_the_same_pictures_give_the_same_bytes() -> None:
    seen = pictures()
    assert quantized(net(), seen) == quantized(net(), seen)


@given(st.floats(-1e4, 0), st.floats(0, 1e4))
def test_a_grid_holds_its_range_and_zero_exactly(low: float, high: float) -> None:
    scale, zero = quantize.grid(low, high)
    assert scale > 0
    assert float(np.float32(scale)) == scale or scale < 1e-11
    assert 0 <= zero <= 255
    assert (0 - zero) * scale <= low + scale
    assert (255 - zero) * scale >= high - scale
