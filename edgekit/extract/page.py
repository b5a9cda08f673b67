"""A receipt as the extractor sees it: printed rows of text with the amounts, dates and anchors on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.extract.lexicon import Lexicon
from edgekit.geometry import all_rotated, quad_size, skew
from edgekit.parsing.amounts import Amount, find_amounts
from edgekit.parsing.anchors import Mark
from edgekit.parsing.dates import PrintedDate, PrintedTime, find_dates, find_times
from edgekit.types import TextLine

_MOST_DOUBT = 3.0  # characters: beyond it a line is known to be misread, and how much of it says no more
_DIGIT = re.compile(r"[\d\\]")  # no date, time or amount is without; a backslash may be a misread 1
_GAP = "   "  # wider than any space a number may contain, so that numbers of two lines never join
_CENTS = re.compile(r"[.,][0-9]{2}(?![0-9.,])")
_CUT = 1.0  # text heights between the parts of a price that was read as two lines; columns stand about three apart


@dataclass(frozen=True, slots=True)
class Piece:
    """The characters [start, end) of a row that one line contributed; left, right: along the text, in text heights."""

    start: int
    end: int
    line: int
    left: float
    right: float
    height: float


@dataclass(frozen=True, slots=True)
class PageRow:
    """A printed row.

    index: 0 at the top. text: its lines joined. height: of the text, relative to the receipt's median.
    marks: money anchors found outside dates and prices.
    """

    index: int
    text: str
    pieces: tuple[Piece, ...]
    height: float
    amounts: tuple[Amount, ...]
    marks: tuple[Mark, ...]
    dates: tuple[PrintedDate, ...]
    times: tuple[PrintedTime, ...]

    def lines_of(self, start: int, end: int) -> tuple[int, ...]:
        """Lines that the characters [start, end) of this row came from."""
        return tuple(piece.line for piece in self.pieces if piece.start < end and piece.end > start)


@dataclass(frozen=True, slots=True)
class Page:
    """All rows of a receipt, and its lines as they were read. whole_prices: no number on it has cents."""

    lines: tuple[TextLine, ...]
    rows: tuple[PageRow, ...]
    whole_prices: bool

    def confidence(self, lines: Sequence[int]) -> float:
        """The recogniser's lowest confidence on some lines; 1 for none."""
        return min((self.lines[i].confidence for i in lines), default=1.0)

    def doubt(self, lines: Sequence[int]) -> float:
        """How many characters of some lines the recogniser is likely to have misread, 0..3.

        A line's confidence is the mean of its characters', so a long line is likelier to have one that is wrong than a
        short one of the same confidence. A line that is named twice counts once.
        """
        found = (self.lines[i] for i in sorted(set(lines)))
        return min(sum((1.0 - line.confidence) * len(line.text) for line in found), _MOST_DOUBT)


def build_page(
    lines: Sequence[TextLine], rows: Sequence[Sequence[int]], lexicon: Lexicon, years: tuple[int, int]
) -> Page:
    """Everything that is looked up once per row. years: first and last plausible year of a date."""
    angle = skew([line.quad for line in lines])
    heights = [quad_size(line.quad)[1] for line in lines]
    usual = sorted(heights)[len(heights) // 2] if heights else 1.0
    usual = max(usual, 1e-6)
    built = []
    for index, row in enumerate(rows):
        pieces: list[Piece] = []
        text = ""
        for i in row:
            along = [x for x, _ in all_rotated(lines[i].quad.points, -angle)]
            left, right = min(along) / usual, max(along) / usual
            if text:
                text += _between(text, lines[i].text, left - pieces[-1].right)
            pieces.append(Piece(len(text), len(text) + len(lines[i].text), i, left, right, heights[i] / usual))
            text += lines[i].text
        built.append(_row(index, text, tuple(pieces), lexicon, years))
    cents = any(amount.decimals == 2 and not amount.percent for row in built for amount in row.amounts)
    return Page(tuple(lines), tuple(built), not cents)


def _between(text: str, following: str, gap: float) -> str:
    """What parts two lines of a row: one space where a price was cut before its point (``18`` and ``.00``), so that it
    is read as one that stands apart."""
    cut = gap < _CUT and text[-1] in "0123456789" and _CENTS.match(following)
    return " " if cut else _GAP


def _row(index: int, text: str, pieces: tuple[Piece, ...], lexicon: Lexicon, years: tuple[int, int]) -> PageRow:
    dates, times, amounts = _numbers(text, lexicon, years) if _DIGIT.search(text) else ((), (), ())
    masked = [(d.start, d.end) for d in dates] + [(a.start, a.end) for a in amounts if a.is_money or a.percent]
    marks = lexicon.money.find(text, tuple(masked))
    height = max((piece.height for piece in pieces), default=0.0)
    return PageRow(index, text, pieces, height, amounts, marks, dates, times)


def _numbers(
    text: str, lexicon: Lexicon, years: tuple[int, int]
) -> tuple[tuple[PrintedDate, ...], tuple[PrintedTime, ...], tuple[Amount, ...]]:
    """Dates, times outside of them, and amounts outside of both."""
    dates = find_dates(text, lexicon.months, years)
    undated = blank(text, [(d.start, d.end) for d in dates])
    times = find_times(undated)
    untimed = blank(undated, [(t.start, t.end) for t in times if t.clear])
    return dates, times, find_amounts(untimed, lexicon.marks)


def blank(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """The text with the [start, end) ranges replaced by a character that neither joins nor parts numbers."""
    for start, end in ranges:
        text = text[:start] + "_" * (end - start) + text[end:]
    return text
