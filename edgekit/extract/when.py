"""Date and time: which of the printed ones is the receipt's, and which way round it is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.params import ExtractParams
from edgekit.parsing.dates import DAY_FIRST, MONTH_FIRST, PrintedDate, PrintedTime


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
    return [mark.kind for mark in lexicon.dates.find(row.text[: printed.start])]


def prefer(
    dates: Sequence[DatedRow], orders: Mapping[str, float], params: ExtractParams
) -> tuple[tuple[date, ...], bool]:
    """The readings of the best date, preferred first, and whether evidence (or a single reading) decided.

    orders: votes for each order from currency and words. The same day printed where only one reading is possible
    decides at once; another unambiguous date shows the order this printer uses.
    """
    readings = dates[0].printed.readings
    if len(readings) == 1:
        return (readings[0][1],), True
    votes = {order: orders.get(order, 0.0) for order in (DAY_FIRST, MONTH_FIRST)}
    for other in (dated.printed for dated in dates):
        if len(other.readings) == 1:
            order, day = other.readings[0]
            if not other.named_month and order in votes:
                votes[order] += params.date_order_vote
            for mine, same in readings:
                votes[mine] += params.date_same_day_vote * (same == day)
    ranked = sorted(readings, key=lambda reading: (-votes[reading[0]], reading[0] != DAY_FIRST))
    return tuple(day for _, day in ranked), votes[ranked[0][0]] > votes[ranked[1][0]]


def choose_time(page: Page, date_row: int | None) -> tuple[PrintedTime, PageRow] | None:
    """The time nearest the date's row; without a date the first clear one."""
    timed = [(t, row) for row in page.rows for t in row.times if t.clear or t.half_day]
    if not timed:
        return None
    anchor = timed[0][1].index if date_row is None else date_row
    return min(timed, key=lambda pair: (abs(pair[1].index - anchor), pair[1].index, pair[0].start))
