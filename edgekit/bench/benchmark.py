"""One whole run: the machine, the pictures, every variant, and what is written of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from edgekit.bench import device, passes, probe, receipts, software, state, throughput
from edgekit.bench.disk import installed_bytes
from edgekit.bench.energy import Meter, open_meter
from edgekit.bench.files import Host
from edgekit.bench.passes import Rules, Run, Setting
from edgekit.bench.rows import NOISE_LIMIT, variant_row
from edgekit.bench.variants import Variant
from edgekit.errors import BackendError

SCHEMA = "edgekit.bench/1"
SCENARIO = "single stream"
RUNTIME = ("edgekit", "onnxruntime", "numpy", "pillow")
ENGINES = {"onnxruntime": "onnxruntime", "executorch": "executorch", "coreml": "coremltools"}
"""The package of each backend."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked for. pictures: paths; synthetic: they were drawn here. workers: of the throughput, 0 for none.

    burst_s: seconds of it. label: what the user says of the device. python: see ``variants.system``.
    """

    variants: Sequence[Variant]
    left_out: Sequence[tuple[str, str]]
    pictures: Sequence[Path]
    synthetic: bool
    rules: Rules
    quick: bool
    probe: bool
    workers: int
    burst_s: float
    label: str | None
    python: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Watcher:
    """What a person sees meanwhile. say: the name of what begins. reach: the share of the reading that is done."""

    say: Callable[[str], None]
    reach: passes.Step


@dataclass(slots=True)
class Outcome:
    """result: as the schema has it. stopped: what ended the run early, None where nothing did."""

    result: dict[str, Any]
    stopped: BaseException | None


@dataclass(slots=True)
class _Found:
    """What there is so far."""

    runs: list[Run]
    throughput: list[dict[str, Any]] = field(default_factory=list)
    probe: dict[str, Any] | None = None
    reading_s: float = 0.0
    joules: float | None = None


def run(plan: Plan, host: Host, watcher: Watcher) -> Outcome:
    """Measures. Ctrl-C, or a process that dies, ends it early: what was measured until then is in the outcome."""
    began, started = time.perf_counter(), datetime.now(timezone.utc)
    found = _Found([Run(variant) for variant in plan.variants])
    items = [receipts.describe(path) for path in plan.pictures]
    before, stopped = state.describe(host), None
    with closing(open_meter(host)) as meter:
        try:
            _measure(plan, meter, watcher, found)
        except (KeyboardInterrupt, BackendError) as reason:
            stopped = reason
    result = {
        "schema": SCHEMA,
        "started": started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "seconds": round(time.perf_counter() - began, 1),
        "complete": stopped is None,
        "quick": plan.quick,
        "label": plan.label,
        "software": software.describe(host.run),
        "device": device.describe(host),
        "before": before,
        "after": state.describe(host),
        "rules": _rules(plan.rules),
        "pictures": _pictures(plan, items),
        **_measured(plan, found),
        "energy": _energy(meter, found),
    }
    return Outcome(result, stopped)


def _measure(plan: Plan, meter: Meter, watcher: Watcher, found: _Found) -> None:
    """In the order of importance: what an interruption leaves out is the least."""
    setting = Setting([str(path) for path in plan.pictures], plan.rules, meter, plan.python)
    before, began = meter.joules(), time.perf_counter()
    try:
        passes.measure(found.runs, setting, watcher.reach)
    finally:
        found.reading_s = time.perf_counter() - began
        after = meter.joules()
        found.joules = None if before is None or after is None else after - before
    able = [one.variant for one in found.runs if one.failed is None]
    if not able:
        raise BackendError(str(found.runs[0].failed))
    if plan.workers:
        watcher.say(f"reads a second with {plan.workers} processes")
        found.throughput = throughput.measure(able, plan.workers, plan.burst_s, setting)
    if plan.probe:
        watcher.say("what the machine can do at most")
        counts = sorted({1, *(variant.threads for variant in able)})
        found.probe = probe.probe(counts, plan.python)


def _measured(plan: Plan, found: _Found) -> dict[str, Any]:
    """The part of the result that is about variants."""
    able = [one for one in found.runs if one.failed is None]
    failed = [(one.variant.id, str(one.failed)) for one in found.runs if one.failed is not None]
    installed = {one.backend: installed_bytes((*RUNTIME, ENGINES[one.backend])) for one in plan.variants}
    return {
        "variants": [variant_row(one, installed[one.variant.backend]) for one in able],
        "left_out": [{"id": name, "reason": reason} for name, reason in (*plan.left_out, *failed)],
        "throughput": found.throughput,
        "probe": found.probe,
    }


def _rules(rules: Rules) -> dict[str, Any]:
    return {
        "scenario": SCENARIO,
        "warm_up": rules.warm_up,
        "enough_reads": rules.enough_reads,
        "enough_s": rules.enough_s,
        "passes": rules.passes,
        "pause_s": rules.pause_s,
        "noise_limit": NOISE_LIMIT,
    }


def _pictures(plan: Plan, items: list[dict[str, Any]]) -> dict[str, Any]:
    note = receipts.NOTE if plan.synthetic else "the user's own"
    return {"source": "synthetic" if plan.synthetic else "folder", "note": note, "items": items}


def _energy(meter: Meter, found: _Found) -> dict[str, Any] | None:
    if meter.sensor is None:
        return None
    return {
        "sensor": meter.sensor,
        "covers": meter.covers,
        "joules": None if found.joules is None else round(found.joules, 3),
        "seconds": round(found.reading_s, 3),
        "reads": sum(len(one.samples) for one in found.runs),
    }
