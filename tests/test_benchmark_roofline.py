"""benchmarks.counting and benchmarks.roofline: graphs whose work can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onnx
import pytest
from onnx import TensorProto, helper
from places import ROOT

from benchmarks import roofline
from benchmarks.counting import Work, count
from edgekit.bundle import Bundle
from edgekit.errors import BundleError, UsageError

FLOAT, UINT8 = TensorProto.FLOAT, TensorProto.UINT8


def graph(nodes: list[Any], inputs: dict[str, Any], weights: dict[str, Any], domain: str = "") -> bytes:
    """inputs: shapes by name, floats. weights: shapes by name, or (type, shape)."""
    made = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("out", FLOAT, None)],
        [_weight(name, weight) for name, weight in weights.items()],
    )
    opsets = [helper.make_opsetid("", 20), *([helper.make_opsetid(domain, 1)] if domain else [])]
    return bytes(helper.make_model(made, opset_imports=opsets).SerializeToString())


def _weight(name: str, weight: Any) -> Any:
    kind, shape = weight if isinstance(weight, tuple) else (FLOAT, weight)
    size = onnx.helper.tensor_dtype_to_np_dtype(kind).itemsize
    for axis in shape:
        size *= axis
    return helper.make_tensor(name, kind, shape, bytes(size), raw=True)


def test_a_convolution_in_groups() -> None:
    node = helper.make_node("Conv", ["x", "w"], ["out"], group=2, pads=[1, 1, 1, 1], strides=[2, 2])
    data = graph([node], {"x": [1, 4, "h", "w_"]}, {"w": [6, 2, 3, 3]})
    outputs, read, weights = 6 * 4 * 5, 4 * 8 * 10, 6 * 2 * 9
    assert count(data, [(1, 4, 8, 10)], "g") == Work(outputs * 2 * 9, 4 * (outputs + read + weights))


def test_a_transposed_convolution() -> None:
    node = helper.make_node("ConvTranspose", ["x", "w"], ["out"], strides=[2, 2])
    data = graph([node], {"x": [1, 3, "h", "v"]}, {"w": [3, 5, 2, 2]})
    assert count(data, [(1, 3, 4, 4)], "g").multiply_adds == 3 * 16 * 5 * 4


@pytest.mark.parametrize(("turned", "shape"), [(0, (4, 7)), (1, (7, 4))])
def test_matrix_products(turned: int, shape: tuple[int, int]) -> None:
    node = helper.make_node("Gemm", ["x", "w"], ["out"], transA=turned)
    assert count(graph([node], {"x": ["a", "b"]}, {"w": [7, 3]}), [shape], "g").multiply_adds == 4 * 7 * 3
    node = helper.make_node("MatMul", ["x", "w"], ["out"])
    assert count(graph([node], {"x": ["n", "a", 7]}, {"w": [7, 3]}), [(2, 4, 7)], "g").multiply_adds == 2 * 4 * 7 * 3


def test_a_quantized_convolution_counts_like_another_and_moves_fewer_bytes() -> None:
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]),
        helper.make_node("QLinearConv", ["q", "s", "z", "w", "s", "z", "s", "z"], ["r"]),
        helper.make_node("DequantizeLinear", ["r", "s", "z"], ["out"]),
    ]
    weights = {"s": [], "z": (UINT8, []), "w": (UINT8, [5, 3, 1, 1])}
    found = count(graph(nodes, {"x": [1, 3, "h", "v"]}, weights), [(1, 3, 4, 4)], "g")
    assert found.multiply_adds == 5 * 16 * 3
    quantize, convolve, restore = 48 * 4 + 5 + 48, 48 + 5 + 15 + 5 + 5 + 80, 80 + 5 + 80 * 4
    assert found.bytes == quantize + convolve + restore


def test_other_operators_move_bytes_only() -> None:
    data = graph([helper.make_node("Relu", ["x"], ["out"])], {"x": ["n"]}, {})
    assert count(data, [(10,)], "g") == Work(0, 80)


@pytest.mark.parametrize(
    ("data", "shapes", "message"),
    [
        (b"no graph", [(1,)], "g: onnx cannot read this graph"),
        (graph([helper.make_node("Relu", ["x"], ["out"])], {"x": [4]}, {}), [(5,)], "'x' does not take"),
        (graph([helper.make_node("Relu", ["x"], ["out"])], {"x": [4]}, {}), [(4, 4)], "'x' does not take"),
        (graph([helper.make_node("Relu", ["x"], ["out"])], {"x": [4]}, {}), [(4,), (4,)], "does not take 2 inputs"),
        (graph([helper.make_node("Odd", ["x"], ["out"], domain="mine")], {"x": [4]}, {}, "mine"), [(4,)], "g: "),
        (graph([helper.make_node("MatMul", ["x", "w"], ["out"])], {"x": ["n", "m"]}, {"w": [3, 3]}), [(4, 4)], "g: "),
    ],
)
def test_what_cannot_be_counted_is_an_error(data: bytes, shapes: Any, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        count(data, shapes, "g")


@pytest.fixture
def result() -> Any:
    """An invented result, of the default bundle."""
    found = json.loads((ROOT / "tests" / "bench_example.json").read_text(encoding="utf-8"))
    for variant in found["variants"]:
        variant["bundle"]["digest"] = Bundle.open().digest
    return found


def write(folder: Path, result: Any) -> Path:
    path = folder / "result.json"
    path.write_text(json.dumps(result), encoding="utf-8")
    return path


def test_the_table_of_a_result(result: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    assert roofline.main([str(write(tmp_path, result)), "--json", str(out)]) == 0
    printed = capsys.readouterr().out
    assert "recognize" in printed
    found = json.loads(out.read_text(encoding="utf-8"))
    assert [(row["variant"][-9:], row["network"]) for row in found["rows"]] == [
        (threads, stage) for threads in (" 1 thread", "4 threads") for stage in ("detect", "recognize", "extract")
    ]
    one, four = (row for row in found["rows"] if row["network"] == "detect")
    assert one["multiply_adds_m"] == four["multiply_adds_m"] > 100
    assert one["roof"] == min(17.0, 11.0 * one["intensity"])
    assert four["roof"] == min(62.0, 14.0 * four["intensity"])
    assert one["gflops"] == pytest.approx(2 * one["multiply_adds_m"] * 1e6 * 8 / 0.5 / 1e9)
    assert one["share"] == pytest.approx(one["gflops"] / one["roof"])
    assert one["bound_by"] in ("arithmetic", "memory")


def test_a_machine_whose_limits_are_not_known_has_no_share(result: Any) -> None:
    for row in result["probe"]["rows"]:
        row["copy_gb_s"] = None
    found = roofline.roofline(result, Bundle.open())
    assert {(row["roof"], row["share"], row["bound_by"]) for row in found["rows"]} == {(None, None, None)}
    assert "-" in roofline.text(found)


def test_another_engine_is_counted_by_the_same_network(result: Any) -> None:
    first, second = result["variants"]
    second |= {"backend": "executorch"}
    found = roofline.roofline(result, Bundle.open())
    counted = [
        [row["multiply_adds_m"] for row in found["rows"] if row["variant"] == one["id"]] for one in (first, second)
    ]
    assert counted[0] == counted[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": "other"}, "is of schema 'other'"),
        ({"probe": None}, "without --no-probe"),
        ({"variants": []}, "is not what was measured"),
    ],
)
def test_results_of_no_use(
    result: Any, change: Any, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert roofline.main([str(write(tmp_path, {**result, **change}))]) == 2
    assert message in capsys.readouterr().err


def test_emulated_results_are_refused(result: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result["device"]["emulated"] = True
    assert roofline.main([str(write(tmp_path, result))]) == 2
    assert "emulated processor, whose times say nothing" in capsys.readouterr().err


def test_a_precision_without_a_graph_is_an_error(result: Any) -> None:
    result["variants"][0]["precision"] = "int3"
    with pytest.raises(UsageError, match="no graph that could be counted"):
        roofline.roofline(result, Bundle.open())
