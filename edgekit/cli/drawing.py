"""A receipt drawn for people: the photo with its lines and fields outlined, the text beside it, a legend below."""

from __future__ import annotations

import math
import unicodedata
from functools import lru_cache
from statistics import median
from typing import Any, TypeAlias

from PIL import Image, ImageDraw, ImageFont

from edgekit.decode import Photo
from edgekit.geometry import quad_size, turn_point
from edgekit.image import turn
from edgekit.types import FIELD_NAMES, Field, Point, Quad, Receipt

Font: TypeAlias = "ImageFont.FreeTypeFont | ImageFont.ImageFont"

COLOURS = {
    "vendor": "#0072B2",
    "date": "#009E73",
    "time": "#56B4E9",
    "currency": "#CC79A7",
    "subtotal": "#E69F00",
    "tax": "#8E5BD0",
    "total": "#D5341A",
}
"""Okabe and Ito, "Color Universal Design" (2008), with a stronger red and violet for what matters most."""
_LINE = "#8A99A8"
_INK = "#22303C"
_LEGIBLE = 17
"""Pixels that the median line should be high; smaller pictures are enlarged, at most threefold."""
_MOST_SIDE = 4000
_GAP = 12
_SIGNS = {"€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "ß": "ss", "Ø": "O", "ø": "o"}
"""For a font that lacks them."""


def draw(photo: Photo, receipt: Receipt) -> Image.Image:
    """RGB; turned so that the text stands upright, whichever way up the photo was taken."""
    upright = turn(photo.image, receipt.rotation)
    quads = [_placed(line.quad, photo, receipt.rotation) for line in receipt.lines]
    scale = _scale(quads, upright)
    size = max(1, round(upright.width * scale)), max(1, round(upright.height * scale))
    quads = [quad.map(lambda point: (point[0] * scale, point[1] * scale)) for quad in quads]
    legend = _legend(receipt, 2 * size[0] + _GAP)
    canvas = Image.new("RGB", (2 * size[0] + _GAP, size[1] + legend.height), "white")
    canvas.paste(upright.resize(size, Image.Resampling.BICUBIC), (0, 0))
    owners = _owners(receipt)
    tagged: set[str] = set()
    for index, quad in enumerate(quads):
        names = owners.get(index, ())
        _outline(canvas, quad, names)
        _tag(canvas, quad, [name for name in names if name not in tagged])
        tagged.update(names)
        beside = quad.map(lambda point: (point[0] + size[0] + _GAP, point[1]))
        _write(canvas, beside, receipt.lines[index].text, COLOURS[names[0]] if names else _INK)
    canvas.paste(legend, (0, size[1]))
    return canvas


def _placed(quad: Quad, photo: Photo, rotation: int) -> Quad:
    """From pixels of the whole picture to those of the reduced and turned one."""

    def place(point: Point) -> Point:
        return turn_point((point[0] / photo.factor, point[1] / photo.factor), rotation, *photo.image.size)

    return quad.map(place)


def _scale(quads: list[Quad], image: Image.Image) -> float:
    height = median(quad_size(quad)[1] for quad in quads) if quads else _LEGIBLE
    return min(max(1.0, min(_LEGIBLE / max(height, 1.0), 3.0)), _MOST_SIDE / max(image.size))


def _owners(receipt: Receipt) -> dict[int, tuple[str, ...]]:
    """Index of a line to the fields read from it, the one that matters most first."""
    owners: dict[int, tuple[str, ...]] = {}
    for name in reversed(FIELD_NAMES):
        field = getattr(receipt, name)
        for index in field.lines if field else ():
            owners[index] = (*owners.get(index, ()), name)
    return owners


def _outline(canvas: Image.Image, quad: Quad, names: tuple[str, ...]) -> None:
    corners = [*quad.points, quad.points[0]]
    colour, width = (COLOURS[names[0]], 3) if names else (_LINE, 1)
    ImageDraw.Draw(canvas).line(corners, fill=colour, width=width, joint="curve")


def _tag(canvas: Image.Image, quad: Quad, names: list[str]) -> None:
    """Names of fields on a flag in the margin before the line they were first found on; above it where that is full."""
    if not names:
        return
    pen, label = ImageDraw.Draw(canvas), ", ".join(names)
    font = font_of(max(10, round(quad_size(quad)[1] * 0.5)))
    left, top, right, bottom = font.getbbox(label)
    width, height = right - left + 6, bottom - top + 5
    x, y = quad.top_left[0] - width, (quad.top_left[1] + quad.bottom_left[1] - height) / 2
    if x < 0:
        x, y = quad.top_left[0], max(0, quad.top_left[1] - height)
    pen.rectangle((x, y, x + width, y + height), fill=COLOURS[names[0]])
    pen.text((x + 3 - left, y + 2 - top), label, fill="white", font=font)


def _write(canvas: Image.Image, quad: Quad, text: str, colour: str) -> None:
    """Text stretched over the quad, at its tilt."""
    length, thickness = (max(1, round(side)) for side in quad_size(quad))
    font = font_of(max(8, round(thickness * 0.8)))
    shown = _drawable(text, font)
    left, _, right, _ = font.getbbox(shown)
    ascent, descent = font.getmetrics() if isinstance(font, ImageFont.FreeTypeFont) else (11, 3)
    if right <= left:
        return
    ink = Image.new("L", (math.ceil(right - left), ascent + descent))
    ImageDraw.Draw(ink).text((-left, 0), shown, fill=255, font=font)
    width = min(length, round(ink.width * 1.25 * thickness / ink.height))
    ink = ink.resize((max(1, width), thickness), Image.Resampling.BILINEAR)
    strip = Image.new("L", (length, thickness))
    strip.paste(ink, (0, 0))
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = quad.points
    tilt = math.degrees(math.atan2((y1 - y0) + (y2 - y3), (x1 - x0) + (x2 - x3)))
    strip = strip.rotate(-tilt, Image.Resampling.BILINEAR, expand=True)
    corner = (round((x0 + x1 + x2 + x3) / 4 - strip.width / 2), round((y0 + y1 + y2 + y3) / 4 - strip.height / 2))
    canvas.paste(colour, (*corner, corner[0] + strip.width, corner[1] + strip.height), strip)


def _legend(receipt: Receipt, width: int) -> Image.Image:
    """One row per field: its colour, value, confidence, and whether a person should look."""
    size = max(14, min(28, width // 60))
    font, step = font_of(size), round(size * 1.6)
    strip = Image.new("RGB", (width, step * len(FIELD_NAMES) + step), "#F4F6F8")
    pen = ImageDraw.Draw(strip)
    for number, name in enumerate(FIELD_NAMES):
        y = step // 2 + number * step
        pen.rectangle((step // 2, y + 2, step // 2 + size, y + 2 + size), fill=COLOURS[name])
        pen.text((step // 2 + 2 * size, y), name, fill=_INK, font=font)
        pen.text((step // 2 + 8 * size, y), _drawable(_say(getattr(receipt, name)), font), fill=_INK, font=font)
    return strip


def _say(field: Field[Any] | None) -> str:
    if field is None:
        return "-"
    return f"{field.value}   ({field.confidence:.2f}{', needs review' if field.needs_review else ''})"


@lru_cache(maxsize=64)
def font_of(size: int) -> Font:
    """The font that comes with Pillow: scalable where Pillow was built with FreeType, else a small bitmap one."""
    return ImageFont.load_default(size)


def _drawable(text: str, font: Font) -> str:
    """Text without characters that the font would draw as an empty box."""
    return "".join(char if _has(font, char) else _plain(char) for char in text)


def _plain(char: str) -> str:
    letters = unicodedata.normalize("NFKD", char).encode("ascii", "ignore").decode()
    return _SIGNS.get(char) or letters or ("" if unicodedata.combining(char) else "?")


@lru_cache(maxsize=4096)
def _has(font: Font, char: str) -> bool:
    if char.isascii():
        return True
    return isinstance(font, ImageFont.FreeTypeFont) and bytes(font.getmask(char)) != bytes(font.getmask("\uffff"))
