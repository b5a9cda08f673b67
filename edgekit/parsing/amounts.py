"""Amounts of money as printed: ``1,234.50``, ``1.234,50``, ``12.-``, ``RM9.00``, ``$ 9.00``, ``9.OO`` (misread)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

_TWINS = str.maketrans("OoQDUIl|SBZGó", "0000011158266")
_SAME = str.maketrans("’`´‘，．：–—−－＄\u00a0\u202f\u2009", "''''" + ",.:----$" + "   ")
_RUN = re.compile(
    r"(?:[OoIl|S][OoQDUIl|SBZGó]*)?[0-9][0-9OoQDUIl|SBZGó]*(?:[.,'][0-9OoQDUIl|SBZGó]+)*|(?:[Oo]|(?<!\w))[.,]\d\d(?!\d)"
)
# A point that stands apart ("9 .00", "9. 00") is a reading error; a space before three digits may part thousands.
_LOOSE_POINT = re.compile(r" ?([.,]) ?([0-9OoDQU]{2})(?![\w.,%])")
_LOOSE_GROUPS = re.compile(r"(?: (\d{3}))+,\d\d(?!\d)")
# A tax code that ran into a price ("6.55SR", "12.40Z"): its first letter may look like a digit.
_CODED = re.compile(r"[0-9]+(?:[.,'][0-9]{3})*[.,][0-9]{2}(?=[A-Z]{1,3}(?![\w.,]))")
_DASHES = re.compile(r"[.,] ?-{1,2}(?![\w-])")
_POINT = re.compile(r"[.,']")
_WORD_END = re.compile(r"[^\W\d_]*$")
_HUNG_BEFORE = re.compile(r"(?:\d[/:.,'-]|#|[A-Za-z]\d+-)$")
_HUNG_AFTER = re.compile(r"[/:'][0-9]|-\d|[.,]\d|[A-Za-z]\d|\d")
_MAX_DIGITS = 12
_BEHIND = 16  # characters on either side of a number that may speak for or against it


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that may be money.

    value: signed. start, end: the characters [start, end) with sign and currency mark.
    decimals: printed after the point; 2 also for ``12.-``, 0 for ``1,234``.
    grouped: whether three digits after a lone separator were read as thousands (``1,234``; may be 1.234).
    code: ISO 4217 code of the currency mark beside it, or empty. mark: that mark as printed.
    percent: a rate, not money. noisy: letters were read as digits (``9.OO``), or a point stood apart.
    """

    value: Decimal
    start: int
    end: int
    decimals: int
    grouped: bool = False
    code: str = ""
    mark: str = ""
    percent: bool = False
    noisy: bool = False

    @property
    def is_money(self) -> bool:
        """Printed like a price: two decimals, or a currency mark, and no percent sign."""
        return not self.percent and (self.decimals == 2 or bool(self.code))


@dataclass(frozen=True, slots=True)
class _Number:
    value: Decimal
    decimals: int
    grouped: bool
    noisy: bool


def find_amounts(text: str, marks: Mapping[str, str]) -> tuple[Amount, ...]:
    """Every number in a text that can be an amount or a rate, left to right; never raises.

    marks: currency mark in upper case as printed (``RM``, ``$``) to its ISO code. Dates, times, phone numbers and long
    serial numbers are left out as far as their print tells (``12.01.2019``, ``10:30``, ``03-4162``).
    """
    plain = text.translate(_SAME)
    found: list[Amount] = []
    position = 0
    while (match := _RUN.search(plain, position)) is not None:
        coded = _CODED.match(plain, match.start())
        end = coded.end() if coded else match.end()
        amount = _amount_at(plain, match.start(), end, marks)
        position = end
        if amount is not None and (not found or amount.start >= found[-1].end):
            found.append(amount)
            position = max(position, amount.end)
    return tuple(found)


def _amount_at(plain: str, start: int, end: int, marks: Mapping[str, str]) -> Amount | None:
    start, dollar = _leading_letters(plain, start, end, marks)
    if plain[start] in ".," and plain[start - 1 : start].isalnum():
        return None
    end, loose = _stretch(plain, start, end)
    number = _parse(plain[start:end], loose)
    if number is None or not _stands_alone(plain, start, end):
        return None
    if dash := _DASHES.match(plain, end):
        end = dash.end()
    percent = plain[end : end + 2].lstrip(" ").startswith("%")
    left, negative = _sign(plain, start)
    code, mark, left, right = _currency(plain, left, end, marks)
    if not code and not number.decimals and _inside_word(plain, start, end):
        return None
    if not code and dollar:
        code, mark = marks.get("$", ""), "S"
    if not negative:
        left, negative = _sign(plain, left)
    if not negative and not code and plain[:left].endswith("-"):
        code, mark, sign_left, _ = _currency(plain, left - 1, left, marks)
        left, negative = (sign_left, True) if code else (left, False)
    if not negative and plain[right : right + 1] == "-" and not plain[right + 1 : right + 2].isalnum():
        negative, right = not dash, right + 1
    if negative and plain[left] == "(":
        right = plain.index(")", right) + 1
    value = -number.value if negative else number.value
    return Amount(
        value, left, right, 2 if dash else number.decimals, number.grouped, code, mark, percent, number.noisy or dollar
    )


