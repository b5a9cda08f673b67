"""What happens to print between the printer and the network, at random: framing, small size, blur, fading, noise."""

from __future__ import annotations

import io
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from edgekit.geometry import quad_size
from edgekit.image import Pixels, crop
from edgekit.types import Point, Quad

HEIGHT = 48
_PLAIN = 0.25
"""Share of lines of which only the frame is moved."""
_FILTERS = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS, Image.Resampling.BOX)


def draw(image: Image.Image, quad: Quad, random: np.random.Generator, most: int) -> Pixels:
    """One line as the network may meet it: uint8 RGB [48, W, 3], W at most ``most``."""
    moved = jitter(quad, random)
    length, thickness = quad_size(moved)
    stretch = 1.0 + float(np.clip(random.normal(0, 0.06), -0.15, 0.15))
    width = min(max(round(length * stretch * HEIGHT / max(thickness, 1.0)), 8), most)
    pixels = crop(image, moved, width, HEIGHT)
    return pixels if random.random() < _PLAIN else worn(pixels, random)


def jitter(quad: Quad, random: np.random.Generator) -> Quad:
    """Another frame around the same line: ends and edges moved, a little turned and slanted."""
    length, thickness = quad_size(quad)
    a, b, c, d = (np.array(point) for point in quad.points)
    along = (b - a + c - d) / max(2 * length, 1e-6)
    across = (d - a + c - b) / max(2 * thickness, 1e-6)
    ends = np.clip(random.normal(0.05, 0.09, 2), -0.06, 0.4) * thickness
    edges = np.clip(random.normal(0.04, 0.05, 2), -0.05, 0.22) * thickness
    wild = 2.5 if random.random() < 0.15 else 1.0
    slant = float(np.clip(random.normal(0, 0.05 * wild), -0.3, 0.3)) * thickness
    turn = float(np.clip(random.normal(0, 0.012 * wild), -0.09, 0.09)) * min(length, 8 * thickness) / 2
    wobble = random.normal(0, 0.015 * wild, (4, 2)) * thickness
    corners = (
        a - along * (ends[0] - slant) - across * (edges[0] + turn),
        b + along * (ends[1] + slant) - across * (edges[0] - turn),
        c + along * (ends[1] - slant) + across * (edges[1] + turn),
        d - along * (ends[0] + slant) + across * (edges[1] - turn),
    )
    return Quad(*(_point(corner + move) for corner, move in zip(corners, wobble, strict=True)))


def _point(values: NDArray[np.float64]) -> Point:
    return float(values[0]), float(values[1])


def worn(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """A line printed, faded, photographed and sent: each step happens to some."""
    image = Image.fromarray(pixels)
    if random.random() < 0.25:
        image = _smeared(image, random)
    if random.random() < 0.55:
        image = _shrunk(image, random)
    elif random.random() < 0.3:
        image = image.filter(ImageFilter.GaussianBlur(float(random.uniform(0.3, 1.3))))
    values = np.asarray(image).astype(np.float32)
    if random.random() < 0.6:
        values = faded(values, random)
    if random.random() < 0.25:
        values = shaded(values, random)
    if random.random() < 0.1:
        values = _streaked(values, random)
    if random.random() < 0.3:
        values += random.normal(0, random.uniform(2, 14), (*values.shape[:2], 1)).astype(np.float32)
    if random.random() < 0.02:
        values = 255 - values
    done = values.clip(0, 255).astype(np.uint8)
    return sent(done, random) if random.random() < 0.25 else done


def _shrunk(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Seen at 9 to 32 pixels high, mostly where the sampling grid of the first size does not meet the second's."""
    height = round(math.exp(random.uniform(math.log(9), math.log(32))))
    width = max(4, round(image.width * height / HEIGHT * random.uniform(0.9, 1.1)))
    x, y = random.uniform(0, 1.5, 2)
    box = (float(x), float(y), image.width - float(random.uniform(0, 1.5)), HEIGHT - float(random.uniform(0, 1.5)))
    down, up = (_FILTERS[i] for i in random.integers(0, len(_FILTERS), 2))
    small = image.resize((width, height), down, box)
    if random.random() < 0.25:
        small = small.filter(ImageFilter.UnsharpMask(1, int(random.uniform(50, 200)), 0))
    return small.resize(image.size, up if up != Image.Resampling.BOX else Image.Resampling.BILINEAR)


def _smeared(image: Image.Image, random: np.random.Generator) -> Image.Image:
    """Ink that bled or that is thin: strokes wider or narrower by part of a pixel, or moved while exposed."""
    kind = random.integers(0, 3)
    if kind == 0:
        other = image.filter(ImageFilter.MinFilter(3))
    elif kind == 1:
        other = image.filter(ImageFilter.MaxFilter(3))
    else:
        axis, values = int(random.integers(0, 2)), np.asarray(image, np.float32)
        moved = [np.roll(values, i, axis) for i in range(int(random.integers(2, 5)))]
        return Image.fromarray(np.mean(moved, axis=0).astype(np.uint8))
    return Image.blend(image, other, float(random.uniform(0.2, 0.9)))


def faded(values: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Less contrast, another paper, another exposure."""
    paper = np.percentile(values, 90)
    contrast = random.uniform(0.4, 1.2) if random.random() < 0.8 else random.uniform(0.2, 0.4)
    level = random.uniform(120, 255) if random.random() < 0.6 else paper
    tint = random.uniform(-12, 12, 3) if random.random() < 0.3 else np.zeros(3)
    changed = level + (values - paper) * contrast + tint
    gamma = math.exp(random.uniform(-0.4, 0.4))
    scaled: NDArray[np.float32] = (255 * (changed.clip(0, 255) / 255) ** gamma).astype(np.float32)
    return scaled


def shaded(values: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """Light that falls off along the line or across it."""
    height, width = values.shape[:2]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None, None]
    light = 1 + np.float32(random.uniform(-0.3, 0.3)) * x + np.float32(random.uniform(-0.25, 0.25)) * y
    lit: NDArray[np.float32] = values * light
    return lit


def _streaked(values: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """A dead dot of the print head or a crease: a thin line of paper or of ink through the text."""
    where, thick = int(random.integers(4, HEIGHT - 4)), int(random.integers(1, 3))
    target = 255.0 if random.random() < 0.7 else 40.0
    strength = random.uniform(0.2, 0.7)
    values = values.copy()
    if random.random() < 0.7:
        band = values[where : where + thick]
    else:
        column = int(random.integers(0, values.shape[1]))
        band = values[:, column : column + thick]
    band += (target - band) * np.float32(strength)
    return values


def sent(pixels: Pixels, random: np.random.Generator) -> Pixels:
    """Through JPEG."""
    with io.BytesIO() as file:
        Image.fromarray(pixels).save(file, "JPEG", quality=int(random.integers(20, 75)))
        return np.asarray(Image.open(file).convert("RGB"))
