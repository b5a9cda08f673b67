from __future__ import annotations

import importlib
from typing import Any

import model_sources
import numpy as np
import pytest
from export_nets import Array, model, run, weight
from onnx import TensorProto, helper, load_model_from_string, numpy_helper

from edgekit.errors import BundleError

torch = pytest.importorskip("torch", reason="torch is not installed")
weights: Any = importlib.import_module("models.weights")

nn: Any = torch.nn
node = helper.make_node
WRONG = r"; use the graph of this network$"


class Tiny(nn.Module):  # type: ignore[misc]  # torch may be absent
    """Two branches of the same shape, told apart by what flows into them, then every kind of layer."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, 2, padding=1)
        self.second = nn.Conv2d(4, 4, 1, bias=False)
        self.third = nn.Conv2d(4, 4, 1)
        self.normal = nn.BatchNorm2d(4)
        self.grow = nn.ConvTranspose2d(8, 2, 2, 2)
        self.last = nn.Linear(2, 5)

    def forward(self, x: Any) -> Any:
        x = nn.functional.gelu(self.first(x))
        left = self.second(x)
        right = self.normal(self.third(left))
        return self.last(self.grow(torch.cat([left, right], 1)).permute(0, 2, 3, 1))


def tensors() -> dict[str, Array]:
    return {
        "k1": weight(4, 3, 3, 3),
        "b1": weight(4),
        "k2": weight(4, 4, 1, 1),
        "k3": weight(4, 4, 1, 1),
        "b3": weight(1, 4, 1, 1),
        **{name: abs(weight(4)) for name in ("scale", "shift", "mean", "variance")},
        "kt": weight(8, 2, 2, 2),
        "bt": weight(2),
        "m": weight(2, 5),
        "bm": weight(5),
        "root": np.array(np.sqrt(2), np.float32),
        "one": np.array(1, np.float32),
        "half": np.array(0.5, np.float32),
    }


def nodes(**changes: list[Any]) -> list[Any]:
    """By output; ``changes`` replaces single ones."""
    steps = {
        "c1": [node("Conv", ["x", "k1", "b1"], ["c1"], strides=[2, 2], pads=[1, 1, 1, 1])],
        "g": [
            node("Div", ["c1", "root"], ["d"]),
            node("Erf", ["d"], ["e"]),
            node("Add", ["e", "one"], ["p"]),
            node("Mul", ["c1", "p"], ["q"]),
            node("Mul", ["q", "half"], ["g"]),
        ],
        "c2": [node("Conv", ["g", "k2"], ["c2"])],
        "c3": [node("Conv", ["c2", "k3"], ["c3"])],
        "s3": [node("Add", ["c3", "b3"], ["s3"])],
        "n": [node("BatchNormalization", ["s3", "scale", "shift", "mean", "variance"], ["n"])],
        "u": [node("Concat", ["c2", "n"], ["u"], axis=1)],
        "t": [node("ConvTranspose", ["u", "kt", "bt"], ["t"], strides=[2, 2])],
        "i": [node("Identity", ["t"], ["i"])],
        "r": [node("Transpose", ["i"], ["r"], perm=[0, 2, 3, 1])],
        "l": [node("MatMul", ["r", "m"], ["l"])],
        "y": [node("Add", ["l", "bm"], ["y"])],
    }
    assert changes.keys() <= steps.keys()
    return [item for name in steps for item in changes.get(name, steps[name])]


def refused(data: bytes, message: str) -> None:
    module = Tiny()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    with pytest.raises(BundleError, match=message):
        weights.load_weights(module, data, "tiny.onnx")
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())


def test_every_kind_of_layer_is_loaded() -> None:
    data, module = model(nodes(), tensors()), Tiny().eval()
    weights.load_weights(module, data, "tiny.onnx")
    planes = weight(1, 3, 8, 6)
    (expected,) = run(data, planes)
    with torch.no_grad():
        found = module(torch.from_numpy(planes)).numpy()
    assert found.shape == (1, 8, 6, 5)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_weights_are_known_by_the_names_of_the_graph() -> None:
    data, module, values = model(nodes(), tensors()), Tiny(), tensors()
    weights.load_weights(module, data, "tiny.onnx")
    found = weights.initialisers(module, data, "tiny.onnx")
    assert set(found) == set(values) - {"root", "one", "half"}
    assert found["k1"][0] is module.first.weight and found["m"][0] is module.last.weight
    for name, (tensor, shape) in found.items():
        assert shape == values[name].shape and tensor.numel() == values[name].size


def test_every_weight_of_the_published_graphs_is_used_once() -> None:
    """The bytes tell: those of all initialisers, each once, are those of the module's tensors, whatever their names.

    Only the two scales of small's attention are none: sizes and axes are integers, Gelu's constants have no dimension.
    """
    scale = np.array([15**-0.5], np.float32)
    for name, left in (("detector", []), ("recognizer", []), ("small_recognizer", [scale, scale])):
        data = getattr(model_sources, name)()
        graph = load_model_from_string(data).graph
        settings = {name for item in graph.node if item.op_type == "Resize" for name in item.input[1:]}
        published = [
            numpy_helper.to_array(tensor)
            for tensor in graph.initializer
            if tensor.dims and tensor.data_type == TensorProto.FLOAT and tensor.name not in settings
        ]
        state = importlib.import_module(f"models.{name.removeprefix('small_')}").load(data).state_dict()
        loaded = [value.numpy() for key, value in state.items() if not key.endswith("num_batches_tracked")]
        assert len(published) > 80
        assert sorted(map(fingerprint, published)) == sorted(map(fingerprint, [*loaded, *left]))


def fingerprint(array: Array) -> bytes:
    """Equal for a matrix and its transpose, a bias and its broadcast form."""
    return np.sort(array.astype(np.float32), axis=None).tobytes()


def test_branches_of_one_shape_may_not_be_swapped() -> None:
    swapped = nodes(u=[node("Concat", ["n", "c2"], ["u"], axis=1)])
    refused(model(swapped, tensors()), r"layer 4 is ConvTranspose .* after \[3, 1\], expected .* after \[1, 3\]")


def test_a_layer_fed_from_elsewhere_is_refused() -> None:
    wired = nodes(c3=[node("Conv", ["g", "k3"], ["c3"])])
    refused(model(wired, tensors()), rf"tiny\.onnx: layer 2 is Conv .* after \[0\], expected .* after \[1\]{WRONG}")


def test_another_shape_is_refused() -> None:
    refused(model(nodes(), tensors() | {"k1": weight(4, 3, 5, 5)}), r"layer 0 is Conv \[4, 3, 5, 5\]")


def test_another_stride_is_refused() -> None:
    flat = nodes(c1=[node("Conv", ["x", "k1", "b1"], ["c1"], pads=[1, 1, 1, 1])])
    refused(model(flat, tensors()), r"layer 0 is Conv .* / \[1, 1\] x 1 after \[-1\], expected .* / \[2, 2\]")


def test_a_missing_bias_is_refused() -> None:
    bare = tensors()
    del bare["b1"]
    without = nodes(c1=[node("Conv", ["x", "k1"], ["c1"], strides=[2, 2], pads=[1, 1, 1, 1])])
    refused(model(without, bare), "layer 0 is .* without bias after")


def test_a_layer_too_few_is_refused() -> None:
    short = {name: value for name, value in tensors().items() if name not in ("m", "bm")}
    without = nodes(l=[node("Identity", ["r"], ["y"])], y=[])
    refused(model(without, short), rf"tiny\.onnx: 5 layers, expected 6{WRONG}")


def test_a_weight_used_twice_is_refused() -> None:
    shared = tensors()
    del shared["k3"]
    twice = nodes(c3=[node("Conv", ["c2", "k2"], ["c3"])])
    refused(model(twice, shared), f"k2 is read by 2 operators{WRONG}")


def test_a_weight_outside_of_all_layers_is_refused() -> None:
    extra = nodes(r=[node("Mul", ["i", "extra"], ["j"]), node("Transpose", ["j"], ["r"], perm=[0, 2, 3, 1])])
    refused(model(extra, tensors() | {"extra": weight(1, 2, 1, 1)}), f"extra belongs to no layer{WRONG}")


def test_a_computed_kernel_is_refused() -> None:
    computed = nodes(c3=[node("Relu", ["k3"], ["k"]), node("Conv", ["c2", "k"], ["c3"])])
    refused(model(computed, tensors()), f"k is no weight{WRONG}")


def test_bytes_that_are_no_graph_are_refused() -> None:
    refused(b"no graph", r"tiny\.onnx: onnx cannot read this graph")
