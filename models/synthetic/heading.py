"""The top of a receipt: name, address, numbers of the shop; then when, who and where of the sale."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time

from models.synthetic.customs import print_date, print_time, print_weekday, readings
from models.synthetic.naming import fill, made_up
from models.synthetic.paper import Piece, Text, texts
from models.synthetic.press import Press
from models.synthetic.truth import BODY, Role, Style
from models.synthetic.vocabulary import options

_NUMBERS = ("######", "########", "###", "####-####", "@@#######", "##-######", "####/###", "@#####", "#########")

_BRANCHES = {
    "en": "Branch|Store|Outlet|Store #12", "de": "Filiale|Markt", "fr": "Magasin|Centre", "es": "Tienda|Sucursal",
    "it": "Negozio|Filiale", "nl": "Filiaal|Centrum", "pt": "Loja|Filial", "ms": "Cawangan", "id": "Cabang",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class When:
    """When it was sold, and how that is printed. No text: it is not printed."""

    day: date
    day_text: str
    day_form: str
    readings: tuple[str, ...]
    moment: time
    time_text: str
    time_value: str


def choose_when(press: Press, day: date, moment: time) -> When:
    """The date and time of a sale, as this printer prints them."""
    form = press.random.choice(press.country["dates"])
    day_text = print_date(press.random, day, form, press.language) if not press.chance(0.02) else ""
    clock, value = print_time(press.random, moment, press.chance(press.country["clock12"]), press.language)
    if press.chance(0.15) or not day_text:
        clock = value = ""
    return When(day, day_text, form, readings(day, form) if day_text else (), moment, clock, value)


def print_shop(press: Press, centred: bool) -> bool:
    """The shop's block; whether its name is in it: it may be at the foot only."""
    at_foot = press.chance(0.02)
    style = press.random.choice(
        (Style(), Style(), Style(bold=True), Style(1, 2), Style(2, 2), Style(1.5, 1.5, True), Style(1.8, 1.8, True),
         Style(1.25, 1.25), Style(2.2, 2.6, True), Style(2, 1))
    )  # fmt: skip
    if press.chance(0.08):
        _row(press, texts(welcome(press), Role.HEADER), centred, Style())
    if not at_foot:
        for text in press.shop.name:
            _row(press, texts(text, Role.VENDOR), centred, style)
    if press.shop.other and (at_foot or press.chance(0.85)):
        _row(press, texts(press.shop.other, Role.VENDOR_OTHER), centred, Style())
    blocks = [_address, _phones, _tax_id, _site]
    if press.chance(0.3):
        press.random.shuffle(blocks)
    for block in blocks:
        block(press, centred)
    return not at_foot


def _row(press: Press, words: tuple[Text, ...], centred: bool, style: Style = BODY) -> None:
    if words:
        press.paper.put(press.paper.centre(words, style) if centred else press.paper.left(words, 0, style))


def welcome(press: Press) -> str:
    """A slogan."""
    return press.phrase("welcome").replace("{year}", str(press.random.randrange(1950, 2020)))


def _address(press: Press, centred: bool) -> None:
    if press.chance(0.06):
        branch = press.random.choice(_BRANCHES[press.language].split("|"))
        _row(press, texts(f"{made_up(press.random, press.language)} {branch}", Role.ADDRESS), centred)
    for text in press.shop.address:
        _row(press, texts(text, Role.ADDRESS), centred)


def _phones(press: Press, centred: bool) -> None:
    labels = [press.phrase("phone"), press.random.choice(("Fax", "FAX", "H/P", "Fax No"))]
    colon = press.random.choice((":", " :", "", ":"))
    rows = [
        (*texts(label + colon, Role.LABEL), *texts(number, Role.PHONE))
        for label, number in zip(labels, press.shop.phones, strict=False)
    ]
    if len(rows) == 1 and press.chance(0.25):
        rows = [texts(press.shop.phones[0], Role.PHONE)]
    if len(rows) == 2 and press.chance(0.5):
        rows = [(*rows[0], *rows[1])]
    for row in rows:
        _row(press, row, centred)


def _tax_id(press: Press, centred: bool) -> None:
    _row(press, texts(press.shop.tax_id, Role.TAX_ID), centred)


