"""Anchors: the printed words that say what an amount or a date is, found in spite of reading errors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from edgekit.parsing.folding import Skeleton, skeleton, squash

_EXACT_BELOW = 5  # letters; shorter phrases have too many neighbours ("CASH", "CASE") to forgive an error
_EDITS_FROM = 8  # letters; below, one letter may be wrong but none missing or added ("SUMME" is not "SUMMER")
_LETTERS_PER_EDIT = 6
_MOST_EDITS = 2
_KEY = 2  # letters of a piece that it is looked up by


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase found in a text: its kind, the characters [start, end) it covers, letters off, and how it is spelt."""

    kind: str
    start: int
    end: int
    errors: int
    phrase: str


@dataclass(frozen=True, slots=True)
class _Hit:
    phrase: str  # folded
    start: int
    end: int
    errors: int

    @property
    def worth(self) -> int:
        return self.end - self.start - 2 * self.errors


class Anchors:
    """Phrases by kind, ready to be looked for. Immutable, so one serves all threads."""

    def __init__(self, phrases: Iterable[tuple[str, str]], forgiving: bool = True) -> None:
        """phrases: pairs of (kind, phrase as printed) of two letters or more; where two fold alike the first counts.

        forgiving: whether letters may be off; if not, only look-alikes are forgiven.
        """
        kinds: dict[str, tuple[str, str]] = {}
        for kind, phrase in phrases:
            kinds.setdefault(squash(phrase), (kind, phrase))
        self._kinds = kinds
        self._forgiving = forgiving
        self._pieces: dict[str, list[tuple[str, int, str]]] = {}
        for phrase in kinds:
            for piece, offset in _pieces(phrase, self._allowed(phrase)):
                self._pieces.setdefault(piece[:_KEY], []).append((piece, offset, phrase))

    def find(self, text: str, masked: tuple[tuple[int, int], ...] = ()) -> tuple[Mark, ...]:
        """Marks in order of place, none overlapping; characters in ``masked`` [start, end) ranges part phrases.

        A phrase counts where a word (or another phrase: ``TOTALDUE``) starts and ends. Where two overlap, the longer
        and cleaner one stands.
        """
        bones = skeleton(text, masked)
        hits = self._hits(bones.letters)
        starts = {k for k, flag in enumerate(bones.starts) if flag}
        ends = {k + 1 for k, flag in enumerate(bones.ends) if flag}
        glued_starts = starts | {hit.end for hit in hits if hit.start in starts}
        glued_ends = ends | {hit.start for hit in hits if hit.end in ends}
        whole = [hit for hit in hits if hit.end in glued_ends and (hit.start in glued_starts or _shifted(hit, starts))]
        chosen = _without_overlaps(whole)
        return tuple(self._mark(hit, bones) for hit in chosen)

    def _mark(self, hit: _Hit, bones: Skeleton) -> Mark:
        kind, phrase = self._kinds[hit.phrase]
        return Mark(kind, bones.sources[hit.start], bones.sources[hit.end - 1] + 1, hit.errors, phrase)

    def _hits(self, letters: str) -> list[_Hit]:
        """Every place where a phrase stands, boundaries not looked at: pieces that stand unharmed lead there."""
        places: dict[tuple[str, int], None] = {}
        for start in range(len(letters) - 1):
            for piece, offset, phrase in self._pieces.get(letters[start : start + _KEY], ()):
                if start >= offset - _MOST_EDITS and letters.startswith(piece, start):
                    places[phrase, start - offset] = None
        found: dict[_Hit, None] = {}
        for phrase, start in places:
            for begin, end, errors in _matches(letters, phrase, start, self._allowed(phrase)):
                found[_Hit(phrase, begin, end, errors)] = None
        return list(found)

    def _allowed(self, phrase: str) -> int:
        """How many letters of a phrase may be off."""
        if not self._forgiving or len(phrase) < _EXACT_BELOW:
            return 0
        return 1 if len(phrase) < _EDITS_FROM else min(_MOST_EDITS, len(phrase) // _LETTERS_PER_EDIT)


def _shifted(hit: _Hit, starts: set[int]) -> bool:
    """Whether one stray letter stands before an exact phrase (``ITOTAL``), as a smudge or rule line is read."""
    return not hit.errors and hit.end - hit.start >= _EXACT_BELOW and hit.start - 1 in starts


def _pieces(phrase: str, errors: int) -> list[tuple[str, int]]:
    """errors + 1 parts of a phrase, each with where it starts: with so many errors one part still stands unharmed."""
    cuts = [len(phrase) * i // (errors + 1) for i in range(errors + 2)]
    return [(phrase[a:b], a) for a, b in pairwise(cuts)]


def _matches(letters: str, phrase: str, start: int, allowed: int) -> list[tuple[int, int, int]]:
    """(start, end, errors) of a phrase that stands about ``start``; short phrases allow letters wrong, not missing."""
    if len(phrase) < _EDITS_FROM or not allowed:
        found = letters[max(start, 0) : start + len(phrase)]
        errors = sum(a != b for a, b in zip(found, phrase, strict=False))
        fits = start >= 0 and len(found) == len(phrase) and errors <= allowed
        return [(start, start + len(phrase), errors)] if fits else []
    first = max(start - allowed, 0)
    window = letters[first : start + len(phrase) + allowed]
    if len(set(phrase).difference(window)) > allowed:
        return []
    return [(first + begin, first + end, errors) for begin, end, errors in _edits(window, phrase, allowed)]


def _edits(letters: str, phrase: str, allowed: int) -> list[tuple[int, int, int]]:
    """Sellers' approximate substring search (1980): a column of edit distances per letter of the text."""
    errors = list(range(len(phrase) + 1))
    begins = [0] * (len(phrase) + 1)
    found = []
    for end, letter in enumerate(letters, start=1):
        above, above_begin = 0, end - 1  # diagonal neighbour: errors[i - 1] of the column before
        errors[0], begins[0] = 0, end
        for i, wanted in enumerate(phrase, start=1):
            cost, begin = above + (letter != wanted), above_begin
            above, above_begin = errors[i], begins[i]
            if (above + 1, above_begin) < (cost, begin):
                cost, begin = above + 1, above_begin
            if (errors[i - 1] + 1, begins[i - 1]) < (cost, begin):
                cost, begin = errors[i - 1] + 1, begins[i - 1]
            errors[i], begins[i] = cost, begin
        if errors[-1] <= allowed:
            found.append((begins[-1], end, errors[-1]))
    return found


def _without_overlaps(hits: list[_Hit]) -> list[_Hit]:
    taken: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (-h.worth, h.start, h.phrase)):
        if all(hit.end <= other.start or hit.start >= other.end for other in taken):
            taken.append(hit)
    return sorted(taken, key=lambda h: h.start)
