"""From what a rung says of its answer to how often such answers are right: data in, two lookups out.

The data come from labelled receipts (``models.calibration``) and live in the ``extract`` stage's constants, per rung
and field. A map is piecewise linear and never falls, so it changes how sure an answer is, and so whether
it is given, never which answer it is.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgekit.strict import Node

REVIEW_ERROR = 0.02
"""Share of the accepted answers that may be wrong, unless another is asked for."""
LIKELIEST_ERROR = 5.0
"""An accepted answer may itself be wrong with this many times the error target, no more: on receipts of another kind
than those that were counted, the doubtful answers go wrong first."""


@dataclass(frozen=True, slots=True)
class FieldCalibration:
    """Of one field.

    knots: (raw, probability), raw strictly rising, probability never falling; beyond the ends the end's probability.
    risks: (threshold, error), thresholds rising, errors falling: how many of the answers whose probability is at least
    the threshold are wrong, at most as far as the counted answers can tell. answers: counted for both.
    """

    knots: tuple[tuple[float, float], ...]
    risks: tuple[tuple[float, float], ...]
    answers: int

    def probability(self, raw: float) -> float:
        """0..1, strictly between them."""
        right = bisect_right(self.knots, raw, key=lambda knot: knot[0])
        if right in (0, len(self.knots)):
            return self.knots[max(right - 1, 0)][1]
        (x0, y0), (x1, y1) = self.knots[right - 1], self.knots[right]
        return y0 + (y1 - y0) * (raw - x0) / (x1 - x0)

    def review_threshold(self, error_target: float) -> float:
        """The least threshold that keeps the target; infinite where none does: then every answer needs review."""
        least = next((threshold for threshold, error in self.risks if error <= error_target), math.inf)
        return max(least, 1 - LIKELIEST_ERROR * error_target)


class Calibration:
    """The maps of one rung, by field. Without any it leaves every confidence as it is."""

    def __init__(self, fields: Mapping[str, FieldCalibration] | None = None) -> None:
        self._fields = dict(fields or {})

    @property
    def fields(self) -> Mapping[str, FieldCalibration]:
        """The map of each field that has one."""
        return self._fields

    @classmethod
    def parse(cls, value: Any, where: str) -> Calibration:
        """From ``{field: {"knots": [[raw, probability], ...], "risks": [[threshold, error], ...], "answers": n}}``.

        where: names the document in errors. Raises ManifestError where a map falls, or a number is out of its range.
        """
        return cls({name: _field(node) for name, node in Node(value, "", where).mapping().items()})

    def probability(self, field: str, raw: float) -> float:
        """How likely an answer is right, given the rung's own confidence, 0..1; unchanged for a field without a map."""
        found = self._fields.get(field)
        return found.probability(raw) if found else raw

    def review_threshold(self, field: str, error_target: float) -> float | None:
        """The probability from which answers err at most at ``error_target``; None for a field that was not measured.

        Infinite where no probability is high enough.
        """
        found = self._fields.get(field)
        return found.review_threshold(error_target) if found else None


def _field(node: Node) -> FieldCalibration:
    members = node.members(("knots", "risks", "answers"))
    knots, risks = _pairs(members["knots"]), _pairs(members["risks"])
    if not knots:
        raise members["knots"].error("no knot", "write one pair at least")
    for (x0, y0), (x1, y1), item in zip(knots, knots[1:], members["knots"].items()[1:], strict=False):
        if x1 <= x0 or y1 < y0:
            raise item.error("the map falls", "let the first of each pair rise, and the second never fall")
    if not all(0 < probability < 1 for _, probability in knots):
        raise members["knots"].error("a probability that is certain", "write probabilities between 0 and 1")
    for (x0, y0), (x1, y1), item in zip(risks, risks[1:], members["risks"].items()[1:], strict=False):
        if x1 <= x0 or y1 >= y0:
            raise item.error("the risk does not fall", "let thresholds rise and errors fall")
    return FieldCalibration(knots, risks, members["answers"].integer(1))


def _pairs(node: Node) -> tuple[tuple[float, float], ...]:
    pairs = []
    for item in node.items():
        numbers = item.items()
        if len(numbers) != 2:
            raise item.error(f"has {len(numbers)} items", "write 2")
        for number in numbers:
            if number.number(0) > 1:
                raise number.error(f"{number.value} is too large", "write at most 1")
        pairs.append((numbers[0].number(), numbers[1].number()))
    return tuple(pairs)
