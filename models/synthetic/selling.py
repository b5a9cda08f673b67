"""What was bought and what it comes to: items, taxes, service, rounding, tip, payment. All sums are exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from models.synthetic.naming import fill, made_up
from models.synthetic.truth import Item, Sale, TaxLine
from models.synthetic.vocabulary import options

STYLES = {
    "menu": 34,
    "groceries": 22,
    "hardware": 9,
    "stationery": 7,
    "pharmacy": 6,
    "clothes": 6,
    "fuel": 5,
    "services": 4,
    "parking": 3,
    "hotel": 3,
    "card": 4,
}
"""Kinds of receipt, with how often each is drawn. ``card``: a card slip, without items."""

_PRICES = {
    "menu": (4, 28), "drinks": (1.5, 9), "groceries": (0.4, 13), "hardware": (1, 45), "pharmacy": (3, 32),
    "clothes": (5, 95), "stationery": (0.4, 26), "fuel": (1.1, 2.2), "parking": (1, 22), "hotel": (4, 190),
    "services": (7, 85),
}  # fmt: skip
_MOST = {
    "menu": 14,
    "groceries": 24,
    "hardware": 8,
    "stationery": 8,
    "pharmacy": 6,
    "clothes": 6,
    "hotel": 6,
    "services": 3,
}
_NIL = Decimal(0)


@dataclass(frozen=True, slots=True)
class _Terms:
    """How a receipt reckons. unit: the least coin that prices are in. rates: names and percents of its taxes."""

    unit: Decimal
    rates: tuple[tuple[str, Decimal], ...]
    same_base: bool
    inclusive: bool
    step: Decimal


def make_sale(random: Random, country: Mapping[str, Any], language: str, style: str) -> Sale:
    """A sale of one style; ``card`` has no items."""
    terms = _choose_terms(random, country, language)
    goods_style = "menu" if style == "card" else style
    items = _choose_items(random, country, language, goods_style, terms.unit)
    classes = [random.randrange(len(terms.rates)) if terms.rates and not terms.same_base else 0 for _ in items]
    goods = sum((item.amount + item.discount for item in items), _NIL)
    discount = -_round(goods * random.choice((5, 10, 15, 20, 50)) / 100, terms.unit) if random.random() < 0.09 else _NIL
    served = random.random() < country["served"] * (2.0 if style == "menu" else 0.15)
    service = (
        _round((goods + discount) * Decimal(random.choice(country["service"])) / 100, terms.unit) if served else _NIL
    )
    taxes = _reckon(items, classes, discount + service, terms)
    added = _NIL if terms.inclusive else sum((tax.amount for tax in taxes), _NIL)
    unrounded = goods + discount + service + added
    cash = random.random() < 0.5 and style != "card"
    rounding = _round(unrounded, terms.step) - unrounded if terms.step and (cash or random.random() < 0.5) else _NIL
    tip = _tip(random, country, style, unrounded, terms.unit)
    total = unrounded + rounding + tip
    payment = _paid(random, total, country) if cash else total
    shown = () if style == "card" else items
    return Sale(shown, goods, discount, service, taxes, terms.inclusive, unrounded, rounding, tip, total, payment,
                payment - total)  # fmt: skip


def _choose_terms(random: Random, country: Mapping[str, Any], language: str) -> _Terms:
    unit = Decimal(1).scaleb(-country["decimals"])
    inclusive = random.random() < country["inclusive"]
    step = Decimal(country["cash_step"]).scaleb(-2) if random.random() < 0.75 else _NIL
    if random.random() > country["taxed"]:
        return _Terms(unit, (), False, True, step)
    known = [name.split(":", 1) if name[2:3] == ":" else ["", name] for name in country["taxes"]]
    names = [name for only, name in known if only in ("", language)]
    paired = {"IN": 1.0, "CA": 0.4, "US": 0.08}.get(_code(country), 0.0)
    count = 2 if random.random() < max(paired, 0.3 if len(set(country["rates"])) > 1 and inclusive else 0.0) else 1
    same_base = paired > 0
    inclusive = inclusive and not same_base
    rates = [
        Decimal(rate) for rate in random.sample(sorted(set(country["rates"])), min(count, len(set(country["rates"]))))
    ]
    if count == 1:
        rates = [Decimal(random.choice(country["rates"]))]
    if _code(country) == "IN":
        rates = rates[:1] * 2
    name = random.choice(names)
    pairs = [(n, r) for n, r in zip(random.sample(names, min(len(rates), len(names))), rates, strict=False)]
    if not same_base:
        pairs = [(name, rate) for rate in rates]
    return _Terms(unit, tuple((n.replace("{rate}", _bare(r)), r) for n, r in pairs), same_base, inclusive, step)


def _code(country: Mapping[str, Any]) -> str:
    codes = {"INR": "IN", "CAD": "CA", "USD": "US"}
    return codes.get(country["currency"], "")


def _bare(rate: Decimal) -> str:
    return f"{rate.normalize():f}"


def _choose_items(
    random: Random, country: Mapping[str, Any], language: str, style: str, unit: Decimal
) -> tuple[Item, ...]:
    if style in ("fuel", "parking"):
        count = 1
    else:
        most = _MOST[style]
        count = min(1 + int(random.expovariate(2.4 / most)), most * 2)
    return tuple(_item(random, country, language, style, unit) for _ in range(count))


def _item(random: Random, country: Mapping[str, Any], language: str, style: str, unit: Decimal) -> Item:
    kind = "drinks" if style == "menu" and random.random() < 0.35 else style
    low, high = _PRICES[kind]
    price = _price(random, low * (high / low) ** random.random() * country["scale"], country)
    name = _describe(random, random.choice(options("goods", language, kind)), language, style)
    quantity = Decimal(1)
    if kind == "fuel":
        quantity = Decimal(random.randrange(5000, 65000)).scaleb(random.choice((-3, -3, -2)) if unit < 1 else -3)
        quantity = quantity if quantity < 90 else quantity / 10
        if unit < 1:
            price += Decimal(random.randrange(10)).scaleb(-3)
    elif kind == "groceries" and random.random() < 0.12:
        quantity = Decimal(random.randrange(80, 2600)).scaleb(-3)
        price = max(price, Decimal("0.50"))
    elif kind not in ("parking", "services") and random.random() < 0.25:
        quantity = Decimal(random.choice((2, 2, 2, 3, 3, 4, 5, 6, 10, 12)))
    amount = _round(quantity * price, unit)
    off = kind in ("groceries", "clothes", "hardware", "menu") and random.random() < 0.04
    return Item(
        name, quantity, price, amount, -_round(amount * random.choice((5, 10, 20, 30)) / 100, unit) if off else _NIL
    )


def _price(random: Random, about: float, country: Mapping[str, Any]) -> Decimal:
    if country["decimals"] == 0:
        coarse = 500 if about > 4000 else 100
        return Decimal(max(int(about / coarse), 1) * coarse)
    if about > 900:
        return Decimal(round(about)) + random.choice((_NIL, Decimal("0.50"), Decimal("0.90")))
    cents = random.choice((0, 0, 5, 9, 9, random.randrange(10)))
    exact = Decimal(int(about * 10) * 10 + cents).scaleb(-2)
    if random.random() < 0.25:
        exact = Decimal(int(about)) + random.choice((_NIL, Decimal("0.99"), Decimal("0.95"), Decimal("0.50")))
    return max(exact, Decimal("0.05"))


def _describe(random: Random, base: str, language: str, style: str) -> str:
    chance = random.random()
    if style in ("menu", "parking", "hotel", "fuel", "services"):
        return f"{made_up(random, language)} {base}" if style == "menu" and chance < 0.1 else base
    if chance < 0.3:
        size = random.choice(
            ("500G", "1L", "250ML", "6X1", "12'S", "100g", "330ml", "2KG", "1.5L", "XL", "4 PK", "0,5L", "3PCS")
        )
        return f"{base} {size}"
    if chance < 0.5:
        return f"{made_up(random, language)} {base}"
    if chance < 0.58:
        return f"{base} {fill(random, random.choice(('@##', '###@', '@-##', '##/##', '(##)', '@@@')))}"
    return base


def _reckon(items: tuple[Item, ...], classes: list[int], extra: Decimal, terms: _Terms) -> tuple[TaxLine, ...]:
    lines = []
    for index, (name, rate) in enumerate(terms.rates):
        gross = sum(
            (i.amount + i.discount for i, c in zip(items, classes, strict=True) if terms.same_base or c == index), _NIL
        )
        if index == 0 or terms.same_base:
            gross += extra
        both = sum((r for _, r in terms.rates), _NIL) if terms.same_base else rate
        if terms.inclusive:
            base = _round(gross / (1 + both / 100), terms.unit)
            amount = gross - base if not terms.same_base else _round(base * rate / 100, terms.unit)
        else:
            base, amount = gross, _round(gross * rate / 100, terms.unit)
        if gross > 0:
            lines.append(TaxLine(name, rate, base, amount))
    return tuple(lines)


def _tip(random: Random, country: Mapping[str, Any], style: str, total: Decimal, unit: Decimal) -> Decimal:
    if style not in ("menu", "card", "services") or random.random() > country["tips"] * 0.6:
        return _NIL
    if random.random() < 0.5:
        return Decimal(max(int(total * random.randrange(10, 25) / 100), 1))
    return _round(total * random.choice((15, 18, 20, 22)) / 100, unit)


def _paid(random: Random, total: Decimal, country: Mapping[str, Any]) -> Decimal:
    """Notes that cover the total."""
    if random.random() < 0.25:
        return total
    step = Decimal(random.choice((5, 10, 10, 20, 50))) * (1 if country["scale"] < 10 else 10)
    step *= 1000 if country["decimals"] == 0 else 1
    return (total / step).quantize(Decimal(1), "ROUND_CEILING") * step


def _round(value: Decimal, unit: Decimal) -> Decimal:
    return (value / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit if unit else value
