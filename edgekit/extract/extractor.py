"""Rules that turn rows of text into a receipt's fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from edgekit.extract import confidence as sure
from edgekit.extract.labels import Entry, entries
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.mending import mended
from edgekit.extract.page import Page, build_page
from edgekit.extract.params import ExtractParams
from edgekit.extract.region import RegionFound, find_region
from edgekit.extract.sums import makes, parts_of
from edgekit.extract.taxes import Tax, choose_tax
from edgekit.extract.totals import choose_subtotal, rank_totals
from edgekit.extract.vendor import rank_names
from edgekit.extract.when import DatedRow, choose_time, prefer, rank_dates
from edgekit.types import Field, Fields, TextLine

Value = TypeVar("Value", str, Decimal)


class Extractor:
    """Fields from lines and rows. Holds no state between calls: one serves all threads, and repeats itself exactly."""

    def __init__(self, params: ExtractParams, lexicon: Lexicon) -> None:
        self._params = params
        self._lexicon = lexicon

    def extract(self, lines: Sequence[TextLine], rows: Sequence[Sequence[int]]) -> Fields:
        """The fields of a receipt; None for each that it does not show.

        rows: indices into ``lines`` by printed row, in reading order.
        """
        years = (self._params.first_year, self._params.last_year)
        page = build_page(lines, rows, self._lexicon, years)
        found = entries(page, self._params)
        region = find_region(page, self._lexicon)
        dates = rank_dates(page, self._lexicon, self._params)
        total = self._total(found, len(page.rows))
        tax = self._tax(found, total)
        return Fields(
            vendor=self._vendor(page),
            date=self._date(page, dates, region),
            time=self._time(page, dates),
            currency=self._currency(region),
            subtotal=self._subtotal(found, total, tax),
            tax=tax,
            total=total,
        )

    def _field(
        self,
        value: Value,
        text: str,
        confidence: float,
        lines: tuple[int, ...],
        alternatives: tuple[Value, ...] = (),
    ) -> Field[Value] | None:
        if confidence < self._params.answer_threshold:
            return None
        return Field(value, text, confidence, lines, confidence < self._params.review_threshold, alternatives)

    def _vendor(self, page: Page) -> Field[str] | None:
        ranked = rank_names(page, self._lexicon, self._params)
        if not ranked:
            return None
        best = ranked[0]
        name = mended(best.text, self._lexicon)
        evidence = sure.vendor_evidence(ranked, name != best.text, page, self._params.name_none)
        return self._field(name, best.text, sure.logistic(self._params.vendor_confidence, evidence), best.lines)

    def _date(self, page: Page, dates: Sequence[DatedRow], region: RegionFound) -> Field[str] | None:
        if not dates:
            return None
        printed, row = dates[0].printed, dates[0].row
        readings, decided = prefer(dates, region.orders, self._params)
        confidence = sure.logistic(self._params.date_confidence, sure.date_evidence(dates, page))
        confidence *= 1.0 if decided else self._params.date_guess
        iso = [day.isoformat() for day in readings]
        text = row.text[printed.start : printed.end]
        return self._field(iso[0], text, confidence, row.lines_of(printed.start, printed.end), tuple(iso[1:]))

    def _time(self, page: Page, dates: Sequence[DatedRow]) -> Field[str] | None:
        chosen = choose_time(page, dates[0].row.index if dates else None)
        if chosen is None:
            return None
        printed, row = chosen
        lines = row.lines_of(printed.start, printed.end)
        near_date = bool(dates) and abs(row.index - dates[0].row.index) <= self._params.time_rows
        confidence = (self._params.time_near if near_date else self._params.time_far) * page.confidence(lines)
        return self._field(printed.value, row.text[printed.start : printed.end], confidence, lines)

    def _currency(self, region: RegionFound) -> Field[str] | None:
        if not region.currency:
            return None
        printed = self._params.currency_printed * region.agreement
        confidence = printed if region.mark else self._params.currency_inferred
        return self._field(region.currency, region.mark, confidence, region.lines)

    def _total(self, found: Sequence[Entry], rows: int) -> Field[Decimal] | None:
        ranked = rank_totals(found, rows, self._params)
        if not ranked:
            return None
        entry = ranked[0].entry
        confidence = sure.logistic(self._params.total_confidence, sure.total_evidence(ranked, self._params.total_none))
        return self._field(entry.amount.value, entry.text, confidence, entry.lines)

    def _tax(self, found: Sequence[Entry], total: Field[Decimal] | None) -> Field[Decimal] | None:
        tax = choose_tax(found, total.value if total else None, self._params)
        if tax is None:
            return None
        evidence = sure.tax_evidence(tax, total.confidence if total else 0.0)
        confidence = sure.logistic(self._params.tax_confidence, evidence)
        return self._field(tax.value, _printed(tax), confidence, _lines(tax.entries))

    def _subtotal(
        self, found: Sequence[Entry], total: Field[Decimal] | None, tax: Field[Decimal] | None
    ) -> Field[Decimal] | None:
        entry = choose_subtotal(found, total.value if total else None, tax.value if tax else None)
        if entry is None:
            return None
        proved = total is not None and makes(entry.amount.value, total.value, parts_of(found))
        confidence = self._params.subtotal_proved if proved else self._params.subtotal_alone
        return self._field(entry.amount.value, entry.text, confidence * entry.confidence, entry.lines)


def _printed(tax: Tax) -> str:
    return " + ".join(entry.text for entry in tax.entries)


def _lines(found: Sequence[Entry]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(line for entry in found for line in entry.lines))
