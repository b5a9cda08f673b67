"""Words of a page as numbers: what the extraction network is given."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from edgekit.extract.labels import Entry
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.measures import measures_of
from edgekit.extract.page import Page, PageRow, Piece
from edgekit.extract.places import MEASURES, PLACES, Span, entry_of, flags_of, sheet_of

Word = TypeVar("Word")

TAGS = ("vendor", "date", "time", "currency", "subtotal", "tax", "total", "description", "quantity", "amount")
"""What a word may be, in the order of the network's scores."""
LETTERS = 16
"""Characters of a word that the network sees: of a longer word the first and the last half of them."""
BUCKETS = (64, 128, 256, 512)
"""Numbers of words that the network takes."""
CHAR_IDS = 400
"""0 is padding, 1 to 384 are code points below 0x180, the rest share 15 numbers."""
_WORD = re.compile(r"\S+")
_HEAD = 128  # words kept from the top where a page has more than fit; the rest are its last ones
_PLAIN = 0x180
_SHARED = CHAR_IDS - _PLAIN - 1


@dataclass(frozen=True, slots=True)
class Words:
    """The network's inputs, and where each word stands.

    chars: int32 [1, bucket, LETTERS]. places: float32 [1, bucket, len(PLACES)]. spans: one per word, in reading order;
    rows of the arrays beyond them are zeros.
    """

    chars: NDArray[np.int32]
    places: NDArray[np.float32]
    spans: tuple[Span, ...]


def encode(page: Page, found: Sequence[Entry], lexicon: Lexicon) -> Words:
    """The words of a page. found: its ``labels.entries``.

    Words are parted by spaces, and where a price, a date or a time starts or ends ("TOTAL9.00" is two). Of more than
    512 the first 128 and the last 384 are kept.
    """
    by_row = [_spans_of(row) for row in page.rows]
    spans = _kept([span for words in by_row for span in words])
    size = next(bucket for bucket in BUCKETS if bucket >= len(spans))
    chars = np.zeros((1, size, LETTERS), np.int32)
    places = np.zeros((1, size, len(PLACES)), np.float32)
    if spans:
        sheet = sheet_of(page, found, lexicon)
        texts = [page.rows[span.row].text[span.start : span.end] for span in spans]
        chars[0, : len(spans)] = [_padded(char_ids(text)) for text in texts]
        entries = [[entry_of(sheet, span) for span in words] for words in by_row]
        rows = zip(page.rows, by_row, entries, strict=True)
        places[0, : len(spans), :MEASURES] = _kept([word for row in rows for word in measures_of(sheet, *row)])
        known = zip(spans, _kept([entry for of_row in entries for entry in of_row]), strict=True)
        flagged = [(number, column) for number, pair in enumerate(known) for column in flags_of(sheet, *pair)]
        places[0, [number for number, _ in flagged], [column for _, column in flagged]] = 1.0
    return Words(chars, places, tuple(spans))


def _kept(words: list[Word]) -> list[Word]:
    """What is looked at of something that each word of a page has."""
    return words if len(words) <= BUCKETS[-1] else words[:_HEAD] + words[_HEAD - BUCKETS[-1] :]


def _padded(ids: list[int]) -> list[int]:
    return ids + [0] * (LETTERS - len(ids))


def char_ids(text: str) -> list[int]:
    """The numbers of a word's characters, at most LETTERS."""
    if len(text) > LETTERS:
        text = text[: LETTERS // 2] + text[-LETTERS // 2 :]
    return [1 + code if code < _PLAIN else _PLAIN + 1 + code % _SHARED for code in map(ord, text)]


def _spans_of(row: PageRow) -> list[Span]:
    solid = [(a.start, a.end) for a in row.amounts if a.is_money]
    solid += [(d.start, d.end) for d in row.dates] + [(t.start, t.end) for t in row.times if t.clear]
    cuts = sorted({edge for ends in solid for edge in ends})
    found = []
    for piece in row.pieces:
        for word in _WORD.finditer(row.text, piece.start, piece.end):
            start, end = word.span()
            edges = [start, *[cut for cut in cuts if start < cut < end], end]
            found += [_span(row, piece, *ends) for ends in pairwise(edges)]
    return found


def _span(row: PageRow, piece: Piece, start: int, end: int) -> Span:
    step = (piece.right - piece.left) / (piece.end - piece.start)
    left, right = piece.left + step * (start - piece.start), piece.left + step * (end - piece.start)
    return Span(row.index, piece.line, start, end, left, right)
