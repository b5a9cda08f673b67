"""What ``python -m export RECIPE --app`` picks, packs and writes."""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import model_sources
import pytest
from export_nets import recipe
from places import EXAMPLE

from edgekit.backends import coreml as coreml_backend
from edgekit.bundle import Bundle
from edgekit.errors import BundleError, IntegrityError, UsageError
from edgekit.manifest import SCHEMA, Evidence, Graph, Manifest, Stage, TensorSpec
from edgekit.placing import write_zip
from edgekit.session import open_session
from export import __main__ as cli
from export import report
from export.apps import layout
from export.apps.kinds import APPS, choose
from export.apps.layout import lay_out
from export.apps.writing import write
from export.recipes import RECIPES

ROOT = Path(__file__).parent.parent
PORTS = (TensorSpec("x", "uint8", (1,)),)
UNRUN = Evidence("not run", "no such engine here")
PACKAGE = {name: name.encode() for name in coreml_backend.MEMBERS}
IN_PYPROJECT = re.compile(r"^dependencies = \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)


@pytest.fixture
def everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, package=None: name)


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where ``python -m export tiny`` works; its cache holds the tiny wheel."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("EDGEKIT_CACHE", str(cache))
    monkeypatch.setitem(RECIPES, "tiny", recipe(cache))
    return tmp_path


def picked(app: str, targets: tuple[str, ...] = (), precisions: tuple[str, ...] = (), judge: bool = False) -> Any:
    choice = choose(APPS[app], targets, precisions, judge)
    return [(target.name, precision) for target, precision in choice.jobs], choice.left_out


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("app", "judge", "jobs"),
    [
        ("android", True, [("onnx", "int8")]),
        ("android", False, [("onnx", "fp32")]),
        ("ios", True, [("coreml", "fp16")]),
        ("ios", False, [("coreml", "fp16")]),
        ("pi", True, [("onnx", "int8")]),
        ("pi", False, [("onnx", "fp32")]),
    ],
)
def test_an_app_gets_what_its_device_needs(app: str, judge: bool, jobs: list[tuple[str, str]]) -> None:
    found, left_out = picked(app, judge=judge)
    assert found == jobs
    assert (left_out is None) == (judge or app == "ios")


@pytest.mark.usefixtures("everything")
def test_what_is_left_out_is_said() -> None:
    assert picked("pi")[1] == "onnx as fp32: int8 needs --calibration DIR and --gate DIR"


