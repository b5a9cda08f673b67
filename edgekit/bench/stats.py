"""Percentiles, and how far a run's figures can be trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

BLOCKS = 8
"""Parts that a run is cut into, in order of time."""
LEAST_IN_BLOCK = 4
"""Reads without which a block's median says too little."""
LEAST_IN_PASS = 20
"""Reads without which a pass's 95th percentile is just its slowest read."""


def percentile(values: Sequence[float], share: float) -> float:
    """Linear between the closest ranks (Hyndman and Fan's type 7, as in numpy). share: 0..1; values: at least one."""
    ranked = sorted(values)
    place = share * (len(ranked) - 1)
    low = int(place)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (place - low)


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def summary(values: Sequence[float]) -> dict[str, float]:
    """Mean, least, percentiles and largest, to a thousandth. values: at least one."""
    shares = {f"p{share}": percentile(values, share / 100) for share in (50, 90, 95, 99)}
    figures = {"mean": sum(values) / len(values), "min": min(values), **shares, "max": max(values)}
    return {name: round(value, 3) for name, value in figures.items()}


@dataclass(frozen=True, slots=True)
class Sample:
    """One read: in which pass, of which picture, and how long it took. milliseconds: by stage; "all": the whole."""

    part: int
    picture: int
    milliseconds: Mapping[str, float]
    cpu: float

    @property
    def whole(self) -> float:
        return self.milliseconds["all"]


def noise(samples: Sequence[Sample], limit: float) -> dict[str, Any]:
    """How unlike the passes, and the blocks of the run, are: the schema's ``noise``.

    samples: in order of time. limit: share from which a difference is noise. What too few reads cannot tell is None.
    """
    parts = sorted({sample.part for sample in samples})
    p95 = [percentile([s.whole for s in samples if s.part == part], 0.95) for part in parts]
    enough = bool(parts) and min(sum(s.part == part for s in samples) for part in parts) >= LEAST_IN_PASS
    difference = max(p95) / min(p95) - 1 if enough and len(p95) > 1 else None
    medians = _block_medians(samples)
    spread = max(medians) - min(medians) if medians else None
    told = [value for value in (difference, spread) if value is not None]
    return {
        "noisy": any(value > limit for value in told) if told else None,
        "pass_p95_ms": [round(value, 3) for value in p95],
        "p95_difference": _rounded(difference),
        "blocks": len(medians),
        "block_spread": _rounded(spread),
    }


def _block_medians(samples: Sequence[Sample]) -> list[float]:
    """Medians of the times as shares of their picture's own median, so that what was read when does not matter."""
    pictures = {sample.picture for sample in samples}
    usual = {p: median([s.whole for s in samples if s.picture == p]) for p in pictures}
    shares = [sample.whole / usual[sample.picture] for sample in samples]
    count = min(BLOCKS, len(shares) // LEAST_IN_BLOCK)
    if count < 2:
        return []
    ends = [i * len(shares) // count for i in range(count + 1)]
    return [median(shares[start:end]) for start, end in pairwise(ends)]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
