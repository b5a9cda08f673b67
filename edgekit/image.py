"""The one arithmetic by which pixels are resized and cut out; other languages mirror these functions and nothing else.

It is Pillow's (https://pillow.readthedocs.io): ``reduce`` (box average over whole blocks), ``resize`` with BILINEAR
(triangle filter, widened when shrinking, 22-bit fixed-point weights) and ``transform`` with PERSPECTIVE and BILINEAR.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.types import Point, Quad

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 [height, width, 3], RGB."""

_QUARTER_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def resize(image: Image.Image, width: int, height: int) -> Pixels:
    """The whole picture at another size."""
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


def turn(image: Image.Image, degrees: int) -> Image.Image:
    """The picture turned clockwise by 0, 90, 180 or 270 degrees."""
    return image.transpose(_QUARTER_TURNS[degrees]) if degrees else image


def turned_size(image: Image.Image, degrees: int) -> tuple[int, int]:
    """Width and height of a picture once it is turned."""
    return (image.height, image.width) if degrees % 180 else (image.width, image.height)


def turn_point(point: Point, degrees: int, width: int, height: int) -> Point:
    """Where a point of a ``width`` x ``height`` picture lands when that picture is turned clockwise."""
    x, y = point
    return {0: (x, y), 90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[degrees]


def quad_size(quad: Quad) -> tuple[float, float]:
    """Mean length of the sides along the text, and of those across it, in pixels."""
    a, b, c, d = quad.points
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


def crop(image: Image.Image, quad: Quad, width: int, height: int) -> Pixels:
    """The quad of a picture drawn onto a ``width`` x ``height`` rectangle by perspective sampling.

    A quad much larger than the rectangle is sampled finer and averaged, so that its strokes do not alias.
    """
    shrink = max(1, int(min(quad_size(quad)[1] / height, 8)))
    size = (width * shrink, height * shrink)
    drawn = image.transform(size, Image.Transform.PERSPECTIVE, homography(size, quad), Image.Resampling.BILINEAR)
    return np.asarray(drawn.reduce(shrink) if shrink > 1 else drawn)


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
