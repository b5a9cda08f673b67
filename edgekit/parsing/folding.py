"""Text reduced to what survives a reading error: the skeleton that anchors are compared in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Glyphs a recogniser mixes up share one letter. L joins I because receipts print l, I and 1 alike.
_TWINS = str.maketrans({"0": "O", "1": "I", "L": "I", "|": "I", "!": "I", "5": "S", "8": "B", "6": "G", "2": "Z"})
_PLAIN = str.maketrans({"ß": "SS", "Ø": "O", "ø": "O", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ł": "L", "ł": "L"})


BREAK = "\n\n\n"
"""Stands in a skeleton for what was masked: no letter, and longer than the most letters a phrase may have too many."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Letters and digits of a text, folded, each with where it came from.

    letters: upper case, no accents, look-alikes merged, nothing between words.
    sources: for each of ``letters`` its index in the text.
    starts: for each of ``letters`` whether a word starts there.
    ends: for each of ``letters`` whether a word ends with it.
    """

    letters: str
    sources: tuple[int, ...]
    starts: tuple[bool, ...]
    ends: tuple[bool, ...]


def fold(text: str) -> str:
    """Upper case without accents; what is neither letter nor digit stays as it is."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def merge_twins(folded: str) -> str:
    """Folded text with look-alike glyphs merged (``T0TAL`` and ``TOTAl`` both become ``TOTAI``)."""
    return folded.translate(_TWINS)


@lru_cache(maxsize=4096)
def squash(text: str) -> str:
    """The skeleton's letters alone: what two phrases are compared by."""
    return "".join(c for c in merge_twins(fold(text)) if c.isalnum())


def skeleton(text: str, masked: tuple[tuple[int, int], ...] = ()) -> Skeleton:
    """The skeleton of a text; each masked [start, end) range becomes a BREAK that no phrase reaches across."""
    hidden = {i for start, end in masked for i in range(start, end)}
    letters: list[str] = []
    sources: list[int] = []
    for i, char in enumerate(text):
        folded = squash(char) if i not in hidden else BREAK if i - 1 not in hidden else ""
        letters.extend(folded)
        sources.extend([i] * len(folded))
    starts = tuple(k == 0 or sources[k] - sources[k - 1] > 1 or letters[k - 1] in BREAK for k in range(len(sources)))
    ends = tuple(k + 1 == len(sources) or starts[k + 1] or letters[k + 1] in BREAK for k in range(len(sources)))
    return Skeleton("".join(letters), tuple(sources), starts, ends)
