"""Synthetic pictures for comparing graphs: drawn text on paper with noise, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Pixels = NDArray[np.uint8]
PAGES = ((320, 320), (736, 320), (480, 672), (960, 448))
"""Height and width in pixels: multiples of 32, upright, square and lying."""
LINES = ((1, 96), (4, 320), (2, 640))
"""Lines at once and their width in pixels."""
HEIGHT = 48
"""Of a line, in pixels."""
WORDS = ("TOTAL", "Milk 2%", "Café", "12.90 €", "Rechnung", "x3", "GST @6%", "03/04/2018", "No. 4711", "Größe", "#A-17")


def pages() -> list[Pixels]:
    """One uint8 RGB batch [1, height, width, 3] per shape."""
    return [_page(height, width, seed)[None] for seed, (height, width) in enumerate(PAGES)]


def lines() -> list[Pixels]:
    """One uint8 RGB batch [lines, 48, width, 3] per shape."""
    return [np.stack([_line(width, 100 * width + i) for i in range(count)]) for count, width in LINES]


def _page(height: int, width: int, seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    image, draw = _paper(height, width)
    for number, top in enumerate(range(12, height - 24, 36)):
        draw.text((8 + 7 * number % 40, top), _words(random, 3), fill=(40, 20, 60), font=ImageFont.load_default(22))
    return _noisy(image, random)


def _line(width: int, seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    image, draw = _paper(HEIGHT, width)
    draw.text((6, 6), _words(random, 1 + width // 160), fill=(60, 20, 40), font=ImageFont.load_default(30))
    return _noisy(image, random)


def _paper(height: int, width: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """Yellowish paper: a colour, so that a swapped order of planes shows."""
    image = Image.new("RGB", (width, height), (244, 236, 205))
    return image, ImageDraw.Draw(image)


def _words(random: np.random.Generator, count: int) -> str:
    return " ".join(WORDS[i] for i in random.integers(len(WORDS), size=count))


def _noisy(image: Image.Image, random: np.random.Generator) -> Pixels:
    values: NDArray[np.float64] = np.asarray(image) + random.normal(0, 10, (image.height, image.width, 3))
    pixels: Pixels = np.clip(np.rint(values), 0, 255).astype(np.uint8)
    return pixels
