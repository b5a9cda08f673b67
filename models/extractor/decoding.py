"""The network's scores alone as answers: the rung of the ladder without rules and arithmetic. numpy only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.vendor import Segment, joined, name_spans, top_segments
from edgekit.extract.words import TAGS
from models.extractor.samples import Sheet

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FoundItem:
    """A thing bought, as read."""

    description: str
    quantity: str
    amount: Decimal


def pointed(scores: Scores, tag: str) -> int | None:
    """The word a pointer's score is highest on; None where none is likelier. scores: [words, tags]."""
    column = scores[:, TAGS.index(tag)]
    best = int(column.argmax()) if len(column) else -1
    return best if best >= 0 and column[best] > 0 else None


def amount_at(sheet: Sheet, word: int) -> Decimal | None:
    """The amount a word belongs to."""
    span = sheet.words.spans[word]
    worth = (
        e.amount.value
        for e in sheet.found
        if e.row == span.row and e.amount.start < span.end and e.amount.end > span.start
    )
    return next(worth, None)


def vendor_of(scores: Scores, sheet: Sheet, lexicon: Lexicon, params: ExtractParams) -> str | None:
    """The run of lines at the top whose words' log-odds add up to most; None where all are below 0."""
    segments = top_segments(sheet.page, lexicon, params)
    words = list(zip(sheet.words.spans, sheet.texts, scores[:, TAGS.index("vendor")], strict=True))

    def worth(run: Sequence[Segment]) -> float:
        found = [s for span, text, s in words for part in run if span.line in part.lines and text in part.text]
        return float(sum(found))

    runs = [segments[span] for span in name_spans(segments)]
    best = max(runs, key=worth, default=())
    return joined(best) if worth(best) > 0 else None


def items_of(scores: Scores, sheet: Sheet) -> list[FoundItem]:
    """Line items: one for each amount, with the words about it in its row and in rows that have no amount.

    Such a row belongs to the next amount where that stands alone, else to the one before.
    """
    tagged = {tag: _rows_of(scores, sheet, tag) for tag in ("description", "quantity", "amount")}
    priced = sorted(tagged["amount"])
    owner = {row: row for row in priced}
    for row in sorted(set(tagged["description"]) | set(tagged["quantity"])):
        if row not in owner and (nearest := _owner(row, priced, tagged["description"])) is not None:
            owner[row] = nearest
    found = []
    for row in priced:
        amount = amount_at(sheet, tagged["amount"][row][-1])
        if amount is not None:
            mine = [other for other, whose in sorted(owner.items()) if whose == row]
            words = [" ".join(sheet.texts[i] for r in mine for i in tagged[tag].get(r, ())) for tag in _WORDED]
            found.append(FoundItem(words[0], words[1], amount))
    return found


_WORDED = ("description", "quantity")


def _rows_of(scores: Scores, sheet: Sheet, tag: str) -> dict[int, list[int]]:
    """Words with the tag, by row."""
    found: dict[int, list[int]] = {}
    for i in np.flatnonzero(scores[:, TAGS.index(tag)] > 0):
        found.setdefault(sheet.words.spans[i].row, []).append(int(i))
    return found


def _owner(row: int, priced: Sequence[int], described: dict[int, list[int]]) -> int | None:
    before = max((p for p in priced if p < row), default=None)
    after = min((p for p in priced if p > row), default=None)
    if after is not None and (after not in described or before is None):
        return after
    return before if before is not None else after
