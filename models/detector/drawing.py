"""Pages as the detector may meet them: a part at some size, tilted, faded, blurred, noisy; and what it is to answer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from edgekit.geometry import quad_size, rotated
from edgekit.image import Pixels, resize
from edgekit.types import Point, Quad
from edgekit.view import View, drawn
from models.detector.pages import Page
from models.detector.targets import draw_map, shrunk
from models.recognizer import augment

SHAPES = ((512, 512), (416, 640), (608, 416))
"""Width and height of what is shown at once."""
_TEXT = (9.0, 30.0)
"""Height of most of the text, as it is seen."""
_LEGIBLE = 5.0
"""Height below which a line counts neither way."""
_MARGIN = 8
"""Pixels around what is shown that resizing may mix in."""
UNCLIP = 1.4
"""The ratio by which boxes of the targets grow: the published network's. Those of a learned map are a little larger."""
ROOM = 0.08
"""What the boxes are to leave free around a line, of its height."""
EDGE = 0.8
"""Pixels by which a region in the heat map is larger than its target: what is hotter than a low threshold."""


@dataclass(frozen=True, slots=True)
class Sample:
    """pixels: uint8 RGB [H, W, 3]. target: float32 [H, W], 0..1. counts: float32 [H, W], 0 where no answer is wrong."""

    pixels: Pixels
    target: NDArray[np.float32]
    counts: NDArray[np.float32]


def part_of_page(image: Image.Image, page: Page, shape: tuple[int, int], random: np.random.Generator) -> Sample:
    """A part of a page, at a size at which it can be read, as a look of the product shows it."""
    view = _view(image, page, shape, random)
    quads, unsure = (_seen(quads, view) for quads in (page.quads, page.unsure))
    small = [quad for quad in quads if quad_size(quad)[1] < _LEGIBLE]
    lines = [quad for quad in quads if quad_size(quad)[1] >= _LEGIBLE]
    target = draw_map([shrunk(quad, UNCLIP, ROOM, EDGE) for quad in lines], shape)
    counts = 1 - draw_map([*unsure, *small], shape)
    return Sample(worn(drawn(*_cut_out(image, view)), random), target, np.maximum(counts, target))


def whole_page(image: Image.Image, most: int, multiple: int, random: np.random.Generator) -> Pixels:
    """A page at a glance, tilted or not, of about ``most`` pixels: uint8 RGB [H, W, 3], multiples of ``multiple``."""
    if random.random() < 0.2:
        image = image.transpose(Image.Transpose.ROTATE_90)
    if random.random() < 0.4:
        image = image.rotate(
            float(random.normal(0, 8)), Image.Resampling.BILINEAR, expand=True, fillcolor=(127, 127, 127)
        )
    scale = math.sqrt(most / (image.width * image.height)) * random.uniform(0.8, 1.1)
    width, height = (max(1, round(side * scale / multiple)) * multiple for side in image.size)
    return worn(resize(image, width, height), random)


def worn(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Another light, another camera: each change happens to some."""
    image = Image.fromarray(pixels)
    if random.random() < 0.25:
        image = image.filter(ImageFilter.GaussianBlur(float(random.uniform(0.3, 1.2))))
    values = np.asarray(image).astype(np.float32)
    if random.random() < 0.4:
        values = augment.faded(values, random)
    if random.random() < 0.2:
        values = augment.shaded(values, random)
    if random.random() < 0.2:
        values = values + random.normal(0, random.uniform(2, 10), (*values.shape[:2], 1)).astype(np.float32)
    done = values.clip(0, 255).astype(np.uint8)
    return augment.sent(done, random) if random.random() < 0.2 else done


def _view(image: Image.Image, page: Page, shape: tuple[int, int], random: np.random.Generator) -> View:
    """Around some line, or anywhere on a page without lines."""
    heights = sorted(quad_size(quad)[1] for quad in page.quads) or [20.0]
    scale = math.exp(random.uniform(math.log(_TEXT[0]), math.log(_TEXT[1]))) / max(heights[len(heights) // 2], 1.0)
    scale = min(scale, 2.0)
    width, height = shape[0] / scale, shape[1] / scale
    degrees = _degrees(random)
    middle = _middle(image, page, random)
    shift = random.uniform(-0.4, 0.4) * width, random.uniform(-0.4, 0.4) * height
    x, y = middle[0] + shift[0], middle[1] + shift[1]
    x, y = _inside(x, width, image.width), _inside(y, height, image.height)
    corners = ((-width, -height), (width, -height), (width, height), (-width, height))

    def there(corner: Point) -> Point:
        moved = rotated((corner[0] / 2, corner[1] / 2), degrees)
        return x + moved[0], y + moved[1]

    return View(Quad(*map(there, corners)), shape)


def _cut_out(image: Image.Image, view: View) -> tuple[Image.Image, View]:
    """What of a picture a view shows, and the view of that: the rest need not be resized."""
    xs, ys = [x for x, _ in view.area.points], [y for _, y in view.area.points]
    left, top = max(0, math.floor(min(xs)) - _MARGIN), max(0, math.floor(min(ys)) - _MARGIN)
    right, bottom = min(image.width, math.ceil(max(xs)) + _MARGIN), min(image.height, math.ceil(max(ys)) + _MARGIN)
    moved = view.area.map(lambda point: (point[0] - left, point[1] - top))
    return image.crop((left, top, right, bottom)), View(moved, view.size)


def _degrees(random: np.random.Generator) -> float:
    """How much a view is tilted: by a little mostly (never level to the last digit), seldom by much."""
    if random.random() < 0.05:
        return float(random.choice([-90.0, 90.0])) + float(random.normal(0, 2))
    return float(random.normal(0, 8 if random.random() < 0.15 else 1.2)) + 1e-6


def _middle(image: Image.Image, page: Page, random: np.random.Generator) -> Point:
    if not page.quads:
        return image.width * float(random.uniform()), image.height * float(random.uniform())
    points = page.quads[int(random.integers(0, len(page.quads)))].points
    return sum(x for x, _ in points) / 4, sum(y for _, y in points) / 4


def _inside(middle: float, span: float, whole: int) -> float:
    """The middle moved so that the span reaches over the picture's edge by a tenth at most, where it can."""
    least, most = 0.4 * span, whole - 0.4 * span
    return min(max(middle, least), most) if least < most else whole / 2


def _seen(quads: tuple[Quad, ...], view: View) -> list[Quad]:
    """Quads of the picture in pixels of the view, those outside left out."""
    (ax, ay), (bx, by), _, (dx, dy) = view.area.points
    length, thickness = quad_size(view.area)
    across, down = view.size[0] / length, view.size[1] / thickness
    u, v = ((bx - ax) / length, (by - ay) / length), ((dx - ax) / thickness, (dy - ay) / thickness)

    def there(point: Point) -> Point:
        x, y = point[0] - ax, point[1] - ay
        return (x * u[0] + y * u[1]) * across, (x * v[0] + y * v[1]) * down

    moved = [quad.map(there) for quad in quads]
    return [quad for quad in moved if _is_near(quad, view.size)]


def _is_near(quad: Quad, size: tuple[int, int]) -> bool:
    xs, ys = [x for x, _ in quad.points], [y for _, y in quad.points]
    return max(xs) > 0 and min(xs) < size[0] and max(ys) > 0 and min(ys) < size[1]
