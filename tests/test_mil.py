"""Each operator of the interpreter beside an independent computation; programs are built by coremltools itself."""

from __future__ import annotations

import importlib
import io
import struct
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.errors import BundleError

torch = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("coremltools", reason="coremltools is not installed")

from export.mil import elementwise, layers, shapes  # noqa: E402
from export.mil.interpreter import OPERATORS, Interpreter  # noqa: E402
from export.mil.program import Operation, Program, read_program  # noqa: E402
from export.mil.weights import affine_dequantize, lut_to_dense  # noqa: E402
from export.targets.coreml import compress  # noqa: E402
from export.targets.coreml_package import zip_package  # noqa: E402

RANDOM = np.random.default_rng(5)


def tensor(*shape: int) -> Any:
    return torch.from_numpy(RANDOM.normal(0, 2, shape).astype(np.float32))


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("relu", {}, lambda x: np.maximum(x, 0)),
        ("clip", {"alpha": -0.5, "beta": 1.5}, lambda x: np.minimum(np.maximum(x, -0.5), 1.5)),
        ("add", {"y": 2.5}, lambda x: x + 2.5),
        ("sub", {"y": 2.5}, lambda x: x - 2.5),
        ("mul", {"y": 2.5}, lambda x: x * 2.5),
        ("sigmoid", {}, lambda x: 1 / (1 + np.exp(-x))),
        ("silu", {}, lambda x: x / (1 + np.exp(-x))),
        ("silu", {}, lambda x: x / (1 + np.exp(-x))),
        ("sigmoid_hard", {"alpha": 0.2, "beta": 0.5}, lambda x: np.clip(0.2 * x + 0.5, 0, 1)),
        ("thresholded_relu", {"alpha": -1.0}, lambda x: np.where(x >= -1, x, 0)),
        ("softmax", {"axis": -1}, lambda x: np.exp(x) / np.exp(x).sum(-1, keepdims=True)),
        ("gelu", {"mode": "EXACT"}, lambda x: x / 2 * (1 + torch.erf(torch.from_numpy(x) / 2**0.5).numpy())),
        ("cast", {"dtype": "int32"}, lambda x: x.astype(np.int32)),
        ("cast", {"dtype": "fp16"}, lambda x: x),
        ("abs", {}, np.abs),
        ("exp", {}, np.exp),
        ("greater", {"y": 0.5}, lambda x: x > 0.5),
        ("expand_dims", {"axes": (0, -1)}, lambda x: x[None, ..., None]),
        ("reshape", {"shape": (0, -1, 2)}, lambda x: x.reshape(1, 10, 2)),
        ("matmul", {"y": torch.eye(5)[:, :3]}, lambda x: x[..., :3]),
        ("matmul", {"y": torch.eye(5)[:3], "transpose_y": True}, lambda x: x[..., :3]),
        ("matmul", {"y": torch.eye(4)[:, :3], "transpose_x": True}, lambda x: x.transpose(0, 2, 1)[..., :3]),
        (
            "layer_norm",
            {"axes": (-1,), "epsilon": 0.0, "gamma": torch.full((5,), 2.0), "beta": torch.ones(5)},
            lambda x: 2 * (x - x.mean(-1, keepdims=True)) / x.std(-1, keepdims=True) + 1,
        ),
        (
            "slice_by_index",
            {
                "begin": (0, 1, 3),
                "end": (1, 0, 4),
                "end_mask": (True, True, False),
                "squeeze_mask": (False, False, True),
            },
            lambda x: x[:, 1:, 3],
        ),
        (
            "slice_by_index",
            {"begin": (0, 3, -2), "end": (1, 4, -1), "begin_mask": (True, True, False), "stride": (1, 2, 1)},
            lambda x: x[:, :4:2, -2:-1],
        ),
        ("gather", {"indices": torch.tensor([[2, 0], [1, 3]]), "axis": 1}, lambda x: x[:, [[2, 0], [1, 3]]]),
        ("transpose", {"perm": (0, 2, 1)}, lambda x: x.transpose(0, 2, 1)),
        ("squeeze", {"axes": (0,)}, lambda x: x[0]),
        ("reduce_mean", {"axes": (1, 2), "keep_dims": True}, lambda x: x.mean((1, 2), keepdims=True)),
        ("reduce_max", {"axes": (-1,), "keep_dims": False}, lambda x: x.max(-1)),
        ("reduce_argmax", {"axis": -1, "keep_dims": False}, lambda x: x.argmax(-1)),
        (
            "pad",
            {"mode": "constant", "pad": (0, 0, 1, 2, 0, 3), "constant_val": 7.0},
            lambda x: np.pad(x, ((0, 0), (1, 2), (0, 3)), constant_values=7),
        ),
    ],
)
def test_an_operator_computes_what_numpy_does(name: str, settings: dict[str, Any], expected: Any) -> None:
    x = tensor(1, 4, 5)
    found = OPERATORS[name]({"x": x, **settings})
    np.testing.assert_allclose(found.numpy(), expected(x.numpy()), atol=1e-6)


