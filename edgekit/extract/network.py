"""What the extraction network says of the words of a page."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
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


class Session(Protocol):
    """A loaded graph; see ``edgekit.session.Session``."""

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """The network's word on a page.

    spans: its words in reading order. odds: by tag, the log-odds of each word, within +-6. shares: by POINTED tag, the
    log of each word's share and, last, of the share of none. by_row, by_line: numbers of the words on each.
    """

    spans: tuple[Span, ...]
    odds: Mapping[str, tuple[float, ...]]
    shares: Mapping[str, tuple[float, ...]]
    by_row: Mapping[int, tuple[int, ...]]
    by_line: Mapping[int, tuple[int, ...]]

    def words(self, row: int, start: int, end: int) -> tuple[int, ...]:
        """Numbers of the words that touch the characters [start, end) of a row."""
        touching = [i for i in self.by_row.get(row, ()) if self.spans[i].start < end and self.spans[i].end > start]
        return tuple(touching)

    def share(self, tag: str, words: Collection[int]) -> float:
        """Log of the share of a POINTED tag that falls on some words together; FLOOR or more."""
        shares = self.shares[tag]
        whole = sum([math.exp(shares[word]) for word in words])
        return max(math.log(whole), FLOOR) if whole else FLOOR

    def none(self, tag: str) -> float:
        """Log of the share that a receipt shows none of a POINTED tag; FLOOR or more."""
        return max(self.shares[tag][-1], FLOOR)

    def against(self, tag: str, words: Collection[int]) -> float:
        """Log of the largest share of a POINTED tag that falls on another word, or on none; FLOOR or more."""
        return max([share for word, share in enumerate(self.shares[tag]) if word not in words], default=FLOOR)

    def best(self, tag: str) -> int | None:
        """The word with the largest share of a POINTED tag; None where none of them is likelier."""
        shares = self.shares[tag]
        found = shares.index(max(shares))
        return found if found < len(self.spans) else None

    def said(self, tag: str, words: Iterable[int]) -> list[float]:
        """Log-odds of some words for any tag, within +-6."""
        odds = self.odds[tag]
        return [odds[word] for word in words]


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
    shares = (pointed - np.logaddexp.reduce(pointed, axis=0)).T.tolist()
    odds = np.clip(logits, -_STEEPEST, _STEEPEST).T.tolist()
    return Reading(
        spans=spans,
        odds={tag: tuple(column) for tag, column in zip(TAGS, odds, strict=True)},
        shares={tag: tuple(column) for tag, column in zip(POINTED, shares, strict=True)},
        by_row=_grouped([span.row for span in spans]),
        by_line=_grouped([span.line for span in spans]),
    )


def _grouped(keys: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Places by key."""
    found: dict[int, list[int]] = {}
    for place, key in enumerate(keys):
        found.setdefault(key, []).append(place)
    return {key: tuple(places) for key, places in found.items()}
