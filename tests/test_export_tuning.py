"""Weights that were trained further: laid over the published graph, compared with it, and said in the bundle."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import export_nets
import model_sources
import numpy as np
import pytest
from export_nets import digest, recognizer, run

from edgekit.bundle import Bundle
from edgekit.errors import BundleError
from export import __main__ as cli
from export.graphs import build
from export.net import Array, read_net
from export.recipe import ClassHead, LocalFile, PictureRecipe, Recipe, Tuned
from export.recipes import RECIPES
from export.recipes.receipt import RECOGNIZE
from export.sources import materials
from export.tuning import classes, overlay

KEPT = [0, 2, 4, 5, 6]
"""Blank, "é", "B", "1" and the space, of export_nets.CHARACTERS."""
ALPHABET = "éB1"


def packed(**arrays: Array) -> bytes:
    with io.BytesIO() as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]
        return file.getvalue()


def tuned() -> bytes:
    """A head of five classes and a first kernel, in half precision."""
    random = np.random.default_rng(3)
    head, bias = random.normal(0, 1, (4, 5)).astype(np.float16), random.normal(0, 1, 5).astype(np.float16)
    return packed(classes=np.array(KEPT, np.int32), m=head, b=bias, k=np.full((4, 3, 48, 8), 0.01, np.float16))


def with_tuned(recipe: Recipe, file: LocalFile, root: Path) -> Recipe:
    def changed(graph: Any) -> Any:
        if not isinstance(graph, PictureRecipe) or graph.file != "recognize.onnx":
            return graph
        assert isinstance(graph.head, ClassHead)
        head = dataclasses.replace(graph.head, alphabet=ALPHABET)
        return dataclasses.replace(graph, head=head, tuned=Tuned(file, "fine-tuned on receipts"))

    stages = tuple(dataclasses.replace(stage, graph=changed(stage.graph)) for stage in recipe.stages)
    return dataclasses.replace(recipe, stages=stages, root=root)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where ``python -m export tiny`` works; its recogniser is tuned by ``tuned.npz`` in it."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("EDGEKIT_CACHE", str(tmp_path / "cache"))
    data = tuned()
    (tmp_path / "tuned.npz").write_bytes(data)
    recipe = export_nets.recipe(tmp_path / "cache")
    monkeypatch.setitem(RECIPES, "tiny", with_tuned(recipe, LocalFile("tuned.npz", digest(data)), tmp_path))
    return tmp_path


def test_tuned_values_replace_the_published_ones_class_by_class() -> None:
    before, after = (read_net(data, "r") for data in (recognizer(), overlay(recognizer(), tuned(), "t.npz")))
    with np.load(io.BytesIO(tuned())) as arrays:
        np.testing.assert_array_equal(after.weights["m"][:, KEPT], arrays["m"].astype(np.float32))
        np.testing.assert_array_equal(after.weights["k"], arrays["k"].astype(np.float32))
    np.testing.assert_array_equal(after.weights["m"].shape, before.weights["m"].shape)
    assert after.weights["k"].dtype == np.float32
    assert classes(tuned(), "t.npz") == tuple(KEPT)


def test_classes_that_were_not_tuned_stay_as_published() -> None:
    data = recognizer()
    before, after = (read_net(it, "r").weights["m"] for it in (data, overlay(data, tuned(), "t.npz")))
    np.testing.assert_array_equal(after[:, [1, 3]], before[:, [1, 3]])


def test_a_bundle_of_tuned_weights_says_so_and_reads_as_the_tuned_graph(tiny: Path) -> None:
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 0
    bundle = Bundle.open(tiny / "made")
    assert bundle.read_text("NOTICE").endswith("- r: cut to 5, fine-tuned on receipts.\n")
    sources = [(s.name, s.package, s.path, s.sha256, s.changes) for s in bundle.manifest.sources]
    assert sources[1][4] == "cut to 5, fine-tuned on receipts"
    file = digest((tiny / "tuned.npz").read_bytes())
    assert sources[2] == ("r, tuned", "a local file", "tuned.npz", file, "fine-tuned on receipts")
    evidence = bundle.graph("recognize", "onnxruntime", "fp32").evidence
    assert evidence.max_abs_difference is not None
    assert evidence.max_abs_difference <= 1e-4
    assert bundle.read_text("charset.txt") == "é\nB\n1\n \n"
    pixels = np.random.default_rng(1).integers(0, 255, (2, 48, 64, 3), np.uint8)
    indices, scores = run(bundle.read("recognize.onnx"), pixels)
    assert indices.shape == (2, 8)
    graph: Any = RECIPES["tiny"].graphs["recognize"]
    original = build(graph, {**members(tiny), "rec.onnx": overlay(members(tiny)["rec.onnx"], tuned(), "t")}).original
    from export.parity import paddle_input

    expected = run(original.data, paddle_input(pixels, graph.normalisation))[0][..., KEPT]
    expected /= expected.sum(-1, keepdims=True)
    np.testing.assert_array_equal(indices, expected.argmax(-1))
    np.testing.assert_allclose(scores, expected.max(-1), atol=1e-5)


def members(tiny: Path) -> dict[str, bytes]:
    import zipfile

    with zipfile.ZipFile(tiny / "cache" / "tiny-1.0-py3-none-any.whl") as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return {**found, "tuned.npz": tuned()}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"t\.npz: is no \.npz of arrays"),
        (b"PK\x03\x04 and then nothing", r"t\.npz: is no \.npz of arrays"),
        (packed(m=np.zeros((4, 5))), r"'m' is \[4, 5\], not \[4, 7\]; tune that graph again"),
        (
            packed(classes=np.arange(5), z=np.zeros(3)),
            r"'z' is no weight of the published graph; tune that graph again",
        ),
        (packed(classes=np.arange(5), m=np.zeros((4, 6))), r"'m' is \[4, 6\], not \[4, 7\]; tune that graph again"),
    ],
    ids=["empty", "damaged", "no classes", "unknown", "shape"],
)
def test_weights_that_do_not_fit_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(BundleError, match=message):
        overlay(recognizer(), data, "t.npz")


def test_a_head_needs_its_classes() -> None:
    with pytest.raises(BundleError, match=r"t\.npz: has no array 'classes'; write it with models\.recognizer"):
        classes(packed(m=np.zeros((4, 7))), "t.npz")


def test_a_single_array_is_no_archive() -> None:
    with io.BytesIO() as file:
        np.save(file, np.zeros(3))
        with pytest.raises(BundleError, match=r"t\.npz: is no \.npz of arrays"):
            classes(file.getvalue(), "t.npz")


def test_weights_tuned_for_another_alphabet_are_refused(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = RECIPES["tiny"]

    def wider(graph: Any) -> Any:
        if not isinstance(graph, PictureRecipe) or not isinstance(graph.head, ClassHead):
            return graph
        return dataclasses.replace(graph, head=dataclasses.replace(graph.head, alphabet=ALPHABET + "A"))

    stages = tuple(dataclasses.replace(stage, graph=wider(stage.graph)) for stage in recipe.stages)
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(recipe, stages=stages))
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    assert "tuned.npz: has 5 tuned classes, others than the 6 of the recipe" in capsys.readouterr().err


def test_altered_or_missing_tuned_weights_are_refused(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "tuned.npz").write_bytes(b"other")
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    assert "tuned.npz: expected SHA-256" in capsys.readouterr().err
    (tiny / "tuned.npz").unlink()
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    assert "tuned.npz: cannot be read" in capsys.readouterr().err
    assert not (tiny / "made").exists()


def test_the_torch_definition_loads_the_tuned_weights() -> None:
    torch: Any = pytest.importorskip("torch", reason="torch is not installed")
    from models import recognizer as network

    data, kept = model_sources.recognizer(), model_sources.classes()
    net = read_net(data, "rec.onnx")
    name = next(name for name, value in net.weights.items() if value.shape == (80, 6906))
    head = np.random.default_rng(5).normal(0, 1, (80, len(kept))).astype(np.float16)
    laid = overlay(data, packed(classes=np.array(kept, np.int32), **{name: head}), "t.npz")
    loaded = network.load(laid, kept, "rec.onnx")
    np.testing.assert_array_equal(loaded.classify.weight.detach().numpy(), head.T.astype(np.float32))
    lines = torch.zeros(1, 48, 64, 3, dtype=torch.uint8)
    graph = network.RecognizerGraph(loaded, RECOGNIZE.normalisation)
    published = network.RecognizerGraph(network.load(data, kept, "rec.onnx"), RECOGNIZE.normalisation)
    assert not torch.equal(graph(lines)[1], published(lines)[1])


def test_materials_are_the_tuned_graph(tiny: Path) -> None:
    graph: Any = RECIPES["tiny"].graphs["recognize"]
    have = members(tiny)
    files = {file: have[file.path] for file in (graph.weights, graph.head.dictionary, graph.tuned.file)}
    assert materials(graph, files)["rec.onnx"] == overlay(have["rec.onnx"], tuned(), "tuned.npz")
