"""Receipts as text for people: a card for one, a table for many."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from edgekit.types import FIELD_NAMES, Field, Item, Receipt

REVIEW = "?"
COLUMNS = ("vendor", "date", "total", "currency", "tax")
_WIDTHS = {"vendor": 28, "date": 11, "total": 11, "currency": 8, "tax": 10}
_RIGHT = ("total", "tax")
_MOST_FILE = 36
LEGEND = f"{REVIEW} look at this value before it is used"


def display_width(text: str) -> int:
    """Terminal cells: two for East Asian wide characters, none for combining marks."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def clean(text: str) -> str:
    """Text that is safe to print on one line: control characters, which may steer a terminal, become spaces."""
    return "".join(char if char.isprintable() else " " for char in text)


def fit(text: str, width: int, right: bool = False) -> str:
    """Text cut (with ``...``) or padded to ``width`` cells; ``right`` keeps its end, and pads in front."""
    text = clean(text)
    if display_width(text) > width:
        while display_width(text) > width - 3:
            text = text[1:] if right else text[:-1]
        text = f"...{text}" if right else f"{text}..."
    padding = " " * (width - display_width(text))
    return padding + text if right else text + padding


class Table:
    """One row per picture; widths are known before the first picture is read, so rows can be printed as they come."""

    def __init__(self, pictures: Sequence[str]) -> None:
        self._common = _common_folder(pictures)
        longest = max(display_width(clean(self._short(picture))) for picture in pictures)
        self._file_width = max(4, min(longest, _MOST_FILE))
        self._marked = False

    @property
    def marked(self) -> bool:
        """Whether a row so far had a review mark."""
        return self._marked

    def header(self) -> str:
        cells = [fit("file", self._file_width), *(fit(name, _WIDTHS[name], name in _RIGHT) for name in COLUMNS)]
        return "  ".join(cells).rstrip()

    def row(self, picture: str, receipt: Receipt) -> str:
        name = self._short(picture)
        cells = [fit(name, self._file_width, right=display_width(clean(name)) > self._file_width)]
        for name in COLUMNS:
            field = getattr(receipt, name)
            self._marked |= _needs_review(field)
            cells.append(fit(_cell(field), _WIDTHS[name], name in _RIGHT))
        return "  ".join(cells).rstrip()

    def _short(self, picture: str) -> str:
        return picture.removeprefix(self._common)


def card(picture: str, receipt: Receipt) -> str:
    """One receipt: a row per field with its value, confidence, review mark, and the text as printed; then its items."""
    rows = [("field", "value", "", "conf", "as printed")]
    for name in FIELD_NAMES:
        field = getattr(receipt, name)
        rows.append(_card_row(name, field) if field else (name, "-", "", "", ""))
    value_width = min(max(display_width(clean(row[1])) for row in rows), 44)
    lines = [clean(picture)]
    for name, value, mark, confidence, text in rows:
        cells = (fit(name, 8), fit(value, value_width), fit(mark, 1), fit(confidence, 4, True), clean(text))
        lines.append(f"  {'  '.join(cells)}".rstrip())
    lines += [f"  {_item_row(item)}".rstrip() for item in receipt.items]
    lines += [f"  {note}" for note in _notes(receipt)]
    return "\n".join(lines)


def _card_row(name: str, field: Field[Any]) -> tuple[str, str, str, str, str]:
    mark = REVIEW if field.needs_review else ""
    return name, str(field.value), mark, f"{field.confidence:.2f}", field.text or "(inferred)"


def _item_row(item: Item) -> str:
    """Quantity where it is printed, amount and description, in the columns of the fields."""
    count = f"{item.quantity:f} x" if item.quantity is not None else ""
    cells = (fit("item", 8), fit(f"{item.amount:f}", 12, True), fit(count, 8, True), clean(item.description))
    return "  ".join(cells)


def _notes(receipt: Receipt) -> Iterator[str]:
    for name in FIELD_NAMES:
        field = getattr(receipt, name)
        if field and field.alternatives:
            yield f"{name} may also be {', '.join(clean(str(value)) for value in field.alternatives)}"
    if not receipt.lines:
        yield "no text was found"
    if any(_needs_review(getattr(receipt, name)) for name in FIELD_NAMES):
        yield LEGEND


def _cell(field: Field[Any] | None) -> str:
    return "-" if field is None else f"{field.value}{REVIEW if field.needs_review else ''}"


def _needs_review(field: Field[Any] | None) -> bool:
    return field is not None and field.needs_review


def _common_folder(pictures: Sequence[str]) -> str:
    """What all paths have in common up to a folder, with the separator; empty where they share none."""
    if len(pictures) == 1:
        return ""
    prefix = os.path.commonprefix(list(pictures))  # noqa: RUF071 - cut back to a whole folder below
    return prefix[: prefix.rfind(os.sep) + 1]
