from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from places import EXAMPLE, SCORER

import edgekit.cli.evaluate
import edgekit.memory
from edgekit.cli import codes, main
from edgekit.cli.evaluate import percentiles
from edgekit.evaluation import load_labels, score
from edgekit.memory import peak_rss
from edgekit.reader import Reader
from edgekit.timings import Timings

LABEL = {
    "vendor": "Harbour Lane Bakery",
    "norm": {"date_readings": ["2026-03-14"], "total": 18.95, "tax": 1.4},
    "split": "test",
}


@pytest.fixture(autouse=True)
def one_reader(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgekit.cli.evaluate, "open_reader", lambda _: reader)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four labelled pictures: a receipt, the same labelled wrong, a blank one of split dev, and one that is missing."""
    folder = tmp_path / "data"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "a.jpg").write_bytes(EXAMPLE.read_bytes())
    (folder / "images" / "b.jpg").write_bytes(EXAMPLE.read_bytes())
    Image.new("RGB", (60, 40), "white").save(folder / "images" / "blank.png")
    wrong = {**LABEL, "vendor": "Quite Another", "norm": {**LABEL["norm"], "total": 1.0}}  # type: ignore[dict-item]
    rows = [
        {"file": "images/a.jpg", **LABEL},
        {"file": "images/b.jpg", **wrong},
        {"file": "images/blank.png", **LABEL, "split": "dev"},
        {"file": "images/gone.jpg", **LABEL},
    ]
    (folder / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return folder


def report_of(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any], str]:
    code = main(["eval", *map(str, words), "--json"])
    captured = capsys.readouterr()
    return code, json.loads(captured.out), captured.err


def test_the_report_has_scores_times_and_memory(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, report, err = report_of(capsys, data, "--split", "test")
    assert code == codes.PICTURE_FAILED
    assert err == f"error: {data / 'images' / 'gone.jpg'}: no such file: check the path\n"
    assert (report["pictures"], report["failed"], report["split"]) == (3, 1, "test")
    assert report["scores"]["total"] == {"n": 3, "precision": 0.5, "recall": 0.3333, "f1": 0.4, "loose": 0.3333}
    assert report["scores"]["date"] == {"n": 3, "precision": 1.0, "recall": 0.6667, "f1": 0.8, "loose": 0.6667}
    assert report["scores"]["receipts"] == {"n": 3, "all_right": 0.3333}
    assert list(report["milliseconds"]) == ["decode", "detect", "recognize", "layout", "extract", "all"]
    for values in report["milliseconds"].values():
        assert list(values) == ["p50", "p90", "p95", "p99"]
        assert sorted(values.values()) == list(values.values())
    assert report["peak_rss_bytes"] > 2**24
    assert report["setting"]["backend"].startswith("onnxruntime fp32, ")


def test_predictions_are_what_the_scorer_takes(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "predictions.jsonl"
    code, report, err = report_of(capsys, data, "--out", out, "--limit", 3)
    assert (code, err) == (codes.OK, f"{out}: 3 predictions\n")
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    expected = {"vendor": "HARBOUR LANE BAKERY", "date": "2026-03-14", "total": "18.95", "tax": "1.40"}
    assert rows[0] == {"file": "images/a.jpg", **expected}
    assert rows[2] == {"file": "images/blank.png", **dict.fromkeys(expected)}
    assert report["scores"] == score(load_labels(data)[:3], rows)


@pytest.mark.skipif(not SCORER.is_file(), reason="the frozen scorer is not beside this checkout")
def test_scores_are_printed_as_the_frozen_scorer_prints_them(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "predictions.jsonl"
    assert main(["eval", str(data), "--out", str(out)]) == codes.PICTURE_FAILED
    printed = capsys.readouterr().out
    command = [sys.executable, str(SCORER), str(data / "labels.jsonl"), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert printed.startswith(done.stdout)
    assert "peak RSS" in printed


def test_a_set_of_short_names_is_scored_as_one(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = [{"file": "images/a.jpg", "vendor": "Harbour", "norm": {}}]
    (data / "labels.jsonl").write_text(json.dumps(labels[0]), encoding="utf-8")
    assert report_of(capsys, data)[1]["scores"]["vendor"]["f1"] == 0.0
    german = data.rename(data.parent / "german")
    assert report_of(capsys, german)[1]["scores"]["vendor"]["f1"] == 1.0


def test_wrong_folders_and_places_are_told_before_anything_is_read(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, part in (
        ((tmp_path,), "labels.jsonl: cannot be read (No such file or directory)"),
        ((data, "--split", "x"), "no row of split 'x': it has dev, test"),
        ((data, "--out", tmp_path / "absent" / "p.jsonl"), "its folder does not exist: make it first"),
        ((data, "--limit", "1", "--out", tmp_path), "cannot be written (Is a directory)"),
    ):
        assert main(["eval", *map(str, words)]) == codes.USAGE
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        assert part in captured.err


def test_percentiles_are_linear_between_neighbours() -> None:
    timings = [Timings({"detect": n / 1000, "layout": 0.0}) for n in range(1, 102)]
    table = percentiles(timings)
    assert table["detect"] == {"p50": 51.0, "p90": 91.0, "p95": 96.0, "p99": 100.0}
    assert table["all"] == table["detect"]
    assert percentiles([]) == {}


def test_memory_is_told_with_and_without_proc(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    peak = peak_rss()
    assert peak is not None
    ballast = bytearray(b"x" * 2**26)
    grown = peak_rss()
    assert grown is not None
    assert grown >= peak
    assert len(ballast) == 2**26
    monkeypatch.setattr(edgekit.memory, "_STATUS", tmp_path / "absent")
    other = peak_rss()
    assert other is not None
    assert other >= 2**26
    monkeypatch.setitem(sys.modules, "resource", None)
    assert peak_rss() is None
