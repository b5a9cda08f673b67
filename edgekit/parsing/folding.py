"""Text reduced to what survives a reading error: the skeleton that anchors are compared in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

# Glyphs a recogniser mixes up share one letter. L joins I because receipts print l, I and 1 alike.
_TWINS = str.maketrans({"0": "O", "1": "I", "L": "I", "|": "I", "!": "I", "5": "S", "8": "B", "6": "G", "2": "Z"})
_PLAIN = str.maketrans({"ß": "SS", "Ø": "O", "ø": "O", "Æ": "AE", "æ": "AE", "Œ": "OE", "œ": "OE", "Ł": "L", "ł": "L"})
_ASCII = {code: None for code in range(128) if not chr(code).isalnum()} | _TWINS  # as squash: a shorter way for most


BREAK = "\n\n\n"
"""Stands in a skeleton for what was masked: no letter, and longer than the most letters a phrase may have too many."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Letters and digits of a text, folded, each with where it came from.

    letters: upper case, no accents, look-alikes merged, nothing between words.
    sources: for each of ``letters`` its index in the text.
    edges: places between letters, 0 to their number, where a word starts or ends.
    """

    letters: str
    sources: tuple[int, ...]
    edges: frozenset[int]


def fold(text: str) -> str:
    """Upper case without accents; what is neither letter nor digit stays as it is."""
    if text.isascii():
        return text.upper()
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return "".join(c for c in decomposed if not unicodedata.combining(c)).upper()


def merge_twins(folded: str) -> str:
    """Folded text with look-alike glyphs merged (``T0TAL`` and ``TOTAl`` both become ``TOTAI``)."""
    return folded.translate(_TWINS)


@lru_cache(maxsize=1024)
def squash(text: str) -> str:
    """The skeleton's letters alone: what two phrases are compared by."""
    if text.isascii():
        return text.upper().translate(_ASCII)
    return "".join([c for c in merge_twins(fold(text)) if c.isalnum()])


class _Folded(dict[str, str]):
    """Characters, each squashed; those that are missing are not kept."""

    def __missing__(self, character: str) -> str:
        return squash(character)


_FOLDED = _Folded({character: squash(character) for character in map(chr, range(128))})


@lru_cache(maxsize=256)  # several finders look at each row of a receipt
def skeleton(text: str, masked: tuple[tuple[int, int], ...] = ()) -> Skeleton:
    """The skeleton of a text; each masked [start, end) range becomes a BREAK that no phrase reaches across."""
    hidden = {i for start, end in masked for i in range(start, end)}
    folded = [_FOLDED[c] for c in text]
    for i in hidden.intersection(range(len(text))):
        folded[i] = "" if i - 1 in hidden else BREAK
    letters = "".join(folded)
    sources = tuple([i for i, part in enumerate(folded) for _ in part])
    edges = {0, len(letters)}
    edges.update([k for k, (a, b) in enumerate(pairwise(sources), start=1) if b - a > 1])
    if hidden:
        edges.update(edge for k, letter in enumerate(letters) if letter in BREAK for edge in (k, k + 1))
    return Skeleton(letters, sources, frozenset(edges))
