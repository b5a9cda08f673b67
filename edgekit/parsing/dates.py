"""Dates and times of day as printed, with every reading a print allows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from edgekit.parsing.folding import squash

_DIGIT = "[0-9OoQIl|]"
_TWINS = str.maketrans("OoQIl|", "000111")
_SAME = str.maketrans(
    {"／": "/", "．": ".", "：": ":", "\u00a0": " ", "\\": "1"}
    | dict.fromkeys("–—‐−~", "-")
    | dict.fromkeys("’‘`´°", "'")
)
_NUMERIC = re.compile(
    rf"(?<![0-9A-Za-z.,/-])({_DIGIT}{{1,4}}) ?([/.,-]) ?({_DIGIT}{{1,2}}) ?([/.,-]) ?({_DIGIT}{{1,8}})"
)
_BEFORE_MONTH = re.compile(
    r"(?<![0-9A-Za-z#])(?<!\d:)([0-9OoIl][0-9OoIl]?|[0-9]{4})(?:st|nd|rd|th|er|\.|º)?[ ./,-]{0,2}(?:[Dd][Ee] )?$"
)
_AFTER_MONTH = re.compile(r"[ .:/,'*-]{0,2}(?:[Dd][Ee][Ll]? )?([0-3OoIl][0-9OoIl]|[0-9])(?:st|nd|rd|th)?(?![0-9])")
_YEAR = re.compile(r"[ .:/,'*-]{0,3}(?:[Dd][Ee][Ll]? )?((?:19|20)[0-9]{2}|[0-9]{2})(?![0-9](?![0-9]?:)|:)")
_YEAR_AFTER_TIME = re.compile(r" +[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})? +((?:19|20)[0-9]{2})(?![0-9])")
_PAIR = re.compile(r"[0-9](?=[0-9])")
_LONGEST_MONTH = 12
_BEHIND = 16  # characters before a month in which its day may stand
_COMPACT = re.compile(r"(?<![0-9A-Za-z.,/-])(20[0-9]{2})([01][0-9])([0-3][0-9])(?![0-9.-]|/(?!\d{6}))")
# A slash lost, or read as 7 or 1, or digits of another number in front: only with full fields and a year of 20xx.
_DAMAGED = re.compile(r"([0-9]{1,2})([/.\-]?|[71])([0-9]{2})([/.\-]?|[71])(20[0-9]{2})(?![0-9]{3}|[0-9]$|[0-9][^0-9:])")
_TIME = re.compile(
    r"(?<![0-9:.,])([01]?[0-9]|2[0-3]) ?([:.hH]) ?([0-5][0-9])(?: ?[:.] ?([0-5][0-9]))?(?![0-9]|[.,:]\d| ?%)"
    r"(?:\s{0,4}([AaPp])\.?\s?[Mm]|\s?([AaPp])\.?)?"  # "8:47   PM": often a line of its own in the same row
)

MONTH_FIRST, DAY_FIRST, YEAR_FIRST = "mdy", "dmy", "ymd"
"""Orders a numeric date can be printed in."""


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date found in a text.

    readings: (order, day) pairs, every calendar day the print can mean; never empty. A print that can mean one day
        only has one entry whatever its order. start, end: the characters [start, end).
    long_year: the year has four digits. named_month: the month is a word.
    damaged: a separator was lost or misread.
    """

    readings: tuple[tuple[str, date], ...]
    start: int
    end: int
    long_year: bool
    named_month: bool
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class PrintedTime:
    """A time of day: ``HH:MM`` or ``HH:MM:SS`` in 24 hours, the characters [start, end).

    half_day: AM or PM shows. clear: printed with a colon or an h, so that it cannot be a price.
    """

    value: str
    start: int
    end: int
    half_day: bool
    clear: bool


