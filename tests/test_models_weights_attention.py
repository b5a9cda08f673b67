"""Weights of a graph with layer normalisation and attention, which ONNX spells out in single steps."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from export_nets import model, run, weight
from onnx import helper

from edgekit.errors import BundleError

torch = pytest.importorskip("torch", reason="torch is not installed")
weights: Any = importlib.import_module("models.weights")

nn: Any = torch.nn
node = helper.make_node


class Attending(nn.Module):  # type: ignore[misc]  # torch may be absent
    """A normalised copy attends to itself, and a line is added."""

    def __init__(self) -> None:
        super().__init__()
        self.normal = nn.LayerNorm(4)
        self.ask = nn.Linear(4, 4)
        self.answer = nn.Linear(4, 1)

    def forward(self, x: Any) -> Any:
        read = self.ask(self.normal(x))
        return self.answer((0.5 * read @ read.transpose(-1, -2)).softmax(-1) @ x)


def attending(**changes: list[Any]) -> bytes:
    steps = {
        "mean": [node("ReduceMean", ["x"], ["mean"], axes=[-1])],
        "centred": [node("Sub", ["x", "mean"], ["centred"])],
        "squares": [node("Pow", ["centred", "two"], ["squares"])],
        "variance": [node("ReduceMean", ["squares"], ["variance"], axes=[-1])],
        "safe": [node("Add", ["variance", "epsilon"], ["safe"])],
        "deviation": [node("Sqrt", ["safe"], ["deviation"])],
        "normal": [node("Div", ["centred", "deviation"], ["normal"])],
        "scaled": [node("Mul", ["normal", "gamma"], ["scaled"])],
        "shifted": [node("Add", ["scaled", "beta"], ["shifted"])],
        "asked": [node("MatMul", ["shifted", "m"], ["product"]), node("Add", ["product", "bm"], ["asked"])],
        "less": [node("Mul", ["asked", "half"], ["less"])],
        "turned": [node("Transpose", ["asked"], ["turned"], perm=[0, 1, 3, 2])],
        "near": [node("MatMul", ["less", "turned"], ["near"])],
        "shares": [node("Softmax", ["near"], ["shares"], axis=3)],
        "seen": [node("MatMul", ["shares", "x"], ["seen"])],
        "y": [node("MatMul", ["seen", "m2"], ["y2"]), node("Add", ["y2", "b2"], ["y"])],
    }
    scalars = {"two": 2, "epsilon": 1e-5, "half": 0.5}
    values = {
        **{name: np.array(value, np.float32) for name, value in scalars.items()},
        **{
            "gamma": weight(4),
            "beta": weight(4),
            "m": weight(4, 4),
            "bm": weight(4),
            "m2": weight(4, 1),
            "b2": weight(1),
        },
    }
    return model([item for name in steps for item in changes.get(name, steps[name])], values)


def test_layer_normalisation_and_attention_are_loaded() -> None:
    data, module = attending(), Attending().eval()
    weights.load_weights(module, data, "attending.onnx")
    steps = weight(1, 3, 5, 4)
    with torch.no_grad():
        np.testing.assert_allclose(module(torch.from_numpy(steps)).numpy(), run(data, steps)[0], atol=1e-5)


def test_attention_that_reads_elsewhere_is_refused() -> None:
    without = attending(
        near=[node("MatMul", ["x", "turned"], ["near"])], less=[], seen=[node("Identity", ["near"], ["seen"])]
    )
    with pytest.raises(
        BundleError, match=r"layer 2 is MatMul \[4, 1\] .* after \[-1, 1\], expected .* after \[1, -1\]"
    ):
        weights.load_weights(Attending(), without, "attending.onnx")


def test_a_norm_of_another_kind_is_refused() -> None:
    """Its squares are of the values themselves."""
    other = attending(squares=[node("Pow", ["x", "two"], ["squares"])])
    with pytest.raises(BundleError, match=r"(gamma|beta|two|epsilon) belongs to no layer"):
        weights.load_weights(Attending(), other, "attending.onnx")
