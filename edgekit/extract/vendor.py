"""The vendor's name: a line, or lines that belong together, at the top that is a name and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from operator import mul

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page
from edgekit.extract.params import ExtractParams
from edgekit.extract.segments import FAR, Segment, joined, name_spans, top_segments
from edgekit.parsing.folding import squash

_SIMILAR = 0.75  # ratio of text heights from which two rows are taken for one size of print
_SPELT = re.compile(r"[^\W\d_]{2,}")

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
class _Top:
    """The top of a page: its segments, their largest height, and the number of the first that is a barrier.

    rows: those of the whole page, folded, with a line feed after each; starts: where each begins, and their end.
    money, dated: numbers of the rows with prices, and with dates or times.
    """

    segments: Sequence[Segment]
    tallest: float
    barrier: int
    rows: str
    starts: Sequence[int]
    money: frozenset[int]
    dated: frozenset[int]


def rank_names(page: Page, lexicon: Lexicon, params: ExtractParams) -> list[Name]:
    """Candidates for the vendor's name among the top rows, best first."""
    segments = top_segments(page, lexicon, params)
    found = []
    for span, features in zip(name_spans(segments), name_features(segments, page), strict=True):
        run = segments[span]
        score = sum(map(mul, params.name_weights, features))
        found.append(Name(joined(run), tuple([line for segment in run for line in segment.lines]), score))
    return sorted(found, key=lambda name: (-name.score, name.lines))


def name_features(segments: Sequence[Segment], page: Page) -> list[tuple[float, ...]]:
    """NAME_FEATURES of each of ``name_spans``."""
    top = _top_of(segments, page)
    found = []
    for span in name_spans(segments):
        run = segments[span]
        text = joined(run)
        flags = (*_of_place(span, top), *_of_words(run), *_of_joints(run, text), *_of_surroundings(span, top))
        found.append(tuple(map(float, (*flags, *_of_rows(run, text, top, page)))))
    return found


def _top_of(segments: Sequence[Segment], page: Page) -> _Top:
    rows = [squash(row.text) + "\n" for row in page.rows]
    return _Top(
        segments=segments,
        tallest=max((segment.height for segment in segments), default=0.0),
        barrier=next((i for i, segment in enumerate(segments) if segment.is_barrier), len(segments)),
        rows="".join(rows),
        starts=[0, *accumulate(map(len, rows))],
        money=frozenset(row.index for row in page.rows if any(amount.is_money for amount in row.amounts)),
        dated=frozenset(row.index for row in page.rows if row.dates or row.times),
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
        following is not None and following.legal_end and not last.legal_end and following.row <= last.row + FAR,
        following is not None and following.is_barrier,
        top.barrier < span.start,
    )


def _of_rows(run: Sequence[Segment], text: str, top: _Top, page: Page) -> tuple[float, ...]:
    rows = [segment.row for segment in run]
    return (
        not top.money.isdisjoint(rows),
        not top.dated.isdisjoint(rows),
        _is_echoed(run, top),
        page.confidence([line for segment in run for line in segment.lines]),
        sum([segment.odd for segment in run]) / max(len(text), 1),
    )


def _goes_on(before: Segment, first: Segment) -> bool:
    """Whether the line above looks like the first half of a name that ends here."""
    quiet = not before.is_barrier and not before.legal_end and not before.has("document")
    ends = first.bare or (first.legal_end and len(_SPELT.findall(first.text)) <= 3)
    return quiet and before.row + FAR >= first.row and ends


def _is_open(text: str) -> bool:
    """Whether print shows that more must follow."""
    return text.rstrip().endswith(("&", "-", "(", "/")) or text.count("(") > text.count(")")


def _is_echoed(run: Sequence[Segment], top: _Top) -> bool:
    """Whether the name's longest word stands again further down, as in a web address."""
    word = max([segment.word for segment in run], key=len)
    return len(word) >= 5 and top.rows.find(word, top.starts[run[-1].row + 1]) >= 0
