"""What the extraction network is told of a word besides its letters: place, print, and what the rules know of it.

Simple arithmetic, so that every port agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log1p

from edgekit.extract.labels import Entry
from edgekit.extract.lexicon import DATE_KINDS, MONEY_KINDS, NAME_KINDS, Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.sums import Parts, adds_up, is_paid, parts_of

_NAME_ROWS = 12  # rows at the top in which words of names are looked for
_MOST_ABOVE = 24  # prices above that may add up to one
_MOST_FACTORS = 4  # numbers of a row that may make a price
_LONG = 16  # characters that count as a long word

_KINDS = (*MONEY_KINDS, *DATE_KINDS, *(kind for kind in NAME_KINDS if kind not in MONEY_KINDS))
_ENTRY_KINDS = tuple(kind for kind in MONEY_KINDS if kind not in ("incl", "price"))
_BASE = (
    *("left", "right", "row", "from_top", "from_bottom", "row_words", "row_first", "row_last"),
    *("line_first", "line_last", "gap_left", "gap_right", "centre", "height", "tallest", "confidence"),
    *("letters", "digits", "alphabetic", "upper"),
    *("amount", "money", "cents", "percent", "grouped", "noisy", "mark", "negative", "zero", "adopted"),
    *("size", "largest", "twins", "after", "sum", "paid", "above", "product", "date", "time"),
)
PLACES = (
    *_BASE,
    *(f"is {kind}" for kind in _KINDS),
    *(f"before {kind}" for kind in MONEY_KINDS),
    *(f"above {kind}" for kind in MONEY_KINDS),
    *(f"entry {kind}" for kind in _ENTRY_KINDS),
)
"""What the network is told of each word, in this order.

left, right: along the text, 0..1 over the width of all text. row: 0 at the top, 1 at the bottom; from_top, from_bottom:
log1p of the rows beyond, / 4. row_words: words of the row, / 10. gap_*: to the neighbour in the row, in median text
heights, / 20. centre: of the row's text less that of all text. height: less the median, in medians; tallest: relative
to the tallest. letters: / 16. digits, alphabetic, upper: shares of the characters, and of the letters. amount to paid:
of the amount that the word is in; size: relative to the largest; twins: rows that show it too, / 3; after: amounts to
its right, / 3; sum, paid: printed parts make it (see sums.py). above: prices right above it add up to it. product: two
other numbers of the row make it. is, before, above: kinds of anchors on the word, earlier in its row, and on the row
above. entry: what the label makes of the amount (see labels.py).
"""


MEASURES = len(_BASE)
"""How many of PLACES, the first, are measures; the others are flags."""


def _columns(group: str) -> dict[str, int]:
    """The columns of a group of flags, by kind."""
    return {name.partition(" ")[2]: i for i, name in enumerate(PLACES) if name.partition(" ")[0] == group}


_IS, _BEFORE, _ABOVE, _ENTRY = map(_columns, ("is", "before", "above", "entry"))


@dataclass(frozen=True, slots=True)
class Span:
    """A word: the characters [start, end) of the text of row ``row``, from line ``line``; left, right as in Piece."""

    row: int
    line: int
    start: int
    end: int
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is the same for all words of a page.

    marks: by row, (kind, start, end) of the anchors. entries: by row. rows_of: rows that show a value.
    piled: rows whose last price is the sum of prices right above.
    """

    page: Page
    left: float
    width: float
    tallest: float
    marks: tuple[tuple[tuple[str, int, int], ...], ...]
    entries: tuple[tuple[Entry, ...], ...]
    largest: Decimal
    rows_of: dict[Decimal, set[int]]
    piled: frozenset[int]
    parts: Parts


def sheet_of(page: Page, found: Sequence[Entry], lexicon: Lexicon) -> Sheet:
    pieces = [piece for row in page.rows for piece in row.pieces]
    left = min((piece.left for piece in pieces), default=0.0)
    by_row: list[list[Entry]] = [[] for _ in page.rows]
    rows_of: dict[Decimal, set[int]] = {}
    for entry in found:
        by_row[entry.row].append(entry)
        rows_of.setdefault(abs(entry.amount.value), set()).add(entry.row)
    prices = [e for e in found if e.is_money and e.kind not in ("payment", "change")]
    return Sheet(
        page=page,
        left=left,
        width=max(max((piece.right for piece in pieces), default=1.0) - left, 1.0),
        tallest=max((piece.height for piece in pieces), default=1.0),
        marks=tuple(_marks(page, row, lexicon) for row in page.rows),
        entries=tuple(map(tuple, by_row)),
        largest=max((abs(e.amount.value) for e in prices), default=Decimal(0)),
        rows_of=rows_of,
        piled=_piled(by_row),
        parts=parts_of(found),
    )


