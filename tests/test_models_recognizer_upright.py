from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import model_sources
import pytest

from edgekit.layout import LayoutParams
from edgekit.types import Quad, TextLine
from models.synthetic import draw, make

pytest.importorskip("torch", reason="torch is not installed")
upright: Any = importlib.import_module("models.recognizer.upright")

LAYOUT = LayoutParams(0.5, 0.3, probe_lines=3, probe_length=5.0, upright_confidence=0.92, upright_margin=0.1)


def tried(as_it_lies: list[float], over: list[float]) -> Any:
    """A page by how sure its lines are as it lies, and the other way up."""
    quads = [Quad((0, y), (50, y), (50, y + 10), (0, y + 10)) for y in range(0, 20 * len(as_it_lies), 20)]
    lines = {quad: TextLine("x", quad, sure) for quad, sure in zip(quads, as_it_lies, strict=True)}
    lines |= {quad.flipped(): TextLine("x", quad, sure) for quad, sure in zip(quads, over, strict=True)}
    return upright.Tried(quads, lines)


SURE, UNSURE = tried([0.99] * 3, [0.8] * 3), tried([0.85] * 3, [0.9] * 3)
"""Pages whose lines are read better as they lie, and better the other way up."""


def test_thresholds_are_judged_on_pages_of_both_kinds() -> None:
    seen = [
        (SURE, UNSURE),
        (SURE, tried([0.95] * 3, [0.99] * 3)),
        (tried([0.9] * 3, [0.7] * 3), tried([0.7] * 3, [0.5] * 3)),
        (tried([0.6] * 3, [0.65] * 3), tried([0.7] * 3, [0.9] * 3)),
    ]
    found = upright.judged(seen, LAYOUT)
    assert found == {
        "threshold": 0.92,
        "twice": 0.5,
        "wrong_upright": 0.25,
        "wrong_turned": 0.5,
        "vain_upright": (0 + 0 + 1 + 3) / 4,
        "vain_turned": (3 + 0 + 1 + 1) / 4,
    }
    lower, higher = (upright.judged(seen, replace(LAYOUT, upright_confidence=t)) for t in (0.8, 0.96))
    assert lower["wrong_turned"] == 0.75, "surer pages are not looked at twice"
    assert higher["wrong_turned"] == 0.25, "one is read better as it lies"


def test_the_table_has_a_row_for_each_threshold() -> None:
    rows = [upright.judged([(SURE, UNSURE)], replace(LAYOUT, upright_confidence=t)) for t in (0.8, 0.9)]
    assert upright.table(rows, 1).splitlines() == [
        f"1 pages{'lines in vain,':>59}",
        "threshold   twice  wrong, upright  wrong, turned   upright  turned",
        "     0.80     0.0             0.0          100.0      0.00    0.00",
        "     0.90     0.0             0.0            0.0      0.00    3.00",
    ]


@pytest.mark.parametrize("flags", [[], ["--shipped"]])
def test_pages_are_read_both_ways(tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str]) -> None:
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
    assert upright.main(["--data", str(tmp_path), "--json", *flags]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["pages"] == 2, "upright and on its side"
    assert [row["threshold"] for row in report["thresholds"]] == list(upright.THRESHOLDS)
    assert all(row["wrong_upright"] == 0 for row in report["thresholds"])


def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_sources.recognizer()
    assert upright.main(["--data", str(tmp_path), "--weights", str(tmp_path / "none.npz")]) == 2
    assert upright.main(["--data", str(tmp_path)]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert len(errors) == 2 and all(error.startswith("error: ") for error in errors)
    assert "--weights" in errors[0] and "cannot be read" in errors[0]
