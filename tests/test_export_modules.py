"""Torch modules and transformers checkpoints: into ONNX, compared with themselves, and what goes wrong."""

from __future__ import annotations

import dataclasses
import importlib
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import export_nets
import numpy as np
import pytest
import word_nets
from export_nets import digest
from word_nets import on_disk

from edgekit.bundle import Bundle
from edgekit.errors import BackendError, BundleError
from edgekit.manifest import TensorSpec
from export import __main__ as cli
from export.lowering import WordJob, lower, open_job
from export.recipe import (
    Checkpoint,
    File,
    LocalFile,
    Recipe,
    StageRecipe,
    TorchModule,
    Weights,
    WordRecipe,
    files_of,
)
from export.recipes import RECIPES
from export.recipes.receipt import EXTRACT, RECEIPT
from export.sources import materials, read_files

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("onnxscript", reason="onnxscript is not installed")
transformers: Any = pytest.importorskip("transformers", reason="transformers is not installed")
modules: Any = importlib.import_module("export.sources.modules")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe's folder, with the module ``tiny_words`` in it."""
    (tmp_path / "tiny_words.py").write_text(word_nets.TORCH, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "tiny_words", raising=False)
    return tmp_path


def saved(module: Any) -> bytes:
    with io.BytesIO() as file:
        torch.save(module.state_dict(), file)
        return file.getvalue()


def small(folder: Path, factory: str = "tiny_words:make") -> TorchModule:
    """A module whose state is not the one it starts with."""
    network = importlib.import_module("tiny_words").make()
    with torch.no_grad():
        for value in network.parameters():
            value.mul_(1.5)
    return TorchModule(factory, on_disk(folder, "state.pt", saved(network)))


def job(recipe: WordRecipe, folder: Path) -> WordJob:
    files: Mapping[File, bytes] = read_files(files_of(recipe), folder, folder, lambda text: None)
    opened = open_job(recipe, materials(recipe, files))
    assert isinstance(opened, WordJob)
    return opened


def test_a_module_with_its_state_becomes_a_graph_for_any_number_of_words(folder: Path) -> None:
    opened = job(word_nets.recipe(small(folder)), folder)
    lowered = lower(opened, "onnx", "fp32")
    assert lowered.graph.evidence.max_abs_difference is not None
    assert lowered.graph.evidence.max_abs_difference <= 1e-5
    chars, places = np.ones((1, 5, 4), np.int32), np.ones((1, 5, 3), np.float32)
    found = export_nets.run(lowered.data, chars, places)[0]
    np.testing.assert_allclose(found, opened.built.original.run(chars, places)[0], atol=1e-5)
    started = importlib.import_module("tiny_words").make()
    with torch.no_grad():
        assert np.abs(started(torch.from_numpy(chars), torch.from_numpy(places)).numpy() - found).max() > 0.01


def test_the_same_module_gives_the_same_bytes(folder: Path) -> None:
    recipe = word_nets.recipe(small(folder))
    assert lower(job(recipe, folder), "onnx", "fp32").data == lower(job(recipe, folder), "onnx", "fp32").data


def test_an_operator_that_onnx_lacks_is_named_with_the_recipes_line(folder: Path) -> None:
    with pytest.raises(
        BundleError,
        match=r"operator prims\.bessel_j0 \(node '\w+'\) cannot be written in ONNX.*; its recipe is at .*:\d+$",
    ):
        job(word_nets.recipe(small(folder, "tiny_words:make_unsupported")), folder)


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        ("tiny_words:nothing", r"tiny_words:nothing: cannot be imported \(module 'tiny_words' has no attribute"),
        ("no_such:make", r"no_such:make: cannot be imported \(No module named 'no_such'\); name it 'package\.module:"),
        ("tiny_words", r"tiny_words: cannot be imported"),
    ],
)
def test_a_factory_that_is_not_there_is_named(folder: Path, factory: str, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        job(word_nets.recipe(small(folder, factory)), folder)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("state.pt", b"no state", r"state\.pt: holds no state of a module .*; save one with torch\.save"),
        ("state.safetensors", b"no state", r"state\.safetensors: holds no state of a module"),
        ("state.pt", None, r"state\.pt: is no state of tiny_words:make \(Error\(s\) in loading state_dict"),
    ],
    ids=["no file of torch", "no safetensors", "another module's"],
)
def test_a_state_that_does_not_fit_is_named(folder: Path, name: str, data: bytes | None, message: str) -> None:
    held = saved(torch.nn.Linear(2, 2)) if data is None else data
    weights = TorchModule("tiny_words:make", on_disk(folder, name, held))
    with pytest.raises(BundleError, match=message):
        job(word_nets.recipe(weights), folder)


def test_safetensors_hold_a_state_too(folder: Path) -> None:
    state = importlib.import_module("tiny_words").make().state_dict()
    data = importlib.import_module("safetensors.torch").save(state)
    weights = TorchModule("tiny_words:make", on_disk(folder, "state.safetensors", data))
    assert lower(job(word_nets.recipe(weights), folder), "onnx", "fp32").graph.evidence.status == "passed"


