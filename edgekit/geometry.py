"""Geometry of quads: sizes, tilts, turns, and the map between a rectangle and a quad. Standard library only."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from edgekit.types import Point, Quad


def quad_size(quad: Quad) -> tuple[float, float]:
    """Mean length of the sides along the text, and of those across it, in pixels."""
    a, b, c, d = quad.points
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


def tilt(quad: Quad) -> float:
    """Direction of a quad's text in degrees, -180..180, clockwise positive from the x axis."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad.points
    return math.degrees(math.atan2((y1 - y0) + (y2 - y3), (x1 - x0) + (x2 - x3)))


def skew(quads: Sequence[Quad]) -> float:
    """Median tilt of quads in degrees, each weighing its length; 0 without quads."""
    tilts = sorted((tilt(quad), math.dist(quad.top_left, quad.top_right)) for quad in quads)
    half = sum(length for _, length in tilts) / 2
    for angle, length in tilts:
        half -= length
        if half <= 0:
            return angle
    return 0.0


def turn_point(point: Point, degrees: int, width: int, height: int) -> Point:
    """Where a point of a ``width`` x ``height`` picture lands when that is turned clockwise by 0, 90, 180 or 270."""
    x, y = point
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[degrees]


def rotated(point: Point, degrees: float) -> Point:
    """A point turned clockwise about the origin."""
    return all_rotated([point], degrees)[0]


def all_rotated(points: Iterable[Point], degrees: float) -> list[Point]:
    """Points turned clockwise about the origin."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in points]


def bounding_quad(quads: Sequence[Quad], degrees: float, margin: float) -> Quad:
    """The smallest rectangle tilted by ``degrees`` around some quads (at least one), widened by ``margin`` pixels."""
    level = all_rotated((point for quad in quads for point in quad.points), -degrees)
    left, right = min(x for x, _ in level) - margin, max(x for x, _ in level) + margin
    top, bottom = min(y for _, y in level) - margin, max(y for _, y in level) + margin
    return Quad(*all_rotated(((left, top), (right, top), (right, bottom), (left, bottom)), degrees))


def homography(size: tuple[int, int], quad: Quad) -> tuple[float, ...]:
    """Coefficients a..h with ``x = (a u + b v + c) / (g u + h v + 1)``, ``y = (d u + e v + f) / (g u + h v + 1)``.

    They take the rectangle 0..width x 0..height onto the quad: the closed form of Heckbert, "Fundamentals of Texture
    Mapping and Image Warping" (1989), section 2.2.3.
    """
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad.points
    width, height = size
    sx, sy = x0 - x1 + x2 - x3, y0 - y1 + y2 - y3
    dx1, dx2, dy1, dy2 = x1 - x2, x3 - x2, y1 - y2, y3 - y2
    area = dx1 * dy2 - dx2 * dy1 or 1e-9  # an empty quad samples one point instead of dividing by zero
    g, h = (sx * dy2 - dx2 * sy) / area, (dx1 * sy - sx * dy1) / area
    a, b = x1 - x0 + g * x1, x3 - x0 + h * x3
    d, e = y1 - y0 + g * y1, y3 - y0 + h * y3
    return a / width, b / height, x0, d / width, e / height, y0, g / width, h / height


def all_projected(points: Iterable[Point], coefficients: Sequence[float]) -> list[Point]:
    """Where a ``homography`` takes points of its rectangle."""
    a, b, c, d, e, f, g, h = coefficients
    return [((a * u + b * v + c) / (w := g * u + h * v + 1), (d * u + e * v + f) / w) for u, v in points]
