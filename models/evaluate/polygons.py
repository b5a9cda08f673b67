"""Areas of quads and of what two of them share."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.types import Point, Quad


def area(points: Sequence[Point]) -> float:
    """Of a polygon whose sides do not cross, in square pixels (the shoelace formula)."""
    pairs = zip(points, [*points[1:], *points[:1]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def shared(a: Quad, b: Quad) -> float:
    """Area that lies in both; ``b`` is convex and clockwise, as y runs down.

    Sutherland and Hodgman, "Reentrant Polygon Clipping", 1974.
    """
    if _apart(a, b):
        return 0.0
    points: list[Point] = list(a.points)
    corners = b.points
    for start, end in zip(corners, (*corners[1:], corners[0]), strict=True):
        points = _clipped(points, start, end)
        if not points:
            return 0.0
    return area(points)


def contains(quad: Quad, point: Point) -> bool:
    """Whether a point lies in a convex quad, clockwise as y runs down, or on its edge."""
    corners = quad.points
    return all(_side(*pair, point) >= 0 for pair in zip(corners, (*corners[1:], corners[0]), strict=True))


def _apart(a: Quad, b: Quad) -> bool:
    """Whether even the upright rectangles around them share nothing."""
    for axis in (0, 1):
        first, second = [p[axis] for p in a.points], [p[axis] for p in b.points]
        if max(first) <= min(second) or max(second) <= min(first):
            return True
    return False


def _clipped(points: Sequence[Point], start: Point, end: Point) -> list[Point]:
    """The part of a polygon to the right of the line from ``start`` to ``end``, which is the inner side."""
    kept: list[Point] = []
    for here, there in zip(points, [*points[1:], *points[:1]], strict=True):
        now, then = _side(start, end, here), _side(start, end, there)
        if now >= 0:
            kept.append(here)
        if (now >= 0) != (then >= 0):
            share = now / (now - then)
            kept.append((here[0] + share * (there[0] - here[0]), here[1] + share * (there[1] - here[1])))
    return kept


def _side(start: Point, end: Point, point: Point) -> float:
    """Positive on the right of the way from ``start`` to ``end``, as y runs down."""
    return (end[0] - start[0]) * (point[1] - start[1]) - (end[1] - start[1]) * (point[0] - start[0])
