"""How far confidences can be believed: calibration error, and what accepting by confidence risks.

Sources: Guo, Pleiss, Sun and Weinberger, "On Calibration of Modern Neural Networks", 2017 (expected calibration error,
reliability diagram); Geifman and El-Yaniv, "Selective Classification for Deep Neural Networks", 2017 (risk against
coverage); Geifman, Uziel and El-Yaniv, "Bias-Reduced Uncertainty Estimation", 2019 (the area under that curve); Bröcker
and Smith, "Increasing the Reliability of Reliability Diagrams", 2007 (what chance makes of true confidences).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np

WIDTH_BINS = 10
"""Bins of equal width of the classic calibration error."""
MASS_BINS = 15
"""Bins of equal numbers of answers: they look closely where most answers are; few answers make them noisy."""

_DRAWS = 4000
_ROUNDING = 1e-9  # sums of the same confidences in another order may differ by it


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose label is known. confidence: 0..1. accepted: it was not marked for review."""

    confidence: float
    right: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: the means of what they promise and keep, and how many they are."""

    confidence: float
    right: float
    answers: int


@dataclass(frozen=True, slots=True)
class Risk:
    """What is accepted from a confidence on: how many answers, and the share of them that is wrong."""

    threshold: float
    answers: int
    error: float


def bins_of_width(answers: Sequence[Answer], count: int = WIDTH_BINS) -> tuple[Bin, ...]:
    """The bins [i, i + 1) / count that hold an answer; 1 belongs to the last."""

    return tuple(_bin(_pairs(group)) for group in _by_width(answers, count))


def bins_of_mass(answers: Sequence[Answer], count: int = MASS_BINS) -> tuple[Bin, ...]:
    """Bins of as many answers each, or one more; fewer bins where there are fewer answers.

    Answers of one confidence share their mean of right ones, so that their order does not matter.
    """
    pairs = [pair for group in _ties(answers) for pair in _levelled(group)]
    count = min(count, len(pairs))
    ends = [i * len(pairs) // count for i in range(count + 1)] if count else []
    return tuple(_bin(pairs[start:end]) for start, end in pairwise(ends))


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: what bins promise against what they keep, by their numbers of answers; 0 for none."""
    total = sum(one.answers for one in bins)
    return sum(abs(one.confidence - one.right) * one.answers for one in bins) / max(total, 1)


def chance_error(answers: Sequence[Answer], count: int = WIDTH_BINS) -> float:
    """The calibration error, in bins of equal width, that true confidences would show on as many answers by chance.

    Each bin's share of right ones is taken as normal about its mean confidence; few answers make it large.
    """
    spread = [sum(a.confidence * (1 - a.confidence) for a in group) for group in _by_width(answers, count)]
    return sum(math.sqrt(2 / math.pi * variance) for variance in spread) / max(len(answers), 1)


def consistency(answers: Sequence[Answer], count: int = WIDTH_BINS) -> float:
    """How often true confidences would show at least this calibration error, in bins of equal width, by chance; 0..1.

    Below 0.05, say, the confidences are not true; above it, so few answers cannot tell. Each answer is drawn right or
    wrong as often as its confidence says, 4,000 times over, the same every time. 1 without answers.
    """
    groups = [np.array([a.confidence for a in group]) for group in _by_width(answers, count)]
    shown = calibration_error(bins_of_width(answers, count)) * len(answers)
    dice, errors = np.random.default_rng(0), np.zeros(_DRAWS)
    for group in groups:
        right = (dice.random((_DRAWS, len(group))) < group).sum(1)
        errors += np.abs(right - group.sum())
    return float((errors >= shown - _ROUNDING).mean())


def risk_curve(answers: Sequence[Answer]) -> tuple[Risk, ...]:
    """Risks at every confidence there is, the surest first."""
    curve, taken, wrong = [], 0, 0
    for group in reversed(list(_ties(answers))):
        taken, wrong = taken + len(group), wrong + sum(not answer.right for answer in group)
        curve.append(Risk(group[0].confidence, taken, wrong / taken))
    return tuple(curve)


def area_under(curve: Sequence[Risk]) -> float:
    """AURC: the mean, over all answers, of the risk of accepting each and all that are as sure; 0 without answers."""
    before, area = 0, 0.0
    for risk in curve:
        area += risk.error * (risk.answers - before)
        before = risk.answers
    return area / max(before, 1)


def describe(answers: Sequence[Answer], known: int) -> dict[str, Any]:
    """All figures of one field, as JSON. known: how many labels there are, answered or not.

    accepted: share of the known fields that was answered and not marked for review. curve: [threshold, coverage,
    error], coverage being a share of the known fields, too. bins: [confidence, right, answers] of those of equal width.
    """
    accepted = [answer for answer in answers if answer.accepted]
    bins, curve = bins_of_width(answers), risk_curve(answers)
    return {
        "known": known,
        "answers": len(answers),
        "confidence": _mean([answer.confidence for answer in answers]),
        "right": _mean([answer.right for answer in answers]),
        "ece_width": round(calibration_error(bins), 4),
        "ece_chance": round(chance_error(answers), 4),
        "ece_p": round(consistency(answers), 3),
        "ece_mass": round(calibration_error(bins_of_mass(answers)), 4),
        "accepted": round(len(accepted) / max(known, 1), 4),
        "accepted_error": _mean([not answer.right for answer in accepted]),
        "aurc": round(area_under(curve), 4),
        "curve": [[round(r.threshold, 4), round(r.answers / max(known, 1), 4), round(r.error, 4)] for r in curve],
        "bins": [[round(one.confidence, 4), round(one.right, 4), one.answers] for one in bins],
    }


def _confidence(answer: Answer) -> float:
    return answer.confidence


def _by_width(answers: Sequence[Answer], count: int) -> Iterator[list[Answer]]:
    """The answers of each bin that has some, the least sure first."""

    def place(answer: Answer) -> int:
        return min(int(answer.confidence * count), count - 1)

    for _, group in groupby(sorted(answers, key=_confidence), place):
        yield list(group)


def _ties(answers: Sequence[Answer]) -> Iterator[list[Answer]]:
    """Answers of equal confidence together, the least sure first."""
    for _, group in groupby(sorted(answers, key=_confidence), _confidence):
        yield list(group)


def _pairs(group: Sequence[Answer]) -> list[tuple[float, float]]:
    return [(answer.confidence, float(answer.right)) for answer in group]


def _levelled(group: Sequence[Answer]) -> list[tuple[float, float]]:
    right = sum(answer.right for answer in group) / len(group)
    return [(answer.confidence, right) for answer in group]


def _bin(pairs: Sequence[tuple[float, float]]) -> Bin:
    size = len(pairs)
    return Bin(sum(said for said, _ in pairs) / size, sum(right for _, right in pairs) / size, size)


def _mean(values: Sequence[float]) -> float | None:
    """None where there is nothing to average: no figure is better than one that means nothing."""
    return round(sum(values) / len(values), 4) if values else None
