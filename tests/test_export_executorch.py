"""The ExecuTorch target: rewrites, what is delegated, and a bundle that reads as the default one does."""

from __future__ import annotations

import dataclasses
import importlib
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import model_sources
import pytest
from places import DATA, EXAMPLE

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.cli import main
from edgekit.errors import BundleError
from edgekit.extract import RULES
from edgekit.manifest import TensorSpec
from edgekit.reader import Reader
from edgekit.types import FIELD_NAMES
from export.lowering import lower, open_job
from export.net import read_net
from export.parity import Original
from export.recipe import ClassHead, PictureRecipe
from export.recipes.receipt import DETECT, RECOGNIZE
from export.targets.lowered import Delegation, check_delegation

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the engine's own imports
    exir: Any = pytest.importorskip("executorch.exir", reason="executorch is not installed")
    target: Any = importlib.import_module("export.targets.executorch")
    delegation: Any = importlib.import_module("export.targets.executorch_delegation")
    rewrites: Any = importlib.import_module("export.targets.executorch_rewrites")
    detector: Any = importlib.import_module("models.detector")


def members(recipe: PictureRecipe) -> Mapping[str, bytes]:
    return model_sources.members(recipe)


def original(recipe: PictureRecipe) -> Original:
    data = members(recipe)[recipe.weights.path]
    net = read_net(data, "original")
    classes = tuple(model_sources.classes()) if isinstance(recipe.head, ClassHead) else ()
    return Original(data, tuple(net.inputs), tuple(net.outputs), classes)


@pytest.fixture(scope="module")
def recognizer() -> Any:
    return target.lower(RECOGNIZE, members(RECOGNIZE), "fp32")


