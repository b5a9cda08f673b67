"""The one arithmetic by which pixels are resized and cut out; other languages mirror these functions and nothing else.

It is Pillow's (https://pillow.readthedocs.io): ``reduce`` (box average over whole blocks), ``resize`` with BILINEAR
(triangle filter, widened when shrinking, 22-bit fixed-point weights) and ``transform`` with PERSPECTIVE and BILINEAR.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.geometry import homography, quad_size
from edgekit.types import Quad

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 [height, width, 3], RGB."""

_OUTSIDE = (127, 127, 127)  # the middle of the networks' input range: neither ink nor paper
_LEVEL = 1e-9  # a perspective of less moves no pixel by a millionth: the same without it, and a sixth quicker
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


def crop(image: Image.Image, quad: Quad, width: int, height: int) -> Pixels:
    """The quad of a picture drawn onto a ``width`` x ``height`` rectangle by perspective sampling.

    A quad much larger than the rectangle is sampled finer and averaged, so that its strokes do not alias. What lies
    outside the picture is grey.
    """
    shrink = max(1, int(min(quad_size(quad)[1] / height, 8)))
    size = (width * shrink, height * shrink)
    kind, there = Image.Transform.PERSPECTIVE, homography(size, quad)
    if max(abs(there[6]) * size[0], abs(there[7]) * size[1]) < _LEVEL:
        kind, there = Image.Transform.AFFINE, there[:6]
    drawn = image.transform(size, kind, there, Image.Resampling.BILINEAR, fillcolor=_OUTSIDE)
    return np.asarray(drawn.reduce(shrink) if shrink > 1 else drawn)
