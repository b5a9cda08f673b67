"""How amounts, dates and times are printed in a country: chosen once per receipt, then used throughout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

_FIRST_DAY = date(2005, 1, 1)
_DAYS = 7650  # to the end of 2025
_MONTHS = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "de": "Jan Feb März Apr Mai Juni Juli Aug Sept Okt Nov Dez",
    "fr": "janv févr mars avril mai juin juil août sept oct nov déc",
    "es": "ene feb mar abr may jun jul ago sep oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
    "nl": "jan feb mrt apr mei jun jul aug sep okt nov dec",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "ms": "Jan Feb Mac Apr Mei Jun Jul Ogos Sep Okt Nov Dis",
    "id": "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des",
}
_LONG_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "ms": "Januari Februari Mac April Mei Jun Julai Ogos September Oktober November Disember",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
}
_WEEKDAYS = {
    "en": "Mon Tue Wed Thu Fri Sat Sun",
    "de": "Mo Di Mi Do Fr Sa So",
    "fr": "lun mar mer jeu ven sam dim",
    "es": "lun mar mié jue vie sáb dom",
    "it": "lun mar mer gio ven sab dom",
    "nl": "ma di wo do vr za zo",
    "pt": "seg ter qua qui sex sáb dom",
    "ms": "Isn Sel Rab Kha Jum Sab Ahd",
    "id": "Sen Sel Rab Kam Jum Sab Min",
}


@dataclass(frozen=True, slots=True)
class Money:
    """The print of amounts. mark: of the currency, empty where it is not printed beside amounts.

    before: the mark stands in front. spaced: a space parts it. minus_behind: ``1,00-``. zero: a nil as ``0,00``.
    """

    point: str
    group: str
    decimals: int
    mark: str
    before: bool
    spaced: bool
    minus_behind: bool

    def plain(self, value: Decimal, signed: bool = True) -> str:
        """The digits, with a minus where negative (unless not ``signed``); may hold spaces between thousands."""
        exact = abs(value).quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)
        whole, _, cents = f"{exact:f}".partition(".")
        if self.group and len(whole) > 3:
            whole = f"{int(whole):,}".replace(",", self.group)
        digits = whole + (self.point + cents if cents else "")
        if value >= 0 or not signed:
            return digits
        return digits + "-" if self.minus_behind else "-" + digits

    def marked(self, value: Decimal) -> tuple[tuple[str, bool], ...]:
        """Pieces (text, whether it is a mark alone) of an amount with its currency mark."""
        digits = self.plain(value)
        if not self.mark:
            return ((digits, False),)
        if not self.spaced:
            if self.before and digits.startswith("-"):
                return ((f"-{self.mark}{digits[1:]}", False),)
            return ((self.mark + digits if self.before else digits + self.mark, False),)
        pair = ((self.mark, True), (digits, False))
        return pair if self.before else pair[::-1]


def choose_money(random: Random, country: Mapping[str, Any]) -> Money:
    """The print of amounts of one receipt."""
    numbers = random.choice(country["numbers"])
    whole = numbers[0] == "0"
    group = numbers[1:]
    mark = random.choice(country["marks"])
    letters = mark[-1:].isalpha() or mark.endswith(".")
    before = country["currency"] not in ("EUR",) or random.random() < (0.35 if not letters else 0.2)
    return Money(
        "" if whole else numbers[0], group, 0 if whole else country["decimals"], mark, before,
        random.random() < (0.7 if letters or not before else 0.12), random.random() < 0.2,
    )  # fmt: skip


def choose_day(random: Random) -> date:
    """Any day of two decades."""
    return _FIRST_DAY + timedelta(days=random.randrange(_DAYS))


def print_date(random: Random, day: date, form: str, language: str) -> str:
    """A day in a form such as ``dmy/4``.

    Letters in their order: d day, m month as a number, M as a word, y year (Y: four digits); then what parts them, and
    4 for a year of four digits.
    """
    order, rest = form[:3], form[3:]
    long_year = "4" in rest or "Y" in order or order[0] == "y"
    year = f"{day.year}" if long_year else f"{day.year % 100:02d}"
    bare = random.random() < 0.12
    number = str(day.day) if bare else f"{day.day:02d}"
    if "M" not in order:
        month = str(day.month) if bare else f"{day.month:02d}"
        parts = {"d": number, "m": month, "y": year}
        return rest[:1].join(parts[letter] for letter in order)
    table = _LONG_MONTHS if "Y" in order and random.random() < 0.3 else _MONTHS
    month = table[language].split(" ")[day.month - 1]
    month = random.choice((month, month, month.upper(), month.capitalize()))
    if order[0] == "M":
        if "Y" in order:
            return f"{month} {number}, {year}"
        return random.choice((f"{month}{number}'{year}", f"{month} {number}'{year}", f"{month} {number}, {year}"))
    if rest == ".":
        return f"{number}. {month} {year}"
    apart = rest if rest else random.choice((" ", " ", "-", "/", "'"))
    if apart == "'":
        return f"{number}{month}'{year}"
    return apart.join((number, month, year))


def readings(day: date, form: str) -> tuple[str, ...]:
    """Every day that the printed one can mean, as ISO."""
    found = [day.isoformat()]
    if form[:3] in ("dmy", "mdy") and day.day <= 12 and day.day != day.month:
        found.append(date(day.year, day.day, day.month).isoformat())
    return tuple(found)


def print_weekday(random: Random, day: date, language: str) -> str:
    """A short weekday."""
    name = _WEEKDAYS[language].split(" ")[day.weekday()]
    return random.choice((name, name.upper(), name + "."))


def choose_time(random: Random) -> time:
    """A time at which shops are open, mostly."""
    hour = min(max(int(random.gauss(15, 4)), 0), 23)
    return time(hour, random.randrange(60), random.randrange(60))


def print_time(random: Random, moment: time, half_days: bool, language: str) -> tuple[str, str]:
    """A time as printed, and what it says: ``HH:MM`` or ``HH:MM:SS``."""
    seconds = random.random() < 0.5
    value = moment.strftime("%H:%M:%S" if seconds else "%H:%M")
    if not half_days:
        if language == "fr" and not seconds and random.random() < 0.3:
            return moment.strftime("%Hh%M"), value
        return value, value
    clock = moment.strftime("%I:%M:%S" if seconds else "%I:%M")
    half = moment.strftime("%p")
    if random.random() < 0.3:
        clock = clock.lstrip("0")
    tail = random.choice((" " + half, half, half.lower(), " " + half.lower(), half[0].lower() if not seconds else half))
    return clock + tail, value
