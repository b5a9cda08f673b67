"""Receipts drawn here, for machines without any: the same every time, with Pillow's own face."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from edgekit.errors import UsageError

NOTE = "clean print, drawn with Pillow's own face: easier than photos of real receipts; give some with --images"
_INK, _PAPER, _TABLE = (38, 36, 40), (247, 245, 239), (116, 92, 70)
_GOODS = (
    "Rye bread 1kg",
    "Flat white",
    "Croissant",
    "Orange juice",
    "Olives",
    "Soap bar",
    "Tea, 20 bags",
    "Honey 500g",
)
_MARGIN, _LINE, _TYPE = 44, 42, 27
"""Pixels of a paper 560 wide."""
_WIDEST = 1500
"""Pixels; a wider picture is enlarged from this."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A picture to draw. width, height: in pixels. goods: lines between head and sums. tilt: degrees, clockwise."""

    name: str
    width: int
    height: int
    goods: int
    tilt: float


PLANS = (
    Plan("short-small.jpg", 720, 960, 4, 0.0),
    Plan("short-tilted.jpg", 1080, 1440, 4, 4.0),
    Plan("middle.jpg", 1200, 1600, 12, 1.5),
    Plan("middle-photo.jpg", 3024, 4032, 12, -2.0),
    Plan("long.jpg", 1080, 1920, 24, 0.5),
    Plan("long-photo.jpg", 3000, 4000, 24, -1.0),
)
"""Sizes of a scan, a messenger's copy and a phone's photo; short, middle and long receipts."""


def draw(plan: Plan) -> Image.Image:
    """The picture, RGB: tilted paper on a table. Drawn small and enlarged: a photo is no sharper than its lens."""
    scale = min(1.0, _WIDEST / plan.width)
    size = round(plan.width * scale), round(plan.height * scale)
    paper = _paper(list(_lines(plan.goods)))
    fit = min(size[0] * 0.9 / paper.width, size[1] * 0.94 / paper.height)
    paper = paper.resize((round(paper.width * fit), round(paper.height * fit)), Image.Resampling.BICUBIC)
    photo = Image.new("RGB", size, _TABLE)
    photo.paste(paper, ((size[0] - paper.width) // 2, (size[1] - paper.height) // 2))
    photo = photo.rotate(-plan.tilt, Image.Resampling.BICUBIC, fillcolor=_TABLE)
    return photo.resize((plan.width, plan.height), Image.Resampling.BILINEAR)


def write(folder: Path, plans: Sequence[Plan] = PLANS) -> list[Path]:
    """Draws pictures into a folder, as JPEG. Raises UsageError where they cannot be written or drawn."""
    paths = [folder / plan.name for plan in plans]
    try:
        for plan, path in zip(plans, paths, strict=True):
            draw(plan).save(path, quality=88)
    except OSError as error:
        raise UsageError(
            f"{folder}: no receipts could be drawn there ({error}): free some space, or give --images"
        ) from error
    except ImportError as error:
        raise UsageError(f"Pillow cannot draw text here ({error}): give pictures with --images") from error
    return paths


def describe(path: Path) -> dict[str, Any]:
    """An entry of the schema's ``pictures.items``. Raises UsageError where the file cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): leave it out") from error
    width, height = _size(path)
    return {
        "name": path.name,
        "width": width,
        "height": height,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _size(path: Path) -> tuple[int | None, int | None]:
    """As stored; Nones for what is no picture, or one that only a plug-in opens."""
    try:
        with Image.open(path) as opened:
            return opened.size
    except Exception:  # decoders raise anything; the reader will say what is wrong
        return None, None


def _lines(goods: int) -> Iterator[tuple[str, str]]:
    yield from (("HARBOUR LANE BAKERY", ""), ("12 Harbour Lane", ""), ("Date 03/14/2026", "08:41 AM"), ("", ""))
    cents = 0
    for i in range(goods):
        price = 185 + 137 * i % 900
        cents += price
        yield f"{1 + i % 3} {_GOODS[i % len(_GOODS)]}", _money(price)
    tax = cents * 8 // 100
    yield from (("", ""), ("SUBTOTAL", f"${_money(cents)}"), ("SALES TAX 8.0%", f"${_money(tax)}"))
    yield from (("TOTAL", f"${_money(cents + tax)}"), ("", ""), ("Thank you!", ""))


def _paper(lines: Sequence[tuple[str, str]]) -> Image.Image:
    """Flat, 1120 pixels wide."""
    margin, line, size = 2 * _MARGIN, 2 * _LINE, 2 * _TYPE
    paper = Image.new("RGB", (1120, 2 * margin + line * len(lines)), _PAPER)
    pen, font = ImageDraw.Draw(paper), ImageFont.load_default(size)
    for row, (left, right) in enumerate(lines):
        top = margin + row * line
        pen.text((margin, top), left, fill=_INK, font=font)
        if right:
            pen.text((paper.width - margin, top), right, fill=_INK, font=font, anchor="ra")
    return paper


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
