"""Candidates for a field, and what network and rules say for each: points for scores, evidence for confidences."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from edgekit.extract.labels import Entry
from edgekit.extract.network import FLOOR, Reading
from edgekit.extract.paper import Paper
from edgekit.extract.sums import ZERO, makes, near, parts_of
from edgekit.extract.taxes import Tax, can_be_of, choose_tax, makes_total
from edgekit.extract.totals import Scored
from edgekit.extract.vendor import Name, rank_names
from edgekit.extract.when import DatedRow
from edgekit.types import Item

TOTAL_POINTS = ("rules", "share", "value", "items", "halves")
NAME_POINTS = ("rules", "inside", "mean", "trimmed")
DATE_POINTS = ("rules", "share", "value")
TAX_POINTS = ("rules", "proved", "share")
"""What a candidate's score is made of, in the order of the weights of ``JointWeights``.

rules: its score by rules (of a tax: whether the rules chose it). share: log of the network's share of its words; value:
of the words of all that show the same value. items: the line items add up to it, or to a base that it is made of.
halves: two totals printed above, of two rates say, add up to it.
inside: sum of the words' log-odds; mean: their mean. trimmed: words at the ends were left out. proved: with a printed
base it makes the total.
"""
PROOF = TOTAL_POINTS.index("items")
"""From here on TOTAL_POINTS are of arithmetic."""
POINTED_EVIDENCE = ("pointed", "against")
NAME_EVIDENCE = ("pointed", "left_out")
PLAIN_EVIDENCE = ("one", "rules", "pointed", "reader")
"""What a confidence weighs besides, or for the fields without fitted weights instead of, the evidence of the rules.

