"""Five invented receipts, drawn with the font that Pillow brings: small, as an emulated read of a page takes minutes.

Sides of 640 pixels are what the default bundle's detector takes; anything smaller is enlarged to that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIDE = 640
MARGIN = 28
PAPER, INK = (249, 246, 238), (38, 36, 40)


@dataclass(frozen=True, slots=True)
class Printed:
    """rows: what stands left and right. date, total: as the reader gives them. tone: 0 to 1, of ink on paper."""

    name: str
    rows: tuple[tuple[str, str], ...]
    date: str
    total: str
    tone: float = 1.0


_US = (
    ("HARBOUR LANE BAKERY", ""),
    ("Date 03/14/2026", "08:41 AM"),
    ("SUBTOTAL", "$17.55"),
    ("TAX 8.0%", "$1.40"),
    ("TOTAL", "$18.95"),
)
_GB = (("The Tea Room Ltd", ""), ("21 Nov 2025", "16:05"), ("2 x Scone", "£5.20"), ("Total", "£5.20"))
_DE = (("Metzgerei Sommer", ""), ("Datum: 07.02.2026", "09:12"), ("MwSt 7%", "0,41"), ("SUMME EUR", "6,25"))
_MY = (("KEDAI MAJU SDN BHD", ""), ("DATE: 25/12/2018", "11:30"), ("GST @6%", "RM 2.47"), ("TOTAL", "RM 43.67"))
_FR = (("CAFE DU PORT", ""), ("Le 30/06/2025", "13:47"), ("TVA 10%", "1,09"), ("TOTAL TTC", "12,00 EUR"))
RECEIPTS = (
    Printed("us", _US, "2026-03-14", "18.95"),
    Printed("gb", _GB, "2025-11-21", "5.20", tone=0.7),
    Printed("de", _DE, "2026-02-07", "6.25", tone=0.85),
    Printed("my", _MY, "2018-12-25", "43.67"),
    Printed("fr", _FR, "2025-06-30", "12.00", tone=0.6),
)


def write(folder: Path, count: int) -> list[Path]:
    """The first ``count`` of the receipts as PNGs in a folder."""
    paths = [folder / f"{printed.name}.png" for printed in RECEIPTS[:count]]
    for path, printed in zip(paths, RECEIPTS, strict=False):
        draw(printed).save(path)
    return paths


def draw(printed: Printed) -> Image.Image:
    """The picture of a receipt, SIDE pixels square, RGB."""
    picture = Image.new("RGB", (SIDE, SIDE), PAPER)
    pen = ImageDraw.Draw(picture)
    ink = tuple(round(paper + printed.tone * (dark - paper)) for paper, dark in zip(PAPER, INK, strict=True))
    step = (SIDE - 2 * MARGIN) // len(printed.rows)
    for number, texts in enumerate(printed.rows):
        _row(pen, MARGIN + round((number + 0.2) * step), texts, ink)
    return picture


def _row(pen: ImageDraw.ImageDraw, top: int, texts: tuple[str, str], ink: Sequence[int]) -> None:
    font = ImageFont.load_default(40)
    pen.text((MARGIN, top), texts[0], fill=tuple(ink), font=font)
    pen.text((SIDE - MARGIN, top), texts[1], fill=tuple(ink), font=font, anchor="ra")