def find_dates(text: str, months: Mapping[str, int], years: tuple[int, int]) -> tuple[PrintedDate, ...]:
    """Dates in a text, left to right; never raises.

    months: folded month name (see ``folding.squash``) to 1..12. years: first and last year taken for plausible.
    """
    plain = text.translate(_SAME)
    numeric = _numeric_dates(plain, years)
    named = [n for n in _named_dates(plain, months, years) if not _is_weekday(n, numeric)]
    found = [*numeric, *named, *_compact_dates(plain, years)]
    if not found:
        found = _damaged_dates(plain, years)
    kept: list[PrintedDate] = []
    for candidate in sorted(found, key=lambda d: (d.start, -d.end)):
        if not kept or candidate.start >= kept[-1].end:
            kept.append(candidate)
    return tuple(kept)


def find_times(text: str) -> tuple[PrintedTime, ...]:
    """Times of day in a text, left to right; never raises.

    ``8.15`` alone is a price, so a point needs AM, PM or seconds.
    """
    plain, found = text.translate(_SAME), []
    for match in _TIME.finditer(plain):
        hour, separator, minute, second, full, letter = match.groups()
        half = full or letter
        end = match.end() if half else match.end(4) if second else match.end(3)
        if half and plain[end : end + 1].isalpha():
            half, end = None, match.end(4) if second else match.end(3)
        if separator == "." and not (half or second):
            continue
        clock = int(hour)
        if half and clock <= 12:
            clock = clock % 12 + (12 if half in "Pp" else 0)
        value = f"{clock:02d}:{minute}" + (f":{second}" if second else "")
        found.append(PrintedTime(value, match.start(), end, bool(half), separator in ":hH"))
    return tuple(found)


def _numeric_dates(plain: str, years: tuple[int, int]) -> list[PrintedDate]:
    found = []
    for match in _NUMERIC.finditer(plain):
        first, left, second, right, tail = match.groups()
        if not _same_separator(left, right) or not any(c.isdigit() for c in first + second):
            continue
        third, end = _third(tail, plain[match.end() :], match.start(5))
        if third is None or (first + second + third).translate(_TWINS).isdigit() is False:
            continue
        if end - match.start(5) <= 2 and re.match(r"[0-9]*[/.-]\d", plain[end:]):
            continue
        numbers = [part.translate(_TWINS) for part in (first, second, third)]
        readings = _readings(numbers, years)
        if readings:
            long_year = len(numbers[0]) == 4 or len(numbers[2]) == 4
            found.append(PrintedDate(readings, match.start(), end, long_year, False))
    return found


def _same_separator(left: str, right: str) -> bool:
    return (left == right and left != ",") or {left, right} == {".", ","}


def _third(tail: str, rest: str, start: int) -> tuple[str | None, int]:
    """The last number of a date, cut from a time that ran into it (``25/12/201808:13``), and where it ends."""
    digits = tail.translate(_TWINS)
    clock_follows = re.match(r" ?:\d", rest) is not None
    if len(digits) <= 2 or (len(digits) == 4 and not clock_follows):
        return tail, start + len(tail)
    if clock_follows and digits[:2] in ("19", "20") and len(digits) in (5, 6):
        return tail[:4], start + 4
    if clock_follows and len(digits) in (3, 4):
        return tail[:2], start + 2
    if len(digits) == 8 and digits[:2] == "20":  # 2018 and hhmm
        return tail[:4], start + 4
    return None, start


def _readings(numbers: list[str], years: tuple[int, int]) -> tuple[tuple[str, date], ...]:
    a, b, c = numbers
    if len(a) == 4:
        orders = [(YEAR_FIRST, a, b, c)] if len(c) <= 2 else []
    elif len(a) > 2:
        orders = []
    else:
        orders = [(DAY_FIRST, c, b, a), (MONTH_FIRST, c, a, b)]
    readings = _calendar(orders, years)
    if not readings and len(a) == 2 and len(c) == 2:
        readings = _calendar([(YEAR_FIRST, a, b, c)], years)
    return readings


def _calendar(orders: list[tuple[str, str, str, str]], years: tuple[int, int]) -> tuple[tuple[str, date], ...]:
    readings: list[tuple[str, date]] = []
    for order, year, month, day in orders:
        when = _day(year, int(month), int(day), years)
        if when is not None and all(when != other for _, other in readings):
            readings.append((order, when))
    return tuple(readings)


