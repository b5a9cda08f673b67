"""Words of a page as numbers: what the extraction network is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edgekit.extract.labels import Entry
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow, Piece
from edgekit.extract.places import PLACES, Span, places_of, sheet_of

TAGS = ("vendor", "date", "time", "currency", "subtotal", "tax", "total", "description", "quantity", "amount")
"""What a word may be, in the order of the network's scores."""
LETTERS = 16
"""Characters of a word that the network sees: of a longer word the first and the last half of them."""
BUCKETS = (64, 128, 256, 512)
"""Numbers of words that the network takes."""
CHAR_IDS = 400
"""0 is padding, 1 to 384 are code points below 0x180, the rest share 15 numbers."""
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
    spans = [span for row in by_row for span in row]
    if len(spans) > BUCKETS[-1]:
        spans = spans[:_HEAD] + spans[_HEAD - BUCKETS[-1] :]
    size = next(bucket for bucket in BUCKETS if bucket >= len(spans))
    chars = np.zeros((1, size, LETTERS), np.int32)
    places = np.zeros((1, size, len(PLACES)), np.float32)
    kept = set(spans)
    sheet, number = sheet_of(page, found, lexicon), 0
    for row, words in zip(page.rows, by_row, strict=True):
        for i, span in enumerate(words):
            if span in kept:
                ids = char_ids(row.text[span.start : span.end])
                chars[0, number, : len(ids)] = ids
                places[0, number] = places_of(sheet, row, words, i)
                number += 1
    return Words(chars, places, tuple(spans))


def char_ids(text: str) -> list[int]:
    """The numbers of a word's characters, at most LETTERS."""
    if len(text) > LETTERS:
        text = text[: LETTERS // 2] + text[-LETTERS // 2 :]
    return [1 + code if code < _PLAIN else _PLAIN + 1 + code % _SHARED for code in map(ord, text)]


def _spans_of(row: PageRow) -> list[Span]:
    solid = [(a.start, a.end) for a in row.amounts if a.is_money]
    solid += [(d.start, d.end) for d in row.dates] + [(t.start, t.end) for t in row.times if t.clear]
    cuts = {edge for ends in solid for edge in ends}
    found = []
    for piece in row.pieces:
        start = piece.start
        for at in range(piece.start, piece.end + 1):
            ends = at == piece.end or row.text[at].isspace()
            if (ends or at in cuts) and at > start:
                found.append(_span(row, piece, start, at))
            if ends:
                start = at + 1
            elif at in cuts:
                start = at
    return found


def _span(row: PageRow, piece: Piece, start: int, end: int) -> Span:
    step = (piece.right - piece.left) / (piece.end - piece.start)
    left, right = piece.left + step * (start - piece.start), piece.left + step * (end - piece.start)
    return Span(row.index, piece.line, start, end, left, right)