def _marks(page: Page, row: PageRow, lexicon: Lexicon) -> tuple[tuple[str, int, int], ...]:
    """Anchors of a row; those of dates only near a date, those of names only at the top, as they are used there."""
    marks = [*row.marks]
    below = page.rows[row.index + 1] if row.index + 1 < len(page.rows) else row
    if row.dates or below.dates:
        marks += lexicon.dates.find(row.text)
    if row.index < _NAME_ROWS:
        marks += lexicon.names.find(row.text)
    return tuple((mark.kind, mark.start, mark.end) for mark in marks)


def _piled(by_row: Sequence[Sequence[Entry]]) -> frozenset[int]:
    """Rows whose last price is the sum of the last prices of two or more rows right above, one of them at the end."""
    piled: set[int] = set()
    above: list[int] = []
    for row, found in enumerate(by_row):
        prices = [entry for entry in found if entry.is_money]
        if not prices:
            continue
        cents = int(prices[-1].amount.value * 100)
        rest = cents
        for count, price in enumerate(reversed(above[-_MOST_ABOVE:]), 1):
            rest -= price
            if rest == 0 and count > 1 and cents:
                piled.add(row)
        above.append(cents)
    return frozenset(piled)


def measures_of(sheet: Sheet, row: PageRow, words: Sequence[Span], i: int, entry: Entry | None) -> tuple[float, ...]:
    """The MEASURES of the i-th word of a row. entry: what it is in, see ``entry_of``."""
    span = words[i]
    return (
        *_of_place(sheet, row, words, i),
        *_of_print(sheet, row, span),
        *_of_amount(row, span, entry),
        *_of_value(sheet, row, entry),
        float(any(_meet(d.start, d.end, span) for d in row.dates)),
        float(any(_meet(t.start, t.end, span) for t in row.times)),
    )


def flags_of(sheet: Sheet, span: Span, entry: Entry | None) -> list[int]:
    """The columns of PLACES in which a word is flagged with 1; the other flags are 0. entry: see ``entry_of``."""
    found = []
    if marks := sheet.marks[span.row]:
        own = {kind for kind, start, end in marks if start < span.end and end > span.start}
        before = {kind for kind, start, _ in marks if start < span.start} - own
        found += [_IS[kind] for kind in own] + [_BEFORE[kind] for kind in before if kind in _BEFORE]
    if span.row and (above := sheet.marks[span.row - 1]):
        found += [_ABOVE[kind] for kind, _, _ in above if kind in _ABOVE]
    if entry is not None and entry.kind in _ENTRY:
        found.append(_ENTRY[entry.kind])
    return found


def entry_of(sheet: Sheet, span: Span) -> Entry | None:
    """The amount that a word is in."""
    return next((e for e in sheet.entries[span.row] if _meet(e.amount.start, e.amount.end, span)), None)


def _meet(start: int, end: int, span: Span) -> bool:
    return start < span.end and end > span.start


def _of_place(sheet: Sheet, row: PageRow, words: Sequence[Span], i: int) -> tuple[float, ...]:
    span, rows = words[i], len(sheet.page.rows)
    first, last = i == 0, i == len(words) - 1
    middle = (words[0].left + words[-1].right) / 2
    return (
        (span.left - sheet.left) / sheet.width,
        (span.right - sheet.left) / sheet.width,
        row.index / max(rows - 1, 1),
        log1p(row.index) / 4,
        log1p(rows - 1 - row.index) / 4,
        min(len(words), 10) / 10,
        float(first),
        float(last),
        float(first or words[i - 1].line != span.line),
        float(last or words[i + 1].line != span.line),
        0.0 if first else _clipped((span.left - words[i - 1].right) / 20),
        0.0 if last else _clipped((words[i + 1].left - span.right) / 20),
        _clipped((middle - sheet.left) / sheet.width - 0.5),
    )


def _clipped(value: float) -> float:
    return min(max(value, -1.0), 1.0)


def _of_print(sheet: Sheet, row: PageRow, span: Span) -> tuple[float, ...]:
    text = row.text[span.start : span.end]
    height = next((piece.height for piece in row.pieces if piece.start <= span.start < piece.end), 1.0)
    letters = sum(map(str.isalpha, text))
    return (
        min(height - 1.0, 2.0),
        height / max(sheet.tallest, 1e-6),
        sheet.page.lines[span.line].confidence,
        min(len(text), _LONG) / _LONG,
        sum(map(str.isdigit, text)) / len(text),
        letters / len(text),
        sum(map(str.isupper, text)) / max(letters, 1),
    )


def _of_amount(row: PageRow, span: Span, entry: Entry | None) -> tuple[float, ...]:
    amount = next((a for a in row.amounts if _meet(a.start, a.end, span)), None)
    if amount is None:
        return (0.0,) * 10
    return (
        1.0,
        float(entry is not None and entry.is_money),
        float(amount.decimals == 2),
        float(amount.percent),
        float(amount.grouped),
        float(amount.noisy),
        float(bool(amount.code)),
        float(amount.value < 0),
        float(amount.value == 0),
        float(entry is not None and entry.adopted),
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
