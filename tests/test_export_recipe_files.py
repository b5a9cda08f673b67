"""Recipes of one's own: from a Python file, with errors that name its lines."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import export_nets
import pytest
from export_nets import digest, model, weight
from onnx import helper
from places import ROOT

from edgekit.bundle import Bundle
from edgekit.errors import BundleError, IntegrityError, UsageError
from export import __main__ as cli
from export.net import metadata, parse, read_net
from export.recipe import ClassHead, HeatHead, LocalFile, Member, Package, PictureRecipe, files_of, weight_files
from export.recipes import RECIPES, named_in
from export.recipes.loading import load
from export.recipes.receipt import DETECT, EXTRACT, RECEIPT, RECOGNIZE
from export.sources import read_files

TEXT = """\
from dataclasses import replace
from pathlib import Path

import export_nets
from export.recipe import LocalFile

WHOLE = export_nets.recipe(Path({cache!r}))
DETECT = replace(
    WHOLE.stages[1].graph,
    weights=LocalFile("det.onnx", "{sha256}"),
)
STAGES = tuple(replace(stage, graph=DETECT) if stage.name == "detect" else stage for stage in WHOLE.stages)
RECIPE = replace(WHOLE, name="mine", stages=STAGES)
"""


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ``mine.py``, whose detector lies beside it."""
    (tmp_path / "cache").mkdir()
    monkeypatch.setenv("EDGEKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", list(sys.path))
    write(tmp_path, export_nets.detector())
    return tmp_path


def write(folder: Path, detector: bytes) -> None:
    (folder / "det.onnx").write_bytes(detector)
    text = TEXT.format(cache=str(folder / "cache"), sha256=digest(detector))
    (folder / "mine.py").write_text(text, encoding="utf-8")


def test_a_recipe_file_is_built_by_its_path(mine: Path) -> None:
    assert cli.main([str(mine / "mine.py"), "--out", str(mine / "made")]) == 0
    bundle = Bundle.open(mine / "made")
    assert bundle.manifest.name == "mine"
    source = bundle.manifest.sources[0]
    assert (source.package, source.path) == ("a local file", "det.onnx")


def test_constants_beside_a_recipe_come_first(mine: Path) -> None:
    own = (
        (ROOT / "export" / "data" / "detect_params.json")
        .read_text("utf-8")
        .replace('"threshold": 0.2', '"threshold": 0.3')
    )
    (mine / "detect_params.json").write_text(own, encoding="utf-8")
    assert cli.main([str(mine / "mine.py"), "--out", str(mine / "made")]) == 0
    bundle = Bundle.open(mine / "made")
    assert bundle.stage("detect").params["threshold"] == 0.3
    assert "probe_lines" in bundle.stage("layout").params


def test_its_line_is_named_where_the_graph_is_not_understood(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    foreign = helper.make_node("FusedConv", ["x", "k"], ["y"], name="conv_7", domain="com.microsoft")
    write(mine, unchecked(foreign))
    assert cli.main([str(mine / "mine.py"), "--out", str(mine / "made")]) == 2
    said = capsys.readouterr().err.splitlines()[-1]
    assert "det.onnx: operator com.microsoft.FusedConv (node 'conv_7') is not one of ONNX itself" in said
    assert said.endswith(f"; its recipe is at {mine / 'mine.py'}:8")
    assert not (mine / "made").exists()


def unchecked(node: object) -> bytes:
    """A detector one of whose nodes onnx would not take."""
    made = parse(export_nets.detector(), "d")
    made.graph.node.insert(0, node)
    return bytes(made.SerializeToString())


@pytest.mark.parametrize(
    ("node", "message"),
    [
        (helper.make_node("Frobnicate", ["x"], ["z"]), r"operator Frobnicate \(node 'z'\) is not known to onnx"),
        (
            helper.make_node(
                "If", ["x"], ["z"], "branch", then_branch=helper.make_graph([], "a", [], []),
                else_branch=helper.make_graph([], "b", [], []),
            ),
            r"operator If \(node 'branch'\) has a graph inside",
        ),
    ],
    ids=["unknown", "branches"],
)  # fmt: skip
def test_operators_that_cannot_be_carried_over_are_named(node: object, message: str) -> None:
    with pytest.raises(BundleError, match=rf"d\.onnx: {message}.*; its recipe is at r\.py:3"):
        read_net(unchecked(node), "d.onnx", "r.py:3")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = x / 0\n", r"mine\.py:2: ZeroDivisionError: division by zero; correct the recipe"),
        ("RECIPE = (\n", r"mine\.py:1: SyntaxError: .*; correct the recipe"),
        ("RECIPE = 7\n", r"mine\.py: has no RECIPE that is an export\.recipe\.Recipe; see docs/export\.md"),
        ("import no_such_module\n", r"mine\.py:1: ModuleNotFoundError: No module named 'no_such_module'"),
        ("from edgekit.errors import UsageError\nraise UsageError('as it says')\n", "^as it says$"),
    ],
    ids=["fails", "syntax", "no recipe", "import", "our own error"],
)
def test_a_file_that_is_no_recipe_says_where(mine: Path, text: str, message: str) -> None:
    (mine / "mine.py").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        load(mine / "mine.py")


