"""edgekit.bench: the processes that it starts, and the receipts that it draws."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from places import EXAMPLE

from edgekit.bench import child, probe, receipts, variants

# the child


def test_the_child_opens_and_reads() -> None:
    opening = {"bundle": None, "backend": "onnxruntime", "precision": "fp32", "threads": 1}
    requests = [
        {"open": opening},
        {"read": str(EXAMPLE)},
        {"read": "gone.jpg"},
        {"burst": [str(EXAMPLE)], "seconds": 0.01},
    ]
    answers = io.StringIO()
    child.serve(io.StringIO("".join(json.dumps(one) + "\n" for one in requests)), answers)
    opened, read, failed, burst = map(json.loads, answers.getvalue().splitlines())
    assert opened["extractor"] == "joint"
    assert opened["load_s"] > 0
    assert list(read["stages"]) == ["decode", "detect", "recognize", "layout", "extract"]
    assert sum(read["stages"].values()) == pytest.approx(read["seconds"], rel=0.05)
    assert {stage for stage, _, _ in read["runs"]} == {"detect", "recognize", "extract"}
    detected, *_ = [shapes for stage, shapes, _ in read["runs"] if stage == "detect"]
    assert detected[0][0] == 1
    assert detected[0][3] == 3
    assert sum(seconds for _, _, seconds in read["runs"]) < read["seconds"]
    assert "gone.jpg" in failed["failed"]
    assert burst["reads"] >= 1


def test_the_child_says_what_cannot_be_opened() -> None:
    opening = {"bundle": "no/such", "backend": "onnxruntime", "precision": "fp32", "threads": 1}
    assert "no such bundle" in child.Child().answer({"open": opening})["error"]


def test_processes_run_this_edgekit_wherever_they_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "edgekit").mkdir()
    (tmp_path / "edgekit" / "__init__.py").write_text("raise SystemExit('another EdgeKit')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = probe._call((*variants.command("probe"), "1"))
    assert told is not None
    assert json.loads(told)["gflops"] > 0.01


# the probe


def test_the_probe_asks_a_process_for_each_number_of_threads() -> None:
    asked: list[Sequence[str]] = []

    def run(words: Sequence[str]) -> str:
        asked.append(words)
        return json.dumps({"gflops": 5.0, "copy_gb_s": 2.0})

    found = probe.probe([1, 4], ("python",), run)
    assert [words[-1] for words in asked] == ["1", "4"]
    assert found["rows"][1] == {"threads": 4, "gflops": 5.0, "copy_gb_s": 2.0}


@pytest.mark.parametrize("told", [None, "", "loading", "{}", "[]", "3"])
def test_a_probe_that_fails_is_null(told: str | None) -> None:
    assert probe.probe([1], (), lambda _: told)["rows"] == [{"threads": 1, "gflops": None, "copy_gb_s": None}]


def test_the_probe_measures_something() -> None:
    assert probe.gflops(0.01) > 0.01
    assert probe.copy_gb_s(2, 0.01, 2**16) > 0.001
    calls: list[int] = []
    assert probe.best(lambda: calls.append(1), 0.0) >= 0
    assert len(calls) == 2


# receipts drawn


def test_drawn_receipts_are_the_same_every_time_and_can_be_read(tmp_path: Path, reader: Any) -> None:
    small = receipts.PLANS[:1]
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        receipts.write(folder, small)
    first, second = (receipts.describe(tmp_path / name / small[0].name) for name in "ab")
    assert first == second
    assert (first["width"], first["height"]) == (small[0].width, small[0].height)
    receipt = reader.read(tmp_path / "a" / small[0].name)
    assert len(receipt.lines) > 10
    assert receipt.total is not None


def test_sizes_are_those_of_the_plan() -> None:
    assert len({plan.name for plan in receipts.PLANS}) == len(receipts.PLANS)
    plan = receipts.Plan("x.jpg", 1800, 2400, 3, 1.0)
    assert receipts.draw(plan).size == (1800, 2400)


def test_a_file_that_is_no_picture_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    found = receipts.describe(tmp_path / "x.jpg")
    assert (found["width"], found["height"], found["bytes"]) == (None, None, 10)
