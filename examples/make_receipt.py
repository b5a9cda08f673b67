"""Draws ``receipt.jpg``: an invented receipt as a phone would see it, tilted, shaded and noisy; the same every time.

python examples/make_receipt.py receipt.jpg
"""

from __future__ import annotations

import sys

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

PAPER = (560, 900)
PHOTO = (800, 1120)
TILT = 2.5
"""Degrees, counter-clockwise."""
CENTRED = (
    ("HARBOUR LANE BAKERY", 38),
    ("12 Harbour Lane", 24),
    ("Springfield, IL 62701", 24),
    ("Tel 217-555-0142", 24),
)
ROWS = (
    ("Date 03/14/2026", "08:41 AM"),
    ("Receipt 004711", "Till 2"),
    ("", ""),
    ("2 Croissant", "6.50"),
    ("1 Rye bread 1kg", "7.25"),
    ("1 Flat white", "3.80"),
    ("", ""),
    ("SUBTOTAL", "$17.55"),
    ("SALES TAX 8.0%", "$1.40"),
    ("TOTAL", "$18.95"),
    ("VISA ****1881", "$18.95"),
)
_INK = (38, 36, 40)


def receipt() -> Image.Image:
    """The flat paper, RGB."""
    paper = Image.new("RGB", PAPER, (247, 245, 239))
    pen, top = ImageDraw.Draw(paper), 44
    for text, size in CENTRED:
        pen.text((PAPER[0] // 2, top), text, fill=_INK, font=ImageFont.load_default(size), anchor="ma")
        top += round(size * 1.35)
    top += 34
    for left, right in ROWS:
        font = ImageFont.load_default(36 if left == "TOTAL" else 27)
        pen.text((44, top), left, fill=_INK, font=font)
        pen.text((PAPER[0] - 44, top), right, fill=_INK, font=font, anchor="ra")
        top += 52 if left == "TOTAL" else 42
    pen.text((PAPER[0] // 2, top + 36), "Thank you!", fill=_INK, font=ImageFont.load_default(27), anchor="ma")
    return paper


def photo() -> Image.Image:
    """The paper on a table, RGB: a shadow under it and across it, a slight blur, and noise."""
    random = np.random.default_rng(7)
    table = Image.new("RGB", PHOTO, (116, 92, 70))
    corner = ((PHOTO[0] - PAPER[0]) // 2, (PHOTO[1] - PAPER[1]) // 2)
    shape = Image.new("L", PHOTO)
    shape.paste(255, (*corner, corner[0] + PAPER[0], corner[1] + PAPER[1]))
    shape = shape.rotate(TILT, Image.Resampling.BICUBIC)
    shadow = shape.filter(ImageFilter.GaussianBlur(18)).point(lambda value: value * 0.6)
    table.paste((30, 22, 16), (14, 18), shadow)
    flat = Image.new("RGB", PHOTO)
    flat.paste(receipt(), corner)
    table.paste(flat.rotate(TILT, Image.Resampling.BICUBIC), (0, 0), shape)
    pixels: NDArray[np.float64] = np.asarray(table.filter(ImageFilter.GaussianBlur(0.7)), dtype=np.float64)
    across, down = np.meshgrid(np.linspace(0, 1, PHOTO[0]), np.linspace(0, 1, PHOTO[1]))
    light = 1.0 - 0.3 / (1 + np.exp(-18 * (across + 0.4 * down - 0.85)))
    noisy = pixels * light[..., None] + random.normal(0, 3.5, pixels.shape)
    return Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))


if __name__ == "__main__":
    photo().save(sys.argv[1] if len(sys.argv) > 1 else "receipt.jpg", quality=80)
