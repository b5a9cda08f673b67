from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import EXAMPLE

from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from edgekit.manifest import Change, Trial
from export.gate import Gate, edit_distance, latency_ratio, refusal
from export.pictures import CALIBRATION_PICTURES, calibration_pictures, labelled

GOOD = Trial("a set", 9, "true lines", Change(0.1, 0.104), Change(0.9, 0.896), Change(400, 100), 1.0)


def folder(place: Path, *rows: dict[str, Any]) -> Path:
    """A labelled folder; every row gets the example as its picture."""
    place.mkdir(exist_ok=True)
    Path(place, "one.jpg").write_bytes(EXAMPLE.read_bytes())
    lines = [json.dumps({"file": "one.jpg", "norm": {}, **row}) for row in rows]
    Path(place, "labels.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("trial", "why"),
    [
        (GOOD, None),
        (replace(GOOD, character_error=Change(0.1, 0.106)), "character error 0.1000 -> 0.1060, more than 0.005 worse"),
        (replace(GOOD, field_f1=Change(0.9, 0.894)), "field F1 0.9000 -> 0.8940, more than 0.005 worse"),
        (replace(GOOD, bytes=Change(400, 201)), "1.99 times smaller and 1.00 times as fast, neither 2.0 nor 1.3"),
        (replace(GOOD, bytes=Change(400, 400), latency_ratio=1.3), None),
        (replace(GOOD, character_error=Change(0.1, 0), field_f1=Change(0.5, 1)), None),
    ],
)
def test_a_graph_may_ship_or_it_is_said_why_not(trial: Trial, why: str | None) -> None:
    assert refusal(trial) == why


def test_what_was_not_timed_has_to_be_smaller() -> None:
    untimed = replace(GOOD, latency_ratio=None)
    assert refusal(untimed) is None
    large = replace(untimed, bytes=Change(400, 250))
    assert refusal(large) == "1.60 times smaller, not 2.0, and not timed"
    assert refusal(large, has_to_pay=False) is None
    assert refusal(replace(large, field_f1=Change(0.9, 0.8)), has_to_pay=False) is not None


@pytest.mark.parametrize(
    ("first", "second", "edits"),
    [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("kitten", "sitting", 3), ("12.90", "12.9O", 1), ("ab", "ba", 2)],
)
def test_edits_are_counted(first: str, second: str, edits: int) -> None:
    assert edit_distance(first, second) == edits


@given(st.text("ab", max_size=9), st.text("ab", max_size=9), st.text("ab", max_size=9))
def test_the_edit_distance_is_a_distance(a: str, b: str, c: str) -> None:
    assert edit_distance(a, b) == edit_distance(b, a)
    assert (edit_distance(a, b) == 0) == (a == b)
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


class Slow:
    def __init__(self, work: int) -> None:
        self.work, self.runs = work, 0

    def run(self, *inputs: Any) -> tuple[Any, ...]:
        self.runs += 1
        return tuple(np.sort(inputs[0])[::-1] for _ in range(self.work))


def test_a_graph_with_less_to_do_is_faster() -> None:
    slow, fast = Slow(20), Slow(1)
    assert latency_ratio(slow, fast, [(np.arange(50_000),), (np.arange(40_000),)]) > 3
    assert slow.runs == fast.runs > 2


def test_the_gate_reads_with_both_and_says_what_it_compared(tmp_path: Path) -> None:
    data = labelled(str(folder(tmp_path / "set", {"split": "test", "norm": {"total": 1.0}})))
    trial = Gate(data, Bundle.open(), 1).try_out(Bundle.open(), "onnxruntime", "fp32", (10, 5), 1.234)
    assert (trial.data, trial.pictures) == ("set, split test", 1)
    assert trial.character_reference == "what the fp32 graphs read"
    assert trial.character_error == Change(0, 0)
    assert trial.field_f1.before == trial.field_f1.after
    assert (trial.bytes, trial.latency_ratio) == (Change(10, 5), 1.23)


def test_the_gate_compares_with_labelled_lines_where_all_have_them(tmp_path: Path) -> None:
    lines = [{"text": "no such line", "quad": [0, 0, 100, 0, 100, 20, 0, 20]}]
    data = labelled(str(folder(tmp_path / "set", {"split": "dev", "lines": lines})))
    trial = Gate(data, Bundle.open(), 1).try_out(Bundle.open(), "onnxruntime", "fp32", (10, 5), 1)
    assert trial.character_reference == "the labelled lines"
    assert trial.character_error.before == trial.character_error.after > 1


def test_the_gate_needs_pictures_that_can_be_read(tmp_path: Path) -> None:
    data = labelled(str(folder(tmp_path / "set", {"split": "dev", "file": "none.jpg"})))
    with pytest.raises(UsageError, match="the gate needs pictures that can all be read"):
        Gate(data, Bundle.open(), 1)


def test_the_held_out_split_is_chosen_and_may_be_named(tmp_path: Path) -> None:
    rows = [{"split": name} for name in ("train", "test", "dev", "dev")]
    place = str(folder(tmp_path / "set", *rows))
    assert len(labelled(place).rows) == 2
    assert len(labelled(place, limit=1).rows) == 1
    assert labelled(f"{place}:train").name == "set, split train"
    with pytest.raises(UsageError, match="no row of split 'other'"):
        labelled(f"{place}:other")
    with pytest.raises(UsageError, match="has no split dev or test; name one"):
        labelled(str(folder(tmp_path / "other", {"split": "train"})))


def test_calibration_leaves_held_out_pictures_alone(tmp_path: Path) -> None:
    place = folder(tmp_path / "set", *({"split": name, "file": f"{name}.jpg"} for name in ("test", "train", "dev")))
    assert calibration_pictures(place) == [place / "train.jpg"]
    with pytest.raises(UsageError, match="no picture to calibrate with"):
        calibration_pictures(folder(tmp_path / "held", {"split": "test"}))


def test_calibration_takes_any_folder_of_pictures(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no picture to calibrate with"):
        calibration_pictures(tmp_path)
    (tmp_path / "below").mkdir()
    for i in range(3 * CALIBRATION_PICTURES):
        Path(tmp_path, "below", f"{i:03}.PNG").touch()
    Path(tmp_path, "notes.txt").touch()
    found = calibration_pictures(tmp_path)
    assert [int(path.stem) for path in found] == list(range(0, 3 * CALIBRATION_PICTURES, 3))
