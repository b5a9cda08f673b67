"""Tiny networks on words: as a graph in ONNX, and, in files beside a recipe, as torch modules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from export_nets import digest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgekit.manifest import TensorSpec
from export.recipe import LocalFile, Weights, WordRecipe

INPUTS = (TensorSpec("chars", "int32", (1, "words", 4)), TensorSpec("places", "float32", (1, "words", 3)))
OUTPUTS = (TensorSpec("scores", "float32", (1, "words", 2)),)
VOCABULARY = 64

TORCH = """\
import torch
from torch import nn


class Small(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(4)
        self.letters = nn.Embedding(64, 8)
        self.place = nn.Linear(3, 8)
        self.norm = nn.LayerNorm(8)
        self.ask, self.answer = nn.Linear(8, 8), nn.Linear(8, 8)
        self.tags = nn.Linear(8, 2)

    def forward(self, chars, places):
        hidden = (((chars[:, :, 0] > 0).to(places.dtype) - 1) * 1e4)[:, None, :]
        words = self.letters(chars).amax(2) + self.place(places)
        for _ in range(4):
            read = self.norm(words)
            nearness = self.ask(read) @ self.answer(read).transpose(1, 2) + hidden
            words = words + nearness.softmax(-1) @ words
        return self.tags(self.norm(words))


class Sorted(Small):
    def forward(self, chars, places):
        return super().forward(chars, places) + torch.special.bessel_j0(places).sum(-1, keepdim=True)


def make():
    return Small().eval()


def make_unsupported():
    return Sorted().eval()
"""
"""A module ``tiny_words`` for a recipe's folder."""


def graph(
    inputs: tuple[TensorSpec, ...] = INPUTS, outputs: tuple[TensorSpec, ...] = OUTPUTS, vocabulary: int = VOCABULARY
) -> bytes:
    """``chars`` and ``places`` to ``scores``: a table, a matrix, an addition."""
    random = np.random.default_rng(2)
    features, tags = int(inputs[1].shape[2]), int(outputs[0].shape[2])
    weights: dict[str, NDArray[np.float32]] = {
        "table": random.normal(size=(vocabulary, 16)).astype(np.float32),
        "out": random.normal(size=(16, tags)).astype(np.float32),
        "wide": random.normal(size=(16, 40)).astype(np.float32),
        "narrow": (random.normal(size=(40, 16)) / 7).astype(np.float32),
        "place": random.normal(size=(features, 16)).astype(np.float32),
    }
    nodes = [
        helper.make_node("Gather", ["table", "chars"], ["letters"]),
        helper.make_node("ReduceMax", ["letters", "axes"], ["words"], keepdims=0),
        helper.make_node("MatMul", ["places", "place"], ["placed"]),
        helper.make_node("Add", ["words", "placed"], ["both"]),
        helper.make_node("MatMul", ["both", "wide"], ["inner"]),
        helper.make_node("Relu", ["inner"], ["kept"]),
        helper.make_node("MatMul", ["kept", "narrow"], ["back"]),
        helper.make_node("MatMul", ["back", "out"], ["scores"]),
    ]
    kinds = {"int32": TensorProto.INT32, "float32": TensorProto.FLOAT}
    takes, gives = (
        [helper.make_tensor_value_info(it.name, kinds[it.dtype], it.shape) for it in specs]
        for specs in (inputs, outputs)
    )
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    tensors.append(numpy_helper.from_array(np.array([2], np.int64), "axes"))
    made = helper.make_graph(nodes, "tiny", takes, gives, tensors)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def recipe(weights: Weights, tolerance: float = 1e-4, buckets: tuple[int, ...] = (8, 16)) -> WordRecipe:
    return WordRecipe(
        title="tiny words",
        weights=weights,
        file="words.onnx",
        inputs=INPUTS,
        outputs=OUTPUTS,
        buckets=buckets,
        changes="made for a test",
        tolerance=tolerance,
        feeds="numbers",
        vocabulary=VOCABULARY,
    )


def on_disk(folder: Path, name: str, data: bytes) -> LocalFile:
    (folder / name).write_bytes(data)
    return LocalFile(name, digest(data))
