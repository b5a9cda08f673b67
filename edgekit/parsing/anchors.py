"""Anchors: the printed words that say what an amount or a date is, found in spite of reading errors."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from operator import add, ne
from typing import NamedTuple

from edgekit.parsing.folding import Skeleton, skeleton, squash

_EXACT_BELOW = 5  # letters; shorter phrases have too many neighbours ("CASH", "CASE") to forgive an error
_EDITS_FROM = 8  # letters; below, one letter may be wrong but none missing or added ("SUMME" is not "SUMMER")
_LETTERS_PER_EDIT = 6
_MOST_EDITS = 2
_KEY = 2  # letters of a piece that it is looked up by: a letter and the one after it
_GRAM = 2  # letters of the grams that are counted before edits are


@dataclass(frozen=True, slots=True)
class Mark:
    """A phrase found in a text: its kind, the characters [start, end) it covers, letters off, and how it is spelt."""

    kind: str
    start: int
    end: int
    errors: int
    phrase: str


@dataclass(slots=True, eq=False)
class _Phrase:
    """A phrase to look for.

    letters: folded. allowed: how many may be off. slack: how many of these may be missing or added, not just wrong.
    """

    kind: str
    printed: str
    letters: str
    allowed: int
    slack: int


class _Hit(NamedTuple):
    phrase: _Phrase
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
        known: dict[str, _Phrase] = {}
        for kind, printed in phrases:
            letters = squash(printed)
            if letters not in known:
                allowed = _allowed(letters) if forgiving else 0
                known[letters] = _Phrase(kind, printed, letters, allowed, allowed * (len(letters) >= _EDITS_FROM))
        self._phrases = tuple(known)
        # First letters of a piece, its size, the piece: to each phrase it is of, and where in that phrase it starts.
        self._index: dict[str, dict[int, dict[str, list[tuple[_Phrase, int]]]]] = {}
        for phrase in known.values():
            for piece, offset in _pieces(phrase.letters, phrase.allowed):
                same_key = self._index.setdefault(piece[:_KEY], {})
                same_key.setdefault(len(piece), {}).setdefault(piece, []).append((phrase, offset))

    def find(self, text: str, masked: tuple[tuple[int, int], ...] = ()) -> tuple[Mark, ...]:
        """Marks in order of place, none overlapping; characters in ``masked`` [start, end) ranges part phrases.

        A phrase counts where a word (or another phrase: ``TOTALDUE``) starts and ends. Where two overlap, the longer
        and cleaner one stands.
        """
        return _found(self, text, masked)

    def among(self, texts: Sequence[str]) -> list[int]:
        """Which texts hold all letters of a phrase: anchors that are not forgiving find nothing in others."""
        folded = [squash(text) for text in texts]
        page = "\n".join(folded)
        present = [letters for letters in self._phrases if letters in page]
        return [i for i, letters in enumerate(folded) if any(phrase in letters for phrase in present)]

    def places(self, letters: str) -> dict[tuple[_Phrase, int], None]:
        """Where phrases may start: one of their pieces stands unharmed at its place behind."""
        places: dict[tuple[_Phrase, int], None] = {}
        longest = len(letters)
        for at, same_key in enumerate(map(self._index.get, map(add, letters, letters[1:]))):
            for size, pieces in same_key.items() if same_key else ():
                for phrase, offset in pieces.get(letters[at : at + size], ()):
                    start = at - offset
                    if -phrase.slack <= start <= longest - len(phrase.letters) + phrase.slack:
                        places[phrase, start] = None
        return places


@lru_cache(maxsize=64)  # a row at the top of a receipt is searched for names more than once
def _found(anchors: Anchors, text: str, masked: tuple[tuple[int, int], ...]) -> tuple[Mark, ...]:
    bones = skeleton(text, masked)
    places = anchors.places(bones.letters)
    return tuple(_mark(hit, bones) for hit in _without_overlaps(_whole_hits(bones, places))) if places else ()


def _allowed(letters: str) -> int:
    """How many letters of a phrase may be off."""
    if len(letters) < _EXACT_BELOW:
        return 0
    return 1 if len(letters) < _EDITS_FROM else min(_MOST_EDITS, len(letters) // _LETTERS_PER_EDIT)


def _pieces(letters: str, errors: int) -> list[tuple[str, int]]:
    """errors + 1 parts of a phrase, each with where it starts: with so many errors one part still stands unharmed."""
    cuts = [len(letters) * i // (errors + 1) for i in range(errors + 2)]
    return [(letters[a:b], a) for a, b in pairwise(cuts)]


def _whole_hits(bones: Skeleton, places: Iterable[tuple[_Phrase, int]]) -> list[_Hit]:
    """Hits that start and end where a word does, or another hit that itself starts or ends a word."""
    letters, edges = bones.letters, bones.edges
    hits: dict[_Hit, None] = {}
    inner = []
    for phrase, start in places:
        if phrase.slack:
            hits.update(dict.fromkeys(_elastic_hits(letters, phrase, start)))
        elif start not in edges and start + len(phrase.letters) not in edges:
            inner.append((phrase, start))
        elif hit := _rigid_hit(letters, phrase, start):
            hits[hit] = None
    starts = edges | {hit.end for hit in hits if hit.start in edges}
    ends = edges | {hit.start for hit in hits if hit.end in edges}
    for phrase, start in inner:
        if start + len(phrase.letters) in ends and (hit := _rigid_hit(letters, phrase, start)):
            hits[hit] = None
    return [hit for hit in hits if hit.end in ends and (hit.start in starts or _shifted(hit, edges))]


def _rigid_hit(letters: str, phrase: _Phrase, start: int) -> _Hit | None:
    """The phrase at ``start``, unless too many letters are wrong."""
    wanted = phrase.letters
    end = start + len(wanted)
    if letters.startswith(wanted, start):
        return _Hit(phrase, start, end, 0)
    if not phrase.allowed:
        return None
    errors = sum(map(ne, letters[start:end], wanted))
    return _Hit(phrase, start, end, errors) if errors <= phrase.allowed else None


def _elastic_hits(letters: str, phrase: _Phrase, start: int) -> list[_Hit]:
    """The phrase about ``start``: each end it may have within the errors allowed."""
    first = max(start - phrase.allowed, 0)
    window = letters[first : start + len(phrase.letters) + phrase.allowed]
    if not _shares_grams(window, phrase.letters, phrase.allowed):
        return []
    found = _edits(window, phrase.letters, phrase.allowed)
    return [_Hit(phrase, first + begin, first + end, errors) for begin, end, errors in found]


def _shares_grams(window: str, wanted: str, allowed: int) -> bool:
    """Whether edits are worth counting: each breaks at most _GRAM of the grams of a phrase (Ukkonen 1992)."""
    missing = allowed * _GRAM
    for i in range(len(wanted) - _GRAM + 1):
        if wanted[i : i + _GRAM] not in window:
            missing -= 1
            if missing < 0:
                return False
    return True


def _edits(letters: str, wanted: str, allowed: int) -> list[tuple[int, int, int]]:
    """(start, end, errors) by Sellers' approximate substring search (1980): a column of edit distances per letter.

    A cell holds errors * step + start, so that the smaller of two cells has fewer errors, and then starts earlier.
    Below the last cell that is within the errors allowed only the next one can become so (Ukkonen 1985).
    """
    step = len(letters) + 1
    size, limit = len(wanted), (allowed + 1) * step
    column = [i * step for i in range(size + 1)]
    last = allowed
    found = []
    for end, letter in enumerate(letters, start=1):
        diagonal, column[0] = column[0], end
        before = end
        last = min(last + 1, size)
        for i in range(1, last + 1):
            above = column[i]
            best = diagonal if letter == wanted[i - 1] else diagonal + step
            rest = (above if above < before else before) + step
            before = column[i] = best if best < rest else rest
            diagonal = above
        while column[last] >= limit:
            last -= 1
        if last == size:
            found.append((column[size] % step, end, column[size] // step))
    return found


def _shifted(hit: _Hit, edges: frozenset[int]) -> bool:
    """Whether one stray letter stands before an exact phrase (``ITOTAL``), as a smudge or rule line is read."""
    return not hit.errors and hit.end - hit.start >= _EXACT_BELOW and hit.start - 1 in edges


def _mark(hit: _Hit, bones: Skeleton) -> Mark:
    first, last = bones.sources[hit.start], bones.sources[hit.end - 1]
    return Mark(hit.phrase.kind, first, last + 1, hit.errors, hit.phrase.printed)


def _without_overlaps(hits: list[_Hit]) -> list[_Hit]:
    taken: list[_Hit] = []
    for hit in sorted(hits, key=lambda h: (-h.worth, h.start, h.phrase.letters, h.errors)):
        if all(hit.end <= other.start or hit.start >= other.end for other in taken):
            taken.append(hit)
    return sorted(taken, key=lambda h: h.start)
