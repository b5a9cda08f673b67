"""Views of a picture, as the detector is shown them: an area at some size, drawn whole and seen in tiles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.geometry import quad_size, tilt
from edgekit.image import Pixels, contiguous, crop, resize
from edgekit.types import Quad


@dataclass(frozen=True, slots=True)
class View:
    """An area of a picture, and the size (width, height) at which it is seen.

    area: a rectangle; where it is level its corners are whole pixels inside the picture.
    """

    area: Quad
    size: tuple[int, int]

    @property
    def scale(self) -> float:
        """Pixels of the view to one of the picture."""
        width, height = quad_size(self.area)
        return math.sqrt(self.size[0] * self.size[1] / (width * height))


def drawn(image: Image.Image, view: View) -> Pixels:
    """A view's pixels: cut out and resized where it is level, else sampled from whole blocks of pixels, averaged.

    Blocks are as large as fit between two samples, so that strokes do not alias.
    """
    if tilt(view.area) == 0:
        (left, top), (right, bottom) = view.area.top_left, view.area.bottom_right
        return resize(image, *view.size, (round(left), round(top), round(right), round(bottom)))
    shrink = max(1, int(1 / view.scale))
    if shrink > 1:
        image = image.reduce(shrink)
    return crop(image, view.area.map(lambda point: (point[0] / shrink, point[1] / shrink)), *view.size)


def in_tiles(
    pixels: Pixels, see: Callable[[Pixels], NDArray[np.float32]], most: int, margin: int, multiple: int
) -> NDArray[np.float32]:
    """What ``see`` makes of a picture [height, width, 3], a value a pixel; one of over ``most`` pixels goes in tiles.

    Tiles lie along the longer side and are equally large: a multiple of ``multiple`` pixels, and ``margin`` pixels
    (likewise a multiple) of each neighbour around that, so that nothing is seen cut through.
    """
    height, width = pixels.shape[:2]
    if height * width <= most:
        return see(contiguous(pixels))
    axis, long = (0, height) if height >= width else (1, width)
    core = -(-long // (-(-height * width // most) * multiple)) * multiple
    span = min(core + 2 * margin, long)
    whole = np.empty((height, width), np.float32)
    for start in range(0, long, core):
        first, end = min(max(start - margin, 0), long - span), min(start + core, long)
        seen = see(contiguous(pixels[_along(axis, first, first + span)]))
        whole[_along(axis, start, end)] = seen[_along(axis, start - first, end - first)]
        del seen  # it lies in the engine's memory, which the next tile needs
    return whole


def _along(axis: int, start: int, stop: int) -> tuple[slice, ...]:
    """The index of rows (axis 0) or columns from ``start`` to ``stop``."""
    return (slice(None),) * axis + (slice(start, stop),)
