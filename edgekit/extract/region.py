"""Where a receipt comes from, as far as it shows: its currency, and the order its dates are likely printed in."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page
from edgekit.parsing.folding import squash
from edgekit.parsing.dates import DAY_FIRST, MONTH_FIRST

_US_PLACE = re.compile(r"(?<![A-Z])[A-Z]{2}\.?,? {0,3}\d{5}(?:-\d{4})?(?!\d)")
_US_PHONE = re.compile(r"\(\d{3}\) ?\d{3}[-. ]\d{4}|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)")
_DOLLAR = "$"
_WORDS_COUNTED = 4  # words of one region that add to its votes: a long receipt is not more foreign than a short one


@dataclass(frozen=True, slots=True)
class Region:
    """What the page shows of its origin.

    currency: ISO code or empty. mark: as printed beside an amount or in a heading, empty where inferred from words.
    lines: where that mark stands. printed: share of the marks seen that agree. orders: votes for each order of dates.
    """

    currency: str
    mark: str
    lines: tuple[int, ...]
    agreement: float
    orders: Mapping[str, float]


def find_region(page: Page, lexicon: Lexicon) -> Region:
    """Currency marks first, words of a country second; a bare ``$`` takes the dollar of the country the words name."""
    votes = _word_votes(page, lexicon)
    marks: Counter[str] = Counter()
    first: dict[str, tuple[str, tuple[int, ...]]] = {}
    for row in page.rows:
        for code, mark, lines in _marks(row.index, page, lexicon):
            marks[code] += 1
            first.setdefault(code, (mark, lines))
    ranked = sorted(marks, key=lambda code: (-marks[code], code))
    words = sorted(votes, key=lambda code: (-votes[code], code))
    code = ranked[0] if ranked else words[0] if words and votes[words[0]] >= 2 else ""
    mark, lines = first.get(code, ("", ()))
    agreement = marks[code] / sum(marks.values()) if ranked else 0.0
    if mark in (_DOLLAR, "S"):
        code = _dollar_of(words, votes, lexicon) or code
    return Region(code, mark, lines, agreement, _orders(code, votes, page, lexicon))


def _word_votes(page: Page, lexicon: Lexicon) -> dict[str, float]:
    seen: dict[int, set[str]] = {}
    for row in page.rows:
        for mark in lexicon.region_words.find(row.text):
            for number in mark.kind.split(","):
                seen.setdefault(int(number), set()).add(squash(row.text[mark.start : mark.end]))
    votes: dict[str, float] = {}
    for number, words in seen.items():
        code = lexicon.regions[number].currency
        votes[code] = votes.get(code, 0.0) + min(len(words), _WORDS_COUNTED)
    american = sum(bool(_US_PLACE.search(row.text)) + bool(_US_PHONE.search(row.text)) for row in page.rows)
    if american:
        votes["USD"] = votes.get("USD", 0.0) + 2 * min(american, 2)
    return votes


def _marks(index: int, page: Page, lexicon: Lexicon) -> list[tuple[str, str, tuple[int, ...]]]:
    row = page.rows[index]
    found = [(a.code, a.mark, row.lines_of(a.start, a.end)) for a in row.amounts if a.code]
    if found:
        return found
    for word in re.finditer(r"[^\W\d_]{2,4}|[€£¥₹]", row.text):
        code = lexicon.marks.get(word.group().upper())
        if code and (len(word.group()) == 3 or not word.group().isalpha() or word.group() == "RM"):
            found.append((code, word.group(), row.lines_of(word.start(), word.end())))
    return found


def _dollar_of(words: list[str], votes: Mapping[str, float], lexicon: Lexicon) -> str:
    dollars = [c for c in words if any(m.endswith(_DOLLAR) for m in lexicon.currencies[c].marks)]
    return dollars[0] if dollars and votes[dollars[0]] >= 2 else ""


def _orders(code: str, votes: Mapping[str, float], page: Page, lexicon: Lexicon) -> dict[str, float]:
    orders = {DAY_FIRST: 0.0, MONTH_FIRST: 0.0}
    for region in lexicon.regions:
        if region.currency in votes:
            orders[region.date_order] = orders.get(region.date_order, 0.0) + votes[region.currency]
    if code:
        order = lexicon.currencies[code].date_order
        orders[order] = orders.get(order, 0.0) + 3.0
    return orders
