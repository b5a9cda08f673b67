"""How sure a ratio of two measurements is: the bootstrap.

Efron and Tibshirani, "An Introduction to the Bootstrap", Chapman and Hall 1993: two samples, each resampled by itself
(chapter 8), and the percentile interval (chapter 13). Strata are the pictures: these are the same in every run, and
what varies from run to run is how long one takes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

RESAMPLES = 1000
SEED = 20260101
LEVEL = 0.95
"""Of the interval."""
LEAST = 5
"""Reads of a picture, or of all where pictures differ, below which an interval would promise too much."""
TINY = 1e-3
"""Milliseconds: what times are rounded to; a stage that was left out took none."""

Numbers = npt.NDArray[np.float64]
ByPicture = Mapping[str, Numbers]
"""Times of the reads of each picture."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A ratio, after divided by before, and the interval it is in; low and high None: too few reads to tell."""

    ratio: float
    low: float | None
    high: float | None

    @property
    def differs(self) -> bool:
        """Whether the interval leaves out 1."""
        return self.low is not None and self.high is not None and not self.low <= 1 <= self.high


def typical(before: ByPicture, after: ByPicture) -> Estimate:
    """Paired: the median time of each picture, after by before, and the geometric mean of these ratios, so that a large
    picture weighs no more than a small one. Only pictures that both have count; at least one.
    """
    common = [picture for picture in before if picture in after]
    return _estimate(before, after, common, lambda one, other: np.exp(_mean_log(other) - _mean_log(one)))


def slowest(before: ByPicture, after: ByPicture) -> Estimate:
    """The 95th percentiles of all reads of the pictures that both have, after by before."""
    common = [picture for picture in before if picture in after]
    return _estimate(before, after, common, lambda one, other: _p95(other) / _p95(one))


def together(times: ByPicture) -> ByPicture:
    """All reads as if they were of one picture: for runs that read different ones."""
    return {"": np.concatenate(list(times.values()))}


def _estimate(
    before: ByPicture, after: ByPicture, common: list[str], ratio: Callable[[dict[str, Any], dict[str, Any]], Numbers]
) -> Estimate:
    found = float(ratio(*({p: times[p][None] for p in common} for times in (before, after)))[0])
    if min(len(times[p]) for times in (before, after) for p in common) < LEAST:
        return Estimate(found, None, None)
    random = np.random.default_rng(SEED)
    drawn = ({p: _drawn(times[p], random) for p in common} for times in (before, after))
    low, high = np.quantile(ratio(*drawn), [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(found, float(low), float(high))


def _drawn(times: Numbers, random: np.random.Generator) -> Numbers:
    """RESAMPLES rows of as many reads, drawn with replacement."""
    return times[random.integers(len(times), size=(RESAMPLES, len(times)))]


def _mean_log(times: Mapping[str, Numbers]) -> Numbers:
    logs = [np.log(np.maximum(np.median(drawn, axis=1), TINY)) for drawn in times.values()]
    return np.asarray(np.mean(logs, axis=0))


def _p95(times: Mapping[str, Numbers]) -> Numbers:
    return np.asarray(np.maximum(np.quantile(np.concatenate(list(times.values()), axis=1), 0.95, axis=1), TINY))
