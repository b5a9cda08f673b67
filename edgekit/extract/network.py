"""What the extraction network says of the words of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import BackendError
from edgekit.extract.labels import Entry
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page
from edgekit.extract.places import Span
from edgekit.extract.words import TAGS, encode

POINTED = ("date", "time", "currency", "subtotal", "tax", "total")
"""Tags of which a receipt has one: the scores of all words and that of none, 0, are a softmax."""
FLOOR = -12.0
"""Log of the least share that counts: below it, a network that is sure says nothing more."""
_STEEPEST = 6.0  # log-odds of a word beyond which more says nothing

Array = NDArray[np.float64]


class Session(Protocol):
    """A loaded graph; see ``edgekit.session.Session``."""

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The network's word on a page.

    spans: its words in reading order. odds: float64 [words, TAGS], log-odds within +-6. shares: float64
    [words + 1, POINTED], log of the share of each word; the last row is that of none of them.
    """

    spans: tuple[Span, ...]
    odds: Array
    shares: Array
    _by_row: dict[int, tuple[int, ...]]

    def words(self, row: int, start: int, end: int) -> tuple[int, ...]:
        """Numbers of the words that touch the characters [start, end) of a row."""
        return tuple([i for i in self._by_row.get(row, ()) if self.spans[i].start < end and self.spans[i].end > start])

    def words_of(self, row: int) -> tuple[int, ...]:
        """Numbers of the words of a row, left to right."""
        return self._by_row.get(row, ())

    def share(self, tag: str, words: Sequence[int]) -> float:
        """Log of the share of a POINTED tag that falls on some words together; FLOOR or more."""
        if not words:
            return FLOOR
        found = self.shares[list(words), POINTED.index(tag)]
        return max(float(np.logaddexp.reduce(found)), FLOOR)

    def none(self, tag: str) -> float:
        """Log of the share that a receipt shows none of a POINTED tag; FLOOR or more."""
        return max(float(self.shares[-1, POINTED.index(tag)]), FLOOR)

    def best(self, tag: str) -> int | None:
        """The word with the largest share of a POINTED tag; None where none of them is likelier."""
        found = int(np.argmax(self.shares[:, POINTED.index(tag)]))
        return found if found < len(self.spans) else None

    def said(self, tag: str, words: Sequence[int]) -> list[float]:
        """Log-odds of some words for any tag, within +-6."""
        return [float(odds) for odds in self.odds[list(words), TAGS.index(tag)]]


class Network:
    """The network and what it is given. Safe to use from several threads, as its session is."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, page: Page, found: Sequence[Entry], lexicon: Lexicon) -> Reading | None:
        """What it says of a page; None for a page without words. found: the page's ``labels.entries``.

        Raises BackendError if the engine fails, or gives something else than a score per word and tag.
        """
        words = encode(page, found, lexicon)
        if not words.spans:
            return None
        (scores, *_) = self._session.run(words.chars, words.places)
        if scores.shape != (1, words.chars.shape[1], len(TAGS)):
            shape = (1, words.chars.shape[1], len(TAGS))
            raise BackendError(f"stage 'extract': scores of shape {scores.shape}, not {shape}; export the bundle again")
        return reading_of(words.spans, scores[0, : len(words.spans)])


def reading_of(spans: tuple[Span, ...], scores: NDArray[Any]) -> Reading:
    """The reading that scores [words, TAGS] amount to."""
    logits = np.asarray(scores, np.float64)
    pointed = np.concatenate([logits[:, [TAGS.index(tag) for tag in POINTED]], np.zeros((1, len(POINTED)))])
    by_row: dict[int, list[int]] = {}
    for i, span in enumerate(spans):
        by_row.setdefault(span.row, []).append(i)
    return Reading(
        spans=spans,
        odds=np.clip(logits, -_STEEPEST, _STEEPEST),
        shares=pointed - np.logaddexp.reduce(pointed, axis=0),
        _by_row={row: tuple(found) for row, found in by_row.items()},
    )
