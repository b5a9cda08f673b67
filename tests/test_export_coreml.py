"""From the published weights to packages for Core ML, and what the interpreter and the adapter make of those."""

from __future__ import annotations

import dataclasses
import importlib
import io
import json
import zipfile
from collections.abc import Mapping
from functools import cache
from typing import Any

import model_sources
import numpy as np
import pytest
from places import EXAMPLE

from edgekit.backends import coreml as backend
from edgekit.bundle import Bundle
from edgekit.detect import Detector, DetectParams
from edgekit.errors import BundleError, UsageError
from edgekit.extract import CLASSICAL
from edgekit.manifest import Evidence, Graph
from edgekit.reader import Reader
from edgekit.session import open_session
from edgekit.types import FIELD_NAMES
from export import pack as packing
from export import samples
from export.catalogue import TARGETS
from export.graphs import build
from export.recipe import PictureRecipe
from export.recipes.receipt import DETECT, RECOGNIZE
from export.targets.lowered import UNCHECKED, Lowered

pytest.importorskip("torch", reason="torch is not installed")
pytest.importorskip("coremltools", reason="coremltools is not installed")

from export.mil import engine
from export.mil.interpreter import Interpreter
from export.mil.program import Program, read_program
from export.targets import coreml, coreml_half, coreml_network, coreml_parity

RECIPES = {"detect": DETECT, "recognize": RECOGNIZE}


def members(recipe: PictureRecipe) -> Mapping[str, bytes]:
    return model_sources.members(recipe)


@cache
def lowered(stage: str, precision: str) -> Lowered:
    importlib.import_module("torch").set_num_threads(1)
    return coreml.lower(RECIPES[stage], members(RECIPES[stage]), precision)


@cache
def program(stage: str, precision: str = "fp16") -> Program:
    made = lowered(stage, precision)
    return read_program(made.data, made.graph.file)


def compared(stage: str, precision: str) -> Any:
    recipe, made = RECIPES[stage], lowered(stage, precision)
    return coreml_parity.compare(recipe, build(recipe, members(recipe)).original, made.graph, made.data)


def params() -> DetectParams:
    return DetectParams(**json.loads((coreml_network.PARAMS.parent / "detect_params.json").read_text("utf-8")))


@pytest.mark.parametrize("turned", [False, True])
def test_every_size_that_the_reader_asks_for_fits(turned: bool, reader: Reader) -> None:
    detector = Detector(open_session(reader.bundle, "detect", "onnxruntime", "fp32", 1), params())
    waste = []
    for aspect in np.geomspace(1, 27, 400):
        size = detector.input_size(1000, 1000 * aspect) if turned else detector.input_size(1000 * aspect, 1000)
        width, height = size
        holding = [rows * columns for rows, columns in coreml_network.SIZES if rows >= height and columns >= width]
        assert holding, f"no size holds {height} x {width}"
        waste.append(min(holding) / (width * height))
    assert np.mean(waste) < 1.3
    assert max(waste) < 1.6


def test_programs_state_their_sizes_and_names() -> None:
    detect, recognize = program("detect"), program("recognize")
    assert (detect.inputs, detect.outputs) == (("image",), ("heat",))
    assert (recognize.inputs, recognize.outputs) == (("lines",), ("indices", "scores"))
    assert detect.sizes == coreml_network.SIZES
    assert all(size % 32 == 0 for pair in detect.sizes for size in pair)
    widths = json.loads(coreml_network.PARAMS.read_text("utf-8"))["widths"]
    assert set(recognize.sizes) == {(48, width) for width in widths}
    graph = lowered("recognize", "fp16").graph
    assert (graph.backend, graph.precision, graph.file) == ("coreml", "fp16", "recognize_fp16.mlpackage.zip")
    assert (graph.inputs, [spec.name for spec in graph.outputs]) == ((RECOGNIZE.pixels,), ["indices", "scores"])


