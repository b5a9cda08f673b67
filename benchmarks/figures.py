"""From runs to figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.measure import Run
from benchmarks.stats import paired_ratio, ratio
from edgekit.bench.stats import median, percentile

Figures = dict[str, Any]
COMPARED = ("median_s", "p95_s", "median_cpu_s", "peak_mb", "cold_start_s", "installed_mb")


def summary(run: Run) -> Figures:
    """Seconds of the reads that succeeded, MB (10^6 bytes), versions, and each picture's time; None: not known."""
    seconds = [read.seconds for read in run.reads if read.seconds is not None]
    cpu = [read.cpu_seconds for read in run.reads if read.cpu_seconds is not None]
    return {
        "system": run.system.key,
        "title": run.system.title,
        "versions": run.versions,
        "threads": run.system.opening.get("threads"),
        "reads": len(seconds),
        "failed": [read.failed for read in run.reads if read.failed],
        "median_s": median(seconds) if seconds else None,
        "p95_s": percentile(seconds, 0.95) if seconds else None,
        "median_cpu_s": median(cpu) if cpu else None,
        "peak_mb": run.peak_mb,
        "cold_start_s": median(run.cold) if run.cold else None,
        "installed_mb": run.installed_mb,
        "seconds": [read.seconds for read in run.reads],
        "cold_starts_s": run.cold,
    }


def compare(ours: Figures, theirs: Figures) -> Figures:
    """Our figures divided by a peer's: below 1 we are quicker or smaller. paired: median over pictures of the ratio."""
    paired = {"paired": paired_ratio(ours["seconds"], theirs["seconds"])}
    return {"peer": theirs["system"]} | paired | {name: ratio(ours[name], theirs[name]) for name in COMPARED}


def engine_warning(runs: Sequence[Figures]) -> str | None:
    """What to say where systems on onnxruntime did not run on the same one: then more than the systems is compared."""
    found = {run["title"]: run["versions"]["onnxruntime"] for run in runs if "onnxruntime" in run["versions"]}
    if len(set(found.values())) <= 1:
        return None
    return f"NOT THE SAME onnxruntime: {', '.join(f'{title} {version}' for title, version in found.items())}"
