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


@dataclass(slots=True)
class _Place:
    """A line in the page's own axes: along the text, centre its middle there, and across it.

    slope is the line's own tilt against the page.
    """

    index: int
    left: float
    right: float
    centre: float
    middle: float
    height: float
    slope: float


def rows(lines: Sequence[TextLine], params: LayoutParams) -> Rows:
    """Indices of lines by printed row, top to bottom, left to right within each; lines may lie at any angle."""
    page = math.radians(skew([line.quad for line in lines]))
    places = [_place(i, line.quad, page) for i, line in enumerate(lines)]
    found: list[list[_Place]] = []
    for place in sorted(places, key=lambda p: (p.left, p.middle, p.index)):
        gaps = [_distance(row[-1], place) for row in found]
        nearest = gaps.index(min(gaps)) if gaps else -1
        if gaps and gaps[nearest] <= params.reach and _is_beside(found[nearest][-1], place, params):
            found[nearest].append(place)
        else:
            found.append([place])
    found.sort(key=lambda row: sum(p.middle for p in row) / len(row))
    return tuple(tuple(p.index for p in row) for row in found)


def _is_beside(last: _Place, place: _Place, params: LayoutParams) -> bool:
    """Whether two lines overlap by so little along the text that they can stand in one row."""
    shared = last.right - place.left
    return shared <= params.overlap * min(last.right - last.left, place.right - place.left)


def _distance(last: _Place, place: _Place) -> float:
    """Gap between two lines' axes midway between them, in heights of the smaller one."""
    along = (last.right + place.left) / 2
    gap = last.middle + last.slope * (along - last.centre) - (place.middle + place.slope * (along - place.centre))
    smaller = last.height if last.height < place.height else place.height
    return (gap if gap >= 0 else -gap) / (smaller if smaller > 1e-6 else 1e-6)


def _place(index: int, quad: Quad, page: float) -> _Place:
    cos, sin = math.cos(page), math.sin(page)

    def turned(point: Point) -> Point:
        return point[0] * cos + point[1] * sin, point[1] * cos - point[0] * sin

    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (turned(p) for p in quad.points)
    slope = ((y1 - y0) + (y2 - y3)) / max((x1 - x0) + (x2 - x3), 1e-6)
    left, right = (x0 + x3) / 2, (x1 + x2) / 2
    height = math.hypot((x3 - x0 + x2 - x1) / 2, (y3 - y0 + y2 - y1) / 2)
    centre, middle = (left + right) / 2, (y0 + y1 + y2 + y3) / 4
    return _Place(index, left, right, centre, middle, height, max(-0.1, min(slope, 0.1)))