def test_a_package_is_for_ios_16_and_the_same_every_time() -> None:
    made = lowered("recognize", "fp16")
    assert coreml.lower(RECOGNIZE, members(RECOGNIZE), "fp16").data == made.data
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert all(name.startswith("recognize_fp16.mlpackage/") for name in archive.namelist())
    files = backend.read_package(made.data, "made")
    specification = importlib.import_module("coremltools.proto").Model_pb2.Model.FromString(files[backend.MODEL])
    assert specification.specificationVersion == 7, "7 is what iOS 16 and macOS 13 brought"
    assert not any("date" in key for key in specification.description.metadata.userDefined)
    manifest = json.loads(files[backend.MANIFEST])
    paths = [item["path"] for item in manifest["itemInfoEntries"].values()]
    assert sorted(paths) == ["com.apple.CoreML/model.mlmodel", "com.apple.CoreML/weights"]
    assert manifest["itemInfoEntries"][manifest["rootModelIdentifier"]]["name"] == "model.mlmodel"


@pytest.mark.parametrize("stage", ["detect", "recognize"])
def test_half_precision_is_exact_to_two_hundredths_and_finds_the_same_text(stage: str) -> None:
    recipe = RECIPES[stage]
    made = coreml_half.lower(recipe, members(recipe), build(recipe, members(recipe)).original, "fp16")
    evidence = made.graph.evidence
    assert evidence.status == "passed"
    assert evidence.max_abs_difference is not None
    assert 1e-4 < evidence.max_abs_difference <= 0.02, "half precision that leaves no trace was not run"
    assert evidence.reference is not None
    assert evidence.reference.endswith(
        f"the first {coreml.IN_SINGLE[type(recipe.head)][0]} convolutions in single precision"
    )
    assert "not Core ML" in str(evidence.machine)
    assert len(lowered(stage, "fp16").data) < len(made.data) < 1.4 * len(lowered(stage, "fp16").data)
    types = {kind for operation in read_program(made.data, "it").operations for _, kind in operation.outputs}
    assert {"float16", "float32"} <= types


def test_more_layers_stay_in_single_precision_until_it_is_exact_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[int] = []

    def lower(recipe: PictureRecipe, given: object, precision: str, in_single: int = 0) -> Lowered:
        tried.append(in_single)
        return Lowered(Graph("coreml", precision, "x.zip", (recipe.pixels,), recipe.outputs, UNCHECKED), b"")

    def compare(*_: object) -> Evidence:
        if tried[-1] in refused:
            raise BundleError("a line decodes to other text")
        return Evidence("passed", None, "the original", gaps[tried[-1]], None, "it")

    gaps, refused = {40: 0.05, 60: 0.02, 1000: 0.3, 0: 0.5}, {40}
    monkeypatch.setattr(coreml, "lower", lower)
    monkeypatch.setattr(coreml_parity, "compare", compare)
    original: Any = None
    found = coreml_half.lower(DETECT, {}, original, "fp16").graph.evidence
    assert (tried, found.max_abs_difference) == ([40, 60], 0.02)
    assert found.reference == "the original; the first 60 convolutions in single precision"
    gaps[60] = 0.1
    refused.clear()
    assert coreml_half.lower(DETECT, {}, original, "fp16").graph.evidence.max_abs_difference == 0.3
    assert tried == [40, 60, 40, 60, 1000]
    assert coreml_half.lower(DETECT, {}, original, "int8").graph.evidence.reference == "the original"
    assert tried[-1] == 0
    refused.add(1000)
    with pytest.raises(BundleError, match="to other text"):
        coreml_half.lower(DETECT, {}, original, "fp16")


def test_eight_bits_halve_a_package_and_keep_most_steps() -> None:
    made = lowered("recognize", "int8")
    assert len(made.data) < 0.6 * len(lowered("recognize", "fp16").data)
    assert "constexpr_affine_dequantize" in {operation.kind for operation in program("recognize", "int8").operations}
    assert compared("recognize", "int8").status == "passed"


