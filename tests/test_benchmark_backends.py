from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from places import EXAMPLE

from benchmarks import backends, readings
from benchmarks.dataset import DataSet, load
from benchmarks.readings import BASE, Log, Reading, read_all, variants
from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import BackendError, UsageError
from edgekit.manifest import Stage
from edgekit.reader import Reader

ABOUT = {"bundle": "a"}


@pytest.fixture
def twice(tmp_path: Path) -> Path:
    """The bundle inside EdgeKit, its graphs also as int8, and for an engine that no machine has."""
    bundle = Bundle.open()
    contents = {name: bundle.read(name) for name in bundle.manifest.files}

    def more(stage: Stage) -> Stage:
        if not stage.is_free:
            return stage
        others = [("onnxruntime", "int8"), ("coreml", "fp16")]
        graphs = [replace(graph, backend=b, precision=p) for graph in stage.graphs for b, p in others]
        return replace(stage, graphs=(*graphs[:1], *stage.graphs, *graphs[1:]))

    stages = {name: more(stage) for name, stage in bundle.manifest.stages.items()}
    return write_bundle(tmp_path / "twice", replace(bundle.manifest, stages=stages), contents).path


@pytest.fixture
def receipts(tmp_path: Path) -> Path:
    folder = tmp_path / "receipts"
    folder.mkdir()
    rows = []
    for i, split in enumerate(("dev", "dev", "test")):
        (folder / f"{i}.jpg").write_bytes(EXAMPLE.read_bytes())
        norm = {"total": 18.95, "date_readings": ["2026-03-14"]}
        rows.append({"file": f"{i}.jpg", "split": split, "vendor": "HARBOUR LANE BAKERY", "norm": norm})
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def run(*arguments: object) -> int:
    return backends.main([str(argument) for argument in arguments])


