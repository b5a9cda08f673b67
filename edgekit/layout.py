"""Layout: which lines stand in one printed row, and in which order rows are read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.geometry import skew
from edgekit.types import Point, Quad, TextLine

Rows = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class LayoutParams:
    """Constants of layout.

    reach: share of the smaller line height within which the middles of two lines must lie, measured across the text,
    to stand in one row. overlap: share of the shorter line that may overlap along the text with a line of the same
    row. probe_lines: by how many lines at most it is told whether the page stands on its head, probe_length: how many
    heights these should be long. upright_confidence: mean confidence of theirs from which the page is taken to be
    upright. upright_margin: by how much one way up must be surer than the other for fewer lines to do.
    """

    reach: float
    overlap: float
    probe_lines: int
    probe_length: float
    upright_confidence: float
    upright_margin: float


@dataclass(frozen=True, slots=True)
class _Place:
    """A line in the page's own axes: along the text and across it. slope is the line's own tilt against the page."""

    index: int
    left: float
    right: float
    middle: float
    height: float
    slope: float

    def middle_at(self, along: float) -> float:
        """Where this line's axis passes at another place along the text."""
        return self.middle + self.slope * (along - (self.left + self.right) / 2)


def rows(lines: Sequence[TextLine], params: LayoutParams) -> Rows:
    """Indices of lines by printed row, top to bottom, left to right within each; lines may lie at any angle."""
    page = math.radians(skew([line.quad for line in lines]))
    places = [_place(i, line.quad, page) for i, line in enumerate(lines)]
    found: list[list[_Place]] = []
    for place in sorted(places, key=lambda p: (p.left, p.middle, p.index)):
        best = min(found, key=lambda row: _distance(row[-1], place), default=None)
        if best is not None and _joins(best[-1], place, params):
            best.append(place)
        else:
            found.append([place])
    found.sort(key=lambda row: sum(p.middle for p in row) / len(row))
    return tuple(tuple(p.index for p in row) for row in found)


def _joins(last: _Place, place: _Place, params: LayoutParams) -> bool:
    shared = last.right - place.left
    narrow = min(last.right - last.left, place.right - place.left)
    return _distance(last, place) <= params.reach and shared <= params.overlap * narrow


def _distance(last: _Place, place: _Place) -> float:
    """Gap between two lines' axes midway between them, in heights of the smaller one."""
    along = (last.right + place.left) / 2
    return abs(last.middle_at(along) - place.middle_at(along)) / max(min(last.height, place.height), 1e-6)


def _place(index: int, quad: Quad, page: float) -> _Place:
    cos, sin = math.cos(page), math.sin(page)

    def turned(point: Point) -> Point:
        return point[0] * cos + point[1] * sin, point[1] * cos - point[0] * sin

    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (turned(p) for p in quad.points)
    slope = ((y1 - y0) + (y2 - y3)) / max((x1 - x0) + (x2 - x3), 1e-6)
    left, right = (x0 + x3) / 2, (x1 + x2) / 2
    height = math.hypot((x3 - x0 + x2 - x1) / 2, (y3 - y0 + y2 - y1) / 2)
    return _Place(index, left, right, (y0 + y1 + y2 + y3) / 4, height, max(-0.1, min(slope, 0.1)))
