"""The tables of emulated cores, and the results of the project that they show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from places import ROOT

from benchmarks import results
from benchmarks.arm64 import commands, tables
from benchmarks.arm64.blocks import KINDS
from benchmarks.arm64.counting import STAGES
from benchmarks.arm64.processors import ARM


def test_the_table_has_a_column_for_each_core() -> None:
    def finding(processor: str, what: str, passed: bool) -> dict[str, Any]:
        return {"processor": processor, "what": what, "passed": passed, "figure": f"{what} found", "largest": None}

    findings = [finding("A", "detect", True), finding("A", "reads", False), finding("B", "detect", True)]
    beside = {"processor": "Some", "architecture": "x86_64", "python": "3.11"}
    result = {"findings": findings, "versions": {"numpy": "2"}, "beside": beside, "bundle": "0123456789abcdef"}
    lines = tables.checked(result).splitlines()
    assert [line.strip("| ").split(" | ") for line in (lines[0], *lines[2:4])] == [
        ["A", "B"],
        ["detect", "detect found", "detect found"],
        ["reads", "**differs**: reads found", "not run"],
    ]
    assert lines[-1] == "Beside Some (x86_64), Python 3.11, numpy 2; bundle 0123456789ab."


def test_runs_for_one_core_each_fill_one_file(tmp_path: Path) -> None:
    def result(core: str, passed: bool, **changed: Any) -> dict[str, Any]:
        finding = {"processor": ARM[core].title, "what": "reads fp32", "passed": passed, "figure": "", "largest": None}
        return {"bundle": "a", "versions": {"numpy": "2"}, "passed": passed, "findings": [finding]} | changed

    out = tmp_path / "check.json"
    a53, a76 = result("cortex-a53", True), result("cortex-a76", False)
    assert commands._with_other_cores(a76, out) == a76  # there is none yet
    assert commands._with_other_cores(a76, None) == a76
    out.write_text(json.dumps(a76), "utf-8")
    both = commands._with_other_cores(a53, out)
    assert both == a53 | {"passed": False, "findings": a53["findings"] + a76["findings"]}
    out.write_text(json.dumps(both), "utf-8")
    again = result("cortex-a76", True)
    assert commands._with_other_cores(again, out) == a53 | {"findings": a53["findings"] + again["findings"]}
    other = result("cortex-a53", True, bundle="b")
    assert commands._with_other_cores(other, out) == other
    out.write_text("[", "utf-8")
    assert commands._with_other_cores(a53, out) == a53


def test_every_kind_and_stage_has_a_name() -> None:
    assert tables.KIND_NAMES.keys() == KINDS.keys()
    assert sorted(tables.STAGE_NAMES) == sorted(STAGES)


def test_what_was_checked_is_both_precisions_on_every_core() -> None:
    found = results.load(ROOT / "benchmarks" / "results" / "arm64" / "check.json", results.ARM64_CHECK)
    compared = {(one["processor"], one["what"]) for one in found["findings"]}
    reads = [f"reads {precision}" for precision in ("fp32", "int8")]
    assert compared >= {(core.title, what) for core in ARM.values() for what in ("golden cases", *reads)}
    assert found["passed"] == all(one["passed"] for one in found["findings"])
