"""The vendor's name: a line, or lines that belong together, at the top that is a name and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.params import ExtractParams
from edgekit.parsing.anchors import Mark
from edgekit.parsing.folding import squash

_REPEATED = 4  # one letter this many times may still be a name ("AAA")
_MOST_ROWS = 3  # rows a name may be split over
_FAR = 2  # rows from one part of a name to the next: a smudge may stand between
_GAP = 3.0  # median text heights between two lines of a row beyond which they are not one name
_SIMILAR = 0.75  # ratio of text heights from which two rows are taken for one size of print
_NUMBER_DIGITS = 4  # digits after a company suffix from which they are its registration
_PUNCTUATION = " &'.,-()"  # what names are written with besides letters and digits
_BETWEEN_WORDS = re.compile(r"[^\w']+")
_SPELT = re.compile(r"[^\W\d_]{2,}")
_TILL = re.compile(r"^#\d+ +")
_NUMBER_BEHIND = re.compile(r" ?\([^()]*\d{4,}[^()]*\)?$")
_PHONE = re.compile(r"@|www|http|\.com|\d{3}[-. ]{1,2}\d{4}|\d{7}", re.IGNORECASE)
_PLACE = re.compile(r"\b\d{5}\b|^\W*\d+[A-Za-z]?,? +[A-Za-z]{2}|^\W*(?:no|lot)\W*\d", re.IGNORECASE)

NAME_FEATURES = (
    "rank0 rank1 rank2 rank height tallest legal_end legal company address contact document tax_id place digits comma "
    "short long rows2 rows3 open similar bare bare_tail cut_off legal_next barrier_next barrier_before money dated "
    "echoed confidence odd"
).split()
"""What speaks for or against lines being the vendor's name, in the order of ``ExtractParams.name_weights``."""


@dataclass(frozen=True, slots=True)
class Name:
    """Lines that may be the vendor's name: as read, where they stand, and their score."""

    text: str
    lines: tuple[int, ...]
    score: float


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


@dataclass(frozen=True, slots=True)
class _Top:
    """The top of a page: its segments, their largest height, and the number of the first that is a barrier.

    rows: those of the whole page, folded, with a line feed after each; starts: where each begins, and their end.
    """

    segments: Sequence[Segment]
    tallest: float
    barrier: int
    rows: str
    starts: Sequence[int]


def rank_names(page: Page, lexicon: Lexicon, params: ExtractParams) -> list[Name]:
    """Candidates for the vendor's name among the top rows, best first."""
    segments = top_segments(page, lexicon, params)
    found = []
    for span, features in zip(name_spans(segments), name_features(segments, page), strict=True):
        run = segments[span]
        score = sum(weight * feature for weight, feature in zip(params.name_weights, features, strict=True))
        found.append(Name(joined(run), tuple([line for segment in run for line in segment.lines]), score))
    return sorted(found, key=lambda name: (-name.score, name.lines))


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
            if not segments[last - 1].row < segments[last].row <= segments[last - 1].row + _FAR:
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


def name_features(segments: Sequence[Segment], page: Page) -> list[tuple[float, ...]]:
    """NAME_FEATURES of each of ``name_spans``."""
    top = _top_of(segments, page)
    found = []
    for span in name_spans(segments):
        run = segments[span]
        text = joined(run)
        flags = (*_of_place(span, top), *_of_words(run), *_of_joints(run, text), *_of_surroundings(span, top))
        found.append(tuple([float(flag) for flag in (*flags, *_of_rows(run, text, top, page))]))
    return found


def _top_of(segments: Sequence[Segment], page: Page) -> _Top:
    rows = [squash(row.text) + "\n" for row in page.rows]
    return _Top(
        segments=segments,
        tallest=max((segment.height for segment in segments), default=0.0),
        barrier=next((i for i, segment in enumerate(segments) if segment.is_barrier), len(segments)),
        rows="".join(rows),
        starts=[0, *accumulate(map(len, rows))],
    )


def _of_place(span: slice, top: _Top) -> tuple[float, ...]:
    first = span.start
    height = max([segment.height for segment in top.segments[span]])
    return (first == 0, first == 1, first == 2, first / 10, min(height, 3.0) - 1.0, height / max(top.tallest, 1e-6))


def _of_words(run: Sequence[Segment]) -> tuple[float, ...]:
    letters, digits = sum([s.letters for s in run]), sum([s.digits for s in run])
    kinds = run[0].kinds.union(*[s.kinds for s in run[1:]])
    return (
        run[-1].legal_end,
        "legal" in kinds,
        "company" in kinds,
        "address" in kinds,
        "contact" in kinds or any(s.phone for s in run),
        "document" in kinds,
        "tax_id" in kinds,
        any(s.place for s in run),
        digits / max(letters + digits, 1),
        any("," in s.text for s in run),
        letters < 4,
        max(letters - 30, 0) / 10,
    )


def _of_joints(run: Sequence[Segment], text: str) -> tuple[float, ...]:
    pairs = list(pairwise(run))
    similar = all(min(a.height, b.height) >= _SIMILAR * max(a.height, b.height) for a, b in pairs)
    bare = all(s.bare for s in run)
    return (
        len(run) == 2,
        len(run) == 3,
        any(_is_open(a.text) for a, _ in pairs) - _is_open(text),
        similar and len(run) > 1,
        bare,
        run[-1].bare and not bare,
    )


def _of_surroundings(span: slice, top: _Top) -> tuple[float, ...]:
    segments, last = top.segments, top.segments[span.stop - 1]
    following = segments[span.stop] if span.stop < len(segments) else None
    return (
        span.start > 0 and _goes_on(segments[span.start - 1], segments[span.start]),
        following is not None and following.legal_end and not last.legal_end and following.row <= last.row + _FAR,
        following is not None and following.is_barrier,
        top.barrier < span.start,
    )


def _of_rows(run: Sequence[Segment], text: str, top: _Top, page: Page) -> tuple[float, ...]:
    rows = [page.rows[segment.row] for segment in run]
    return (
        any(amount.is_money for row in rows for amount in row.amounts),
        any(row.dates or row.times for row in rows),
        _is_echoed(run, top),
        page.confidence([line for segment in run for line in segment.lines]),
        sum([segment.odd for segment in run]) / max(len(text), 1),
    )


def joined(run: Sequence[Segment]) -> str:
    """The text of a run as read."""
    return " ".join([segment.text for segment in run])


def _goes_on(before: Segment, first: Segment) -> bool:
    """Whether the line above looks like the first half of a name that ends here."""
    quiet = not before.is_barrier and not before.legal_end and not before.has("document")
    ends = first.bare or (first.legal_end and len(_SPELT.findall(first.text)) <= 3)
    return quiet and before.row + _FAR >= first.row and ends


def _is_open(text: str) -> bool:
    """Whether print shows that more must follow."""
    return text.rstrip().endswith(("&", "-", "(", "/")) or text.count("(") > text.count(")")


def _is_echoed(run: Sequence[Segment], top: _Top) -> bool:
    """Whether the name's longest word stands again further down, as in a web address."""
    word = max([segment.word for segment in run], key=len)
    return len(word) >= 5 and top.rows.find(word, top.starts[run[-1].row + 1]) >= 0
