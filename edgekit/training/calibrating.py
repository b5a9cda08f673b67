"""Fits a field's calibration: how often answers of a raw confidence are right, and what accepting them risks.

Four maps compete: the raw confidence as it is, a logistic of its log-odds (Platt, "Probabilistic Outputs for Support
Vector Machines", 1999), isotonic regression by pooling adjacent violators (Zadrozny and Elkan, "Transforming
Classifier Scores into Accurate Multiclass Probability Estimates", 2002), and the mean of these three (a logarithmic
opinion pool: Genest and Zidek, "Combining Probability Distributions", 1986), which errs less where they disagree.
The loss on shops, and on whole sets, that a map was not fitted on decides; a plainer map is kept where another gains
next to nothing. Nothing is random.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from edgekit.calibration import FieldCalibration
from edgekit.training.counting import Counted, Knots, balanced_sets, risks

Array = npt.NDArray[np.float64]

FOLDS = 5
PRIOR = 10.0
"""Answers that the prior of a logistic counts as: it holds that raw confidences are true."""
POOLED = 15.0
"""Least weight of a step of an isotonic map: a smaller one is averaged with its lighter neighbour."""
GAIN = 0.002
"""Log-loss that a map must gain over a plainer one, on many receipts."""
_GRID = 1 / (
    1 + np.exp(-np.array([-5, -4, -3, -2, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 6], dtype=np.float64))
)
_EDGE = 1e-3
_FLATTEST = 0.1  # least slope of a logistic: a map must rise
_NEWTON_STEPS = 50


@dataclass(frozen=True, slots=True)
class Fit:
    """A field's calibration and what speaks for it. losses: log-loss per kind of map, on what it was not fitted on."""

    calibration: FieldCalibration
    kind: str
    losses: dict[str, float]
    answers: int


def fit_field(answers: Sequence[Counted], gain: float = GAIN) -> Fit | None:
    """The calibration of one field; None without any answer. Sets and shops count alike as far as they can.

    gain: log-loss that a map must gain over a plainer one to be taken.
    """
    if not answers:
        return None
    answers = balanced_sets(answers)
    receipts = len({answer.receipt for answer in answers})
    losses = {kind: _held_back_loss(answers, make) for kind, make in _KINDS.items()}
    kind = "raw"
    for other in _KINDS:
        if losses[other] < losses[kind] - gain:
            kind = other
    knots = _sound(_KINDS[kind](answers), receipts)
    crossed = [
        replace(answer, raw=_apply(_sound(_KINDS[kind](rest), receipts), [answer.raw])[0])
        for held, rest in _shop_folds(answers)
        for answer in held
    ]
    return Fit(FieldCalibration(knots, risks(crossed), receipts), kind, losses, len(answers))


def composed(first: FieldCalibration | None, second: FieldCalibration) -> FieldCalibration:
    """One map for two, the second fitted on what the first says. Risks stay the first's, who has counted more."""
    if first is None:
        return second
    raws = sorted({*(raw for raw, _ in first.knots), *_GRID.tolist()})
    inner = _apply(first.knots, raws)
    knots = _rising(list(zip(raws, _apply(second.knots, inner).tolist(), strict=True)))
    return FieldCalibration(knots, first.risks, first.answers + second.answers)


def raw_map(answers: Sequence[Counted]) -> Knots:
    """The raw confidence as it is."""
    return ((0.0, 0.0), (1.0, 1.0))


def logistic_map(answers: Sequence[Counted]) -> Knots:
    """A rising logistic of the raw confidence's log-odds, at points of a grid."""
    raw, right, weight = _columns(answers)
    columns = np.stack([_log_odds(raw), np.ones_like(raw)], axis=1)
    prior = np.array([1.0, 0.0])
    slope = prior.copy()
    for _ in range(_NEWTON_STEPS):
        said = _logistic(columns @ slope)
        step = columns.T @ (weight * (said - right)) + PRIOR * (slope - prior)
        curve = (columns * (weight * said * (1 - said))[:, None]).T @ columns + PRIOR * np.eye(2)
        slope = slope - np.linalg.solve(curve, step)
    slope[0] = max(slope[0], _FLATTEST)
    grid = _logistic(_log_odds(_GRID) * slope[0] + slope[1])
    return tuple(zip(_GRID.tolist(), grid.tolist(), strict=True))


def isotonic_map(answers: Sequence[Counted]) -> Knots:
    """Steps by pooling adjacent violators, light ones averaged away; each is a knot at its means.

    Every step is pulled to one half by a right and a wrong half of an answer (Jeffreys), so that none is certain.
    """
    steps = pool(sorted((answer.raw, float(answer.right), answer.weight) for answer in answers))
    while len(steps) > 1 and min(weight for _, _, weight in steps) < POOLED:
        light = min(range(len(steps)), key=lambda i: steps[i][2])
        beside = [i for i in (light - 1, light + 1) if 0 <= i < len(steps)]
        first, second = sorted((light, min(beside, key=lambda i: steps[i][2])))
        steps[first : second + 1] = [_merged(steps[first], steps[second])]
    smooth = [(raw, (right * weight + 0.5) / (weight + 1)) for raw, right, weight in steps]
    return _rising(smooth)