def _leading_letters(plain: str, start: int, end: int, marks: Mapping[str, str]) -> tuple[int, bool]:
    """Where the digits start: an ``S`` in front of a price is a misread dollar, letters of a word are the word's."""
    for size in range(4, 1, -1):  # a currency's letters that look like digits: "SGD9.00"
        if plain[start : start + size].upper() in marks and plain[start + size : start + size + 1].isdigit():
            return start + size, False
    while start < end and not plain[start].isdigit() and plain[start] not in ".,":
        if plain[start] == "S" and (start == 0 or not plain[start - 1].isalnum()):
            return start + 1, True
        word = _WORD_END.search(plain[max(start - _BEHIND, 0) : start])
        if word and word.group() and word.group().upper() not in marks:
            start += 1
        else:
            break
    return start, False


def _stretch(plain: str, start: int, end: int) -> tuple[int, bool]:
    """The end of a number whose point or thousands stand apart, and whether they do."""
    if _POINT.search(plain, start, end) is None:
        if groups := _LOOSE_GROUPS.match(plain, end):
            return (groups.end(), False) if end - start <= 3 else (end, False)
        if (point := _LOOSE_POINT.match(plain, end)) and plain[end : point.end()].count(" ") == 1:
            return point.end(), True
    return end, False


def _parse(run: str, loose: bool) -> _Number | None:
    digits_as_read = sum(c.isdigit() for c in run)
    clean = run.replace(" ", "").translate(_TWINS)
    letters = sum(c.isalpha() for c in run)
    parts = _POINT.split(clean)
    separators = _POINT.findall(clean)
    if sum(map(len, parts)) > _MAX_DIGITS or (letters and (letters > digits_as_read + 1 or len(parts[-1]) != 2)):
        return None
    noisy = loose or letters > 0
    if not separators:
        return None if letters else _Number(Decimal(clean), 0, False, noisy)
    whole, last = parts[:-1], parts[-1]
    if any(len(p) != 3 for p in whole[1:]) or (len(whole) > 1 and not 1 <= len(whole[0]) <= 3):
        return None
    if len(last) == 3 and 1 <= len(whole[0]) <= 3 and whole[0] != "0":
        return _Number(Decimal("".join(parts)), 0, True, noisy)
    if len(last) > 3 or separators[-1] == "'" or (len(last) == 1 and len(separators) > 1):
        return None
    return _Number(Decimal(("".join(whole) or "0") + "." + last), len(last), False, noisy)


def _stands_alone(plain: str, start: int, end: int) -> bool:
    """Whether no digits hang on it through a slash, colon, dash or point, and no word runs into it."""
    before, after = plain[max(start - _BEHIND, 0) : start], plain[end : end + _BEHIND]
    return not (_HUNG_BEFORE.search(before) or _HUNG_AFTER.match(after))


def _inside_word(plain: str, start: int, end: int) -> bool:
    return plain[max(start - 1, 0) : start].isalpha() or plain[end : end + 1].isalpha()


def _sign(plain: str, start: int) -> tuple[int, bool]:
    head = plain[:start].rstrip(" ")
    if head.endswith(("-", "(")) and not head[:-1].rstrip(" ").endswith("-") and not head[-2:-1].isalnum():
        if head.endswith("(") and not plain[start:].partition(")")[1]:
            return start, False
        return len(head) - 1, head.endswith("-") or re.match(r"[^()]*\d[\d.,]*\)", plain[start:]) is not None
    return start, False


def _currency(plain: str, start: int, end: int, marks: Mapping[str, str]) -> tuple[str, str, int, int]:
    """(code, mark, start, end) with the mark beside the number, if any, taken in."""
    head, tail = plain[:start].rstrip(" :"), plain[end : end + _BEHIND]
    tail_at = end + len(tail) - len(tail.lstrip(" "))
    for size in range(4, 0, -1):
        mark = head[-size:].upper()
        if len(mark) == size and mark in marks and not (mark[0].isalpha() and head[-size - 1 : -size].isalpha()):
            return marks[mark], head[-size:], len(head) - size, end
        mark = plain[tail_at : tail_at + size].upper()
        following = plain[tail_at + size : tail_at + size + 1]
        if len(mark) == size and mark in marks and not (mark[-1].isalpha() and following.isalnum()):
            return marks[mark], plain[tail_at : tail_at + size], start, tail_at + size
    return "", "", start, end
