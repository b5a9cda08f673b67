"""What the detector is to answer: a map of the inner parts of lines, whose boxes, grown back, frame the lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from edgekit.geometry import quad_size
from edgekit.types import Quad

_FINER = 4
"""Maps are drawn so many times larger and averaged, as regions are only some pixels high."""


def resized(quad: Quad, less: float) -> Quad:
    """A quad whose sides are all ``less`` pixels shorter (longer where it is negative), about the same middle."""
    length, thickness = quad_size(quad)
    across = max(1 - less / max(thickness, 1e-6), 0.05)
    along = max(1 - less / max(length, 1e-6), 0.05)
    a, b, c, d = (np.array(point) for point in quad.points)
    middle, u, v = (a + b + c + d) / 4, (b - a + c - d) / 4, (d - a + c - b) / 4
    corners = [middle + i * along * u + j * across * v for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    return Quad(*((float(x), float(y)) for x, y in corners))


def shrunk(quad: Quad, unclip: float, room: float, edge: float = 0.0) -> Quad:
    """The region for a line, such that its box grows back by ``unclip`` to the line and ``room`` of its height more.

    edge: pixels by which the box of a region is longer and higher than the region.
    With sides L x H of the box and l x h of the region, L = l + 2 d, H = h + 2 d and d = unclip * l h / (2 (l + h)),
    Vatti's offset for a rectangle: the d that solves this is found by bisection.
    """
    length, thickness = quad_size(quad)
    long, high = length + room * thickness, thickness * (1 + room)
    least, most = 0.0, min(long, high) / 2
    for _ in range(30):
        d = (least + most) / 2
        inner_long, inner_high = long - 2 * d, high - 2 * d
        back = unclip * inner_long * inner_high / (2 * (inner_long + inner_high))
        least, most = (d, most) if back > d else (least, d)
    return resized(quad, 2 * d - room * thickness + edge)


def draw_map(quads: Sequence[Quad], size: tuple[int, int]) -> NDArray[np.float32]:
    """float32 [height, width]: the share of each pixel that the quads cover. size: width and height."""
    mask = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    pen = ImageDraw.Draw(mask)
    for quad in quads:
        pen.polygon([(x * _FINER - 0.5, y * _FINER - 0.5) for x, y in quad.points], fill=255)
    return np.asarray(mask.reduce(_FINER)).astype(np.float32) / np.float32(255)
