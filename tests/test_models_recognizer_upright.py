from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import model_sources
import pytest

from models.synthetic import draw, make

pytest.importorskip("torch", reason="torch is not installed")
upright: Any = importlib.import_module("models.recognizer.upright")

SURE, UNSURE = (0.99, 0.8), (0.85, 0.9)
"""Pages whose lines are read better as they lie, and better the other way up."""


def test_thresholds_are_judged_on_pages_of_both_kinds() -> None:
    seen = [(SURE, UNSURE), (SURE, (0.95, 0.99)), ((0.9, 0.7), (0.7, 0.6)), ((0.6, 0.7), (0.7, 0.9))]
    assert upright.judged(seen, 0.92) == {"threshold": 0.92, "twice": 0.5, "wrong_upright": 0.25, "wrong_turned": 0.5}
    assert upright.judged(seen, 0.8)["wrong_turned"] == 0.75, "surer pages are not looked at twice"
    assert upright.judged(seen, 0.96)["wrong_turned"] == 0.25, "one is read better as it lies"


def test_the_table_has_a_row_for_each_threshold() -> None:
    rows = [upright.judged([(SURE, UNSURE)], threshold) for threshold in (0.8, 0.9)]
    assert upright.table(rows, 1).splitlines() == [
        "1 pages",
        "threshold   twice  wrong, upright  wrong, turned",
        "     0.80     0.0             0.0          100.0",
        "     0.90     0.0             0.0            0.0",
    ]


def test_pages_are_read_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_sources.recognizer()
    picture = draw(make(3), 3)
    picture.image.convert("RGB").save(tmp_path / "a.png")
    row: dict[str, Any] = {
        "file": "a.png",
        "split": "train",
        "vendor": None,
        "date": None,
        "total": None,
        "tax": None,
        "norm": {},
    }
    (tmp_path / "labels.jsonl").write_text(json.dumps(row) + "\n", "utf-8")
    assert upright.main(["--data", str(tmp_path), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pages"] == 1
    assert [row["threshold"] for row in report["thresholds"]] == list(upright.THRESHOLDS)
    assert all(row["wrong_upright"] == 0 for row in report["thresholds"])


def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_sources.recognizer()
    assert upright.main(["--data", str(tmp_path), "--weights", str(tmp_path / "none.npz")]) == 2
    assert upright.main(["--data", str(tmp_path)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2 and all(error.startswith("error: ") for error in errors)
    assert "--weights" in errors[0] and "cannot be read" in errors[0]
