"""The measurement: every system reads every picture, in turn, one at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgekit.bench.process import System, Worker
from edgekit.bench.variants import rotated

SETTLE = 0.1
"""Seconds between reads: an engine's threads spin on for a while after a run, and would slow the next one down."""
WARM_UP = 2
"""Reads of the first picture by each system before the clock counts."""
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Read:
    """One picture read by one system. seconds, cpu_seconds: None where it failed, and ``failed`` says why.

    fields: what the system itself extracted (vendor, date, total, tax); None where it only reads lines.
    """

    seconds: float | None
    cpu_seconds: float | None
    lines: tuple[dict[str, Any], ...] = ()
    fields: dict[str, str | None] | None = None
    failed: str | None = None


@dataclass(slots=True)
class Run:
    """What was measured of one system. reads: one per picture, in order. cold: seconds from start to first result."""

    system: System
    versions: dict[str, str] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    peak_mb: float | None = None
    installed_mb: float | None = None


def measure(systems: Sequence[System], pictures: Sequence[Path], cold_starts: int, step: Step) -> list[Run]:
    """Runs all systems over all pictures; their order changes from picture to picture, so that none is always first.

    Each has a process of its own, so that its peak memory is its own, and waits while another reads. ``step`` is called
    after each read. Raises BackendError where a system cannot be started or dies.
    """
    runs = [Run(system) for system in systems]
    for turn in range(cold_starts):
        for run in rotated(runs, turn):
            run.cold.append(cold_start(run.system, pictures[0]))
            step()
    with ExitStack() as stack:
        workers = [(run, stack.enter_context(Worker(run.system))) for run in runs]
        for run, worker in workers:
            run.versions = worker.opened["versions"]
            for _ in range(WARM_UP):
                read_one(worker, pictures[0])
        for turn, picture in enumerate(pictures):
            for run, worker in rotated(workers, turn):
                time.sleep(SETTLE)
                run.reads.append(read_one(worker, picture))
                step()
        for run, worker in workers:
            answer = worker.ask({"close": True})
            run.peak_mb, run.installed_mb = answer["peak_mb"], answer["installed_mb"]
    return runs


def cold_start(system: System, picture: Path) -> float:
    """Seconds from starting a fresh process until its first result is here; of a program that starts for each read,
    the time of one."""
    started = time.perf_counter()
    with Worker(system) as worker:
        read = read_one(worker, picture)
        elapsed = time.perf_counter() - started
        anew = worker.opened.get("starts_anew", False)
    return read.seconds if anew and read.seconds is not None else elapsed


def read_one(worker: Worker, picture: Path) -> Read:
    answer = worker.ask({"read": str(picture)})
    if "failed" in answer:
        return Read(None, None, failed=answer["failed"])
    return Read(answer["seconds"], answer["cpu_seconds"], tuple(answer["lines"]), answer["fields"])
