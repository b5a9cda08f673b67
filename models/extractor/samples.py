"""What the network learns from: the words of a receipt, and which of them are what."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.labels import NOT_TOTALS, Entry
from edgekit.extract.page import Page, PageRow
from edgekit.extract.paper import Paper, build_paper
from edgekit.extract.places import Span
from edgekit.extract.segments import joined, name_spans, top_segments
from edgekit.extract.sums import makes, parts_of
from edgekit.extract.totals import choose_subtotal
from edgekit.extract.when import choose_time
from edgekit.extract.words import TAGS, Words, encode
from edgekit.layout import LayoutParams, rows
from edgekit.manifest import parse_params
from edgekit.parsing.folding import squash
from edgekit.training.samples import NAME_READ
from edgekit.types import TextLine

POINTERS = ("date", "time", "currency", "subtotal", "tax", "total")
"""Tags that point at one value of a receipt, or at none. The other tags stand on each word for itself."""
FOLDS, HELD_BACK = 5, 4
"""Shops are parted into so many folds; receipts of the last one are never trained on."""
RIGHT, WRONG, EITHER = 1, 0, -1
"""What a target says of a word: it is the tag's, it is not, or either may be said."""
_WORD_SHARE = 0.5  # of a word's letters that must be the name's
_WEAK = {"time": 0.3, "subtotal": 0.3, "tax": 0.3, "no tax": 0.2}
"""How much a label counts that no person gave: by the rules, by another model, or by its absence."""
_SAME = 0.005

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a page is built with."""

    lexicon: Lexicon
    params: ExtractParams
    layout: LayoutParams

    @classmethod
    def of_bundle(cls) -> Rules:
        """Those of the default bundle."""
        bundle = Bundle.open()
        return cls(
            Lexicon.parse(bundle.read_text("lexicon.json"), "lexicon.json"),
            parse_params(ExtractParams, bundle.stage("extract").params, "stages.extract.params"),
            parse_params(LayoutParams, bundle.stage("layout").params, "stages.layout.params"),
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A receipt looked at: its page and the amounts on it, its words, and the text of each of these."""

    paper: Paper
    words: Words
    texts: tuple[str, ...]

    @property
    def page(self) -> Page:
        return self.paper.page

    @property
    def found(self) -> tuple[Entry, ...]:
        return self.paper.found

    def where(self, chosen: Callable[[Span, str], bool]) -> list[int]:
        """Numbers of the words that are ``chosen``."""
        return [
            i for i, (span, text) in enumerate(zip(self.words.spans, self.texts, strict=True)) if chosen(span, text)
        ]

    def within(self, row: int, start: int, end: int) -> list[int]:
        """Numbers of the words that share characters with [start, end) of a row."""
        return self.where(lambda span, _: span.row == row and span.start < end and span.end > start)


@dataclass(frozen=True, slots=True)
class Sample:
    """What one receipt teaches.

    chars: int16 [words, LETTERS]. places: float16 [words, places]. targets: int8 [words, tags], RIGHT, WRONG or EITHER.
    known: float32 [tags], how much each tag's targets count; 0 where they are not known.
    """

    chars: NDArray[np.int16]
    places: NDArray[np.float16]
    targets: NDArray[np.int8]
    known: NDArray[np.float32]


def sheet_of(lines: Sequence[TextLine], rules: Rules) -> Sheet:
    """Lines as read, laid out and looked at as the reader does."""
    paper = build_paper(lines, rows(lines, rules.layout), rules.lexicon, rules.params)
    words = encode(paper.page, paper.found, rules.lexicon)
    return Sheet(paper, words, tuple(paper.page.rows[s.row].text[s.start : s.end] for s in words.spans))


def sample_of(sheet: Sheet, right: Mapping[str, Iterable[int]], known: Mapping[str, float]) -> Sample:
    """right: numbers of the words by tag; a key like "either vendor" names those left out. known: weights by tag."""
    count = len(sheet.words.spans)
    targets = np.full((count, len(TAGS)), WRONG, np.int8)
    for column, tag in enumerate(TAGS):
        targets[list(right.get(f"either {tag}", ())), column] = EITHER
        targets[list(right.get(tag, ())), column] = RIGHT
    return Sample(
        sheet.words.chars[0, :count].astype(np.int16),
        sheet.words.places[0, :count].astype(np.float16),
        targets,
        np.array([known.get(tag, 0.0) for tag in TAGS], np.float32),
    )


def fold_of(row: Row) -> int:
    """One shop is in one fold."""
    return zlib.crc32(squash(str(row.get("vendor") or row["file"])).encode()) % FOLDS


def labelled(row: Row, lines: Sequence[TextLine], rules: Rules) -> Sample:
    """A labelled receipt: all places that show the label's value are right, since the label does not say which is."""
    sheet = sheet_of(lines, rules)
    right: dict[str, list[int]] = {}
    known: dict[str, float] = {}
    _label_total(row, sheet, right, known)
    _label_date(row, sheet, right, known)
    _label_tax(row, sheet, right, known)
    _label_vendor(row, sheet, rules, right, known)
    return sample_of(sheet, right, known)