pointed: share of the network on the answer, 0..1 (of a name: mean of its words'). against: log of the largest other
share, -12..0, over 12. left_out: likely words of the name that are not in the answer, at most 4, over 4. rules: whether
the rules chose it and found it proved, near the date, or marked.
"""
_LEFT_OUT = 4
_HALVES = ("total_final", "total_strong", "total", "subtotal", "amount")
_MOST_HALVES = 8  # bounds the work on garbage
_CANDIDATE = math.log(0.05)  # share from which an amount that no rule takes for the tax may be it


def words_of(entry: Entry, reading: Reading) -> tuple[int, ...]:
    """Numbers of the words an amount is printed with."""
    return reading.words(entry.row, entry.amount.start, entry.amount.end)


def alike(entry: Entry, found: Sequence[Entry], reading: Reading) -> tuple[int, ...]:
    """Numbers of the words of all amounts with the same value."""
    same = [e for e in found if e.amount.value == entry.amount.value]
    return tuple(sorted({word for e in same for word in words_of(e, reading)}))


def total_points(
    paper: Paper, reading: Reading, items: Sequence[Item], ranked: Sequence[Scored]
) -> list[tuple[float, ...]]:
    """TOTAL_POINTS of each candidate."""
    bought = sum((item.amount for item in items), ZERO)
    parts = parts_of(paper.found)
    return [
        (
            s.score,
            reading.share("total", words_of(s.entry, reading)),
            reading.share("total", alike(s.entry, paper.found, reading)),
            float(bool(items) and makes(bought, s.entry.amount.value, parts)),
            float(_is_made_of_two(s.entry, paper.found)),
        )
        for s in ranked
    ]


def _is_made_of_two(entry: Entry, found: Sequence[Entry]) -> bool:
    above = [e for e in found if e.row < entry.row and e.kind in _HALVES and e.is_money and e.amount.value]
    values = list(dict.fromkeys(e.amount.value for e in above))[:_MOST_HALVES]
    return any(near(a + b, entry.amount.value) for a, b in combinations(values, 2))


def total_evidence(paper: Paper, reading: Reading, ranked: Sequence[Scored]) -> tuple[float, ...]:
    """POINTED_EVIDENCE of the best total; empty without any."""
    return _pointed("total", reading, alike(ranked[0].entry, paper.found, reading)) if ranked else ()


def name_candidates(paper: Paper, reading: Reading) -> list[tuple[Name, bool]]:
    """Names with the score of the rules, and whether each was trimmed."""
    ranked = rank_names(paper.page, paper.lexicon, paper.params)
    trimmed = [short for name in ranked if (short := _trimmed(paper, reading, name)) is not None]
    return [*((name, False) for name in ranked), *((name, True) for name in trimmed)]


def name_points(paper: Paper, reading: Reading, name: Name, trimmed: bool) -> tuple[float, ...]:
    """NAME_POINTS of a candidate."""
    said = reading.said("vendor", [word for word, _, _ in name_words(paper, reading, name)])
    return (name.score, sum(said), sum(said) / max(len(said), 1), float(trimmed))


def name_evidence(paper: Paper, reading: Reading, ranked: Sequence[Name]) -> tuple[float, ...]:
    """NAME_EVIDENCE of the best name; empty without any."""
    if not ranked:
        return ()
    words = [word for word, _, _ in name_words(paper, reading, ranked[0])]
    said = reading.said("vendor", words)
    likely = [word for word, odds in enumerate(reading.odds["vendor"]) if odds > 0]
    left_out = len(set(likely) - set(words))
    return (_mean([1.0 / (1.0 + math.exp(-odds)) for odds in said]), min(left_out, _LEFT_OUT) / _LEFT_OUT)


def name_words(paper: Paper, reading: Reading, name: Name) -> list[tuple[int, int, int]]:
    """Words that a name is made of, with where each starts and ends in its text."""
    found, cursor = [], 0
    rows, spans = paper.page.rows, reading.spans
    for line in name.lines:
        for word in reading.by_line.get(line, ()):
            span = spans[word]
            text = rows[span.row].text[span.start : span.end]
            start = name.text.find(text, cursor)
            if start >= 0:
                cursor = start + len(text)
                found.append((word, start, cursor))
    return found


def _trimmed(paper: Paper, reading: Reading, name: Name) -> Name | None:
    """The name from its first to its last likely word; None where that is all of it, or nothing."""
    words = name_words(paper, reading, name)
    likely = [(start, end) for word, start, end in words if reading.odds["vendor"][word] > 0]
    if not likely:
        return None
    start, end = likely[0][0], likely[-1][1]
    if (start, end) == (words[0][1], words[-1][2]):
        return None
    kept = {reading.spans[word].line for word, first, _ in words if start <= first < end}
    return replace(name, text=name.text[start:end], lines=tuple(line for line in name.lines if line in kept))


def date_points(reading: Reading, dates: Sequence[DatedRow]) -> list[tuple[float, ...]]:
    """DATE_POINTS of each date."""
    return [(d.score, reading.share("date", _printed(d, reading)), _same_day(d, dates, reading)) for d in dates]


def date_evidence(reading: Reading, dates: Sequence[DatedRow]) -> tuple[float, ...]:
    """POINTED_EVIDENCE of the best date; empty without any."""
    if not dates:
        return ()
    days = {day for _, day in dates[0].printed.readings}
    same = [d for d in dates if not days.isdisjoint(day for _, day in d.printed.readings)]
    return _pointed("date", reading, sorted({word for d in same for word in _printed(d, reading)}))


def _same_day(date: DatedRow, dates: Sequence[DatedRow], reading: Reading) -> float:
    same = [d for d in dates if d.printed.readings == date.printed.readings]
    return reading.share("date", sorted({word for d in same for word in _printed(d, reading)}))


def _printed(date: DatedRow, reading: Reading) -> tuple[int, ...]:
    return reading.words(date.row.index, date.printed.start, date.printed.end)


def tax_candidates(paper: Paper, reading: Reading, total: Decimal | None) -> list[tuple[Tax, bool]]:
    """What may be the tax, and whether the rules chose it: their choice, and amounts the network points at."""
    chosen, parts = choose_tax(paper.found, total, paper.params), parts_of(paper.found)
    found = [] if chosen is None else [(chosen, True)]
    seen = {chosen.value} if chosen else set()
    for entry in paper.found:
        value = entry.amount.value
        fits = entry.is_money and value >= 0 and can_be_of(total, value) and value not in seen
        if fits and reading.share("tax", words_of(entry, reading)) > _CANDIDATE:
            seen.add(value)
            proved = total is not None and makes_total(value, parts, total)
            found.append((Tax(value, (entry,), proved), False))
    return found


def tax_points(paper: Paper, reading: Reading, tax: Tax, ruled: bool) -> tuple[float, ...]:
    """TAX_POINTS of a candidate."""
    return (float(ruled), float(tax.proved), reading.share("tax", _tax_words(paper, reading, tax)))


def tax_evidence(paper: Paper, reading: Reading, tax: Tax) -> tuple[float, ...]:
    """POINTED_EVIDENCE of a tax."""
    return _pointed("tax", reading, _tax_words(paper, reading, tax))


def _tax_words(paper: Paper, reading: Reading, tax: Tax) -> tuple[int, ...]:
    return tuple(sorted({word for entry in tax.entries for word in alike(entry, paper.found, reading)}))


def _pointed(tag: str, reading: Reading, words: Sequence[int]) -> tuple[float, ...]:
    """POINTED_EVIDENCE of an answer that stands on some words."""
    return (math.exp(reading.share(tag, words)), max(reading.against(tag, set(words)), FLOOR) / -FLOOR)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
