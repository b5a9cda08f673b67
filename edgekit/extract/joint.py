"""Network, rules and arithmetic together: the candidates of the rules, ranked by their points and the network's word.

Fields that training receipts have labels for are ranked by fitted weights; time, currency and subtotal keep the choice
of the rules unless the network is sure of another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from edgekit.extract import confidence as sure
from edgekit.extract import points
from edgekit.extract.alone import pointed_currency
from edgekit.extract.labels import NOT_TOTALS
from edgekit.extract.network import Reading
from edgekit.extract.page import PageRow
from edgekit.extract.paper import Answers, Found, Paper
from edgekit.extract.params import JointWeights
from edgekit.extract.ruled import date_of, is_proved, tax_of, total_of, vendor_of
from edgekit.extract.taxes import Tax
from edgekit.extract.totals import Scored, choose_subtotal, rank_totals
from edgekit.extract.vendor import Name
from edgekit.extract.when import DatedRow, choose_time, rank_dates
from edgekit.parsing.dates import PrintedTime
from edgekit.types import Item

_OVERRULED = 0.7  # share from which the network alone decides on a time or a subtotal


def answers(paper: Paper, reading: Reading, items: Sequence[Item], weights: JointWeights) -> Answers:
    """What all together say of a receipt. paper: with the confidence weights of this rung (``rungs.params_of``)."""
    names = joint_names(paper, reading, weights)
    dates = joint_dates(paper, reading, weights)
    totals = joint_totals(paper, reading, items, weights)
    total = total_of(paper, totals, points.total_evidence(paper, reading, totals))
    tax = _tax(paper, reading, total, weights)
    return Answers(
        vendor=vendor_of(paper, names, points.name_evidence(paper, reading, names)),
        date=date_of(paper, dates, points.date_evidence(reading, dates)),
        time=_time(paper, reading, dates, weights),
        currency=_currency(paper, reading, weights),
        subtotal=_subtotal(paper, reading, total, tax, weights),
        tax=tax,
        total=total,
    )


def joint_totals(paper: Paper, reading: Reading, items: Sequence[Item], weights: JointWeights) -> list[Scored]:
    """Candidates for the total, best first."""
    ranked = rank_totals(paper.found, len(paper.page.rows), paper.params)
    found = points.total_points(paper, reading, items, ranked)
    scored = [
        replace(s, score=_dot(weights.total_weights, p), proved=s.proved or any(p[points.PROOF :]))
        for s, p in zip(ranked, found, strict=True)
    ]
    return sorted(scored, key=lambda s: (-s.score, s.entry.row, s.entry.order))


def joint_names(paper: Paper, reading: Reading, weights: JointWeights) -> list[Name]:
    """Candidates for the vendor's name, best first; those of the rules, and what is left of each without the words at
    its ends that are no part of a name."""
    ranked = points.name_candidates(paper, reading)
    scored = [
        Name(n.text, n.lines, _dot(weights.name_weights, points.name_points(paper, reading, n, t))) for n, t in ranked
    ]
    return sorted(scored, key=lambda name: (-name.score, name.lines, name.text))


def joint_dates(paper: Paper, reading: Reading, weights: JointWeights) -> list[DatedRow]:
    """All dates, best first."""
    dates = rank_dates(paper.page, paper.lexicon, paper.params)
    found = points.date_points(reading, dates)
    scored = [replace(d, score=_dot(weights.date_weights, p)) for d, p in zip(dates, found, strict=True)]
    return sorted(scored, key=lambda d: (-d.score, d.row.index, d.printed.start))


def best_tax(paper: Paper, reading: Reading, total: Decimal | None, weights: JointWeights) -> Tax | None:
    """The likeliest tax."""
    found = points.tax_candidates(paper, reading, total)
    scores = [_dot(weights.tax_weights, points.tax_points(paper, reading, tax, ruled)) for tax, ruled in found]
    return found[scores.index(max(scores))][0] if found else None


def _tax(paper: Paper, reading: Reading, total: Found[Decimal] | None, weights: JointWeights) -> Found[Decimal] | None:
    tax = best_tax(paper, reading, total.value if total else None, weights)
    return None if tax is None else tax_of(paper, tax, total, points.tax_evidence(paper, reading, tax))


def _time(paper: Paper, reading: Reading, dates: Sequence[DatedRow], weights: JointWeights) -> Found[str] | None:
    """The time of the rules, unless the network is sure of another."""
    near_to = dates[0].row.index if dates else None
    ruled = choose_time(paper.page, near_to)
    timed = [(t, row) for row in paper.page.rows for t in row.times if t.clear or t.half_day]
    if not timed or ruled is None:
        return None

    def share(pair: tuple[PrintedTime, PageRow]) -> float:
        printed, row = pair
        return reading.share("time", reading.words(row.index, printed.start, printed.end))

    pointed = max(timed, key=share)
    chosen = pointed if math.exp(share(pointed)) >= _OVERRULED else ruled
    printed, row = chosen
    lines = row.lines_of(printed.start, printed.end)
    near_date = near_to is not None and abs(row.index - near_to) <= paper.params.time_rows
    evidence = (1.0, float(near_date), math.exp(share(chosen)), paper.page.confidence(lines))
    confidence = sure.logistic(weights.time_confidence, evidence)
    return Found(printed.value, row.text[printed.start : printed.end], confidence, lines)


def _currency(paper: Paper, reading: Reading, weights: JointWeights) -> Found[str] | None:
    """The currency of the rules, which look at all of the receipt; the network speaks for or against it."""
    region = paper.region
    pointed = pointed_currency(paper.page, paper.lexicon, reading)
    if not region.currency:
        return None
    share = pointed[1].confidence if pointed and pointed[0] == region.currency else 0.0
    evidence = (1.0, region.agreement if region.mark else 0.0, share, paper.page.confidence(region.lines))
    confidence = sure.logistic(weights.currency_confidence, evidence)
    return Found(region.currency, region.mark, confidence, region.lines)


def _subtotal(
    paper: Paper,
    reading: Reading,
    total: Found[Decimal] | None,
    tax: Found[Decimal] | None,
    weights: JointWeights,
) -> Found[Decimal] | None:
    """The subtotal of the rules, unless the network is sure of another amount up to the total."""
    entry = choose_subtotal(paper.found, total.value if total else None, tax.value if tax else None)
    money = [e for e in paper.found if e.is_money and e.amount.value > 0 and e.kind not in NOT_TOTALS]
    likely = [e for e in money if total is None or e.amount.value <= total.value]
    pointed = max(likely, key=lambda e: reading.share("subtotal", points.words_of(e, reading)), default=None)
    if pointed is not None and math.exp(reading.share("subtotal", points.words_of(pointed, reading))) >= _OVERRULED:
        entry = pointed
    if entry is None:
        return None
    share = math.exp(reading.share("subtotal", points.alike(entry, paper.found, reading)))
    evidence = (1.0, float(is_proved(paper, entry, total)), share, entry.confidence)
    confidence = sure.logistic(weights.subtotal_confidence, evidence)
    return Found(entry.amount.value, entry.text, confidence, entry.lines)


def _dot(weights: Sequence[float], points: Sequence[float]) -> float:
    return sum(weight * point for weight, point in zip(weights, points, strict=True))
