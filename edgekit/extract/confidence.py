"""How sure an answer is: a logistic of what speaks for it, fitted so that 0.9 means right nine times in ten."""

from __future__ import annotations

import math
from collections.abc import Sequence

from edgekit.extract.page import Page
from edgekit.extract.taxes import Tax
from edgekit.extract.totals import Scored
from edgekit.extract.vendor import Name
from edgekit.extract.when import DatedRow

TOTAL_EVIDENCE = ("one", "share", "proved", "repeated", "reader", "noisy", "doubt")
VENDOR_EVIDENCE = ("one", "share", "reader", "mended", "doubt")
DATE_EVIDENCE = ("one", "lead", "anchored", "timed", "reader", "damaged", "doubt")
TAX_EVIDENCE = ("one", "proved", "total", "reader", "several", "doubt")
"""What each confidence weighs, in the order of the ``*_confidence`` weights of ``ExtractParams``; ``one`` is 1, and
``doubt`` how many characters of its lines are likely misread (``Page.doubt``)."""

_CLEAR_LEAD = 2.0  # points by which the best date leads beyond which more lead says nothing


def logistic(weights: Sequence[float], evidence: Sequence[float]) -> float:
    """Weighted evidence as a probability, 0..1."""
    logit = sum(weight * value for weight, value in zip(weights, evidence, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(logit, 30.0))))


def share(scores: Sequence[float], wins: Sequence[bool], none: float) -> float:
    """The part of the probability (softmax of the scores) that falls on the winners; ``none`` scores "no answer"."""
    top = max(*scores, none)
    parts = [math.exp(score - top) for score in scores]
    return sum(part for part, win in zip(parts, wins, strict=True) if win) / (sum(parts) + math.exp(none - top))


def total_evidence(ranked: Sequence[Scored], page: Page, none: float) -> tuple[float, ...]:
    """TOTAL_EVIDENCE of the best candidate; ``ranked`` is not empty, ``none`` is the score of no answer."""
    best = ranked[0]
    wins = [scored.entry.amount.value == best.entry.amount.value for scored in ranked]
    part = share([scored.score for scored in ranked], wins, none)
    entry = best.entry
    repeated = best.repeated and not best.proved
    noisy, doubt = float(entry.amount.noisy), page.doubt(entry.lines)
    return (1.0, part, float(best.proved), float(repeated), entry.confidence, noisy, doubt)


def vendor_evidence(ranked: Sequence[Name], mended: bool, page: Page, none: float) -> tuple[float, ...]:
    """VENDOR_EVIDENCE of the best name; ``ranked`` is not empty, ``none`` is the score of no answer.

    mended: whether the answer spells the name otherwise than it was read.
    """
    best = ranked[0]
    part = share([name.score for name in ranked], [name is best for name in ranked], none)
    return (1.0, part, page.confidence(best.lines), float(mended), page.doubt(best.lines))


def date_evidence(ranked: Sequence[DatedRow], page: Page) -> tuple[float, ...]:
    """DATE_EVIDENCE of the best date; ``ranked`` is not empty. Its lead counts over dates with other readings only."""
    best = ranked[0]
    days = {day for _, day in best.printed.readings}
    rivals = [d.score for d in ranked if days.isdisjoint(day for _, day in d.printed.readings)]
    lead = min(best.score - max(rivals), _CLEAR_LEAD) if rivals else _CLEAR_LEAD
    lines = best.row.lines_of(best.printed.start, best.printed.end)
    timed, damaged = float(bool(best.row.times)), float(best.printed.damaged)
    return (1.0, lead, float(best.anchored), timed, page.confidence(lines), damaged, page.doubt(lines))


def tax_evidence(tax: Tax, page: Page, total_confidence: float) -> tuple[float, ...]:
    """TAX_EVIDENCE of a tax, given how sure the total is (0 without one)."""
    reader = min(entry.confidence for entry in tax.entries)
    doubt = page.doubt([line for entry in tax.entries for line in entry.lines])
    return (1.0, float(tax.proved), total_confidence, reader, float(len(tax.entries) > 1), doubt)
