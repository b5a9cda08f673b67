"""What the extraction network is told of a word besides its letters: place, print, and what the rules know of it.

Simple arithmetic, so that every port agrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from edgekit.extract.labels import Entry
from edgekit.extract.lexicon import DATE_KINDS, MONEY_KINDS, NAME_KINDS, Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.sums import Parts, parts_of

_NAME_ROWS = 12  # rows at the top in which words of names are looked for
_MOST_ABOVE = 24  # prices above that may add up to one

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
    for entry in sheet.entries[span.row]:
        if entry.amount.start < span.end and entry.amount.end > span.start:
            return entry
    return None
