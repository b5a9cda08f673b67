"""How many receipts a second many readers get through together."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from edgekit.bench.passes import Setting
from edgekit.bench.process import Worker
from edgekit.bench.variants import Variant, system
from edgekit.errors import BackendError


def measure(variants: Sequence[Variant], workers: int, seconds: float, setting: Setting) -> list[dict[str, Any]]:
    """A row of the schema's ``throughput`` for each variant's bundle, engine and precision.

    Workers are processes of one thread each: so no lock of Python is shared, and nothing waits for another's threads.
    Raises BackendError where one dies.
    """
    kinds = {variant.kind: replace(variant, threads=1) for variant in reversed(variants)}
    return [_burst(variant, workers, seconds, setting) for variant in reversed(kinds.values())]


def _burst(variant: Variant, workers: int, seconds: float, setting: Setting) -> dict[str, Any]:
    request = {"burst": list(setting.pictures), "seconds": seconds}
    # the processes end before the pool waits for its threads: so an interruption does not wait for the burst
    with ThreadPoolExecutor(workers) as pool, ExitStack() as stack:
        made = pool.map(lambda _: Worker(system(variant, setting.python)), range(workers))
        started = [stack.enter_context(worker) for worker in made]
        list(pool.map(lambda worker: worker.ask({"read": setting.pictures[0]}), started))
        answers = list(pool.map(lambda worker: worker.ask(request), started))
    failed = next((answer["failed"] for answer in answers if "failed" in answer), None)
    if failed:
        raise BackendError(f"{failed}: leave it out of --images")
    return {
        "bundle": variant.bundle.digest,
        "backend": variant.backend,
        "precision": variant.precision,
        "workers": workers,
        "kind": "processes",
        "threads_each": 1,
        "seconds": round(sum(answer["seconds"] for answer in answers) / workers, 3),
        "reads": sum(answer["reads"] for answer in answers),
        "reads_per_s": round(sum(answer["reads"] / answer["seconds"] for answer in answers), 3),
    }