def _site(press: Press, centred: bool) -> None:
    if press.chance(0.3):
        _row(press, texts(press.shop.site, Role.PHONE), centred)


def print_title(press: Press, centred: bool) -> None:
    """What kind of paper it is."""
    if press.chance(0.6):
        press.paper.skip()
        style = press.random.choice(
            (Style(), Style(bold=True), Style(1.3, 1.3), Style(1, 2), Style(bold=True, inverse=True))
        )
        _row(press, press.words("document", Role.HEADER), centred, style)


def print_when(press: Press, when: When, centred: bool) -> None:
    """Date, time, numbers, staff and place of the sale, in one of many arrangements."""
    facts = [fact for fact in _facts(press) if fact]
    moments = _moments(press, when)
    at = press.random.randrange(len(facts) + 1)
    parts = [*facts[:at], *moments, *facts[at:]]
    paired = press.chance(0.4)
    colon_at = press.random.choice((None, None, 9, 12, 14))
    rows: list[list[Piece]] = []
    for label, value in parts:
        if centred and press.chance(0.3):
            rows.append([press.paper.centre((*label, *value))])
            continue
        if colon_at is not None and label:
            label = tuple(word._replace(text=word.text.rstrip(":")) for word in label if word.text != ":")
            colon = (Text(":", Role.LABEL),) if press.chance(0.8) else ()
            words = [press.paper.left(label), press.paper.left((*colon, *value), max(colon_at, _size(label) + 1))]
            rows.append(words)
        elif (
            paired
            and rows
            and len(rows[-1]) == 1
            and _size((*label, *value)) + rows[-1][0].width < press.paper.columns - 2
        ):
            rows[-1].append(press.paper.right((*label, *value)))
        else:
            rows.append([press.paper.left((*label, *value))])
    for row in rows:
        press.paper.put(*row)


Fact = tuple[tuple[Text, ...], tuple[Text, ...]]


def _size(words: tuple[Text, ...]) -> int:
    return sum(len(word.text) for word in words) + len(words) - 1


def _facts(press: Press) -> list[Fact]:
    random = press.random
    colon = random.choice((":", "", " :", "#", ":"))
    found: list[Fact] = []
    for kind in random.sample(
        ("number", "number", "place", "staff", "place", "staff"), random.choice((0, 1, 2, 3, 3, 4, 5))
    ):
        label = texts(press.phrase(kind) + colon, Role.LABEL)
        if kind == "staff":
            name = random.choice(
                (random.choice(_first(press)), fill(random, "##"), random.choice(_first(press)).upper())
            )
            found.append((label, texts(name, Role.STAFF)))
        elif kind == "place":
            number = random.choice(
                (str(random.randrange(1, 60)), fill(random, "0#"), fill(random, "@#"), fill(random, "##/#"))
            )
            found.append((label, texts(number, Role.STAFF)))
        else:
            found.append((label, texts(fill(random, random.choice(_NUMBERS)), Role.NUMBER)))
    if press.chance(0.06):
        label = texts(press.phrase("member") + ":", Role.LABEL)
        found.append(
            (label, texts(fill(random, random.choice(("################", "########", "#### ####"))), Role.LOYALTY))
        )
    return found


def _first(press: Press) -> tuple[str, ...]:
    return options("names", press.language, "first")


def _moments(press: Press, when: When) -> list[Fact]:
    """The date and the time: on one row or two, with labels or without."""
    if not when.day_text:
        return []
    random = press.random
    day = texts(when.day_text, Role.DATE)
    if press.chance(0.07):
        day = (*texts(print_weekday(random, when.day, press.language), Role.OTHER_DATE), *day)
    clock = texts(when.time_text, Role.TIME)
    colon = random.choice((":", "", " :", ":"))
    label = texts(press.phrase("date") + colon, Role.LABEL) if press.chance(0.6) else ()
    if not clock:
        return [(label, day)]
    arrangement = random.random()
    if arrangement < 0.55:
        return [(label, (*day, *clock) if press.chance(0.9) else (*clock, *day))]
    second = texts(press.phrase("time") + colon, Role.LABEL) if label and press.chance(0.8) else ()
    if arrangement < 0.65:
        return [(second, clock), (label, day)]
    return [(label, day), (second, clock)]