def words_worth(sheet: Sheet, value: float, kinds: Callable[[Entry], bool] = lambda entry: True) -> list[int]:
    """Numbers of the words with digits that belong to an amount of this value."""
    same = [e for e in sheet.found if abs(float(abs(e.amount.value)) - value) < _SAME and kinds(e)]
    numbers = {i for e in same for i in sheet.within(e.row, e.amount.start, e.amount.end)}
    return sorted(i for i in numbers if any(c.isdigit() for c in sheet.texts[i]))


def _label_total(row: Row, sheet: Sheet, right: dict[str, list[int]], known: dict[str, float]) -> None:
    norm = row.get("norm") or {}
    if norm.get("total") is None:
        return
    value = float(norm["total"])
    places = words_worth(sheet, value, lambda e: e.kind not in NOT_TOTALS) or words_worth(sheet, value)
    if not places:
        return
    right["total"], known["total"] = places, 1.0
    exact = next(e.amount.value for e in sheet.found if abs(float(abs(e.amount.value)) - value) < _SAME)
    subtotal = choose_subtotal(sheet.found, exact, None)
    if subtotal is not None and makes(subtotal.amount.value, exact, parts_of(sheet.found)):
        right["subtotal"] = sheet.within(subtotal.row, subtotal.amount.start, subtotal.amount.end)
        known["subtotal"] = _WEAK["subtotal"]


def _label_date(row: Row, sheet: Sheet, right: dict[str, list[int]], known: dict[str, float]) -> None:
    wanted = set((row.get("norm") or {}).get("date_readings") or ())
    dates = [(r, d) for r in sheet.page.rows for d in r.dates if wanted & {day.isoformat() for _, day in d.readings}]
    if not dates:
        return
    right["date"] = [i for r, d in dates for i in sheet.within(r.index, d.start, d.end)]
    known["date"] = 1.0
    timed = choose_time(sheet.page, dates[0][0].index)
    if timed is not None:
        printed, where = timed
        right["time"] = sheet.within(where.index, printed.start, printed.end)
        known["time"] = _WEAK["time"]


def _label_tax(row: Row, sheet: Sheet, right: dict[str, list[int]], known: dict[str, float]) -> None:
    value, weight = (row.get("norm") or {}).get("tax"), 1.0
    weak = row.get("tax_weak") or {}
    if value is None and weak.get("seen_in_text"):
        value, weight = weak.get("tax"), _WEAK["tax"]
    if value is not None:
        places = words_worth(sheet, float(value), lambda e: e.kind in ("tax", "mixed")) or words_worth(
            sheet, float(value)
        )
        if places:
            right["tax"], known["tax"] = places, weight
    elif not any(mark.kind == "tax" for r in sheet.page.rows for mark in r.marks):
        known["tax"] = _WEAK["no tax"]


def _label_vendor(row: Row, sheet: Sheet, rules: Rules, right: dict[str, list[int]], known: dict[str, float]) -> None:
    """The run of lines at the top that is most like the label, and in it the words that share its letters."""
    wanted = squash(str(row.get("vendor") or ""))
    segments = top_segments(sheet.page, rules.lexicon, rules.params)
    runs = [segments[span] for span in name_spans(segments)]
    if not wanted or not runs:
        return
    ratios = [SequenceMatcher(None, squash(joined(run)), wanted, autojunk=False).ratio() for run in runs]
    best = max(ratios)
    if best < NAME_READ:
        return
    lines = {line for segment in runs[ratios.index(best)] for line in segment.lines}
    numbers = sheet.where(lambda span, _: span.line in lines)
    letters = [squash(sheet.texts[i]) for i in numbers]
    shared = _shared("".join(letters), wanted)
    at = 0
    chosen: list[int] = []
    either: list[int] = []
    for i, word in zip(numbers, letters, strict=True):
        inside = sum(shared[at : at + len(word)])
        at += len(word)
        (chosen if word and inside >= _WORD_SHARE * len(word) else either).append(i)
    right["vendor"] = chosen
    right["either vendor"] = [i for i in either if chosen and chosen[0] < i < chosen[-1]]
    known["vendor"] = 1.0


def _shared(text: str, wanted: str) -> list[bool]:
    """For each letter of a text whether it is one of the wanted text's."""
    shared = [False] * len(text)
    for start, _, size in SequenceMatcher(None, text, wanted, autojunk=False).get_matching_blocks():
        shared[start : start + size] = [True] * size
    return shared


def marked_amounts(row: PageRow) -> list[tuple[int, int]]:
    """Where amounts of a row show a currency mark."""
    return [(a.start, a.end) for a in row.amounts if a.code]
