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
from edgekit.cli.options import open_reader
from edgekit.cli.parser import build_parser
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
        ((data, "--plot", tmp_path / "trust.txt"), "cannot tell the kind of drawing"),
    ):
        assert main(["eval", *map(str, words)]) == codes.USAGE
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")
        assert part in captured.err


def test_it_tells_how_far_confidences_hold(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, report, _ = report_of(capsys, data, "--split", "test")
    total = report["confidence"]["total"]
    assert (total["known"], total["answers"], total["right"]) == (3, 2, 0.5)
    assert total["ece_width"] == pytest.approx(abs(total["confidence"] - 0.5), abs=1e-3)
    assert total["curve"] == [[pytest.approx(total["confidence"], abs=1e-3), 0.6667, 0.5]]
    assert total["accepted"] in (0.0, 0.6667)
    assert list(report["confidence"]) == ["vendor", "date", "total", "tax"]
    main(["eval", str(data), "--limit", "1"])
    printed = capsys.readouterr().out
    (header,) = (line for line in printed.splitlines() if line.startswith("certainty"))
    assert header.split() == "certainty answers said right ECE chance p ECE eq AURC accepted wrong".split()
    assert "ECE eq: 15 bins of equal numbers" in printed


def line_of(text: str, top: int) -> dict[str, Any]:
    return {"text": text, "quad": [20, top, 20 + 9 * len(text), top, 20 + 9 * len(text), top + 16, 20, top + 16]}


def test_given_lines_are_scored_beside_the_pixels(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = ["CORNER SHOP LTD", "14/03/2026", "Tea   18.95", "TOTAL   18.95"]
    row = {"file": "images/blank.png", **LABEL, "vendor": "Corner Shop Ltd", "width": 400, "height": 300}
    given = {**row, "lines": [line_of(text, 20 + 30 * i) for i, text in enumerate(texts)]}
    other = {"file": "images/a.jpg", **LABEL}
    (data / "labels.jsonl").write_text("\n".join(map(json.dumps, (given, other))), encoding="utf-8")
    code, report, _ = report_of(capsys, data, "--lines", "given")
    assert code == codes.OK
    assert report["pictures"] == 2
    assert report["given"]["pictures"] == 1
    assert report["given"]["scores"]["total"]["f1"] == 1.0
    assert report["given"]["scores"]["date"]["f1"] == 1.0
    assert report["given"]["pixels"]["total"]["f1"] == 0.0
    assert main(["eval", str(data), "--lines", "given"]) == codes.OK
    printed = capsys.readouterr().out
    assert "(1 labels have lines)" in printed
    assert "total       1.0000    0.0000   +1.0000" in printed
    del given["width"], given["height"]
    (data / "labels.jsonl").write_text(json.dumps(given), encoding="utf-8")
    assert report_of(capsys, data, "--lines", "given")[1]["given"]["scores"]["total"]["f1"] == 1.0


@pytest.mark.parametrize(
    "lines", [[{"text": "a"}], [{"text": "a", "quad": [1, 2]}], [{"text": "a", "quad": ["x"] * 8}], ["text"], 3]
)
def test_lines_that_are_none_are_told(data: Path, capsys: pytest.CaptureFixture[str], lines: Any) -> None:
    (data / "labels.jsonl").write_text(json.dumps({"file": "a.jpg", "lines": lines}), encoding="utf-8")
    assert main(["eval", str(data), "--lines", "given"]) == codes.USAGE
    assert "error: a.jpg: the lines of its label cannot be used" in capsys.readouterr().err


def test_a_set_without_lines_says_so(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", str(data), "--lines", "given"]) == codes.USAGE
    assert capsys.readouterr().err == f"error: {data}: its labels have no lines: leave --lines given out\n"


def test_it_draws(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("matplotlib")
    drawing = tmp_path / "trust.svg"
    assert main(["eval", str(data), "--limit", "3", "--plot", str(drawing)]) == codes.OK
    assert "risk against coverage" in capsys.readouterr().err
    assert drawing.read_text(encoding="utf-8").startswith("<?xml")


def test_the_reader_is_opened_as_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Any, ...]] = []

    def open_(*words: Any, **named: Any) -> None:
        asked.append((*words, named))

    monkeypatch.setattr(Reader, "open", open_)
    parser = build_parser()
    open_reader(parser.parse_args(["eval", "data", "--extractor", "rules", "--review-error", "0.1"]))
    open_reader(parser.parse_args(["read", "a.jpg", "--threads", "2"]))
    assert asked == [
        (None, "onnxruntime", None, "fp32", {"extractor": "rules", "review_error": 0.1}),
        (None, "onnxruntime", 2, "fp32", {"extractor": None, "review_error": 0.02}),
    ]


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