@pytest.fixture(scope="module")
def bundle(recognizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default bundle with a program beside each graph, all in fp32, but without what reads lines again."""
    default = Bundle.open()
    stages, contents = dict(default.manifest.stages), {name: default.read(name) for name in default.manifest.files}
    for graph in (*stages.pop("reread").graphs, *stages["recognize"].graphs):
        del contents[graph.file]
    plain = lower(open_job(dataclasses.replace(RECOGNIZE, only=None), members(RECOGNIZE)), "onnx", "fp32")
    lowered = {"detect": [target.lower(DETECT, members(DETECT), "fp32")], "recognize": [plain, recognizer]}
    for name, made in lowered.items():
        kept = stages[name].graphs if name == "detect" else ()
        stages[name] = dataclasses.replace(stages[name], graphs=(*kept, *(one.graph for one in made)))
        contents |= {one.graph.file: one.data for one in made}
    extract = stages["extract"]  # without the network on words, which has a program of its own
    stages["extract"] = dataclasses.replace(extract, params={**extract.params, "rung": RULES})
    path = tmp_path_factory.mktemp("executorch") / "bundle"
    return write_bundle(path, dataclasses.replace(default.manifest, stages=stages), contents).path


def test_the_rewritten_detector_gives_the_same_map() -> None:
    torch.manual_seed(11)
    plain = detector.DetectorGraph(detector.Detector(), DETECT.normalisation).eval()
    rewritten = rewrites.DelegatedDetectorGraph(plain).eval()
    assert not any(isinstance(part, torch.nn.ConvTranspose2d) for part in rewritten.modules())
    for height, width in ((32, 32), (64, 128), (160, 96)):
        pixels = torch.randint(0, 256, (1, height, width, 3), dtype=torch.uint8)
        with torch.no_grad():
            expected, found = plain(pixels), rewritten(pixels)
        assert found.shape == (1, height, width)
        assert float(expected.std()) > 1e-5
        assert float((expected - found).abs().max()) <= 1e-6


def test_the_program_does_what_the_published_graph_does(recognizer: Any) -> None:
    evidence = target.compare(RECOGNIZE, original(RECOGNIZE), recognizer)
    assert evidence.status == "passed"
    assert 0 < evidence.max_abs_difference <= 1e-3
    assert evidence.delegated == recognizer.delegation.nodes
    assert "executorch" in str(evidence.machine)


def test_another_network_is_refused(recognizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(target, "TOLERANCES", {"fp32": 1e-9})
    with pytest.raises(BundleError, match=r"recognize.pte: differs from .*rec.onnx by .*, more than 1e-09; mend"):
        target.compare(RECOGNIZE, original(RECOGNIZE), recognizer)
    with pytest.raises(BundleError, match="by nan, more than"):
        target._check_gap(float("nan"), recognizer.graph, "another")


def test_weights_of_another_network_are_refused() -> None:
    swapped = {**members(RECOGNIZE), RECOGNIZE.weights.path: model_sources.detector()}
    with pytest.raises(BundleError, match="use the graph of this network"):
        target.lower(RECOGNIZE, swapped, "fp32")


def test_what_was_delegated_is_counted(recognizer: Any) -> None:
    found = recognizer.delegation
    assert found.multiply_adds == 1.0
    assert 0.9 < found.nodes < 1.0
    assert dict(found.left_out)["aten.argmax"] == 1
    assert "93.3% of the nodes, 100.0% of the multiply-adds; left out: 1 aten.amax" in str(found)


def test_a_program_that_delegates_too_little_is_refused() -> None:
    check_delegation(Delegation(0.9, 0.95, (("aten.argmax", 2),)), "a.pte")
    with pytest.raises(
        BundleError,
        match=r"a.pte: delegated 95.0% .* 89.0% .*; left out: 3 aten.convolution; each has to be 90% or more",
    ):
        check_delegation(Delegation(0.95, 0.89, (("aten.convolution", 3),)), "a.pte")


def test_multiply_adds_left_out_count() -> None:
    """Kernels of 3x3 that read two planes each, blocks of 2x2, a matrix; once without a delegate, once with."""

    class Net(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.one = torch.nn.Conv2d(4, 6, 3, padding=1, groups=2)
            self.two = torch.nn.ConvTranspose2d(6, 5, 2, 2)
            self.three = torch.nn.Linear(16, 7)

        def forward(self, x: Any) -> Any:
            return self.three(self.two(self.one(x)))

    example = torch.zeros(1, 4, 8, 8)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(Net().eval(), (example,), strict=False)
        edge = exir.to_edge_transform_and_lower(program).exported_program()
        taken = exir.to_edge_transform_and_lower(program, partitioner=[target.XnnpackPartitioner()]).exported_program()
    counts = [delegation._multiply_adds(node) for node in delegation._operators(edge.graph_module)]
    assert sum(counts) == 8 * 8 * 6 * 2 * 9 + 8 * 8 * 6 * 5 * 4 + 5 * 16 * 7 * 16
    assert delegation.measure(edge).nodes == 0.0
    assert delegation.measure(taken).multiply_adds == 1.0


def test_another_precision_is_refused() -> None:
    with pytest.raises(BundleError, match=r"recognize_fp16.pte: no fp16 for executorch; ask for one of fp32, int8"):
        target.lower(RECOGNIZE, {}, "fp16")


def test_the_graph_is_described_as_the_recipe_says(recognizer: Any) -> None:
    graph = recognizer.graph
    assert (graph.backend, graph.precision, graph.file) == ("executorch", "fp32", "recognize.pte")
    assert graph.inputs == (RECOGNIZE.pixels,)
    assert graph.outputs[0] == TensorSpec("indices", "int32", ("lines", "steps"))
    assert graph.evidence.status == "not run"


def test_the_command_reads_with_it(bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = []
    for backend in ("executorch", "onnxruntime"):
        assert main(["read", "--bundle", str(bundle), "--backend", backend, "--json", str(EXAMPLE)]) == 0
        (receipt,) = json.loads(capsys.readouterr().out)
        values.append({name: field and field["value"] for name, field in receipt["fields"].items()})
    assert values[0]["total"] == "18.95"
    assert values[0] == values[1]


def test_a_bundle_without_programs_says_what_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "--backend", "executorch", str(EXAMPLE)]) != 0
    assert "stage 'detect' has no graph for executorch fp32: it has onnxruntime fp32" in capsys.readouterr().err


def test_real_receipts_read_alike(bundle: Path) -> None:
    labels = DATA / "expressexpense" / "labels.jsonl"
    if not labels.is_file():
        pytest.skip(f"no real receipts at {DATA}")
    entries = [json.loads(line) for line in labels.read_text(encoding="utf-8").splitlines()]
    files = [entry["file"] for entry in entries if entry["split"] == "train"][:5]
    assert len(files) == 5
    program, graph = (Reader.open(bundle, backend) for backend in ("executorch", "onnxruntime"))
    for file in files:
        found, expected = (reader.read(labels.parent / file) for reader in (program, graph))
        assert found.text == expected.text
        for name in FIELD_NAMES:
            one, other = getattr(found, name), getattr(expected, name)
            assert (one and one.value) == (other and other.value)