def bert(folder: Path) -> WordRecipe:
    """A small published architecture for token classification, as transformers saves it."""
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=24, num_labels=3
    )
    transformers.BertForTokenClassification(config).save_pretrained(folder / "bert")
    files = {name: (folder / "bert" / name).read_bytes() for name in ("config.json", "model.safetensors")}
    found = [LocalFile(f"bert/{name}", digest(data)) for name, data in files.items()]
    names = ("input_ids", "attention_mask")
    return WordRecipe(
        "tiny BERT",
        Checkpoint(found[0], found[1], "transformers:AutoModelForTokenClassification"),
        "tokens.onnx",
        tuple(TensorSpec(name, "int64", (1, "words")) for name in names),
        (TensorSpec("logits", "float32", (1, "words", 3)),),
        (8, 16),
        "exported",
        1e-4,
        feeds="numbers",
        vocabulary=2,
    )


def test_a_checkpoint_for_token_classification_becomes_a_graph(folder: Path) -> None:
    lowered = lower(job(bert(folder), folder), "onnx", "fp32")
    assert [spec.name for spec in lowered.graph.inputs] == ["input_ids", "attention_mask"]
    assert lowered.graph.evidence.max_abs_difference is not None
    assert lowered.graph.evidence.max_abs_difference <= 1e-5


def test_checkpoints_that_do_not_fit_are_named(folder: Path) -> None:
    recipe = bert(folder)
    assert isinstance(recipe.weights, Checkpoint)
    broken = dataclasses.replace(recipe.weights, config=on_disk(folder, "config.json", b"{"))
    other = dataclasses.replace(recipe.weights, model="transformers:BertForQuestionAnswering")
    for weights, message in (
        (broken, r"model\.safetensors: is no checkpoint of transformers:AutoModelForTokenClassification"),
        (other, r"model\.safetensors: has no weights for 'qa_outputs\.bias'; name the class that saved it"),
    ):
        with pytest.raises(BundleError, match=message):
            job(dataclasses.replace(recipe, weights=weights), folder)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("onnxscript", "onnxscript is not installed: pip install"),
        ("transformers", "transformers is not installed: pip"),
    ],
)
def test_a_missing_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch, missing: str, message: str) -> None:
    recipe = bert(folder)
    honest = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == missing else honest(name))
    with pytest.raises(BackendError, match=message):
        job(recipe, folder)


PLANES = """\
import torch
from torch import nn


class Heat(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolve = nn.Conv2d(3, 1, 3, padding=1)

    def forward(self, planes):
        return torch.sigmoid(self.convolve(planes) - 9)


class Letters(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolve = nn.Conv2d(3, 4, (48, 8), (48, 8))
        self.classify = nn.Linear(4, 7)

    def forward(self, planes):
        return self.classify(self.convolve(planes).squeeze(2).transpose(1, 2)).softmax(-1)


def heat():
    torch.manual_seed(2)
    return Heat()


def letters():
    torch.manual_seed(3)
    return Letters()
"""


def with_weights(recipe: Recipe, weights: Mapping[str, Weights]) -> Recipe:
    def changed(stage: StageRecipe) -> StageRecipe:
        if stage.name not in weights or stage.graph is None:
            return stage
        return dataclasses.replace(stage, graph=dataclasses.replace(stage.graph, weights=weights[stage.name]))

    return dataclasses.replace(recipe, stages=tuple(map(changed, recipe.stages)))


def test_torch_modules_for_pictures_make_a_bundle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "tiny_planes.py").write_text(PLANES, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "tiny_planes", raising=False)
    (folder / "cache").mkdir()
    monkeypatch.setenv("EDGEKIT_CACHE", str(folder / "cache"))
    planes = importlib.import_module("tiny_planes")
    files = {name: on_disk(folder, f"{name}.pt", saved(getattr(planes, name)())) for name in ("heat", "letters")}
    weights = {
        "detect": TorchModule("tiny_planes:heat", files["heat"]),
        "recognize": TorchModule("tiny_planes:letters", files["letters"]),
    }
    recipe = with_weights(export_nets.recipe(folder / "cache"), weights)
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(recipe, root=folder))
    assert cli.main(["tiny", "--out", str(folder / "made")]) == 0
    bundle = Bundle.open(folder / "made")
    for stage in ("detect", "recognize"):
        evidence = bundle.graph(stage, "onnxruntime", "fp32").evidence
        assert evidence.max_abs_difference is not None
        assert evidence.max_abs_difference <= 1e-4
    assert [source.path for source in bundle.manifest.sources] == ["heat.pt", "letters.pt"]


def test_the_extraction_network_keeps_its_scores() -> None:
    recipe = RECEIPT.graphs["extract"]
    assert recipe is EXTRACT
    files = read_files(files_of(EXTRACT), RECEIPT.root, RECEIPT.root, lambda text: None)
    opened = open_job(EXTRACT, materials(EXTRACT, files))
    plain, small_one = lower(opened, "onnx", "fp32"), lower(opened, "onnx", "int8")
    assert plain.graph.evidence.max_abs_difference is not None
    assert plain.graph.evidence.max_abs_difference <= 1e-4
    assert len(small_one.data) < 0.6 * len(plain.data)  # which is stored in halves
