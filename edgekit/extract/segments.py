"""What stands at the top of a receipt, in segments: lines or neighbouring lines, of which one or more may be a name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.params import ExtractParams
from edgekit.parsing.anchors import Mark
from edgekit.parsing.folding import squash

FAR = 2
"""Rows from one part of a name to the next: a smudge may stand between."""
_REPEATED = 4  # one letter this many times may still be a name ("AAA")
_MOST_ROWS = 3  # rows a name may be split over
_GAP = 3.0  # median text heights between two lines of a row beyond which they are not one name
_NUMBER_DIGITS = 4  # digits after a company suffix from which they are its registration
_PUNCTUATION = " &'.,-()"  # what names are written with besides letters and digits
_BETWEEN_WORDS = re.compile(r"[^\w']+")
_TILL = re.compile(r"^#\d+ +")
_NUMBER_BEHIND = re.compile(r" ?\([^()]*\d{4,}[^()]*\)?$")
_PHONE = re.compile(r"@|www|http|\.com|\d{3}[-. ]{1,2}\d{4}|\d{7}", re.IGNORECASE)
_PLACE = re.compile(r"\b\d{5}\b|^\W*\d+[A-Za-z]?,? +[A-Za-z]{2}|^\W*(?:no|lot)\W*\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring lines of one row near the top, with the anchors found in them.

    legal_end: a company suffix ends it. bare: nothing but words that any company may have ("RESTAURANT SDN BHD").
    phone, place: it looks like a telephone number or web address, or like a street or town. word: its longest, folded.
    letters, digits, odd: how many characters are that, or are neither letter, digit nor what names are written with.
    """

    text: str
    row: int
    lines: tuple[int, ...]
    height: float
    kinds: frozenset[str]
    legal_end: bool
    bare: bool
    phone: bool
    place: bool
    word: str
    letters: int
    digits: int
    odd: int

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)

    @property
    def is_barrier(self) -> bool:
        """Whether this says where the vendor is or what the paper is: names stand above."""
        return self.phone or self.place or self.has("address", "contact", "tax_id")


def top_segments(page: Page, lexicon: Lexicon, params: ExtractParams) -> list[Segment]:
    """The segments of the first rows that show letters, in reading order."""
    found: list[Segment] = []
    for row in page.rows:
        if len(found) >= params.name_rows:
            break
        found.extend(segment for segment in _segments(row, lexicon) if _is_worded(segment.text))
    return found


def _is_worded(text: str) -> bool:
    """Whether a text has letters that may spell something; ``XXXXXXXX`` is a line drawn with letters."""
    letters = [c for c in text.upper() if c.isalpha()]
    return len(letters) >= 2 and (len(set(letters)) >= 2 or len(letters) <= _REPEATED)


def name_spans(segments: Sequence[Segment]) -> list[slice]:
    """Every run of one to three segments on rows that follow each other."""
    spans = []
    for start in range(len(segments)):
        spans.append(slice(start, start + 1))
        for last in range(start + 1, min(start + _MOST_ROWS, len(segments))):
            if not segments[last - 1].row < segments[last].row <= segments[last - 1].row + FAR:
                break
            spans.append(slice(start, last + 1))
    return spans


def _segments(row: PageRow, lexicon: Lexicon) -> list[Segment]:
    groups: list[list[int]] = []
    for i, piece in enumerate(row.pieces):
        if groups and piece.left - row.pieces[i - 1].right <= _GAP:
            groups[-1].append(i)
        else:
            groups.append([i])
    return [_segment(row, group, lexicon) for group in groups]


def _segment(row: PageRow, group: Sequence[int], lexicon: Lexicon) -> Segment:
    pieces = [row.pieces[i] for i in group]
    text, marks = without_number(" ".join(row.text[p.start : p.end] for p in pieces).strip(), lexicon)
    general = [mark for mark in marks if mark.kind in ("legal", "company")]
    covered = sum(c.isalnum() for mark in general for c in text[mark.start : mark.end])
    alphanumeric = sum(map(str.isalnum, text))
    words = [squash(word) for word in _BETWEEN_WORDS.split(text)]
    return Segment(
        text=text,
        row=row.index,
        lines=tuple(p.line for p in pieces),
        height=max(p.height for p in pieces),
        kinds=frozenset(mark.kind for mark in marks),
        legal_end=any(m.kind == "legal" and not any(c.isalnum() for c in text[m.end :]) for m in marks),
        bare=0 < covered >= alphanumeric - 1,
        phone=_PHONE.search(text) is not None,
        place=_PLACE.search(text) is not None,
        word=max(words, key=len),
        letters=sum(map(str.isalpha, text)),
        digits=sum(map(str.isdigit, text)),
        odd=len(text) - alphanumeric - sum(map(text.count, _PUNCTUATION)),
    )


def without_number(text: str, lexicon: Lexicon) -> tuple[str, tuple[Mark, ...]]:
    """A name without the registration number after it (``ACME SDN BHD (123456-X)``) or a till number before it.

    Its anchors come with it.
    """
    text = _TILL.sub("", text)
    marks = lexicon.names.find(text)
    end = _end_of_name(text, marks)
    return (text, marks) if end == len(text) else (text[:end], lexicon.names.find(text[:end]))


def _end_of_name(text: str, marks: Sequence[Mark]) -> int:
    for mark in marks:
        tail = text[mark.end :]
        if mark.kind == "legal" and sum(c.isdigit() for c in tail) >= _NUMBER_DIGITS:
            return mark.end + tail.startswith(".")
    tail_group = _NUMBER_BEHIND.search(text)
    return tail_group.start() if tail_group and tail_group.start() >= 3 else len(text)


def joined(run: Sequence[Segment]) -> str:
    """The text of a run as read."""
    return " ".join([segment.text for segment in run])
