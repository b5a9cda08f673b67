"""Instructions of a whole read, by stage and kind, on emulated cores; and an estimate of what they cost there."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.arm64.blocks import KINDS, Block, parse, tally
from benchmarks.arm64.costs import MODELS, Llvm, estimate
from benchmarks.arm64.inside.counted import MARKS
from benchmarks.arm64.processors import Place, Processor, run
from benchmarks.arm64.system import say
from export.report import table

STAGES = MARKS[1:]
"""Of a read; "rest" is Python, numpy and Pillow between the networks."""
METHOD = (
    "estimate, not a measurement: llvm-mca 19 on the blocks that run most, with LLVM's models of the cores; "
    "without caches, memory or mispredicted branches"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read: the bundle, a precision of it, a picture."""

    bundle: Path
    precision: str
    picture: Path


@dataclass(frozen=True, slots=True)
class Tools:
    """plugged: the folder of QEMU and its plug-in, see ``benchmarks.arm64.plugged``."""

    plugged: Path
    llvm: Llvm


def measure(place: Place, tools: Tools, processor: Processor, reading: Reading) -> dict[str, Any]:
    """A row of the results, as plain JSON types. Raises EdgeKitError where anything fails."""
    assert processor.model is not None
    say(f"{reading.precision} on {processor.title}: counts")
    blocks = counted(place, tools.plugged, processor, reading)
    say(f"{reading.precision} on {processor.title}: estimates")
    stages = {}
    for stage in STAGES:
        cost = estimate(tools.llvm, processor.model, blocks.get(stage, []))
        counts = tally(blocks.get(stage, []))
        stages[stage] = {
            "instructions": sum(counts.values()),
            "kinds": counts,
            "estimated_cycles": round(cost.cycles),
            "estimate_covers": round(cost.covered, 3),
        }
    return {"processor": processor.model, "precision": reading.precision, "stages": stages}


def counted(place: Place, plugged: Path, processor: Processor, reading: Reading) -> Mapping[str, list[Block]]:
    """Blocks by stage."""
    with tempfile.TemporaryDirectory() as work:
        out = Path(work, "blocks.txt")
        emulator = (str(plugged / "qemu-aarch64"), "-plugin", f"{plugged / 'blocks.so'},out={out}")
        under = Place(place.root, place.packages, emulator)
        run(processor, under, "counted.py", reading.bundle.absolute(), reading.precision, reading.picture.absolute())
        with out.open(encoding="ascii") as lines:
            return parse(lines, MARKS)


def totals(row: Mapping[str, Any]) -> tuple[dict[str, int], int]:
    """Instructions by kind of a whole read, and its estimated cycles."""
    stages = row["stages"].values()
    return {kind: sum(stage["kinds"][kind] for stage in stages) for kind in KINDS}, sum(
        stage["estimated_cycles"] for stage in stages
    )


def text(rows: Sequence[Mapping[str, Any]]) -> str:
    """Two tables: instructions by kind, and estimated cycles beside the first row of the same precision and core."""
    return f"{_counts(rows)}\n\n{METHOD}\n{_estimates(rows)}"


def _counts(rows: Sequence[Mapping[str, Any]]) -> str:
    header = ("processor", "precision", "millions", "all", *KINDS)
    body = []
    for row in rows:
        whole, _ = totals(row)
        parts = [("read", whole), *((name, stage["kinds"]) for name, stage in row["stages"].items())]
        for name, kinds in parts:
            figures = [sum(kinds.values()), *kinds.values()]
            body.append((row["processor"], row["precision"], name, *(f"{one / 1e6:.1f}" for one in figures)))
    return table(header, body)


def _estimates(rows: Sequence[Mapping[str, Any]]) -> str:
    """Cycles in millions, and how many times those of the same core's fp32 and of the same precision's last core."""
    fp32 = {row["processor"]: totals(row)[1] for row in rows if row["precision"] == "fp32"}
    newest = {row["precision"]: totals(row)[1] for row in rows if row["processor"] == list(MODELS)[-1]}
    header = ("processor", "precision", "model", "cycles, M", *STAGES, "fp32 = 1", f"{list(MODELS)[-1]} = 1")
    body = []
    for row in rows:
        cycles = totals(row)[1]
        stages = [f"{row['stages'][stage]['estimated_cycles'] / 1e6:.0f}" for stage in STAGES]
        beside = [_ratio(cycles, fp32.get(row["processor"])), _ratio(cycles, newest.get(row["precision"]))]
        model = MODELS[row["processor"]]
        body.append((row["processor"], row["precision"], model, f"{cycles / 1e6:.0f}", *stages, *beside))
    return table(header, body)


def _ratio(cycles: int, base: int | None) -> str:
    return f"{cycles / base:.2f}" if base else "-"