@pytest.mark.parametrize(("stage", "message"), [("detect", "areas of text overlap"), ("recognize", "to other text")])
def test_lesser_precisions_have_bars_too(stage: str, message: str) -> None:
    """fp16's program is judged as int8's would be, beside an original fed with other colours."""
    recipe, made = RECIPES[stage], lowered(stage, "fp16")
    original = build(recipe, members(recipe)).original
    other = dataclasses.replace(recipe, normalisation=dataclasses.replace(recipe.normalisation, mean=(2.0, 2.0, 2.0)))
    with pytest.raises(BundleError, match=message):
        coreml_parity.compare(other, original, dataclasses.replace(made.graph, precision="int8"), made.data)


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(UsageError, match="precision 'int4': Core ML has fp32, fp16, int8, palette"):
        coreml.lower(DETECT, {}, "int4")


@pytest.mark.parametrize(("stage", "message"), [("detect", "areas of text overlap"), ("recognize", "to other text")])
def test_a_graph_that_reads_otherwise_does_not_ship(stage: str, message: str) -> None:
    """The colours are swapped for the original, which the program cannot know."""
    recipe, made = RECIPES[stage], lowered(stage, "fp16")
    original = build(recipe, members(recipe)).original
    other = dataclasses.replace(recipe, normalisation=dataclasses.replace(recipe.normalisation, mean=(2.0, 2.0, 2.0)))
    with pytest.raises(BundleError, match=message):
        coreml_parity.compare(other, original, made.graph, made.data)


def open_stage(stage: str) -> Any:
    """The adapter's session over the interpreter."""
    made = lowered(stage, "fp16")
    with engine.standing_in():
        return backend.load(made.graph, made.data, 1)


def test_on_a_mac_core_ml_itself_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "IS_CORE_ML", True)
    with engine.standing_in():
        assert backend._stand_in is None
    assert engine.name().startswith("Core ML, macOS")
    with packing._engine(TARGETS["coreml"]) as is_timed:
        assert is_timed


def test_elsewhere_the_interpreter_stands_in_and_is_not_timed() -> None:
    with packing._engine(TARGETS["coreml"]) as is_timed:
        assert backend._stand_in is engine.ENGINE
        assert not is_timed
    assert backend._stand_in is None
    with packing._engine(TARGETS["onnx"]) as is_timed:
        assert is_timed


def test_a_receipt_reads_the_same_through_the_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A receipt read by ONNX Runtime, and by the adapter over the interpreter: all but Core ML itself."""
    expected = Reader.open(threads=1, extractor=CLASSICAL).read(EXAMPLE)

    def opened(bundle: Bundle, stage: str, *rest: Any, **named: Any) -> Any:
        return open_stage(stage) if stage in RECIPES else open_session(bundle, stage, *rest, **named)

    monkeypatch.setattr("edgekit.reader.open_session", opened)
    found = Reader.open(threads=1, extractor=CLASSICAL).read(EXAMPLE)
    letters = [[line.text.replace(" ", "") for line in receipt.lines] for receipt in (expected, found)]
    assert letters[0] == letters[1]
    values = [[getattr(receipt.fields, name) for name in FIELD_NAMES] for receipt in (expected, found)]
    assert [value and value.value for value in values[0]] == [value and value.value for value in values[1]]
    assert sum(value is not None for value in values[0]) >= 5
    for old, new in zip(expected.lines, found.lines, strict=True):
        assert np.abs(np.subtract(old.quad.points, new.quad.points)).max() < 6


def test_lines_come_back_in_the_order_given() -> None:
    session: Any = open_stage("recognize")
    line = samples.lines()[1]
    indices, scores = session.run(line)
    graph: Graph = lowered("recognize", "fp16").graph
    assert [(found.dtype.name, found.shape) for found in (indices, scores)] == [
        (spec.dtype, (len(line), line.shape[2] // 8)) for spec in graph.outputs
    ]
    each = [Interpreter(program("recognize")).run(one[None].transpose(0, 3, 1, 2))[0] for one in line]
    np.testing.assert_array_equal(indices, np.concatenate(each))
