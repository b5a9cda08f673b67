"""What a training line says: annotations that lost their case, and readings that mix up O and zero, made good."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_TWINS = set("COSUVWXZcosuvwxz")
"""Letters whose small form is their capital made small: from one line alone their case cannot be told."""


def with_case(text: str, reading: str) -> str:
    """An annotation in capitals, in the case of a ``reading`` of the same line.

    SROIE writes all in capitals, whatever is printed. A letter that the reading has as well takes its case; one that
    was read wrong takes the case of the letter before it.
    """
    found: list[str | None] = [None] * len(text)
    blocks = SequenceMatcher(None, text.upper(), reading.upper(), autojunk=False).get_matching_blocks()
    for start, other, length in blocks:
        found[start : start + length] = reading[other : other + length]
    cased: list[str] = []
    for i, letter in enumerate(text):
        like = found[i] or _neighbour(cased)
        cased.append(letter.lower() if like.islower() else letter)
    return " ".join(_settled(word) for word in "".join(cased).split(" "))


def _neighbour(cased: list[str]) -> str:
    """The letter before, where it is not the first of its word (which may be the only capital)."""
    return cased[-1] if len(cased) > 1 and cased[-1].isalpha() and cased[-2].isalpha() else " "


def _settled(word: str) -> str:
    """Letters of uncertain case take that of the word's other letters, where those agree; the first may differ."""
    sure = [c for c in word[1:] if c.isalpha() and c not in _TWINS]
    if sure and all(c.isupper() for c in sure):
        return word.upper() if word[:1] in _TWINS or word[:1].isupper() else word[:1] + word[1:].upper()
    if sure and all(c.islower() for c in sure):
        return word[:1] + word[1:].lower()
    return word


_WORD = re.compile(r"[A-Za-z0]{4,}")


def without_zeros(reading: str) -> str:
    """A reading whose words have the letter O where a zero stands between or beside letters ("SUBT0TAL")."""
    return _WORD.sub(lambda match: _letters(match[0]), reading)


def _letters(word: str) -> str:
    zeros = word.count("0")
    if not zeros or zeros * 3 > len(word) or "000" in word:
        return word
    return word.replace("0", "o" if word.replace("0", "")[1:].islower() else "O")
