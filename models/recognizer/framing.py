"""Which annotated lines a found quad shows: the product crops what its own detector finds, so that is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from edgekit.types import Quad

_ALONG = 0.88
"""Least overlap along the line, as a share of both lengths together: no character is cut off or added."""
_ACROSS = 0.5
"""Least overlap across it, as a share of the thinner one."""

Box = tuple[float, float, float, float]


def shown(found: Quad, annotated: Sequence[Quad]) -> list[int]:
    """Indices of the annotated lines that a found quad frames exactly, left to right; none where it cuts or adds.

    Quads are compared by the upright rectangles around them, so pages have to be nearly level.
    """
    left, top, right, bottom = box(found)
    inside = []
    for i, quad in enumerate(annotated):
        x0, y0, x1, y1 = box(quad)
        across = min(bottom, y1) - max(top, y0)
        along = min(right, x1) - max(left, x0)
        if across >= _ACROSS * min(bottom - top, y1 - y0) and along >= 0.5 * (x1 - x0):
            inside.append((x0, x1, i))
    inside.sort()
    if not inside or any(after[0] < before[1] - 0.3 * (bottom - top) for before, after in pairwise(inside)):
        return []  # lines above one another, both touched
    start, end = inside[0][0], max(x1 for _, x1, _ in inside)
    overlap = min(right, end) - max(left, start)
    together = max(right, end) - min(left, start)
    return [i for _, _, i in inside] if overlap >= _ALONG * together else []


def box(quad: Quad) -> Box:
    """The upright rectangle around a quad: left, top, right, bottom."""
    xs, ys = [x for x, _ in quad.points], [y for _, y in quad.points]
    return min(xs), min(ys), max(xs), max(ys)
