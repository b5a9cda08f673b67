"""Fields by plain keyword rules, as someone who has lines of text and an hour would write them.

They are the yardstick for comparing readers of text with an extraction that favours none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

TOTAL = re.compile(r"total|amount due|balance due|to pay|summe|betrag", re.I)
NOT_TOTAL = re.compile(r"sub\s*-?\s*total|total\s*(tax|gst|qty|items|discount|savings)|(tax|gst|qty)\s*total", re.I)
TAX = re.compile(r"\b(tax|gst|vat|mwst|ust|hst|pst)\b", re.I)
NOT_TAX = re.compile(r"invoice|total|exclu|incl|\b(id|no|reg)\b", re.I)
AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[, ]\d{3})*|\d+)[.,](\d{2})(?![\d.,/%])")
NUMERIC = re.compile(r"(?<!\d)(\d{1,4})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
DAY_NAME = re.compile(r"(?<!\d)(\d{1,2})[ ,./-]*([a-z]{3})[a-z]*[ ,./'-]*(\d{4}|\d{2})(?!\d)", re.I)
NAME_DAY = re.compile(r"([a-z]{3})[a-z]*[ ,./-]*(\d{1,2})(?:st|nd|rd|th)?[ ,./'-]+(\d{4}|\d{2})(?!\d)", re.I)
MONTHS = {"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6}
MONTHS |= {"jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}


def fields(lines: Sequence[dict[str, Any]]) -> dict[str, str | None]:
    """Vendor, date (ISO), total and tax of lines with ``text`` and ``quad`` (8 numbers); None for what is not found.

    Vendor: the first row with three letters. Date: the first one, day first. Total: the largest amount beside a word
    for it (or in the next row), else the largest of all. Tax: the last amount beside the first word for it.
    """
    rows = text_rows(lines)
    return {
        "vendor": next((row for row in rows if sum(map(str.isalpha, row)) >= 3), None),
        "date": next((found for row in rows for found in dates(row)), None),
        "total": _total(rows),
        "tax": next((found[-1] for row in rows if is_tax(row) and (found := amounts(row))), None),
    }


def text_rows(lines: Sequence[dict[str, Any]]) -> list[str]:
    """Lines joined to rows: one belongs to the row above where its middle lies within half a height of that row's."""
    placed = [
        (sum(q[1::2]) / 4, q[0], q[5] + q[7] - q[1] - q[3], line["text"]) for line in lines for q in [line["quad"]]
    ]
    rows: list[list[tuple[float, float, float, str]]] = []
    for place in sorted(placed):
        if rows and place[0] - rows[-1][-1][0] < place[2] / 4:  # place[2] is twice the height
            rows[-1].append(place)
        else:
            rows.append([place])
    return [" ".join(text for *_, text in sorted(row, key=lambda place: place[1])) for row in rows]


def amounts(text: str) -> list[str]:
    """Amounts with two decimals, in order, as plain numbers."""
    return [re.sub(r"\D", "", whole) + "." + cents for whole, cents in AMOUNT.findall(text)]


def dates(text: str) -> list[str]:
    """Dates in a text, as ISO; "03/04/2018" is the third of April."""
    tries: list[tuple[int | str, ...]] = []
    for a, _, b, c in NUMERIC.findall(text):
        tries.append((int(a), int(b), int(c)) if len(a) == 4 else (int(c), int(b), int(a)))
        tries.append((int(c), int(a), int(b)))
    tries += [(int(y), MONTHS.get(m.lower(), 0), int(d)) for d, m, y in DAY_NAME.findall(text)]
    tries += [(int(y), MONTHS.get(m.lower(), 0), int(d)) for m, d, y in NAME_DAY.findall(text)]
    return [found for parts in tries if (found := _iso(*map(int, parts)))]


def is_tax(row: str) -> bool:
    return bool(TAX.search(row)) and not NOT_TAX.search(row)


def _total(rows: Sequence[str]) -> str | None:
    beside: list[str] = []
    for i, row in enumerate(rows):
        if TOTAL.search(row) and not NOT_TOTAL.search(row):
            beside += amounts(row) or amounts(" ".join(rows[i + 1 : i + 2]))
    return _largest(beside) or _largest(amount for row in rows for amount in amounts(row))


def _largest(found: Iterable[str]) -> str | None:
    return max(found, key=float, default=None)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return date(year + 2000 if year < 100 else year, month, day).isoformat()
    except ValueError:
        return None
