"""Names, addresses and numbers that belong to nobody: composed of generic parts and made-up syllables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from models.synthetic.vocabulary import options

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_TWO_PARTED = 0.08  # share of names of two words that stand on two rows
_NUMBERED = 0.06  # share of trade names with the number of the store
_BUSINESS = ("Holdings", "Retail", "Group", "Trading", "Ventures", "Services", "Resources")


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sells. name: rows of the name that counts. other: its other name, or empty."""

    name: tuple[str, ...]
    other: str
    address: tuple[str, ...]
    phones: tuple[str, ...]
    tax_id: str
    site: str


def fill(random: Random, pattern: str) -> str:
    """A pattern with a digit for each ``#`` and a capital for each ``@``."""
    return re.sub("[#@]", lambda m: random.choice("0123456789" if m.group() == "#" else _LETTERS), pattern)


def made_up(random: Random, language: str) -> str:
    """A word of two syllables or three that sounds like the language's names."""
    start = random.choice(options("names", language, "starts"))
    end = random.choice(options("names", language, "ends"))
    if random.random() < 0.15:
        end = random.choice(options("names", language, "ends")) + end
    return start + end


def compose_shop(random: Random, country: Mapping[str, Any], language: str, style: str) -> Shop:
    """A shop of a style (a key of the goods)."""
    trade = _trade_name(random, language, style)
    legal = _legal_name(random, country, language, trade)
    name, other = trade, ""
    if legal and random.random() < 0.75:
        name = legal if random.random() < 0.75 else trade + " " + random.choice(country["legal"])
    elif legal:
        name, other = (legal, trade) if country["legal_share"] > 0.5 else (trade, legal)
    if not other and random.random() < _NUMBERED:
        name += random.choice((" #", " #", " # ", " No. ")) + str(random.randrange(2, 9999))
    upper = random.random() < 0.6
    rows = _rows(random, name.upper() if upper else name)
    if other and upper:
        other = other.upper()
    phones = tuple(fill(random, random.choice(country["phone"])) for _ in range(random.choice((0, 1, 1, 1, 2))))
    tax_id = fill(random, random.choice(country["tax_id"])) if random.random() < country["tax_id_share"] else ""
    return Shop(rows, other, _address(random, country, language), phones, tax_id, _site(random, trade))


def _trade_name(random: Random, language: str, style: str) -> str:
    kind = random.choice(options("kinds", language, style))
    noun = random.choice(options("names", language, "nouns"))
    adjective = random.choice(options("names", language, "adjectives"))
    first = random.choice(options("names", language, "first"))
    joiner = random.choice(options("names", language, "joiner"))
    own = made_up(random, language)
    front = language in ("en", "nl", "de")
    shapes = (
        f"{adjective} {noun}", f"{own} {kind}" if front else f"{kind} {own}", f"{own}", f"{first}'s {kind}",
        f"{kind} {adjective} {noun}", f"{own} {joiner} {made_up(random, language)}", f"{noun} {kind}" if front else
        f"{kind} {noun}", f"The {noun}" if language == "en" else f"{kind} {first}", f"{own} {noun}",
        f"{_initials(random)} {kind}", f"{first} {joiner} {random.choice(options('names', language, 'first'))}",
        f"{kind} {own}", f"{own} {random.choice(('24', '99', '365', '88', '1', 'II', 'Plus', 'One'))}",
        f"{_initials(random)} {own} {kind}", f"{own} {kind} {made_up(random, language)}",
    )  # fmt: skip
    return random.choice(shapes)


def _legal_name(random: Random, country: Mapping[str, Any], language: str, trade: str) -> str:
    if random.random() > country["legal_share"]:
        return ""
    ending = random.choice(country["legal"])
    own = random.choice((trade, f"{made_up(random, language)} {random.choice(_BUSINESS)}"))
    own = own if random.random() < 0.7 else f"{_initials(random)} {made_up(random, language)}"
    if ending in ("PT", "CV"):
        return f"{ending} {own}"
    return f"{own} {ending}"


