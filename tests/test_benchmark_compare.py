"""benchmarks.compare: verdicts on made results whose difference is known."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bench_results import EXAMPLE, result, write

from benchmarks import compare
from benchmarks.comparison import Row, pairs
from benchmarks.resampling import LEAST, slowest, together, typical

Change = Callable[[dict[str, Any]], None]


def rows_of(before: dict[str, Any], after: dict[str, Any], other_pictures: bool = False) -> dict[str, Row]:
    (pair,) = pairs(before, after, 0.05, other_pictures)
    return {row.name: row for row in pair.rows}


def run(folder: Path, before: dict[str, Any], after: dict[str, Any], *words: str) -> int:
    return compare.main([str(write(folder, "a.json", before)), str(write(folder, "b.json", after)), *words])


# the bootstrap


def times(values: list[float], spread: float, seed: int) -> dict[str, Any]:
    """Reads of pictures with these typical times."""
    random = np.random.default_rng(seed)
    return {str(i): value * np.exp(spread * random.standard_normal(50)) for i, value in enumerate(values)}


def test_a_ratio_lies_in_its_interval() -> None:
    found = typical(times([10.0, 500.0], 0.05, 0), times([12.0, 600.0], 0.05, 1))
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.ratio < found.high
    assert found.low < 1.2 < found.high
    assert found.differs


def test_the_interval_covers_as_often_as_it_promises() -> None:
    hits = 0
    for seed in range(60):
        found = typical(times([10.0, 80.0], 0.1, 2 * seed), times([10.0, 80.0], 0.1, 2 * seed + 1))
        hits += not found.differs
    assert 52 <= hits <= 60  # 95 % of 60 is 57; fewer than 52 has a chance of 1 in 100


def test_pictures_weigh_the_same_whatever_their_size() -> None:
    before, after = times([1.0, 1000.0], 0.0, 0), times([2.0, 1000.0], 0.0, 0)
    assert typical(before, after).ratio == pytest.approx(2**0.5)
    assert slowest(before, after).ratio == pytest.approx(1.0)


def test_the_slowest_tell_of_a_tail_that_the_median_does_not() -> None:
    before, after = times([10.0], 0.01, 0), times([10.0], 0.01, 0)
    after["0"][:5] *= 3
    assert not typical(before, after).differs
    assert slowest(before, after).ratio > 2


def test_a_stage_that_took_no_time_has_a_ratio() -> None:
    none = {"0": np.zeros(LEAST)}
    assert typical(none, none).ratio == slowest(none, none).ratio == 1.0


def test_different_pictures_are_pooled() -> None:
    pooled = together({"a": np.array([1.0]), "b": np.array([2.0, 3.0])})
    assert {name: list(values) for name, values in pooled.items()} == {"": [1.0, 2.0, 3.0]}


def test_the_same_figures_give_the_same_interval() -> None:
    one, other = times([10.0], 0.1, 0), times([11.0], 0.1, 1)
    assert typical(one, other) == typical(one, other)


def test_too_few_reads_have_no_interval() -> None:
    few = {"0": np.ones(LEAST - 1)}
    assert typical(few, few).low is None
    assert not typical(few, few).differs


# verdicts


def test_a_slower_program_is_told_stage_by_stage() -> None:
    rows = rows_of(result(1.0, seed=0), result(1.2, seed=1))
    assert {name: row.verdict for name, row in rows.items() if row.unit == "ms"} == {
        "time": "slower",
        "time p95": "slower",
        "decode": "the same within noise",
        "detect": "slower",
        "recognize": "slower",
    }
    assert rows["detect"].estimate.ratio == pytest.approx(1.2, abs=0.01)
    assert [name for name, row in rows.items() if row.regression] == ["time", "time p95"]


def test_a_faster_program_is_no_regression() -> None:
    rows = rows_of(result(1.2, seed=0), result(1.0, seed=1))
    assert rows["time"].verdict == "faster"
    assert not any(row.regression for row in rows.values())


def test_a_difference_as_large_as_within_one_run_is_noise() -> None:
    before, after = result(1.0, seed=0), result(1.1, seed=1)
    after["variants"][0]["noise"]["block_spread"] = 0.2
    assert rows_of(before, after)["time"].verdict == "the same within noise"


def test_memory_and_size() -> None:
    before, after = result(seed=0), result(seed=0)
    one = after["variants"][0]
    one["memory"]["peak_bytes"] = round(one["memory"]["peak_bytes"] * 1.2)
    one["memory"]["steady_bytes"] = round(one["memory"]["steady_bytes"] * 1.03)
    one["disk"]["bundle_bytes"] = round(one["disk"]["bundle_bytes"] * 0.8)
    one["disk"]["installed_bytes"] = None
    rows = rows_of(before, after)
    assert (rows["peak memory"].verdict, rows["peak memory"].regression) == ("larger", True)
    assert rows["steady memory"].verdict == "the same within noise"
    assert (rows["bundle"].verdict, rows["bundle"].regression) == ("smaller", False)
    assert "installed" not in rows


def test_cold_starts_are_judged_by_how_far_they_are_from_each_other() -> None:
    before, after = result(), result()
    before["variants"][0]["start"]["cold_s"] = [1.0, 1.02]
    after["variants"][0]["start"]["cold_s"] = [1.3, 1.31]
    assert rows_of(before, after)["cold start"].verdict == "slower"
    after["variants"][0]["start"]["cold_s"] = [1.0, 1.6]
    assert rows_of(before, after)["cold start"].verdict == "the same within noise"
    after["variants"][0]["start"]["cold_s"] = [1.6]
    assert rows_of(before, after)["cold start"].verdict == "too few to tell"


def test_variants_are_matched_by_setting() -> None:
    before, after = result(variants=2), result(variants=2)
    after["variants"].reverse()
    assert [pair.name for pair in pairs(before, after, 0.05, False)] == [one["id"] for one in before["variants"]]


def test_a_bundle_of_another_name_is_matched_where_it_is_alone() -> None:
    before, after = result(), result()
    after["variants"][0]["id"] = "mine"
    assert len(pairs(before, after, 0.05, False)) == 1


# the command


def test_main_says_slower_and_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = result(1.3, seed=1)
    after["software"]["edgekit"] = "9.9"
    out = tmp_path / "out.json"
    assert run(tmp_path, result(seed=0), after, "--json", str(out)) == 1
    said = capsys.readouterr().out
    assert "slower, REGRESSION" in said
    assert "Regression: time, time p95 worse by more than 5%." in said
    assert "and 9.9" in said
    (pair,) = json.loads(out.read_text(encoding="utf-8"))["pairs"]
    assert pair["regressions"] == ["time", "time p95"]


def test_main_tolerates_what_it_is_told_to(tmp_path: Path) -> None:
    after = result(1.3, seed=1)
    after["software"]["edgekit"] = "9.9"
    assert run(tmp_path, result(seed=0), after, "--tolerance", "0.5") == 0


@pytest.mark.parametrize(("factor", "expected"), [(1.0, "within 5%"), (1.3, "this machine is noisy")])
def test_the_same_program_twice(
    tmp_path: Path, factor: float, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = result(seed=0), result(factor, seed=1)
    for one in (before, after):
        one["software"]["git"] = {"revision": "a" * 40, "changed": False}
    assert run(tmp_path, before, after) == 0
    assert expected in capsys.readouterr().out


def test_a_changed_checkout_is_not_the_same_program(tmp_path: Path) -> None:
    before, after = result(seed=0), result(1.3, seed=1)
    for one in (before, after):
        one["software"]["git"] = {"revision": "a" * 40, "changed": True}
    assert run(tmp_path, before, after) == 1


def test_noisy_runs_are_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = result(seed=1)
    after["variants"][0]["noise"].update(noisy=True, p95_difference=0.31)
    run(tmp_path, result(seed=0), after)
    assert "NOISY, second: its passes differ by 31%" in capsys.readouterr().out


def test_too_few_reads_are_no_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, EXAMPLE, EXAMPLE) == 2
    said = capsys.readouterr()
    assert "too few to tell" in said.out
    assert "No regression" not in said.out
    assert "measure without --quick" in said.err


def other_picture(made: dict[str, Any]) -> None:
    made["pictures"]["items"][0]["sha256"] = "0" * 64


def other_device(made: dict[str, Any]) -> None:
    made["device"]["cpu"]["model"] = "Cortex-A72"


def emulated(made: dict[str, Any]) -> None:
    made["device"].update(emulated=True, emulation=["the process is called qemu-aarch64"])


def other_backend(made: dict[str, Any]) -> None:
    made["variants"][0]["backend"] = "coreml"


def broken(made: dict[str, Any]) -> None:
    made["variants"][0]["samples"]["ms"]["all"].pop()


def unread(made: dict[str, Any]) -> None:
    made["variants"][0]["reads"] = 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (other_picture, "different pictures"),
        (other_device, "different devices (cpu model"),
        (emulated, "under emulation (the process is called qemu-aarch64)"),
        (other_backend, "no variant in common"),
        (broken, "samples do not fit together"),
        (unread, "has no reads"),
    ],
)
def test_what_cannot_be_compared(
    tmp_path: Path, change: Change, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    after = result()
    change(after)
    assert run(tmp_path, result(), after) == 2
    said = capsys.readouterr()
    assert expected in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(("change", "word"), [(other_picture, "--other-pictures"), (other_device, "--other-devices")])
def test_what_is_compared_when_asked_for(tmp_path: Path, change: Change, word: str) -> None:
    after = result(seed=1)
    change(after)
    assert run(tmp_path, result(seed=0), after, word) == 0


def test_main_refuses_what_is_no_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, result(), {"schema": "edgekit.bench/9"}) == 2
    assert "is of schema 'edgekit.bench/9'" in capsys.readouterr().err


def test_main_refuses_what_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, result(), result(), "--json", str(tmp_path / "none" / "out.json")) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("share", ["-1", "much", "2"])
def test_main_refuses_a_tolerance_that_is_no_share(share: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        compare.main(["a", "b", "--tolerance", share])
    assert stopped.value.code == 2