@pytest.mark.usefixtures("everything")
def test_what_was_asked_for_wins() -> None:
    assert picked("ios", ("onnx", "coreml"))[0] == [("onnx", "fp32"), ("coreml", "fp16")]
    assert picked("android", (), ("fp32",), True) == ([("onnx", "fp32")], None)
    assert picked("ios", (), ("palette", "fp16")) == ([("coreml", "palette"), ("coreml", "fp16")], None)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize(
    ("app", "targets", "precisions", "message"),
    [
        ("android", ("coreml",), (), "--app android: coreml does not run there; leave --target out, or choose onnx or"),
        ("pi", ("onnx", "executorch"), ("fp32",), "--app pi: executorch does not run there; .* choose onnx$"),
        ("android", (), ("fp16",), "target onnx has no fp16: ask for one of fp32, int8"),
    ],
)
def test_what_does_not_run_there_is_refused(
    app: str, targets: tuple[str, ...], precisions: tuple[str, ...], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        picked(app, targets, precisions)


def test_an_android_app_gets_its_assets_in_a_zip(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tiny / "app.zip"
    assert cli.main(["tiny", "--app", "android", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "note: onnx as fp32: int8 needs --calibration DIR" in said.err
    assert "detect     onnxruntime  fp32       detect.onnx" in said.out
    with zipfile.ZipFile(out) as archive:
        archive.extractall(tiny / "unzipped")
    bundle = Bundle.open(tiny / "unzipped" / "assets" / "edgekit")
    assert bundle.digest in said.out
    assert {"LICENSE", "NOTICE"} <= bundle.manifest.files.keys()
    assert not {"report.md", "report.html"} & bundle.manifest.files.keys(), "an app need not ship them"
    beside = {path.name for path in (tiny / "unzipped").iterdir()}
    assert beside == {"README.md", "report.md", "report.html", "assets"}
    readme = (tiny / "unzipped" / "README.md").read_text("utf-8")
    assert readme.startswith("# tiny 0.1 for Android\n")
    assert "- ONNX Runtime, fp32" in readme
    assert bundle.digest in readme
    assert "androidResources { noCompress" in readme


def test_every_step_is_told_and_none_is_left(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tiny", "--app", "android", "--out", str(tiny / "app")]) == 0
    steps = [line for line in capsys.readouterr().err.splitlines() if line.startswith("[")]
    assert [line.partition(",")[0] for line in steps] == ["[1/5", "[2/5", "[3/5", "[4/5", "[5/5"]


def test_the_steps_of_a_trial_are_all_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    model_sources.detector()  # skips without the weights
    whole = RECIPES["receipt"]
    stages = tuple(replace(one, graph=None) if one.name == "extract" else one for one in whole.stages)
    monkeypatch.setitem(RECIPES, "receipt", replace(whole, stages=stages))  # the network on words needs torch
    data = tmp_path / "data"
    data.mkdir()
    (data / "one.jpg").write_bytes(EXAMPLE.read_bytes())
    rows = [{"file": "one.jpg", "split": split, "norm": {"total": 1}} for split in ("train", "test")]
    (data / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    order = ["--app", "pi", "--calibration", str(data), "--gate", str(data)]
    assert cli.main(["receipt", *order, "--out", str(tmp_path / "pi")]) == 0
    steps = [line for line in capsys.readouterr().err.splitlines() if line.startswith("[")]
    assert steps[-1].startswith(f"[{len(steps)}/{len(steps)},")
    manifest = Bundle.open(tmp_path / "pi" / "bundle").manifest
    assert {graph.precision for stage in manifest.stages.values() for graph in stage.graphs} == {"int8"}
    assert "--precision int8" in (tmp_path / "pi" / "README.md").read_text("utf-8")


def test_a_pi_gets_the_code_and_reads_with_it(tmp_path: Path) -> None:
    """With nothing but what was packed, in an interpreter that sees no other EdgeKit."""
    bundle = Bundle.open()
    contents = {name: bundle.read(name) for name in bundle.manifest.files}
    for name, data in lay_out(APPS["pi"], bundle.manifest, contents).files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert not (tmp_path / "edgekit" / "bundles").exists()
    readme = (tmp_path / "README.md").read_text("utf-8")
    assert "- ONNX Runtime, fp32\n" in readme
    assert "int8" not in readme, "what reads again has a precision of its own, with which no reader is opened"
    (line,) = [line for line in readme.splitlines() if line.startswith("venv/bin/python ")]
    command = [sys.executable, *line.split()[1:-1], str(EXAMPLE), "--threads", "1"]
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, cwd=tmp_path, env=alone, capture_output=True, text=True, check=True)
    assert "HARBOUR LANE BAKERY" in done.stdout


def test_what_pip_installs_on_a_pi_is_what_the_package_asks_for() -> None:
    (listed,) = IN_PYPROJECT.findall((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = re.findall(r'"(.*)"', listed)
    assert (layout.READMES / layout.REQUIREMENTS).read_text("utf-8").splitlines() == wanted


def core_ml() -> tuple[Manifest, dict[str, bytes]]:
    out = io.BytesIO()
    write_zip(out, {f"x_fp16.mlpackage/{name}": data for name, data in PACKAGE.items()})
    graphs = (
        Graph("coreml", "fp16", "x_fp16.mlpackage.zip", PORTS, PORTS, UNRUN),
        Graph("onnxruntime", "fp32", "x.onnx", PORTS, PORTS, UNRUN),
    )
    stages = {"detect": Stage(graphs, {}), "layout": Stage((), {})}
    contents = {"x_fp16.mlpackage.zip": out.getvalue(), "x.onnx": b"onnx", "report.md": b"old"}
    return Manifest(SCHEMA, "tiny", "1.0", "MIT", "tiny", (), stages, {}), contents


def test_an_ios_app_gets_models_as_folders_that_the_manifest_lists(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid = lay_out(APPS["ios"], *core_ml())
    folder = tmp_path / "edgekit"
    inside = {name.partition("/")[2]: data for name, data in laid.files.items() if name.startswith("edgekit/")}
    for name, data in inside.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    bundle = Bundle.open(folder)
    assert bundle.graph("detect", "coreml", "fp16").file == "x_fp16.mlpackage/Manifest.json"
    assert bundle.graph("detect", "onnxruntime", "fp32").file == "x.onnx"
    assert {name for name in inside if "/" in name} == {f"x_fp16.mlpackage/{name}" for name in PACKAGE}
    assert "| x_fp16.mlpackage | " + str(sum(map(len, PACKAGE.values()))) in laid.files["report.md"].decode()

    seen: list[bytes] = []
    monkeypatch.setattr(coreml_backend, "load", lambda graph, data, threads: seen.append(data))
    open_session(bundle, "detect", "coreml", "fp16", 1)
    assert coreml_backend.read_package(seen[0], "it") == PACKAGE
    assert seen[0] == core_ml()[1]["x_fp16.mlpackage.zip"], "the very zip it was unpacked from"

    (folder / "x_fp16.mlpackage" / coreml_backend.WEIGHTS).write_bytes(b"other")
    with pytest.raises(IntegrityError, match=r"weight\.bin"):
        open_session(bundle, "detect", "coreml", "fp16", 1)


def test_reports_name_packages_by_their_folder() -> None:
    manifest = lay_out(APPS["ios"], *core_ml()).manifest
    sizes = {name: entry.size for name, entry in manifest.files.items()}
    assert [row[3] for row in report.rows(manifest, sizes)] == ["x_fp16.mlpackage", "x.onnx"]


def test_a_damaged_package_is_one_line() -> None:
    manifest, contents = core_ml()
    with pytest.raises(BundleError, match=r"x_fp16\.mlpackage\.zip: the zip cannot be read"):
        lay_out(APPS["ios"], manifest, {**contents, "x_fp16.mlpackage.zip": b"no zip"})


def test_a_missing_readme_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(layout, "READMES", tmp_path)
    with pytest.raises(BundleError, match=r"export/apps/readmes/ios\.md: cannot be read"):
        lay_out(APPS["ios"], *core_ml())


@pytest.mark.parametrize("name", ["app", "app.zip"])
def test_a_package_is_replaced_only_when_asked_and_by_its_like(
    tiny: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tiny / name)
    assert cli.main(["tiny", "--app", "android", "--out", out]) == 0
    assert cli.main(["tiny", "--app", "android", "--out", out]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"error: {out}: exists; choose another --out, or add --overwrite"
    assert cli.main(["tiny", "--app", "pi", "--out", out, "--overwrite"]) == 2
    assert "is no package for pi and will not be overwritten" in capsys.readouterr().err
    assert cli.main(["tiny", "--app", "android", "--out", out, "--overwrite"]) == 0


def test_what_is_no_zip_is_never_replaced(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "letter.zip").write_text("dear")
    assert cli.main(["tiny", "--app", "android", "--out", str(tiny / "letter.zip"), "--overwrite"]) == 2
    assert "is no package for android" in capsys.readouterr().err
    assert (tiny / "letter.zip").read_text() == "dear"


@pytest.mark.parametrize("name", ["app", "app.zip", "new/folder/app", "new/folder/app.zip"])
@pytest.mark.parametrize("app", [["--app", "android"], []])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    tiny: Path,
    name: str,
    app: list[str],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain, archive = Path.write_bytes, zipfile.ZipFile.writestr

    def fill(path: Path, data: bytes) -> int:
        if str(tiny) in str(path) and path.suffix == ".onnx":
            raise OSError(28, "No space left on device")
        return plain(path, data)

    def fill_zip(self: zipfile.ZipFile, entry: zipfile.ZipInfo, data: bytes) -> None:
        if entry.filename.endswith(".onnx"):
            raise OSError(28, "No space left on device")
        archive(self, entry, data)

    elsewhere = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(elsewhere))
    monkeypatch.setattr(Path, "write_bytes", fill)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", fill_zip)
    before = set(tiny.rglob("*"))
    assert cli.main(["tiny", *app, "--out", str(tiny / name)]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last == f"error: {tiny / name}: the disk is full; make room, or choose a place on another disk"
    assert set(tiny.rglob("*")) == before
    assert list(elsewhere.iterdir()) == []


def test_a_zip_that_reads_back_otherwise_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = zipfile.ZipFile.read

    def altered(self: zipfile.ZipFile, name: str) -> bytes:
        return honest(self, name) + b"!"

    monkeypatch.setattr(zipfile.ZipFile, "read", altered)
    with pytest.raises(BundleError, match="the disk gave back other bytes"):
        write(tmp_path / "app.zip", APPS["pi"], {"README.md": b"text"}, False)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_before_the_work(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root, as who tests may run, may write anywhere
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    assert capsys.readouterr().err.splitlines() == [
        f"error: {tiny / 'made'}: cannot be written (Permission denied); check the folder above it"
    ]


def test_a_file_in_the_way_is_told_before_the_work(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "file").write_text("dear")
    assert cli.main(["tiny", "--out", str(tiny / "file" / "made")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert re.search(r"cannot be written \((Not a directory|File exists)\); check the folder above it$", line)


@pytest.mark.parametrize("name", ["/tmp/full", None])
def test_a_full_temporary_folder_is_one_line(
    tiny: Path, name: str | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device", name)

    monkeypatch.setattr(cli, "_pack", full)
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"error: {name or tempfile.gettempdir()}: the disk is full; make room")


def test_a_name_that_no_file_can_have_is_told(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tiny", "--out", str(tiny / "a\0b" / "made")]) == 2
    assert "cannot be written (embedded null" in capsys.readouterr().err.splitlines()[-1]


def test_check_takes_no_app(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tiny", "--check", str(tiny), "--app", "pi"]) == 2
    assert "error: --check compares bundles; leave out --app" in capsys.readouterr().err


def test_an_interrupted_build_is_one_line(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_pack", interrupt)
    assert cli.main(["tiny", "--out", str(tiny / "new" / "made")]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == "error: interrupted; nothing was written"
    assert not (tiny / "new").exists()


def test_list_shows_apps(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 0
    assert "  ios: an iOS or macOS app; coreml (fp16), onnx (int8 or fp32)" in capsys.readouterr().out
