"""Where a receipt comes from, as far as it shows: its currency, and the order its dates are likely printed in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.parsing.dates import DAY_FIRST, MONTH_FIRST
from edgekit.parsing.folding import squash

_US_PLACE = re.compile(r"(?<![A-Z])[A-Z]{2}\.?,? {0,3}\d{5}(?:-\d{4})?(?!\d)")
_US_PHONE = re.compile(r"\(\d{3}\) ?\d{3}[-. ]\d{4}|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)")
_DOLLAR = "$"
_MARKS_COUNTED = 3
_WORDS_COUNTED = 4  # words of one region that add to its votes: a long receipt is not more foreign than a short one


@dataclass(frozen=True, slots=True)
class RegionFound:
    """What the page shows of its origin.

    currency: ISO code or empty. mark: as printed beside an amount or in a heading, empty where inferred from words.
    lines: where that mark first stands. agreement: 1, or less where another currency is marked more often.
    orders: votes for each order of dates.
    """

    currency: str
    mark: str
    lines: tuple[int, ...]
    agreement: float
    orders: Mapping[str, float]


def find_region(page: Page, lexicon: Lexicon) -> RegionFound:
    """The currency that marks and words of its country speak for; a bare ``$`` speaks for every dollar."""
    votes = _word_votes(page, lexicon)
    marks: Counter[str] = Counter()
    first: dict[str, tuple[str, tuple[int, ...]]] = {}
    for row in page.rows:
        for codes, mark, lines in _marks(row, lexicon):
            marks.update(codes)
            for code in codes:
                first.setdefault(code, (mark, lines))
    scores = {c: min(marks[c], _MARKS_COUNTED) + votes.get(c, 0.0) / 2 for c in {*marks, *votes}}
    ranked = sorted(scores, key=lambda code: (-scores[code], code != "USD", code))
    code = ranked[0] if ranked and scores[ranked[0]] >= 1 else ""
    mark, lines = first.get(code, ("", ()))
    agreement = scores[code] / (scores[code] + _rival(code, scores, marks)) if code else 0.0
    return RegionFound(code, mark, lines, agreement, _orders(code, votes, lexicon))


def _rival(code: str, scores: Mapping[str, float], marks: Counter[str]) -> float:
    """The score of the strongest other currency that is marked more often than this one, as far as it is."""
    return max((scores[c] for c in marks if c != code and marks[c] > marks[code]), default=0.0)


def _word_votes(page: Page, lexicon: Lexicon) -> dict[str, float]:
    seen: dict[int, set[str]] = {}
    for row in [page.rows[i] for i in lexicon.region_words.among([row.text for row in page.rows])]:
        for mark in lexicon.region_words.find(row.text):
            for number in map(int, mark.kind.split(",")):
                seen.setdefault(number, set()).add(squash(row.text[mark.start : mark.end]))
    votes: dict[str, float] = {}
    for number, words in seen.items():
        code = lexicon.regions[number].currency
        votes[code] = votes.get(code, 0.0) + min(len(words), _WORDS_COUNTED)
    american = sum(bool(_US_PLACE.search(row.text)) + bool(_US_PHONE.search(row.text)) for row in page.rows)
    if american:
        votes["USD"] = votes.get("USD", 0.0) + 2 * min(american, 2)
    return votes


def _marks(row: PageRow, lexicon: Lexicon) -> list[tuple[tuple[str, ...], str, tuple[int, ...]]]:
    """(currencies it may stand for, mark, lines) of each mark beside an amount, else of words such as ``RM``."""
    found = [(_codes(a.code, a.mark, lexicon), a.mark, row.lines_of(a.start, a.end)) for a in row.amounts if a.code]
    if found:
        return found
    for word in re.finditer(r"[A-Z]{2,3}|[€£¥₹]", row.text):
        code = lexicon.marks.get(word.group())
        if code and not row.text[max(word.start() - 1, 0) : word.start()].isalpha():
            if not row.text[word.end() : word.end() + 1].isalpha():
                found.append(((code,), word.group(), row.lines_of(word.start(), word.end())))
    return found


def _codes(code: str, mark: str, lexicon: Lexicon) -> tuple[str, ...]:
    """All dollars for a bare ``$`` (or an ``S`` it was read as)."""
    if mark not in (_DOLLAR, "S"):
        return (code,)
    return tuple(c.code for c in lexicon.currencies.values() if any(m.endswith(_DOLLAR) for m in c.marks))


def _orders(code: str, votes: Mapping[str, float], lexicon: Lexicon) -> dict[str, float]:
    orders = {DAY_FIRST: 0.0, MONTH_FIRST: 0.0}
    for region in lexicon.regions:
        if region.currency in votes:
            orders[region.date_order] = orders.get(region.date_order, 0.0) + votes[region.currency]
    if code:
        order = lexicon.currencies[code].date_order
        orders[order] = orders.get(order, 0.0) + 3.0
    return orders
