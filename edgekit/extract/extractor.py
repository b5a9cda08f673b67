"""Rules that turn rows of text into a receipt's fields."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.labels import Entry, entries
from edgekit.extract.money import Scored, Tax, choose_subtotal, choose_tax, rank_totals
from edgekit.extract.page import Page, build_page
from edgekit.extract.params import ExtractParams
from edgekit.extract.region import find_region
from edgekit.extract.vendor import mended, rank_names
from edgekit.extract.when import choose_time, prefer, rank_dates
from edgekit.types import Field, Fields, TextLine


class Extractor:
    """Fields from lines and rows. Holds no state between calls: one serves all threads, and repeats itself exactly."""

    def __init__(self, params: ExtractParams, lexicon: Lexicon) -> None:
        self._params = params
        self._lexicon = lexicon

    def extract(self, lines: Sequence[TextLine], rows: Sequence[Sequence[int]]) -> Fields:
        """The fields of a receipt; None for each that it does not show."""
        params = self._params
        page = build_page(lines, rows, self._lexicon, (params.first_year, params.last_year))
        found = entries(page, params)
        region = find_region(page, self._lexicon)
        totals = rank_totals(found, len(page.rows), params)
        total = totals[0] if totals else None
        value = total.entry.amount.value if total else None
        tax = choose_tax(found, value, params)
        subtotal = choose_subtotal(found, value, tax.value if tax else None)
        names = rank_names(page, self._lexicon, params)
        dates = rank_dates(page, self._lexicon, params)
        date_field = None
        if dates:
            best, others, sure = prefer(dates, dates[0].printed, region.orders)
            row = dates[0].row
            p = dates[0].printed
            date_field = Field(best.isoformat(), row.text[p.start:p.end], 0.5, row.lines_of(p.start, p.end), False, tuple(d.isoformat() for d in others))
        return Fields(
            vendor=Field(mended(names[0].text), names[0].text, 0.5, names[0].lines, False) if names else None,
            date=date_field,
            total=Field(total.entry.amount.value, total.entry.text, 0.5, total.entry.lines, False) if total else None,
            tax=Field(tax.value, tax.entries[0].text, 0.5, tax.entries[0].lines, False) if tax else None,
            subtotal=Field(subtotal.amount.value, subtotal.text, 0.5, subtotal.lines, False) if subtotal else None,
        )
