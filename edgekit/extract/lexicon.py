"""The words the extractor knows: anchors, currencies, regions and months, read from the bundle's ``lexicon.json``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from edgekit.parsing.anchors import Anchors
from edgekit.parsing.dates import DAY_FIRST, MONTH_FIRST, YEAR_FIRST
from edgekit.parsing.folding import squash
from edgekit.strict import Node, load_json

MONEY_KINDS = (
    "total_final total_strong total amount subtotal tax incl excl quantity rounding discount payment change "
    "tip suggestion service points tax_id tax_name price"
).split()
"""Kinds of anchors that say what an amount is."""
DATE_KINDS = ("date", "other_date")
NAME_KINDS = ("legal", "company", "address", "contact", "document", "tax_id")
"""Kinds of anchors that say what a line at the top of a receipt is."""
_CODE = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency, the marks it is printed with (upper case), and the order dates have where it is used."""

    code: str
    marks: tuple[str, ...]
    date_order: str


@dataclass(frozen=True, slots=True)
class Region:
    """A country or a group of countries: the order its dates are printed in, and its currency."""

    date_order: str
    currency: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All words, ready to be looked for. Immutable.

    money, dates, names: anchors by what they are looked up for.
    region_words: words that receipts of some regions show; the kind is the numbers of these ``regions``, with commas.
    marks: currency mark in upper case to ISO code. months: folded name to 1..12.
    """

    money: Anchors
    dates: Anchors
    names: Anchors
    marks: Mapping[str, str]
    months: Mapping[str, int]
    currencies: Mapping[str, Currency]
    regions: tuple[Region, ...]
    region_words: Anchors

    @classmethod
    def parse(cls, text: str | bytes, where: str) -> Lexicon:
        """The lexicon written in ``text`` (JSON); ``where`` names it in errors. Raises ManifestError."""
        root = load_json(text, where).members(("anchors", "currencies", "regions", "months"))
        anchors = _anchors(root["anchors"])
        currencies = [_currency(node) for node in root["currencies"].items()]
        codes = {currency.code for currency in currencies}
        marks = {mark: c.code for c in reversed(currencies) for mark in c.marks}
        return cls(
            money=_group(anchors, MONEY_KINDS),
            dates=_group(anchors, DATE_KINDS),
            names=_group(anchors, NAME_KINDS),
            marks=MappingProxyType(marks),
            months=_months(root["months"]),
            currencies=MappingProxyType({currency.code: currency for currency in currencies}),
            regions=tuple(_region(node, codes) for node in root["regions"].items()),
            region_words=_region_words(root["regions"]),
        )


def _anchors(node: Node) -> dict[str, list[str]]:
    kinds = (*MONEY_KINDS, *DATE_KINDS, *(kind for kind in NAME_KINDS if kind not in MONEY_KINDS))
    found: dict[str, list[str]] = {}
    for kind, languages in node.members(kinds).items():
        found[kind] = [phrase for words in languages.mapping().values() for phrase in _phrases(words)]
    return found


def _phrases(node: Node) -> list[str]:
    phrases = []
    for item in node.items():
        if len(squash(item.text())) < 2:
            raise item.error("has fewer than two letters", "write a phrase as printed")
        phrases.append(item.text())
    return phrases


def _group(anchors: Mapping[str, list[str]], kinds: tuple[str, ...] | list[str]) -> Anchors:
    return Anchors((kind, phrase) for kind in kinds for phrase in anchors[kind])


def _currency(node: Node) -> Currency:
    keys = node.members(("code", "marks", "date_order"))
    code = keys["code"].matching(_CODE, "an ISO 4217 code")
    marks = tuple(item.text().upper() for item in keys["marks"].items())
    return Currency(code, marks, keys["date_order"].one_of((DAY_FIRST, MONTH_FIRST, YEAR_FIRST)))


def _region(node: Node, codes: set[str]) -> Region:
    keys = node.members(("date_order", "currency", "words"))
    order = keys["date_order"].one_of((DAY_FIRST, MONTH_FIRST, YEAR_FIRST))
    return Region(order, keys["currency"].one_of(sorted(codes)))


def _region_words(node: Node) -> Anchors:
    numbers: dict[str, list[str]] = {}
    for number, region in enumerate(node.items()):
        for phrase in _phrases(region.members(("date_order", "currency", "words"))["words"]):
            numbers.setdefault(squash(phrase), []).append(str(number))
    return Anchors(((",".join(found), phrase) for phrase, found in numbers.items()), forgiving=False)


def _months(node: Node) -> Mapping[str, int]:
    months = node.members([str(number) for number in range(1, 13)])
    return MappingProxyType({squash(name): int(number) for number, names in months.items() for name in _phrases(names)})
