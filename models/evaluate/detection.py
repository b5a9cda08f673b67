"""How well lines were found: against annotated quads one by one, and by the characters that found quads cover.

One by one is the protocol of ICDAR 2015 for incidental scene text (Karatzas et al., "ICDAR 2015 Competition on Robust
Reading", 2015): a found quad is right where its intersection over union with an annotated one is over 0.5, each counts
once, and one that lies mostly in what is not to be read counts neither way. A line that is annotated in two parts and
found in one is wrong there, though nothing is lost by it. So there is a second measure that only asks what is covered:

- recall: the share of annotated characters whose centre lies in a found quad. Centres stand evenly along the middle of
  a quad, as in CLEval (Baek et al., "CLEval: Character-Level Evaluation for Text Detection and Recognition Tasks",
  2020), whose penalty for parted and joined lines is left out.
- precision: the share of found quads of whose area at least 0.4 is annotated, each weighing its length by its
  thickness. 0.4 is the least area precision of TedEval (Lee et al., "TedEval: A Fair Evaluation Metric for Scene Text
  Detectors", 2019). Quads below it cover nothing either, so a quad as large as the page gains nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.geometry import quad_size
from edgekit.types import Point, Quad
from models.evaluate.polygons import area, contains, shared
from models.evaluate.truth import Page

OVERLAP = 0.5
"""Least intersection over union of a right quad; and the share in what is not to be read that takes a quad out."""
PRECISE = 0.4
"""Least annotated share of a quad that covers characters."""


@dataclass(frozen=True, slots=True)
class Found:
    """Of one page. hit, covered: per annotated line, whether it was found, and how many of its characters are covered.

    count: of found quads. weight: the sum of their lengths by thickness; precise: of those of them that are precise.
    """

    hit: tuple[bool, ...]
    covered: tuple[int, ...]
    count: int
    weight: float
    precise: float


def judge(found: Sequence[Quad], page: Page) -> Found:
    """``found``: in pixels of the page."""
    quads = wanted(found, page.ignored)
    weights = [_characters(quad) for quad in quads]
    precise = [_is_precise(quad, page.quads) for quad in quads]
    exact = [quad for quad, is_precise in zip(quads, precise, strict=True) if is_precise]
    return Found(
        hits(quads, page.quads),
        tuple(_covered(quad, text, exact) for quad, text in zip(page.quads, page.texts, strict=True)),
        len(quads),
        sum(weights),
        sum(weight for weight, is_precise in zip(weights, precise, strict=True) if is_precise),
    )


def wanted(found: Sequence[Quad], ignored: Sequence[Quad]) -> list[Quad]:
    """Those that do not lie mostly in what is not to be read."""
    return [quad for quad in found if not is_ignored(quad, ignored)]


def is_ignored(quad: Quad, ignored: Sequence[Quad]) -> bool:
    return sum(shared(quad, other) for other in ignored) > OVERLAP * area(quad.points)


def hits(found: Sequence[Quad], annotated: Sequence[Quad]) -> tuple[bool, ...]:
    """Per annotated quad, whether a found one is its own: the pairs that overlap most go first, each quad once."""
    pairs = [(overlap(a, b), i, j) for i, a in enumerate(annotated) for j, b in enumerate(found)]
    mine: dict[int, int] = {}
    taken: set[int] = set()
    for share, i, j in sorted(pairs, reverse=True):
        if share > OVERLAP and i not in mine and j not in taken:
            mine[i] = j
            taken.add(j)
    return tuple(i in mine for i in range(len(annotated)))


def overlap(a: Quad, b: Quad) -> float:
    """Intersection over union."""
    both = shared(a, b)
    return both / (area(a.points) + area(b.points) - both) if both else 0.0


def centres(quad: Quad, count: int) -> list[Point]:
    """Where ``count`` characters of equal width have their middles."""
    a, b, c, d = quad.points
    left, right = ((a[0] + d[0]) / 2, (a[1] + d[1]) / 2), ((b[0] + c[0]) / 2, (b[1] + c[1]) / 2)
    shares = [(2 * i + 1) / (2 * count) for i in range(count)]
    return [(left[0] + s * (right[0] - left[0]), left[1] + s * (right[1] - left[1])) for s in shares]


def _covered(quad: Quad, text: str, found: Sequence[Quad]) -> int:
    near = [other for other in found if shared(quad, other)]
    return sum(any(contains(other, point) for other in near) for point in centres(quad, len(text)))


def _is_precise(quad: Quad, annotated: Sequence[Quad]) -> bool:
    return sum(shared(quad, other) for other in annotated) >= PRECISE * area(quad.points)


def _characters(quad: Quad) -> float:
    """About how many characters fit in."""
    length, thickness = quad_size(quad)
    return max(length / max(thickness, 1e-6), 1.0)