def test_a_missing_recipe_file_is_one_line(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([str(mine / "no.py"), "--out", str(mine / "made")]) == 2
    said = capsys.readouterr().err
    assert (
        said
        == f"error: {mine / 'no.py'}: no such file; name a Python file with a RECIPE, or a recipe that 'list' shows\n"
    )


def test_names_of_recipes_are_no_files() -> None:
    assert named_in(["receipt", "--out", "x.py"]) == RECIPES
    assert named_in([]) == RECIPES


def test_modules_beside_a_recipe_can_be_imported(mine: Path) -> None:
    (mine / "beside_mine.py").write_text("NAME = 'other'\n", encoding="utf-8")
    with (mine / "mine.py").open("a", encoding="utf-8") as file:
        file.write("import beside_mine\nRECIPE = replace(RECIPE, name=beside_mine.NAME)\n")
    assert load(mine / "mine.py").name == "other"


def test_a_root_of_ones_own_is_kept(mine: Path) -> None:
    assert load(mine / "mine.py").root == mine
    with (mine / "mine.py").open("a", encoding="utf-8") as file:
        file.write("RECIPE = replace(RECIPE, root=Path('elsewhere'))\n")
    assert load(mine / "mine.py").root == Path("elsewhere")


def test_a_recipe_knows_the_line_it_was_written_or_changed_at() -> None:
    head = HeatHead(DETECT.outputs[0])
    made = PictureRecipe("t", LocalFile("a", "0"), "a.onnx", DETECT.pixels, DETECT.normalisation, head, "", 1e-4)
    changed = dataclasses.replace(made, title="u")
    first, second = (int(it.line.rpartition(":")[2]) for it in (made, changed))
    assert made.line.startswith(__file__)
    assert second == first + 1
    assert changed == dataclasses.replace(made, title="u")


def test_files_of_recipes_are_listed_once() -> None:
    assert isinstance(RECOGNIZE.head, ClassHead)
    assert weight_files(RECOGNIZE) == (RECOGNIZE.weights,)
    assert files_of(RECOGNIZE)[:2] == (RECOGNIZE.weights, RECOGNIZE.head.dictionary)
    assert [Path(file.path).name for file in files_of(EXTRACT)] == ["config.json", "model.safetensors"]
    assert list(RECEIPT.graphs) == ["detect", "recognize", "reread", "extract"]


def test_local_files_are_checked(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(
        IntegrityError, match=rf"a: expected SHA-256 {'0' * 64}, got {digest(b'x')}; correct the recipe"
    ):
        read_files([LocalFile("a", "0" * 64)], tmp_path, tmp_path, lambda text: None)
    with pytest.raises(BundleError, match=rf"{tmp_path}/b: cannot be read \(No such file or directory\)"):
        read_files([LocalFile("b", "0" * 64)], tmp_path, tmp_path, lambda text: None)


def test_parts_of_our_recipes_are_found_from_any_root(tmp_path: Path) -> None:
    name = "export/data/layout_params.json"
    data = (ROOT / name).read_bytes()
    file = LocalFile(name, digest(data))
    assert read_files([file], tmp_path, tmp_path, lambda text: None) == {file: data}


def test_each_wheel_is_named_once(tmp_path: Path) -> None:
    one = export_nets.wheel(tmp_path / "one-1.0-py3-none-any.whl", {"a": b"a", "b": b"b"})
    other = Package("other", "2.0", "other-2.0-py3-none-any.whl", "")
    made = export_nets.wheel(tmp_path / other.wheel, {"a": b"c"})
    other = dataclasses.replace(other, sha256=made.sha256)
    members = [Member(one, "a", digest(b"a")), Member(one, "b", digest(b"b")), Member(other, "a", digest(b"c"))]
    said: list[str] = []
    found = read_files(members, tmp_path, tmp_path, said.append)
    assert [found[member] for member in members] == [b"a", b"b", b"c"]
    assert said == [f"tiny==1.0 and other==2.0: looking in {tmp_path}, else downloading (once)"]


def test_a_dictionary_may_be_in_the_graphs_metadata(mine: Path) -> None:
    from export.graphs import kept_classes

    made = parse(export_nets.recognizer(), "r")
    entry = made.metadata_props.add()
    entry.key, entry.value = "character", "\n".join(export_nets.CHARACTERS)
    data = made.SerializeToString()
    assert metadata(data, "r") == {"character": "A\né\n漢\nB\n1"}
    file = LocalFile("r.onnx", "0" * 64)
    assert isinstance(RECOGNIZE.head, ClassHead)
    head = dataclasses.replace(RECOGNIZE.head, dictionary=file, alphabet="éB", key="character")
    assert kept_classes(head, {"r.onnx": data}) == ([0, 2, 4, 6], ["é", "B", " "])
    with pytest.raises(BundleError, match=r"r\.onnx: has no 'keys' in its metadata"):
        kept_classes(dataclasses.replace(head, key="keys"), {"r.onnx": data})


def test_a_graph_that_is_none_is_named() -> None:
    with pytest.raises(BundleError, match=r"d\.onnx: onnx cannot read this graph"):
        read_net(b"not a graph", "d.onnx")
    newer = parse(model([helper.make_node("Relu", ["x"], ["y"])], {"k": weight(1)}), "d")
    newer.opset_import[0].version = 2
    newer.graph.node[0].op_type = "Upsample"
    with pytest.raises(BundleError, match=r"d\.onnx: onnx cannot read this graph"):
        read_net(newer.SerializeToString(), "d.onnx")


@pytest.mark.parametrize("name", ["small_recipe", "paddle_recipe"])
def test_the_examples_are_recipes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", list(sys.path))
    recipe = load(ROOT / "examples" / f"{name}.py")
    graph = recipe.graphs["recognize"]
    assert graph.line.startswith(str(ROOT / "examples" / f"{name}.py"))
    assert graph.title in recipe.graphs["recognize"].title
    assert recipe.graphs["extract"] is EXTRACT