def _day(year: str, month: int, day: int, years: tuple[int, int]) -> date | None:
    full = int(year) + (2000 if len(year) == 2 else 0)
    if not years[0] <= full <= years[1]:
        return None
    try:
        return date(full, month, day)
    except ValueError:
        return None


def _named_dates(plain: str, months: Mapping[str, int], years: tuple[int, int]) -> list[PrintedDate]:
    found = []
    pairs = [match.start() for match in _PAIR.finditer(plain)]
    for start in range(pairs[-1] - 2 if pairs else 0):  # a year, of two digits at least, stands behind every month
        if not plain[start].isalnum() or (start and plain[start - 1].isalpha()) or plain[start] in "123456789":
            continue
        if printed := _date_of_month(plain, start, months, years):
            found.append(printed)
    return found


def _is_weekday(named: PrintedDate, numeric: list[PrintedDate]) -> bool:
    """Whether a month's name is a day of the week before a date that needs none (``mar 03.09.2024``)."""
    return any(d.long_year and named.start < d.start < named.end < d.end for d in numeric)


def _date_of_month(plain: str, start: int, months: Mapping[str, int], years: tuple[int, int]) -> PrintedDate | None:
    """A whole word first; then short names: ``Ju116'17`` is the 16th of ``Jul``, not the 6th of ``Juli``."""
    ends = []
    for end in range(start + 3, min(start + _LONGEST_MONTH, len(plain)) + 1):
        if not plain[end - 1].isalnum():
            break
        ends.append(end)
    if ends and plain[start : ends[-1]].isalpha():
        ends = [ends[-1], *ends[:-1]]
    for end in ends:
        month = months.get(squash(plain[start:end]))
        if month and (printed := _around(plain, start, end, month, years)):
            return printed
    return None


def _around(plain: str, start: int, end: int, month: int, years: tuple[int, int]) -> PrintedDate | None:
    """The date a month's name at [start, end) belongs to: day before, year after; or day and year after."""
    before = _BEFORE_MONTH.search(plain, max(start - _BEHIND, 0), start)
    if before and (year := _YEAR.match(plain, end)):
        number = before.group(1).translate(_TWINS)
        parts = (number, year.group(1)) if len(number) == 4 else (year.group(1), number)
        if when := _day(parts[0], month, int(parts[1]), years):
            return PrintedDate(((DAY_FIRST, when),), before.start(1), year.end(), len(parts[0]) == 4, True)
    if day := _AFTER_MONTH.match(plain, end):
        year = _YEAR_AFTER_TIME.match(plain, day.end()) or _YEAR.match(plain, day.end())
        number = day.group(1).translate(_TWINS)
        if year and (when := _day(year.group(1), month, int(number), years)):
            stop = year.end() if plain[day.end() : year.end()].count(":") < 1 else day.end()
            return PrintedDate(((MONTH_FIRST, when),), start, stop, len(year.group(1)) == 4, True)
    return None


def _compact_dates(plain: str, years: tuple[int, int]) -> list[PrintedDate]:
    found = []
    for match in _COMPACT.finditer(plain):
        when = _day(match.group(1), int(match.group(2)), int(match.group(3)), years)
        if when:
            found.append(PrintedDate(((YEAR_FIRST, when),), match.start(), match.end(), True, False))
    return found


def _damaged_dates(plain: str, years: tuple[int, int]) -> list[PrintedDate]:
    found: list[PrintedDate] = []
    start = -1
    while match := _DAMAGED.search(plain, start + 1):
        start = match.start()
        if found and start < found[-1].end:
            continue
        first, left, second, right, year = match.groups()
        glued = plain[start - 1 : start].isdigit() or (len(first) == 1 and not left)
        if glued and (len(first) == 1 or left not in "/.-" or left != right or not left):
            continue
        if readings := _readings([first, second, year], years):
            found.append(PrintedDate(readings, start, match.end(), True, False, True))
    return found
