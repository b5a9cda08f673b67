"""The results of ``check`` and ``count`` as Markdown, for the pages that ``benchmarks.pages`` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.arm64.blocks import KINDS
from benchmarks.arm64.counting import totals
from benchmarks.arm64.processors import ARM
from benchmarks.tables import markdown

Figures = Mapping[str, Any]
KIND_NAMES = {
    "fma32": "fp32 multiply-add, 4 lanes",
    "fma16": "fp16 multiply-add",
    "fma_scalar": "scalar multiply-add",
    "dot8": "int8 dot product",
    "mmla8": "int8 matrix product",
    "widening": "int8 widening multiply",
    "simd": "other vector",
    "sve": "SVE",
    "load": "loads",
    "store": "stores",
    "branch": "branches",
    "integer": "integer",
}
STAGE_NAMES = {
    "detect": "detector",
    "recognize": "recogniser",
    "reread": "larger recogniser",
    "extract": "extraction network",
    "rest": "Python, numpy, Pillow",
}


def checked(result: Figures) -> str:
    """What was compared, a column for each core; and what it was compared with."""
    cores = list(dict.fromkeys(finding["processor"] for finding in result["findings"]))
    found = {(one["what"], one["processor"]): one for one in result["findings"]}
    rows = [["", *cores]]
    for what in dict.fromkeys(finding["what"] for finding in result["findings"]):
        rows.append([what, *(_cell(found.get((what, core))) for core in cores)])
    versions = ", ".join(f"{name} {number}" for name, number in result["versions"].items())
    beside = result["beside"]
    return (
        f"{markdown(rows, len(rows[0]))}\n\nBeside {beside['processor']} ({beside['architecture']}), "
        f"Python {beside['python']}, {versions}; bundle {result['bundle'][:12]}."
    )


def kinds(result: Figures) -> str:
    """Millions of instructions of a read, by kind; kinds that nothing uses are left out."""
    used = [kind for kind in KINDS if any(totals(row)[0][kind] for row in result["rows"])]
    rows = [["", "all", *(KIND_NAMES[kind] for kind in used)]]
    for row in result["rows"]:
        counts = totals(row)[0]
        rows.append([_title(row), _millions(sum(counts.values())), *(_millions(counts[kind]) for kind in used)])
    return markdown(rows)


def stages(result: Figures) -> str:
    """Millions of instructions of a read, by stage."""
    stages = _stages(result)
    rows = [["", "all", *(STAGE_NAMES[stage] for stage in stages)]]
    for row in result["rows"]:
        counts = [row["stages"][stage]["instructions"] for stage in stages]
        rows.append([_title(row), *map(_millions, (sum(counts), *counts))])
    return markdown(rows)


def _stages(result: Figures) -> list[str]:
    """Those that were counted: a bundle need not have all."""
    return [stage for stage in STAGE_NAMES if all(stage in row["stages"] for row in result["rows"])]


def cycles(result: Figures) -> str:
    """Millions of estimated cycles by stage, beside the same core's fp32 and beside the last core."""
    whole = {(row["processor"], row["precision"]): totals(row)[1] for row in result["rows"]}
    last = list(ARM)[-1]
    stages = _stages(result)
    names = [STAGE_NAMES[stage] for stage in stages]
    rows = [["estimate", "whole read", *names, "beside fp32", f"beside {_core(last)}"]]
    for row in result["rows"]:
        core, precision = row["processor"], row["precision"]
        own = [whole[core, precision], *(row["stages"][stage]["estimated_cycles"] for stage in stages)]
        beside = [whole.get((core, "fp32")), whole.get((last, precision))]
        rows.append([_title(row), *map(_millions, own), *(f"{own[0] / one:.2f}" if one else "-" for one in beside)])
    covered = [row["stages"][stage]["estimate_covers"] for row in result["rows"] for stage in stages]
    return f"{markdown(rows)}\n\nEstimated from {min(covered):.0%} to {max(covered):.0%} of a stage's instructions."


def _cell(finding: Figures | None) -> str:
    if finding is None:
        return "not run"
    said = str(finding["figure"]).removeprefix("largest difference ")
    return said if finding["passed"] else f"**differs**: {said}"


def _title(row: Figures) -> str:
    return f"{_core(row['processor'])}, {row['precision']}"


def _core(model: str) -> str:
    return ARM[model].title.partition(" (")[0]


def _millions(count: int) -> str:
    return f"{count / 1e6:.0f}" if count >= 10e6 or not count else f"{count / 1e6:.1f}"
