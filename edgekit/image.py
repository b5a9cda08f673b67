"""The one arithmetic by which pixels are resized and cut out; other languages mirror these functions and nothing else.

It is Pillow's (https://pillow.readthedocs.io): ``reduce`` (box average over whole blocks), ``resize`` with BILINEAR
(triangle filter, widened when shrinking, 22-bit fixed-point weights) and ``transform`` with PERSPECTIVE and BILINEAR.
Each channel by itself: so a picture without colour may come as one channel (``L``), and gives the same pixels.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from edgekit.geometry import homography, quad_size
from edgekit.types import Quad

Pixels: TypeAlias = NDArray[np.uint8]
"""uint8 [height, width, 3], RGB."""
Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; the last two are the first that are not in it."""

_OUTSIDE = 127  # the middle of the networks' input range: neither ink nor paper
_LEVEL = 1e-9  # a perspective of less moves no pixel by a millionth: the same without it, and a sixth quicker
_BAND = 64  # rows that are looked at together for colour: few enough to stay in the processor's cache
_QUARTER_TURNS = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def without_colour(image: Image.Image) -> Image.Image:
    """An RGB picture as one channel (``L``) where all three are the same everywhere, as in most scans; else as it is.

    What is drawn from one channel takes less than half the time, and the picture a quarter of the memory.
    """
    bands = range(0, image.height, _BAND)
    if all(_is_grey(image.crop((0, top, image.width, min(top + _BAND, image.height)))) for top in bands):
        return image.getchannel(0)
    return image


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return not any(ImageChops.difference(red, other).getbbox() for other in (green, blue))


def resize(image: Image.Image, width: int, height: int, box: Box | None = None) -> Pixels:
    """The whole picture, or what is in a box of it, at another size; its rim is that of the box.

    Pillow's two passes, in the order in which Pillow 13 makes them, one by one: so the whole is gone before the second.
    What comes of one channel is a view of it, thrice; ``contiguous`` makes it, or a part of it, one block.
    """
    part = image if box in (None, (0, 0, *image.size)) else image.crop(box)
    lost = part.height - height
    height_first = lost > 0 and lost > 2 * (part.width - width)
    part = part.resize((part.width, height) if height_first else (width, part.height), Image.Resampling.BILINEAR)
    return _pixels(part.resize((width, height), Image.Resampling.BILINEAR))


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
    grey = (_OUTSIDE,) * len(image.getbands())
    drawn = image.transform(size, kind, there, Image.Resampling.BILINEAR, fillcolor=grey)
    return contiguous(_pixels(drawn.reduce(shrink) if shrink > 1 else drawn))


def contiguous(pixels: Pixels) -> Pixels:
    """The same pixels in one block of memory, as engines want them."""
    if pixels.strides[2] == 0:  # one channel, seen thrice: numpy's own copy of such a view takes eight times as long
        return np.stack((pixels[:, :, 0],) * 3, axis=2)
    return np.ascontiguousarray(pixels)


def _pixels(image: Image.Image) -> Pixels:
    pixels = np.asarray(image)
    return np.broadcast_to(pixels[:, :, None], (*pixels.shape, 3)) if image.mode == "L" else pixels
