"""Results of ``edgekit bench`` as a test wants them, made from the example of the format."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from edgekit.bench.stats import summary

EXAMPLE = json.loads((Path(__file__).parent / "bench_example.json").read_text(encoding="utf-8"))
READS = 40
"""Of each picture."""


def result(factor: float = 1.0, spread: float = 0.01, seed: int = 0, variants: int = 1) -> dict[str, Any]:
    """A finished, quiet run. factor: of all times but decoding's. spread: standard deviation of a read's logarithm."""
    made: dict[str, Any] = copy.deepcopy(EXAMPLE)
    made["quick"] = False
    made["variants"] = made["variants"][:variants]
    pictures = len(made["pictures"]["items"])
    for i, variant in enumerate(made["variants"]):
        random = np.random.default_rng([seed, i])
        samples = _samples(random, pictures, factor, spread)
        variant["reads"], variant["samples"] = READS * pictures, samples
        variant["latency_ms"] = {stage: summary(times) for stage, times in samples["ms"].items()}
        variant["cpu_ms"] = summary(samples["cpu_ms"])
        noise = {"noisy": False, "pass_p95_ms": [1.0, 1.0], "p95_difference": 0.01, "blocks": 4, "block_spread": 0.01}
        variant["noise"] = noise
    return made


def write(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def _samples(random: np.random.Generator, pictures: int, factor: float, spread: float) -> dict[str, Any]:
    order = [i % pictures for i in range(READS * pictures)]

    def drawn(milliseconds: float) -> list[float]:
        return [float(milliseconds * (1 + place) * np.exp(spread * random.standard_normal())) for place in order]

    stages = {"decode": drawn(10.0), "detect": drawn(100.0 * factor), "recognize": drawn(80.0 * factor)}
    whole: Sequence[float] = np.sum(list(stages.values()), axis=0).tolist()
    passes = [2 * i // len(order) for i in range(len(order))]
    return {"pass": passes, "picture": order, "ms": {"all": whole, **stages}, "cpu_ms": list(whole)}
