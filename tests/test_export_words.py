"""Networks on words from a graph in ONNX: ports, parity, int8 weights, and what goes wrong."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import Any

import export_nets
import numpy as np
import onnxruntime
import pytest
import word_nets
from places import EXAMPLE
from word_nets import INPUTS, OUTPUTS, graph, on_disk, recipe

from edgekit.backends import ort
from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import BundleError
from edgekit.extract import JOINT
from edgekit.extract.words import BUCKETS, CHAR_IDS
from edgekit.manifest import TensorSpec
from edgekit.reader import Reader
from export import __main__ as cli
from export import calibration, encoding, quantize_weights, samples, words
from export.gate import rung
from export.lowering import WordJob, lower, open_job
from export.net import read_net
from export.recipe import LocalFile, PaddleModel, StageRecipe, WordRecipe
from export.recipes import RECIPES
from export.recipes.receipt import EXTRACT
from export.targets import onnx

DATA = graph()
FILE = LocalFile("w.onnx", "0" * 64)


def job(made: WordRecipe | None = None, data: bytes = DATA) -> WordJob:
    opened = open_job(made or recipe(FILE), {FILE.path: data})
    assert isinstance(opened, WordJob)
    return opened


def test_a_graph_keeps_its_ports_and_does_what_it_did() -> None:
    lowered = lower(job(), "onnx", "fp32")
    assert (lowered.graph.file, lowered.graph.inputs, lowered.graph.outputs) == ("words.onnx", INPUTS, OUTPUTS)
    evidence = lowered.graph.evidence
    assert evidence.status == "passed"
    assert evidence.reference == "tiny words as its weights are defined, on random numbers"
    assert evidence.max_abs_difference is not None
    assert evidence.max_abs_difference <= 1e-5
    assert lower(job(), "onnx", "fp32").data == lowered.data


def test_int8_weights_are_smaller_and_nearly_the_same() -> None:
    plain, small = lower(job(), "onnx", "fp32"), lower(job(), "onnx", "int8")
    assert (small.graph.precision, small.graph.file) == ("int8", "words_int8.onnx")
    net = read_net(small.data, "small")
    kinds = {name: value.dtype.name for name, value in net.weights.items() if value.size >= quantize_weights.LEAST}
    assert set(kinds.values()) == {"int8"}
    assert len(kinds) == 3
    assert len(small.data) < len(plain.data) / 2
    assert small.graph.evidence.max_abs_difference is not None
    assert 0 < small.graph.evidence.max_abs_difference < 0.5


def test_int8_weights_are_multiplied_in_float() -> None:
    lowered = lower(job(), "onnx", "int8")
    random = np.random.default_rng(1)
    feed = random.integers(1, 64, (1, 64, 4)).astype(np.int32), random.random((1, 64, 3)).astype(np.float32)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    plain = onnxruntime.InferenceSession(lowered.data, options, providers=["CPUExecutionProvider"])
    expected = plain.run(None, dict(zip(("chars", "places"), feed, strict=True)))[0]
    (found,) = ort.load(lowered.graph, lowered.data, 1).run(*feed)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_a_table_and_a_matrix_have_their_scales_along_the_right_axis() -> None:
    net = quantize_weights.quantized(read_net(DATA, "w"))
    before = read_net(DATA, "w").weights
    axes = {}
    for node in net.nodes:
        cast = net.producer(node.inputs[0])
        if node.op == "DequantizeLinear":
            steps, scales = (net.weights[name] for name in node.inputs)
            scales = np.expand_dims(scales, 1 - node.attributes["axis"])
        elif node.op == "Mul" and cast is not None and cast.op == "Cast":
            steps, scales = net.weights[cast.inputs[0]], net.weights[node.inputs[1]]
        else:
            continue
        assert steps.dtype == np.int8
        dense = steps * scales
        name = next(name for name, value in before.items() if value.shape == dense.shape)
        assert np.abs(dense - before[name]).max() <= scales.max() / 2 + 1e-6
        axes[name] = node.op, scales.shape.index(max(scales.shape))
    assert axes == {"table": ("DequantizeLinear", 0), "wide": ("Mul", 1), "narrow": ("Mul", 1)}


def test_matrices_are_multiplied_out_once() -> None:
    lowered = lower(job(), "onnx", "int8")
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    with tempfile.TemporaryDirectory() as folder:
        options.optimized_model_filepath = str(Path(folder, "opened.onnx"))
        onnxruntime.InferenceSession(lowered.data, options, providers=["CPUExecutionProvider"])
        opened = read_net(Path(options.optimized_model_filepath).read_bytes(), "opened")
    matrices = [node.inputs[1] for node in opened.nodes if node.op == "MatMul"]
    assert matrices
    assert all(opened.weights[name].dtype == np.float32 for name in matrices)


def test_quantizing_leaves_the_float_net_alone() -> None:
    net = read_net(DATA, "w")
    before = onnx.lower(read_net(DATA, "w"))
    quantize_weights.quantized(net)
    assert onnx.lower(net) == before


def test_a_graph_that_differs_cannot_be_packed() -> None:
    opened = job()
    net = opened.built.net
    net.weights["out"] = net.weights["out"] * np.float32(1.01)
    with pytest.raises(
        BundleError, match=r"words\.onnx: differs from w\.onnx by .*; its recipe is at .*word_nets\.py:"
    ):
        lower(opened, "onnx", "fp32")


def test_padding_is_not_compared_and_no_number_is_a_difference() -> None:
    class Fixed:
        def __init__(self, value: float) -> None:
            self.value = value

        def run(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
            scores = np.zeros((1, 4, 2), np.float32)
            scores[0, 3] = self.value
            return (scores,)

    chars, places = np.ones((1, 4, 4), np.int32), np.zeros((1, 4, 3), np.float32)
    assert words.difference(Fixed(0), Fixed(2), [(chars, places)]) == 2
    assert np.isnan(words.difference(Fixed(0), Fixed(float("nan")), [(chars, places)]))
    chars[0, 3] = 0
    assert words.difference(Fixed(0), Fixed(2), [(chars, places)]) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": INPUTS[:1]}, r"w\.onnx: has chars int32 \[1, 'words', 4\] and places .*, not chars .*words\.py:"),
        ({"outputs": (TensorSpec("tags", "float32", (1, "words", 2)),)}, r"w\.onnx: has scores .*, not tags float32"),
    ],
)
def test_other_ports_than_the_recipes_are_named(change: dict[str, tuple[TensorSpec, ...]], message: str) -> None:
    with pytest.raises(BundleError, match=message):
        job(dataclasses.replace(recipe(FILE), **change))  # type: ignore[arg-type]


def test_a_format_without_words_is_named() -> None:
    folder = PaddleModel(LocalFile("inference.pdmodel", "0" * 64), LocalFile("inference.pdiparams", "0" * 64))
    with pytest.raises(BundleError, match=r"inference\.pdmodel: networks on words do not come in this format"):
        open_job(recipe(folder), {"inference.pdmodel": b"", "inference.pdiparams": b""})


@pytest.mark.parametrize("target", ["executorch", "coreml"])
def test_only_a_torch_module_has_a_way_to_other_engines(target: str) -> None:
    pytest.importorskip("executorch" if target == "executorch" else "coremltools", reason=f"{target} is not installed")
    with pytest.raises(BundleError, match=r"words.*: w\.onnx is no torch module; its recipe is at .*word_nets\.py:"):
        lower(job(), target, "fp32")


def test_random_numbers_stay_below_the_vocabulary() -> None:
    fed = words.feeds(recipe(FILE))
    assert [feed[0].shape for feed in fed] == [(1, 8, 4), (1, 16, 4)]
    assert all(feed[0].min() >= 1 and feed[0].max() < word_nets.VOCABULARY for feed in fed)
    assert [value.dtype.name for value in fed[0]] == ["int32", "float32"]


def test_drawn_receipts_fill_every_bucket() -> None:
    fed = words.feeds(EXTRACT)
    assert [feed[0].shape[1] for feed in fed] == list(BUCKETS)
    for spec, value in zip(EXTRACT.inputs, fed[0], strict=True):
        assert value.dtype == spec.dtype
        assert value.shape == tuple(BUCKETS[0] if axis == "words" else axis for axis in spec.shape)
    again = words.feeds(EXTRACT)
    for one, other in zip(fed, again, strict=True):
        np.testing.assert_array_equal(one[0], other[0])
        np.testing.assert_array_equal(one[1], other[1])


def test_what_is_encoded_is_what_stands_on_the_receipt() -> None:
    lines, rows = samples.receipts()[0]
    chars, _ = encoding.encoded(lines, rows)
    printed = sum(len(line.text.split()) for line in lines)
    assert (chars[0, :, 0] > 0).sum() >= printed


def test_the_recipes_files_are_read_below_its_root(tmp_path: Path) -> None:
    from export.sources import materials, read_files

    file = on_disk(tmp_path, "w.onnx", DATA)
    found = read_files([file], tmp_path, tmp_path, lambda text: None)
    assert materials(recipe(file), found) == {"w.onnx": DATA}


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where ``python -m export tiny`` works: its network on words takes and gives what the reader's does, and
    another is for an app alone."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("EDGEKIT_CACHE", str(tmp_path / "cache"))
    data = graph(EXTRACT.inputs, EXTRACT.outputs, CHAR_IDS)
    extract = dataclasses.replace(EXTRACT, weights=on_disk(tmp_path, "extract_source.onnx", data))
    tokens = StageRecipe("tokens", "tokens_params.json", recipe(on_disk(tmp_path, "w.onnx", DATA)))
    (tmp_path / "tokens_params.json").write_text('{"tags": ["name", "other"]}', encoding="utf-8")
    whole = export_nets.recipe(tmp_path / "cache")
    stages = tuple(
        dataclasses.replace(stage, graph=extract) if stage.name == "extract" else stage for stage in whole.stages
    )
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(whole, stages=(*stages, tokens), root=tmp_path))
    return tmp_path


def test_a_bundle_reads_with_its_network_and_carries_others(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []
    honest = Reader.open

    def noted(*arguments: Any, **named: Any) -> Reader:
        asked.append(named["extractor"])
        return honest(*arguments, **named)

    monkeypatch.setattr(Reader, "open", noted)
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 0
    bundle = Bundle.open(tiny / "made")
    assert asked == [rung(bundle)]
    assert honest(bundle.path, extractor=JOINT).rung == JOINT
    assert [graph.file for graph in bundle.stage("extract").graphs] == ["extract.onnx"]
    assert bundle.stage("tokens").params["tags"] == ("name", "other")
    assert "- tiny words: made for a test.\n" in bundle.read_text("NOTICE")
    sources = {source.name: source for source in bundle.manifest.sources}
    assert sources["tiny words"].changes == "made for a test"
    assert sources[EXTRACT.title].changes == "none"
    assert EXTRACT.title not in bundle.read_text("NOTICE")


def test_the_rung_is_forced_only_where_a_network_would_be_left_out(tiny: Path) -> None:
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 0
    bundle = Bundle.open(tiny / "made")
    stages = {**bundle.manifest.stages}
    for said, wanted in (("classical", JOINT), ("rules", JOINT), ("network", None), ("joint", None)):
        params = {**stages["extract"].params, "rung": said}
        manifest = dataclasses.replace(
            bundle.manifest, stages={**stages, "extract": dataclasses.replace(stages["extract"], params=params)}
        )
        contents = {name: bundle.read(name) for name in bundle.manifest.files}
        assert rung(write_bundle(tiny / said, manifest, contents)) == wanted
    assert rung(Bundle.open()) is None or Bundle.open().stage("extract").graphs


def test_words_of_read_receipts_are_recorded() -> None:
    found = calibration.record(Bundle.open(), [EXAMPLE])
    assert sorted(found) == ["detect", "extract", "recognize"]
    ((chars, places),) = found["extract"]
    lines = Reader.open().read(EXAMPLE).lines
    printed = sum(len(line.text.split()) for line in lines)
    assert printed <= (chars[0, :, 0] > 0).sum() <= 2 * printed
    assert [chars.shape[2], places.shape[2]] == [spec.shape[2] for spec in EXTRACT.inputs]
    assert chars.shape[1] == places.shape[1]
    assert chars.shape[1] in BUCKETS