def mean_map(answers: Sequence[Counted]) -> Knots:
    """The mean of the log-odds that the other maps give, at the points of a grid and the knots of the isotonic one."""
    maps = [make(answers) for make in (raw_map, logistic_map, isotonic_map)]
    places = sorted({*_GRID.tolist(), *(raw for raw, _ in maps[-1])})
    odds = [_log_odds(_apply(knots, places)) for knots in maps]
    return tuple(zip(places, _logistic(np.mean(odds, axis=0)).tolist(), strict=True))


def pool(items: Sequence[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Pool adjacent violators. items: (raw, value, weight), raw not falling; returned with values that strictly rise.

    Items of one raw value are one item.
    """
    steps: list[tuple[float, float, float]] = []
    for item in items:
        steps.append(item)
        while len(steps) > 1 and (steps[-2][1] >= steps[-1][1] or steps[-2][0] == steps[-1][0]):
            last = steps.pop()
            steps[-1] = _merged(steps[-1], last)
    return steps


_KINDS: dict[str, Callable[[Sequence[Counted]], Knots]] = {
    "raw": raw_map,
    "logistic": logistic_map,
    "mean": mean_map,
    "isotonic": isotonic_map,
}
"""From plain to free."""


def _held_back_loss(answers: Sequence[Counted], make: Callable[[Sequence[Counted]], Knots]) -> float:
    """Mean of two: shops held back, and, where there are several sets, whole sets held back."""
    splits = [list(_shop_folds(answers))]
    if len({answer.source for answer in answers}) > 1:
        splits.append(list(_by(answers, lambda answer: answer.source)))
    return float(np.mean([_loss(split, make) for split in splits]))


def _loss(split: Sequence[tuple[list[Counted], list[Counted]]], make: Callable[[Sequence[Counted]], Knots]) -> float:
    total = cost = 0.0
    for held, rest in split:
        raw, right, weight = _columns(held)
        said = np.clip(_apply(make(rest), raw), _EDGE, 1 - _EDGE)
        cost -= float(weight @ np.log(np.where(right > 0, said, 1 - said)))
        total += float(weight.sum())
    return cost / total


def _shop_folds(answers: Sequence[Counted]) -> Iterator[tuple[list[Counted], list[Counted]]]:
    return _by(answers, lambda answer: zlib.crc32(answer.shop.encode()) % FOLDS)


def _by(answers: Sequence[Counted], part: Callable[[Counted], object]) -> Iterator[tuple[list[Counted], list[Counted]]]:
    """(held back, the rest) for each part; where all are one part, that is both."""
    parts = sorted({part(answer) for answer in answers}, key=str)
    for one in parts:
        held = [answer for answer in answers if part(answer) == one]
        yield held, [answer for answer in answers if part(answer) != one] or held


def _sound(knots: Knots, receipts: int) -> Knots:
    """Rounded knots that promise no more than so many receipts can show: one more might have been wrong."""
    least = 1 / (receipts + 2)
    ends = [
        (x0 + (x1 - x0) * (end - y0) / (y1 - y0), end)
        for (x0, y0), (x1, y1) in pairwise(knots)
        for end in (least, 1 - least)
        if y0 < end < y1
    ]
    clipped = [(raw, min(max(said, least), 1 - least)) for raw, said in knots]
    return _rising(sorted([*clipped, *ends]))


def _rising(pairs: Sequence[tuple[float, float]]) -> Knots:
    """Rounded; of knots at one place the last, and none lower than one before."""
    found: dict[float, float] = {}
    highest = 0.0
    for raw, said in pairs:
        highest = max(highest, round(said, 4))
        found[round(raw, 5)] = highest
    return tuple(found.items())


def _apply(knots: Knots, raw: Sequence[float] | Array) -> Array:
    places, values = zip(*knots, strict=True)
    result: Array = np.interp(np.asarray(raw, dtype=np.float64), places, values)
    return result


def _columns(answers: Sequence[Counted]) -> tuple[Array, Array, Array]:
    rows = np.array([(answer.raw, answer.right, answer.weight) for answer in answers], dtype=np.float64)
    return rows[:, 0], rows[:, 1], rows[:, 2]


def _log_odds(raw: Array) -> Array:
    inside = np.clip(raw, _EDGE, 1 - _EDGE)
    odds: Array = np.log(inside / (1 - inside))
    return odds


def _logistic(odds: Array) -> Array:
    said: Array = 1 / (1 + np.exp(-odds))
    return said


def _merged(a: tuple[float, float, float], b: tuple[float, float, float]) -> tuple[float, float, float]:
    weight = a[2] + b[2]
    return (a[0] * a[2] + b[0] * b[2]) / weight, (a[1] * a[2] + b[1] * b[2]) / weight, weight
