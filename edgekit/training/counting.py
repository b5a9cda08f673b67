"""Answers of labelled receipts, what each counts, and how wrong they are at most from a confidence on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

Knots = tuple[tuple[float, float], ...]

FEW = 30.0
"""Shops with which a set counts half as much as it could."""
CERTAINTY = 0.8416
"""Standard deviations of the bound on a risk: four times in five the risk is not above it."""

_FINER = 0.95  # a threshold is kept where it bounds this much less than the one before


@dataclass(frozen=True, slots=True)
class Counted:
    """An answer whose label is known.

    raw: the confidence as the rung said it, 0..1. weight: how much it counts. receipt: which may have several readings.
    shop: is held back as a whole, and is little more evidence than one receipt. source: the set it comes from.
    """

    raw: float
    right: bool
    weight: float
    receipt: str
    shop: str
    source: str


def balanced_sets(answers: Sequence[Counted]) -> list[Counted]:
    """The same answers, weighted so that sets, and shops of a set, count alike as far as they can.

    Receipts of one shop are printed alike and go wrong together: n of them count n / (1 + (n - 1) / 2) (Kish, "Survey
    Sampling", 1965, with a correlation of one half). So do the receipts of one set: n count n / (n + FEW), after
    DerSimonian and Laird, "Meta-Analysis in Clinical Trials", 1986.
    """
    shops: dict[tuple[str, str], float] = {}
    for answer in answers:
        shop = (answer.source, answer.shop)
        shops[shop] = shops.get(shop, 0.0) + answer.weight
    answers = [replace(a, weight=a.weight / max((1 + shops[a.source, a.shop]) / 2, 1)) for a in answers]
    sets: dict[str, float] = {}
    for answer in answers:
        sets[answer.source] = sets.get(answer.source, 0.0) + answer.weight
    factor = sum(sets.values()) / sum(size / (size + FEW) for size in sets.values())
    shares = {source: factor / (size + FEW) for source, size in sets.items()}
    return [replace(answer, weight=answer.weight * shares[answer.source]) for answer in answers]


def risks(answers: Sequence[Counted]) -> Knots:
    """(threshold, bound on the share that is wrong from there on) for each threshold that bounds less than all below.

    raw: calibrated probabilities that were not fitted on their own shops.
    """
    tally, bounds = _Tally(), []
    places = sorted(answers, key=lambda answer: (-answer.raw, answer.receipt, answer.right))
    for threshold, group in groupby(places, lambda answer: math.floor(answer.raw * 1000) / 1000):
        for answer in group:
            tally.add(answer)
        bounds.append((threshold, min(math.ceil(tally.upper_bound() * 10_000) / 10_000, 1.0)))
    found: list[tuple[float, float]] = []
    for threshold, bound in reversed(bounds):
        if not found or bound < found[-1][1] * _FINER:
            found.append((threshold, bound))
    return tuple(found)


def upper_bound(answers: Sequence[Counted]) -> float:
    """Wilson's upper bound ("Probable Inference", 1927) on the share of wrong answers.

    Of weighted answers only as many count as shops that count alike would have to be (Kish, "Survey Sampling", 1965).
    """
    tally = _Tally()
    for answer in answers:
        tally.add(answer)
    return tally.upper_bound()


@dataclass(slots=True)
class _Tally:
    """Weights of answers, of the wrong ones, and of each shop with the sum of their squares."""

    total: float = 0.0
    wrong: float = 0.0
    squares: float = 0.0
    shops: dict[str, float] = field(default_factory=dict)

    def add(self, answer: Counted) -> None:
        before = self.shops.get(answer.shop, 0.0)
        self.shops[answer.shop] = before + answer.weight
        self.squares += (before + answer.weight) ** 2 - before**2
        self.total += answer.weight
        self.wrong += 0.0 if answer.right else answer.weight

    def upper_bound(self) -> float:
        n, share, z = self.total**2 / self.squares, self.wrong / self.total, CERTAINTY
        centre = share + z * z / (2 * n)
        reach = z * math.sqrt(max(share * (1 - share), 0.0) / n + z * z / (4 * n * n))
        return (centre + reach) / (1 + z * z / n)
