"""Date and time: which of the printed ones is the receipt's, and which way round it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.params import ExtractParams
from edgekit.parsing.dates import DAY_FIRST, MONTH_FIRST, YEAR_FIRST, PrintedDate, PrintedTime


@dataclass(frozen=True, slots=True)
class DatedRow:
    """A date, the row it is on, its score, and the kinds of date anchors before it."""

    printed: PrintedDate
    row: PageRow
    score: float
    anchored: bool


def rank_dates(page: Page, lexicon: Lexicon, params: ExtractParams) -> list[DatedRow]:
    """All dates of a page, best first."""
    seen = Counter(day for row in page.rows for d in row.dates for _, day in d.readings)
    found = []
    for row in page.rows:
        for printed in row.dates:
            score, anchored = _score(page, row, printed, lexicon, params)
            score += params.date_twin * (max(seen[day] for _, day in printed.readings) > 1)
            found.append(DatedRow(printed, row, score, anchored))
    return sorted(found, key=lambda d: (-d.score, d.row.index, d.printed.start))


def _score(
    page: Page, row: PageRow, printed: PrintedDate, lexicon: Lexicon, params: ExtractParams
) -> tuple[float, bool]:
    kinds = _kinds_before(row, printed, lexicon)
    above = page.rows[row.index - 1] if row.index else None
    if not kinds and above is not None and not above.dates:
        kinds = [mark.kind for mark in lexicon.dates.find(above.text)]
    anchored = "date" in kinds
    score = params.date_anchor * anchored - params.date_other * ("other_date" in kinds)
    score += params.date_time * bool(row.times) + params.date_long * (printed.long_year or printed.named_month)
    score -= params.date_damaged * printed.damaged
    score -= params.date_late * row.index / max(len(page.rows), 1)
    return score, anchored


def _kinds_before(row: PageRow, printed: PrintedDate, lexicon: Lexicon) -> list[str]:
    marks = [mark for mark in lexicon.dates.find(row.text[: printed.start])]
    return [mark.kind for mark in marks]


def prefer(
    dates: Sequence[DatedRow], chosen: PrintedDate, weights: Mapping[str, float]
) -> tuple[date, tuple[date, ...], bool]:
    """(preferred reading, the others, whether evidence decided). weights: votes for each order from elsewhere."""
    if len(chosen.readings) == 1:
        return chosen.readings[0][1], (), True
    votes = dict(weights)
    days = {day for d in dates for _, day in d.printed.readings if len(d.printed.readings) == 1}
    for order, day in chosen.readings:
        votes[order] = votes.get(order, 0.0) + (10.0 if day in days else 0.0)
    for other in dates:
        if len(other.printed.readings) == 1 and not other.printed.named_month:
            order = other.printed.readings[0][0]
            votes[order] = votes.get(order, 0.0) + 5.0
    order_rank = {DAY_FIRST: 0, MONTH_FIRST: 1, YEAR_FIRST: 2}
    ranked = sorted(chosen.readings, key=lambda r: (-votes.get(r[0], 0.0), order_rank[r[0]]))
    margin = votes.get(ranked[0][0], 0.0) - votes.get(ranked[1][0], 0.0)
    return ranked[0][1], tuple(day for _, day in ranked[1:]), margin > 0


def choose_time(page: Page, date_row: int | None) -> tuple[PrintedTime, PageRow] | None:
    """The time nearest the date's row; without a date the first clear one."""
    timed = [(t, row) for row in page.rows for t in row.times if t.clear or t.half_day]
    if not timed:
        return None
    anchor = timed[0][1].index if date_row is None else date_row
    return min(timed, key=lambda pair: (abs(pair[1].index - anchor), pair[1].index, pair[0].start))
