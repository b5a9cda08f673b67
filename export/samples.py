"""Synthetic pictures and receipts for comparing graphs, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from edgekit.types import Quad, TextLine

Pixels = NDArray[np.uint8]
PAGES = ((320, 320), (736, 320), (480, 672), (960, 448))
"""Height and width in pixels: multiples of 32, upright, square and lying."""
LINES = ((1, 96), (4, 320), (2, 640))
"""Lines at once and their width in pixels."""
HEIGHT = 48
"""Of a line, in pixels."""
WORDS = ("TOTAL", "Milk 2%", "Café", "12.90 €", "Rechnung", "x3", "GST @6%", "03/04/2018", "No. 4711", "Größe", "#A-17")

ITEMS = (8, 24, 50, 120)
"""Lines of things bought on a receipt: its words fill each bucket of the extraction network."""
HEADS = ("CORNER SHOP LTD", "12 High Street", "Tel 020 4711 0815", "03/04/2018 18:25")
TAILS = (("SUBTOTAL", "41.20"), ("GST @6%", "2.47"), ("TOTAL EUR", "43.67"), ("CASH", "50.00"), ("CHANGE", "6.33"))


def pages() -> list[Pixels]:
    """One uint8 RGB batch [1, height, width, 3] per shape."""
    return [_page(height, width, seed)[None] for seed, (height, width) in enumerate(PAGES)]


def lines() -> list[Pixels]:
    """One uint8 RGB batch [lines, 48, width, 3] per shape."""
    return [np.stack([_line(width, 100 * width + i) for i in range(count)]) for count, width in LINES]


def receipts() -> list[tuple[list[TextLine], list[list[int]]]]:
    """Lines and rows as the reader gives them: names and numbers, a line each, in two columns."""
    return [_receipt(count, np.random.default_rng(count)) for count in ITEMS]


def _receipt(count: int, random: np.random.Generator) -> tuple[list[TextLine], list[list[int]]]:
    bought = [(_words(random, 2), f"{random.integers(100, 2000) / 100:.2f}") for _ in range(count)]
    lines: list[TextLine] = []
    rows: list[list[int]] = []
    for number, cells in enumerate([*((head,) for head in HEADS), *bought, *TAILS]):
        rows.append([])
        for left, text in zip((20.0, 420.0), cells, strict=False):
            top, right = 30.0 * number, left + 12.0 * len(text)
            quad = Quad((left, top), (right, top), (right, top + 22), (left, top + 22))
            rows[-1].append(len(lines))
            lines.append(TextLine(text, quad, float(random.uniform(0.7, 1.0))))
    return lines, rows


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
