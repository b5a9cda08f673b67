"""From what was measured of a variant to its entry in the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from edgekit.bench.passes import Run
from edgekit.bench.stats import Sample, median, noise, summary

NOISE_LIMIT = 0.05
"""Two runs in a row on a quiet machine are within this share of each other at the 95th percentile."""


def variant_row(run: Run, installed: int) -> dict[str, Any]:
    """An entry of the schema's ``variants``. installed: bytes of the packages it needs."""
    variant, samples = run.variant, run.samples
    return {
        "id": variant.id,
        "bundle": {
            "name": variant.bundle.name,
            "version": variant.bundle.manifest.version,
            "digest": variant.bundle.digest,
            "bytes": variant.bundle.size,
        },
        "backend": variant.backend,
        "precision": variant.precision,
        "threads": variant.threads,
        "extractor": run.extractor,
        "reads": len(samples),
        "failures": [{"picture": place, "error": error} for place, error in sorted(run.failures.items())],
        "start": {
            "cold_s": _rounded(run.start.cold),
            "import_s": _rounded(run.start.imports),
            "load_s": _rounded(run.start.load),
            "first_read_s": _rounded(run.start.first_read),
        },
        "latency_ms": {stage: summary(values) for stage, values in by_stage(samples).items()},
        "cpu_ms": summary([sample.cpu for sample in samples]) if samples else None,
        "memory": {
            "peak_bytes": max(run.peaks, default=None),
            "steady_bytes": round(median(run.steady)) if run.steady else None,
        },
        "disk": {"bundle_bytes": variant.bundle.size, "installed_bytes": installed},
        "os_threads": run.os_threads,
        "affinity": run.affinity,
        "noise": noise(samples, NOISE_LIMIT),
        "joules_per_read": None if run.joules is None else round(run.joules / len(samples), 4),
        "runs": _runs(run),
        "samples": {
            "pass": [sample.part for sample in samples],
            "picture": [sample.picture for sample in samples],
            "ms": by_stage(samples),
            "cpu_ms": [sample.cpu for sample in samples] if samples else None,
        },
    }


def by_stage(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """Milliseconds of every read, stage by stage; a stage that a read went without took it none."""
    stages = dict.fromkeys(stage for sample in samples for stage in sample.milliseconds)
    return {stage: [sample.milliseconds.get(stage, 0.0) for sample in samples] for stage in stages}


def _runs(run: Run) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage,
            "shapes": [list(shape) for shape in shapes],
            "count": int(count),
            "seconds": round(seconds, 6),
        }
        for (stage, shapes), (count, seconds) in sorted(run.runs.items())
    ]


def _rounded(values: Sequence[float]) -> list[float]:
    return [round(value, 4) for value in values]
