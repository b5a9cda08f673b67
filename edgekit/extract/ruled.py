"""Fields by rules: candidates, points for each, and the best of them. The rungs "rules" and "classical"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edgekit.extract import confidence as sure
from edgekit.extract.labels import Entry
from edgekit.extract.mending import mended
from edgekit.extract.paper import Answers, Found, Paper
from edgekit.extract.sums import makes, parts_of
from edgekit.extract.taxes import Tax, choose_tax
from edgekit.extract.totals import Scored, choose_subtotal, rank_totals
from edgekit.extract.vendor import Name, rank_names
from edgekit.extract.when import DatedRow, choose_time, prefer, rank_dates


def answers(paper: Paper) -> Answers:
    """What the rules say of a receipt."""
    params = paper.params
    names = rank_names(paper.page, paper.lexicon, params)
    dates = rank_dates(paper.page, paper.lexicon, params)
    total = total_of(paper, rank_totals(paper.found, len(paper.page.rows), params))
    tax = _tax(paper, total)
    return Answers(
        vendor=vendor_of(paper, names),
        date=date_of(paper, dates),
        time=_time(paper, dates),
        currency=_currency(paper),
        subtotal=_subtotal(paper, total, tax),
        tax=tax,
        total=total,
    )


def vendor_of(paper: Paper, ranked: Sequence[Name], extra: tuple[float, ...] = ()) -> Found[str] | None:
    """The best name, with those reading errors put right that need no guess. extra: evidence beyond VENDOR_EVIDENCE."""
    if not ranked:
        return None
    best = ranked[0]
    name = mended(best.text, paper.lexicon)
    evidence = sure.vendor_evidence(ranked, name != best.text, paper.page, paper.params.name_none)
    confidence = sure.logistic(paper.params.vendor_confidence, (*evidence, *extra))
    return Found(name, best.text, confidence, best.lines)


def date_of(paper: Paper, dates: Sequence[DatedRow], extra: tuple[float, ...] = ()) -> Found[str] | None:
    """The best date in its likeliest reading. extra: evidence beyond DATE_EVIDENCE."""
    if not dates:
        return None
    printed, row = dates[0].printed, dates[0].row
    readings, decided = prefer(dates, paper.region.orders, paper.params)
    evidence = (*sure.date_evidence(dates, paper.page), *extra)
    confidence = sure.logistic(paper.params.date_confidence, evidence)
    confidence *= 1.0 if decided else paper.params.date_guess
    iso = [day.isoformat() for day in readings]
    text = row.text[printed.start : printed.end]
    return Found(iso[0], text, confidence, row.lines_of(printed.start, printed.end), tuple(iso[1:]))


def total_of(paper: Paper, ranked: Sequence[Scored], extra: tuple[float, ...] = ()) -> Found[Decimal] | None:
    """The best total. extra: evidence beyond TOTAL_EVIDENCE."""
    if not ranked:
        return None
    entry = ranked[0].entry
    evidence = (*sure.total_evidence(ranked, paper.page, paper.params.total_none), *extra)
    confidence = sure.logistic(paper.params.total_confidence, evidence)
    return Found(entry.amount.value, entry.text, confidence, entry.lines)


def tax_of(
    paper: Paper, tax: Tax, total: Found[Decimal] | None, extra: tuple[float, ...] = ()
) -> Found[Decimal] | None:
    """A tax and how sure it is. extra: evidence beyond TAX_EVIDENCE."""
    evidence = (*sure.tax_evidence(tax, paper.page, total.confidence if total else 0.0), *extra)
    confidence = sure.logistic(paper.params.tax_confidence, evidence)
    text = " + ".join(entry.text for entry in tax.entries)
    lines = tuple(dict.fromkeys(line for entry in tax.entries for line in entry.lines))
    return Found(tax.value, text, confidence, lines)


def is_proved(paper: Paper, entry: Entry, total: Found[Decimal] | None) -> bool:
    """Whether a subtotal is the total, or becomes it with what is printed besides."""
    return total is not None and makes(entry.amount.value, total.value, parts_of(paper.found))


def _tax(paper: Paper, total: Found[Decimal] | None) -> Found[Decimal] | None:
    tax = choose_tax(paper.found, total.value if total else None, paper.params)
    return None if tax is None else tax_of(paper, tax, total)


def _time(paper: Paper, dates: Sequence[DatedRow]) -> Found[str] | None:
    params = paper.params
    chosen = choose_time(paper.page, dates[0].row.index if dates else None)
    if chosen is None:
        return None
    printed, row = chosen
    lines = row.lines_of(printed.start, printed.end)
    near_date = bool(dates) and abs(row.index - dates[0].row.index) <= params.time_rows
    confidence = (params.time_near if near_date else params.time_far) * paper.page.confidence(lines)
    return Found(printed.value, row.text[printed.start : printed.end], confidence, lines)


def _currency(paper: Paper) -> Found[str] | None:
    region = paper.region
    if not region.currency:
        return None
    printed = paper.params.currency_printed * region.agreement
    confidence = printed if region.mark else paper.params.currency_inferred
    return Found(region.currency, region.mark, confidence, region.lines)


def _subtotal(paper: Paper, total: Found[Decimal] | None, tax: Found[Decimal] | None) -> Found[Decimal] | None:
    entry = choose_subtotal(paper.found, total.value if total else None, tax.value if tax else None)
    if entry is None:
        return None
    params = paper.params
    confidence = params.subtotal_proved if is_proved(paper, entry, total) else params.subtotal_alone
    return Found(entry.amount.value, entry.text, confidence * entry.confidence, entry.lines)
