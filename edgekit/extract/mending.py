"""A vendor's name with those reading errors put right that need no guess."""

from __future__ import annotations

import re

from edgekit.extract.lexicon import Lexicon
from edgekit.parsing.folding import fold

_INSIDE = re.compile(r"(?<=[^\W\d_])[01258]{1,2}(?=[^\W\d_])")
_CAPITAL = str.maketrans("01258", "OIZSB")
_SMALL = str.maketrans("01258", "olzsB")


def mended(text: str, lexicon: Lexicon) -> str:
    """The name with the reading errors put right that need no guess: nothing is added, characters only change.

    What was read stays in ``Field.text``, so a mended name can be told from one as printed.

    Digits between letters of one word become the letters they resemble (``B00K``), and a company suffix gets its
    spelling (``SON BHD``, ``S/8``).
    """
    text = _INSIDE.sub(lambda match: _as_letters(match, text), text)
    text = re.sub(r"\b0(?=[^\W\d_]{2})", "O", text)
    text = re.sub(r"(?<=[A-Z]\.)1(?=\.[A-Z])", "I", text)
    for mark in lexicon.names.find(text):
        span = text[mark.start : mark.end]
        legal = mark.kind == "legal" and (any(c.isalpha() for c in span) or "/" in span)
        if legal or (mark.kind == "company" and not mark.errors):
            text = text[: mark.start] + _respelt(span, mark.phrase) + text[mark.end :]
    return text


def _as_letters(match: re.Match[str], text: str) -> str:
    small = text[match.start() - 1].islower() or text[match.end()].islower()
    return match.group().translate(_SMALL if small else _CAPITAL)


def _respelt(span: str, phrase: str) -> str:
    """The span with the letters of the phrase, where both have as many; its own case and punctuation stay."""
    letters = [c for c in phrase if c.isalnum()]
    if sum(c.isalnum() for c in span) != len(letters):
        return span
    wanted = iter(letters)
    small = sum(c.islower() for c in span) > sum(c.isupper() for c in span)
    return "".join(_respelt_letter(c, next(wanted), small) if c.isalnum() else c for c in span)


def _respelt_letter(read: str, wanted: str, small: bool) -> str:
    if fold(read) == wanted:
        return read
    return wanted.lower() if small else wanted