def test_a_bundle_is_read_by_all_it_has_and_what_does_not_run_is_named(
    twice: Path, receipts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("edgekit.backends.coreml.ON_MACOS", False)
    out = tmp_path / "out.json"
    assert run("--bundle", twice, "--data", f"{receipts}:dev", "--data", f"{receipts}:test", "--json", out) == 0
    said = capsys.readouterr().out
    assert "receipts dev: 2 receipts" in said
    assert "0.00 points apart: within 0.5" in said
    assert "left out: coreml fp16: Core ML runs on macOS only" in said
    result = json.loads(out.read_text("utf-8"))
    assert result["bundle"] == Bundle.open(twice).digest
    assert [row["variant"] for row in result["sets"][0]["variants"]] == ["onnxruntime fp32", "onnxruntime int8"]
    base, other = result["sets"][0]["variants"]
    assert (base["f1"], base["time_ratio"], base["fields"], base["fields_differ"]) == (1.0, 1.0, 8, 0)
    assert (other["points"], other["characters_differ"], other["failed"]) == (0, 0, [])
    assert len(other["seconds"]) == 2 and min(other["seconds"]) > 0
    assert result["machine"]["cores"] >= 1


class Fake:
    """Reads the example differently by turns of the test's choosing."""

    def __init__(self, change: Callable[[Any], Any], real: Reader) -> None:
        self.change, self.real, self.count = change, real, 0

    def read(self, source: Path) -> Any:
        self.count += 1
        return self.change(self.real.read(source))


def worse(receipt: Any) -> Any:
    fields = replace(receipt.fields, total=replace(receipt.fields.total, value=Decimal("1")))
    lines = (replace(receipt.lines[0], text=receipt.lines[0].text[1:]), *receipt.lines[1:])
    return replace(receipt, fields=fields, lines=lines)


def test_differences_are_counted_and_end_with_1(
    twice: Path, receipts: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fakes = {"onnxruntime fp32": Fake(lambda it: it, reader), "onnxruntime int8": Fake(worse, reader)}
    monkeypatch.setattr(backends, "open_readers", lambda *_: (fakes, []))
    assert run("--bundle", twice, "--data", f"{receipts}:test") == 1
    said = capsys.readouterr().out
    line = next(line for line in said.splitlines() if line.startswith("onnxruntime int8"))
    assert "1 of 4" in line
    assert "-33.33" in line
    assert "33.33 points apart: NOT within 0.5" in said
    assert run("--bundle", twice, "--data", f"{receipts}:test", "--most", 40) == 0
    assert "within 40" in capsys.readouterr().out


def test_a_run_goes_on_where_it_was_broken_off(receipts: Path, reader: Reader, tmp_path: Path) -> None:
    data, path = load(receipts, [], None), tmp_path / "log.jsonl"
    fakes: dict[str, Any] = {"onnxruntime fp32": Fake(lambda it: it, reader), "other": Fake(worse, reader)}
    steps: list[int] = []
    whole = read_all(fakes, data, Log(path, ABOUT), lambda: steps.append(1))
    assert len(steps) == len(whole) == 6
    assert [one.variant for one in whole] == ["onnxruntime fp32", "other", "other", *["onnxruntime fp32"] * 2, "other"]
    reads = {key: fake.count for key, fake in fakes.items()}
    assert reads == {"onnxruntime fp32": 4, "other": 4}, "three pictures, and one to warm up"

    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + lines[-1][:20], encoding="utf-8")
    again = read_all(fakes, data, Log(path, ABOUT), lambda: None)
    assert [replace(one, seconds=None) for one in again] == [replace(one, seconds=None) for one in whole]
    assert again[:5] == whole[:5]
    assert {key: fake.count for key, fake in fakes.items()} == {"onnxruntime fp32": 5, "other": 6}
    assert read_all(fakes, data, Log(path, ABOUT), lambda: None) == again
    assert {key: fake.count for key, fake in fakes.items()} == {"onnxruntime fp32": 5, "other": 6}, "nothing anew"


def test_a_picture_that_fails_is_counted(twice: Path, receipts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (receipts / "2.jpg").write_bytes(b"no picture")
    assert run("--bundle", twice, "--data", f"{receipts}:test", "--variant", "onnxruntime:int8") == 0
    rows = [line for line in capsys.readouterr().out.splitlines() if line.startswith("onnxruntime")]
    assert [row.split()[-1] for row in rows] == ["1", "1"]
    assert "0.0000" in rows[0]


def written(path: Path, *lines: str) -> Path:
    path.write_text("".join(lines), encoding="utf-8")
    return path


def test_a_log_of_other_readings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    Log(path, ABOUT)
    with pytest.raises(UsageError, match="was begun with another bundle"):
        Log(path, {"bundle": "b"})
    about = json.dumps(ABOUT) + "\n"
    with pytest.raises(UsageError, match="has a line that is no reading"):
        Log(written(path, about, '{"set": "a"}\n'), ABOUT)
    with pytest.raises(UsageError, match="cannot be read"):
        Log(written(path, about, "no json\n"), ABOUT)
    with pytest.raises(UsageError, match=r"cannot be read \(not an object\)"):
        Log(written(path, "[]\n"), ABOUT)
    with pytest.raises(UsageError, match="was begun with another bundle"):
        Log(written(path, ""), ABOUT)
    with pytest.raises(UsageError, match=r"cannot be written \(No such file"):
        Log(tmp_path / "absent" / "log.jsonl", ABOUT)
    Log(None, ABOUT).add("a", Reading("a", "b", 1.0, {}, ""))


def test_wrong_orders_are_one_line(twice: Path, receipts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--bundle", twice, "--data", receipts, "--variant", "executorch:fp32") == 2
    said = capsys.readouterr().err
    assert said == (
        "error: --variant executorch:fp32: not in this bundle, which has coreml:fp16, onnxruntime:fp32, "
        "onnxruntime:int8\n"
    )
    assert run("--data", f"{receipts}:train") == 2
    assert "no receipts of split train; it has dev, test" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run("--data", receipts, "--limit", "0")


def test_a_bundle_needs_what_the_others_are_compared_with(twice: Path) -> None:
    bundle = Bundle.open(twice)
    assert variants(bundle)[0] == BASE
    stages = {
        name: replace(stage, graphs=tuple(g for g in stage.graphs if (g.backend, g.precision) != BASE))
        for name, stage in bundle.manifest.stages.items()
    }
    contents = {name: bundle.read(name) for name in bundle.manifest.files}
    less = write_bundle(twice.parent / "less", replace(bundle.manifest, stages=stages), contents)
    with pytest.raises(UsageError, match="has no onnxruntime fp32 for all stages"):
        variants(less)


def test_without_the_base_engine_there_is_nothing_to_compare(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise BackendError("no engine")

    monkeypatch.setattr(Reader, "open", refuse)
    with pytest.raises(BackendError, match="no engine"):
        readings.open_readers(Bundle.open(), [BASE], 1)


def test_a_folder_with_a_colon_is_still_a_folder(receipts: Path) -> None:
    folder = receipts.rename(receipts.with_name("a:dev"))
    data: DataSet = backends._set(str(folder), 1)
    assert len(data.rows) == 1
