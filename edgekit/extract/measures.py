"""What the extraction network is told of a word in numbers: the MEASURES of ``places``."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p
from typing import TypeVar

from edgekit.extract.labels import Entry
from edgekit.extract.page import PageRow
from edgekit.extract.places import Sheet, Span
from edgekit.extract.sums import adds_up, is_paid
from edgekit.parsing.amounts import Amount
from edgekit.parsing.dates import PrintedDate, PrintedTime

Print = TypeVar("Print", Amount, PrintedDate, PrintedTime)

_MOST_FACTORS = 4  # numbers of a row that may make a price
_LONG = 16  # characters that count as a long word


def measures_of(
    sheet: Sheet, row: PageRow, words: Sequence[Span], entries: Sequence[Entry | None]
) -> list[tuple[float, ...]]:
    """The MEASURES of each word of a row. entries: what they are in, see ``entry_of``."""
    places = _of_places(sheet, row, words) if words else ()
    heights = {piece.line: piece.height for piece in row.pieces}
    return [
        (
            *place,
            *_of_print(sheet, row.text[span.start : span.end], heights[span.line], span.line),
            *_of_amount(_met(row.amounts, span), entry),
            *_of_value(sheet, row, entry),
            _met(row.dates, span) is not None,
            _met(row.times, span) is not None,
        )
        for place, span, entry in zip(places, words, entries, strict=True)
    ]


def _met(prints: Sequence[Print], span: Span) -> Print | None:
    """The first of some prints that a word touches."""
    for printed in prints:
        if printed.start < span.end and printed.end > span.start:
            return printed
    return None


def _of_places(sheet: Sheet, row: PageRow, words: Sequence[Span]) -> list[tuple[float, ...]]:
    rows, last = len(sheet.page.rows), len(words) - 1
    middle = (words[0].left + words[-1].right) / 2
    centre = _clipped((middle - sheet.left) / sheet.width - 0.5)
    down = (row.index / max(rows - 1, 1), log1p(row.index) / 4, log1p(rows - 1 - row.index) / 4)
    return [
        (
            (span.left - sheet.left) / sheet.width,
            (span.right - sheet.left) / sheet.width,
            *down,
            min(len(words), 10) / 10,
            i == 0,
            i == last,
            i == 0 or words[i - 1].line != span.line,
            i == last or words[i + 1].line != span.line,
            0.0 if i == 0 else _clipped((span.left - words[i - 1].right) / 20),
            0.0 if i == last else _clipped((words[i + 1].left - span.right) / 20),
            centre,
        )
        for i, span in enumerate(words)
    ]


def _clipped(value: float) -> float:
    return min(max(value, -1.0), 1.0)


def _of_print(sheet: Sheet, text: str, height: float, line: int) -> tuple[float, ...]:
    letters = sum(map(str.isalpha, text))
    return (
        min(height - 1.0, 2.0),
        height / max(sheet.tallest, 1e-6),
        sheet.page.lines[line].confidence,
        min(len(text), _LONG) / _LONG,
        sum(map(str.isdigit, text)) / len(text),
        letters / len(text),
        sum(map(str.isupper, text)) / max(letters, 1),
    )


def _of_amount(amount: Amount | None, entry: Entry | None) -> tuple[float, ...]:
    if amount is None:
        return (0.0,) * 10
    return (
        1.0,
        entry is not None and entry.is_money,
        amount.decimals == 2,
        amount.percent,
        amount.grouped,
        amount.noisy,
        bool(amount.code),
        amount.value < 0,
        amount.value == 0,
        entry is not None and entry.adopted,
    )


def _of_value(sheet: Sheet, row: PageRow, entry: Entry | None) -> tuple[float, ...]:
    if entry is None:
        return (0.0,) * 8
    value = abs(entry.amount.value)
    others = [float(a.value) for a in row.amounts if a.start != entry.amount.start and not a.percent][:_MOST_FACTORS]
    products = [a * b for i, a in enumerate(others) for b in others[i + 1 :]]
    return (
        min(float(value) / max(float(sheet.largest), 0.01), 2.0),
        float(value == sheet.largest),
        min(len(sheet.rows_of[value]) - 1, 3) / 3,
        min(entry.siblings - 1 - entry.order, 3) / 3,
        float(adds_up(value, entry.row, sheet.parts)),
        float(is_paid(value, sheet.parts)),
        float(entry.row in sheet.piled and entry.order == entry.siblings - 1),
        float(any(abs(product - float(value)) < 0.005 for product in products)),
    )