def _initials(random: Random) -> str:
    letters = [random.choice(_LETTERS) for _ in range(random.choice((1, 2, 2, 3)))]
    return random.choice(("", ".", " ", "&")).join(letters) if len(letters) > 1 else letters[0]


def _rows(random: Random, name: str) -> tuple[str, ...]:
    words = name.split(" ")
    rate = 0.16 + 0.3 * (len(name) > 26) if len(words) > 2 else _TWO_PARTED
    if len(words) < 2 or random.random() > rate:
        return (name,)
    cut = random.randrange(1, len(words))
    return (" ".join(words[:cut]), " ".join(words[cut:]))


def _address(random: Random, country: Mapping[str, Any], language: str) -> tuple[str, ...]:
    if random.random() < 0.06:
        return ()
    place = made_up(random, language)
    number = random.choice((fill(random, "##"), fill(random, "#-#"), fill(random, "####"), fill(random, "##A")))
    number = number.lstrip("0") or "7"
    street = _street(random, country["address"], language, number)
    filler = random.choice(options("names", language, "fillers")) + f" {random.randrange(1, 40)}"
    city = made_up(random, language)
    code = fill(random, random.choice(country["postcode"]))
    town = _town(random, country["address"], code, city)
    rows = [street]
    if random.random() < 0.3:
        rows.insert(random.randrange(2), filler if random.random() < 0.5 else f"{filler}, {place}")
    if country["address"] == "my" and random.random() < 0.7:
        rows.append(f"{random.choice(('Taman', 'Bandar', 'Kawasan Perindustrian', 'Seksyen 7,', 'Pusat'))} {place}")
    rows.append(town)
    if random.random() < 0.12:
        rows = [", ".join(rows)]
    style = random.choice((str, str, str.upper))
    comma = country["address"] == "my" and random.random() < 0.6
    return tuple(style(row) + ("," if comma and row is not rows[-1] else "") for row in rows)


def _street(random: Random, form: str, language: str, number: str) -> str:
    word = random.choice(options("names", language, "streets"))
    own = made_up(random, language)
    if form in ("us", "uk"):
        turn = random.choice(("", "", "", "N ", "S ", "W ", "East "))
        return f"{number} {turn}{own} {word}" if language == "en" else f"{number} {word} {own}"
    if language in ("de", "nl"):
        return f"{own}{word} {number}" if not word[0].isupper() else f"{own.upper()}{word} {number}"
    if language in ("ms", "id") or form == "my":
        return f"{random.choice(('No. ', 'No ', '', 'LOT ', 'No.'))}{number}, {word} {own} {random.randrange(1, 30)}"
    if form == "fr" or language == "fr":
        return f"{number} {word} {own}"
    return f"{word} {own} {number}" if random.random() < 0.5 else f"{word} {own}, {number}"


def _town(random: Random, form: str, code: str, city: str) -> str:
    if form == "us":
        if code[:1].isalpha():
            return f"{city} {code}"
        state = random.choice(
            "AZ CA CO FL GA IL IN LA MA MD MI MN MO NC NJ NV NY OH OR PA SC TN TX UT VA WA WI".split(" ")
        )
        return random.choice((f"{city}, {state} {code}", f"{city} {state} {code}", f"{city}, {state}. {code}"))
    if form == "uk":
        return random.choice((f"{city} {code}", f"{city}, {code}", code))
    return random.choice((f"{code} {city}", f"{code}, {city}", f"{code}  {city}".replace("  ", " ")))


def _site(random: Random, trade: str) -> str:
    word = re.sub(r"[^a-z]", "", trade.lower())[:18] or "shop"
    if random.random() < 0.35:
        return ""
    ending = random.choice((".com", ".example", ".net", ".shop", ".co"))
    return random.choice((f"www.{word}{ending}", f"{word}{ending}", f"info@{word}{ending}", f"@{word}"))
