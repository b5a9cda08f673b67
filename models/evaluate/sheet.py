"""Lines that were read wrong, as one picture: the crop, what is printed, and what each system read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont

from edgekit.geometry import quad_size
from edgekit.image import crop
from edgekit.types import Quad

_HEIGHT = 40
_WIDTH = 560
_ROW = 64


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line and its wrong characters. read: by system. pixels: of the line, at most _WIDTH wide."""

    wrong: int
    share: float
    printed: str
    read: Mapping[str, str]
    pixels: Image.Image


def cut_out(image: Image.Image, quad: Quad) -> Image.Image:
    """A line, small."""
    length, thickness = quad_size(quad)
    width = min(max(round(length * _HEIGHT / max(thickness, 1e-6)), 8), _WIDTH)
    return Image.fromarray(crop(image, quad, width, _HEIGHT))


def draw_sheet(mistakes: Sequence[Mistake]) -> Image.Image:
    """One row a line."""
    font = ImageFont.load_default(14)
    sheet = Image.new("RGB", (2 * _WIDTH, max(len(mistakes), 1) * _ROW), "white")
    pen = ImageDraw.Draw(sheet)
    for i, mistake in enumerate(mistakes):
        sheet.paste(mistake.pixels, (4, i * _ROW + 8))
        texts = {"printed": mistake.printed, **mistake.read}
        for j, (name, text) in enumerate(texts.items()):
            pen.text((_WIDTH + 8, i * _ROW + 15 * j), f"{name}: {text}", "black", font)
        pen.line((0, (i + 1) * _ROW - 1, sheet.width, (i + 1) * _ROW - 1), "grey")
    return sheet
