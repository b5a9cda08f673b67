"""A contact sheet: small copies of pictures side by side, to look a batch over."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

_CELL = (300, 560)
_GAP = 8
_ACROSS = 6
MOST = 24
"""Pictures on a sheet."""


def contact_sheet(images: Sequence[Image.Image]) -> Image.Image:
    """Up to MOST pictures (``RGB``), in rows of six."""
    shown = images[:MOST]
    across, down = min(len(shown), _ACROSS), -(-len(shown) // _ACROSS)
    sheet = Image.new("RGB", (across * (_CELL[0] + _GAP) + _GAP, down * (_CELL[1] + _GAP) + _GAP), (110, 110, 110))
    for index, image in enumerate(shown):
        small = image.convert("RGB")
        small.thumbnail(_CELL)
        row, column = divmod(index, _ACROSS)
        sheet.paste(small, (_GAP + column * (_CELL[0] + _GAP), _GAP + row * (_CELL[1] + _GAP)))
    return sheet
