"""The measurement: every variant reads every picture, in turn, one at a time, in fresh processes pass by pass."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgekit.bench.energy import Meter
from edgekit.bench.process import Worker
from edgekit.bench.stats import Sample
from edgekit.bench.variants import Variant, rotated, system, without_place
from edgekit.errors import BackendError

PAUSE = 0.05
"""Seconds before a read where there are several variants: an engine's threads may spin on for a while after a run."""
Step = Callable[[float], None]
"""Called after each read with the share, 0..1, of all reading that is done."""


@dataclass(frozen=True, slots=True)
class Rules:
    """How much is read; see the schema's ``rules``."""

    warm_up: int
    enough_reads: int
    enough_s: float
    passes: int
    pause_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Setting:
    """What all variants have in common. pictures: paths. python: see ``variants.system``."""

    pictures: Sequence[str]
    rules: Rules
    meter: Meter
    python: Sequence[str] = ()


@dataclass(slots=True)
class Start:
    """Seconds per fresh process; see the schema's ``start``."""

    cold: list[float] = field(default_factory=list)
    imports: list[float] = field(default_factory=list)
    load: list[float] = field(default_factory=list)
    first_read: list[float] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """What was measured of one variant so far. joules: of its reads; None where no sensor can tell one read."""

    variant: Variant
    extractor: str | None = None
    affinity: list[int] | None = None
    start: Start = field(default_factory=Start)
    samples: list[Sample] = field(default_factory=list)
    failures: dict[int, str] = field(default_factory=dict)
    runs: dict[tuple[str, tuple[tuple[int, ...], ...]], list[float]] = field(default_factory=dict)
    steady: list[int] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)
    os_threads: int | None = None
    joules: float | None = None
    failed: str | None = None


def measure(runs: Sequence[Run], setting: Setting, step: Step) -> None:
    """Fills ``runs`` pass by pass; whoever interrupts it finds in them what there was.

    A variant that cannot be opened gets ``failed`` and is left alone. Raises BackendError where a process dies.
    """
    counts: dict[str, int] = {}
    for number in range(setting.rules.passes):
        with ExitStack() as stack:
            started = []
            for run in rotated([run for run in runs if run.failed is None], number):
                worker = _start(run, setting, stack)
                if worker is not None:
                    started.append((run, worker))
            _warm_up(started, setting)
            _read_in_turn(started, setting, number, counts, step)


def _start(run: Run, setting: Setting, stack: ExitStack) -> Worker | None:
    """A fresh process, timed until its first picture is read."""
    began = time.perf_counter()
    try:
        worker = stack.enter_context(Worker(system(run.variant, setting.python)))
    except BackendError as error:
        if run.samples:
            raise
        run.failed = without_place(str(error), run.variant.bundle)
        return None
    answer = worker.ask({"read": setting.pictures[0]})
    cold = time.perf_counter() - began
    run.extractor, run.affinity = worker.opened["extractor"], worker.opened["affinity"]
    run.start.imports.append(worker.opened["import_s"])
    run.start.load.append(worker.opened["load_s"])
    if "failed" not in answer:
        run.start.cold.append(cold)
        run.start.first_read.append(answer["seconds"])
    return worker


def _warm_up(started: Sequence[tuple[Run, Worker]], setting: Setting) -> None:
    for i in range(setting.rules.warm_up):
        for _, worker in rotated(started, i):
            worker.ask({"read": setting.pictures[i % len(setting.pictures)]})


@dataclass(slots=True)
class _Quota:
    """When a variant has enough of a pass. least: reads of the first, which later ones repeat; None in the first."""

    rules: Rules
    least: int | None
    reads: int = 0
    seconds: float = 0.0

    @property
    def share(self) -> float:
        """0..1; 1: enough."""
        if self.least is not None:
            return min(self.reads / self.least, 1.0)
        by_reads = self.reads * self.rules.passes / self.rules.enough_reads
        return min(max(by_reads, self.seconds * self.rules.passes / self.rules.enough_s), 1.0)


def _read_in_turn(
    started: Sequence[tuple[Run, Worker]], setting: Setting, number: int, counts: dict[str, int], step: Step
) -> None:
    """Picture by picture, until every variant has enough. A later pass reads as often as the first, and so the same.

    counts: reads of the first pass by variant; filled by it.
    """
    quotas = {run.variant.id: _Quota(setting.rules, counts.get(run.variant.id)) for run, _ in started}
    waiting, turn = list(started), 0
    while waiting:
        for run, worker in rotated(waiting, turn):
            time.sleep(setting.rules.pause_s)
            began = time.perf_counter()
            _read(run, worker, setting, number, turn % len(setting.pictures))
            quota = quotas[run.variant.id]
            quota.seconds += time.perf_counter() - began
            quota.reads += 1
            here = sum(one.share for one in quotas.values()) / len(quotas)
            step((number + here) / setting.rules.passes)
        turn += 1
        waiting = [(run, worker) for run, worker in waiting if quotas[run.variant.id].share < 1]
    counts.update({name: quota.reads for name, quota in quotas.items()})


def _read(run: Run, worker: Worker, setting: Setting, number: int, place: int) -> None:
    before = setting.meter.joules() if setting.meter.fine else None
    answer = worker.ask({"read": setting.pictures[place]})
    after = setting.meter.joules() if setting.meter.fine else None
    if "failed" in answer:
        path = setting.pictures[place]
        run.failures[place] = answer["failed"].replace(path, Path(path).name)  # results travel, paths stay at home
        return
    stages = {"all": answer["seconds"], **answer["stages"]}
    milliseconds = {stage: round(seconds * 1000, 3) for stage, seconds in stages.items()}
    run.samples.append(Sample(number, place, milliseconds, round(answer["cpu_seconds"] * 1000, 3)))
    for stage, shapes, seconds in answer["runs"]:
        row = run.runs.setdefault((stage, tuple(tuple(shape) for shape in shapes)), [0, 0.0])
        row[0] += 1
        row[1] += seconds
    _note_memory(run, answer["memory"], number)
    if before is not None and after is not None:
        run.joules = (run.joules or 0.0) + after - before


def _note_memory(run: Run, memory: dict[str, Any], number: int) -> None:
    """Of the latest read in each pass."""
    run.os_threads = memory["threads"]
    for values, value in ((run.steady, memory["rss"]), (run.peaks, memory["peak"])):
        if value is not None:
            values[number:] = [value]