def test_concat_joins_along_its_axis() -> None:
    parts = [tensor(1, 2, 3), tensor(1, 4, 3)]
    found = shapes.concat({"values": parts, "axis": 1, "interleave": False})
    np.testing.assert_array_equal(found.numpy(), np.concatenate([part.numpy() for part in parts], 1))


def test_stack_puts_values_side_by_side() -> None:
    parts = [tensor(2, 3), tensor(2, 3)]
    found = shapes.stack({"values": parts, "axis": -1})
    np.testing.assert_array_equal(found.numpy(), np.stack([part.numpy() for part in parts], -1))


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("gather", {"indices": torch.tensor([0]), "axis": 0, "batch_dims": 1}, "gather: batches are not known here"),
        ("slice_by_index", {"begin": (0,), "end": (1,), "stride": (-1,)}, "slice_by_index: steps backwards are not"),
        ("layer_norm", {"axes": (0,), "epsilon": 0.0}, "layer_norm: other axes than the last are not known here"),
    ],
)
def test_forms_that_our_networks_lack_are_refused(name: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        OPERATORS[name]({"x": tensor(4, 5) if name == "layer_norm" else tensor(4), **settings})


def test_windows_are_placed_by_top_bottom_left_right() -> None:
    """A convolution whose weight is one 1: it copies the plane, moved by the padding."""
    x, weight = tensor(1, 1, 3, 4), torch.ones(1, 1, 1, 1)
    given = {"x": x, "weight": weight, "strides": (1, 1), "dilations": (1, 1), "groups": 1, "pad_type": "custom"}
    found = layers.conv({**given, "pad": (1, 2, 3, 4)}).numpy()
    np.testing.assert_array_equal(found, np.pad(x.numpy(), ((0, 0), (0, 0), (1, 2), (3, 4))))
    np.testing.assert_array_equal(layers.conv({**given, "pad_type": "valid"}).numpy(), x.numpy())
    cut = layers.conv_transpose({**given, "pad": (1, 0, 2, 1)}).numpy()
    np.testing.assert_array_equal(cut, x.numpy()[:, :, 1:, 2:-1])


def test_a_convolution_is_a_sum_over_its_window() -> None:
    x, weight, bias = tensor(1, 4, 7, 6), tensor(6, 2, 3, 2), tensor(6)
    settings = {"strides": (2, 1), "dilations": (1, 1), "groups": 2, "pad_type": "valid"}
    found = layers.conv({"x": x, "weight": weight, "bias": bias, **settings}).numpy()
    expected = np.empty_like(found)
    for plane, row, column in np.ndindex(6, *found.shape[2:]):
        group = plane // 3
        window = x.numpy()[0, 2 * group : 2 * group + 2, 2 * row : 2 * row + 3, column : column + 2]
        expected[0, plane, row, column] = (window * weight.numpy()[plane]).sum() + bias.numpy()[plane]
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_transposed_convolution_spreads_each_value() -> None:
    x, weight = tensor(1, 2, 3, 3), tensor(2, 1, 2, 2)
    settings = {"strides": (2, 2), "dilations": (1, 1), "groups": 1, "pad_type": "valid"}
    found = layers.conv_transpose({"x": x, "weight": weight, **settings}).numpy()
    np.testing.assert_allclose(found[0, 0], np.kron(x[0, 0], weight[0, 0]) + np.kron(x[0, 1], weight[1, 0]), atol=1e-5)


def test_pools_linear_and_upsampling() -> None:
    x = tensor(1, 2, 4, 6)
    windows = x.numpy().reshape(1, 2, 2, 2, 3, 2)
    given = {"x": x, "kernel_sizes": (2, 2), "strides": (2, 2), "pad_type": "custom", "pad": (0, 0, 0, 0)}
    np.testing.assert_allclose(layers.avg_pool(given).numpy(), windows.mean((3, 5)), atol=1e-6)
    np.testing.assert_array_equal(layers.max_pool(given).numpy(), windows.max((3, 5)))
    sizes = {"scale_factor_height": 2.0, "scale_factor_width": 3.0}
    enlarged = layers.upsample_nearest_neighbor({"x": x, **sizes}).numpy()
    np.testing.assert_array_equal(enlarged, x.numpy().repeat(2, 2).repeat(3, 3))
    weight, bias = tensor(5, 6), tensor(5)
    expected = x.numpy() @ weight.numpy().T + bias.numpy()
    np.testing.assert_allclose(layers.linear({"x": x, "weight": weight, "bias": bias}).numpy(), expected, atol=1e-4)


WINDOW = {"strides": (1, 1), "kernel_sizes": (2, 2), "pad_type": "custom", "pad": (1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("function", "settings", "message"),
    [
        (elementwise.gelu, {"mode": "TANH_APPROXIMATION"}, "gelu: mode TANH"),
        (layers.avg_pool, WINDOW, "avg_pool: padded windows"),
        (layers.max_pool, {**WINDOW, "pad": (0, 0, 0, 0), "ceil_mode": True}, "max_pool: padded windows"),
        (layers.conv, {"pad_type": "same"}, "windows padded by 'same'"),
        (shapes.concat, {"interleave": True}, "concat: interleaved"),
        (shapes.pad, {"mode": "reflect"}, "pad: mode 'reflect'"),
    ],
)
def test_a_setting_that_is_not_known_is_an_error(function: Any, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        function({"x": tensor(1, 1, 4, 4), **settings})


def test_scales_run_along_their_axis() -> None:
    data = RANDOM.integers(-127, 128, (2, 3)).astype(np.int8)
    scale, zero = np.array([0.5, 2], np.float16), np.array([1, -1], np.int8)
    found = affine_dequantize({"quantized_data": data, "axis": np.int32(0), "scale": scale, "zero_point": zero})
    assert found.dtype == np.float16
    np.testing.assert_array_equal(found, np.stack([(data[0] - 1.0) * 0.5, (data[1] + 1.0) * 2]))
    one = {"quantized_data": data, "axis": np.int32(0), "scale": np.array(0.5, np.float16), "zero_point": np.int8(0)}
    np.testing.assert_array_equal(affine_dequantize(one), data * 0.5)


@pytest.mark.parametrize("bits", [1, 2, 4, 6, 8])
def test_a_table_is_looked_up_by_packed_indices(bits: int) -> None:
    """Packed here by hand: number by number, the lowest bit first."""
    table = RANDOM.normal(size=2**bits).astype(np.float16)
    indices = RANDOM.integers(0, 2**bits, 15)
    number = sum(int(index) << (bits * place) for place, index in enumerate(indices))
    packed = np.frombuffer(number.to_bytes(-(-15 * bits // 8), "little"), np.uint8)
    given = {"indices": packed, "lut": table, "shape": np.array([3, 5], np.uint32)}
    np.testing.assert_array_equal(lut_to_dense(given), table[indices].reshape(3, 5))


@pytest.fixture(scope="module")
def model() -> Iterator[Any]:
    """coremltools' model of a tiny program: a picture, weighed by 3000 values that lie in the file of weights."""
    ct = importlib.import_module("coremltools")
    mb = importlib.import_module("coremltools.converters.mil").Builder
    weight = RANDOM.normal(size=(16, 3, 8, 8)).astype(np.float32)

    def program(x: Any) -> Any:
        return mb.conv(x=x, weight=weight, name="y")

    made = mb.program(input_specs=[mb.TensorSpec((1, 3, 8, 8))], opset_version=ct.target.iOS16)(program)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # coremltools leaves a temporary folder to the collector
        yield ct.convert(made, convert_to="mlprogram", minimum_deployment_target=ct.target.iOS16), weight


def zipped(model: Any) -> bytes:
    return zip_package(model.get_spec(), Path(model.weights_dir, "weight.bin").read_bytes(), "tiny.mlpackage")


def test_a_saved_program_runs(model: Any) -> None:
    network, weight = model
    program = read_program(zipped(network), "tiny")
    assert (program.inputs, program.outputs) == (("x",), ("y",))
    x = RANDOM.normal(size=(1, 3, 8, 8)).astype(np.float32)
    (found,) = Interpreter(program).run(x)
    halves = x.astype(np.float16).astype(np.float64)
    expected = (halves * weight.astype(np.float16).astype(np.float64)).sum((1, 2, 3))
    assert found.shape == (1, 16, 1, 1)
    np.testing.assert_allclose(found[0, :, 0, 0], expected, atol=0.02)
    rounded = found.astype(np.float16).astype(np.float32)
    np.testing.assert_array_equal(found, rounded, "a result of half precision was not rounded to it")


@pytest.mark.parametrize(
    ("precision", "operator", "most"),
    [("int8", "constexpr_affine_dequantize", 1 / 127), ("palette", "constexpr_lut_to_dense", 0.05)],
)
def test_compressed_weights_are_read_back(model: Any, precision: str, operator: str, most: float) -> None:
    """One pixel lit at a time gives the weights themselves; ``most``: the largest step between two that are held."""
    network, weight = model
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compressed = zipped(compress(network, precision))
    assert len(compressed) < len(zipped(network))
    program = read_program(compressed, "tiny")
    assert operator in {operation.kind for operation in program.operations}
    interpreter = Interpreter(program)
    for place in ((0, 0, 0), (1, 2, 3), (2, 7, 7)):
        x = np.zeros((1, 3, 8, 8), np.float32)
        x[(0, *place)] = 1
        found = interpreter.run(x)[0][0, :, 0, 0]
        np.testing.assert_allclose(found, weight[(slice(None), *place)], atol=most * np.abs(weight).max())


def test_an_unknown_operator_is_named() -> None:
    program = Program("odd.zip", ("x",), (), ("y",), (Operation("lstm", {}, {}, (("y", "float16"),)),))
    with pytest.raises(BundleError, match=r"odd.zip: operator 'lstm' is not known here"):
        Interpreter(program)


def repacked(data: bytes, name: str, change: Any) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content) if info.filename.endswith(name) else content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("model.mlmodel", lambda data: b"\xff" + data, "specification cannot be read"),
        ("model.mlmodel", lambda data: b"", "holds no ML program"),
        ("weight.bin", lambda data: data[:64], "file of weights is damaged"),
        ("weight.bin", lambda data: data.replace(struct.pack("<I", 0xDEADBEEF), b"\0\0\0\0"), "weights is damaged"),
        ("weight.bin", lambda data: data[:-1000], "file of weights is damaged"),
    ],
)
def test_a_damaged_package_is_an_error(model: Any, name: str, change: Any, message: str) -> None:
    with pytest.raises(BundleError, match=f"tiny: .*{message}"):
        read_program(repacked(zipped(model[0]), name, change), "tiny")


def test_a_type_of_constants_that_is_not_read_is_named(model: Any) -> None:
    spec = model[0].get_spec()
    proto = importlib.import_module("coremltools.proto").MIL_pb2
    block = next(iter(spec.mlProgram.functions["main"].block_specializations.values()))
    constant = next(item for item in block.operations if item.type == "const" and "val" in item.attributes)
    constant.attributes["val"].type.tensorType.dataType = proto.DataType.Value("FLOAT64")
    with pytest.raises(BundleError, match="tiny: constants of type FLOAT64 are not read here"):
        read_program(zip_package(spec, b"", "tiny.mlpackage"), "tiny")
