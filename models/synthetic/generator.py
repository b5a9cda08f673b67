"""Receipts from seeds: the text level. Places are nominal; ``drawing`` makes pictures of them."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

from models.synthetic.customs import choose_day, choose_money, choose_time
from models.synthetic.ending import print_ending
from models.synthetic.heading import When, choose_when, print_shop, print_title, print_when
from models.synthetic.listing import print_items
from models.synthetic.naming import compose_shop
from models.synthetic.paper import Paper
from models.synthetic.press import Press, choose_habits
from models.synthetic.reckoning import print_sums
from models.synthetic.selling import STYLES, make_sale
from models.synthetic.truth import Facts, Item, Line, Role, SyntheticReceipt
from models.synthetic.vocabulary import countries

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "ms", "id")


def make(seed: int, language: str | None = None, style: str | None = None) -> SyntheticReceipt:
    """The receipt of a seed: the same on every machine and in every run.

    language: one of LANGUAGES; style: one of ``selling.STYLES``; None: drawn as well. Raises ValueError for another.
    """
    if language not in (None, *LANGUAGES) or style not in (None, *STYLES):
        raise ValueError(f"language {language!r}, style {style!r}: take one of {LANGUAGES} and of {tuple(STYLES)}")
    random = Random(f"receipt {seed} {language} {style}")
    code, language = _choose_place(random, language)
    style = style or random.choices(tuple(STYLES), tuple(STYLES.values()))[0]
    press = _press(random, countries()[code], language, style)
    day, moment = choose_day(random), choose_time(random)
    when = choose_when(press, day, moment)
    centred = press.chance(0.75)
    named = print_shop(press, centred)
    if press.chance(0.5):
        press.paper.skip()
    items = _print_middle(press, when, centred)
    print_ending(press, when, named)
    lines, width, height = press.paper.lines()
    return SyntheticReceipt(
        seed,
        language,
        code,
        style,
        press.chance(0.72),
        width,
        height,
        lines,
        _facts(press, when, lines, items),
        press.sale,
    )


def _choose_place(random: Random, language: str | None) -> tuple[str, str]:
    known = countries()
    shares = {
        (code, spoken): country["weight"] * share
        for code, country in known.items()
        for spoken, share in country["languages"].items()
        if language in (None, spoken)
    }
    return random.choices(tuple(shares), tuple(shares.values()))[0]


def _press(random: Random, country: dict[str, Any], language: str, style: str) -> Press:
    columns = random.choice((24, 28, 30, 32, 32, 36, 38, 40, 40, 42, 42, 44, 48, 48, 56))
    shop_style = random.choice(("menu", "groceries", "hotel", "services")) if style == "card" else style
    return Press(
        random,
        Paper(random, columns),
        country,
        language,
        style,
        compose_shop(random, country, language, shop_style),
        make_sale(random, country, language, style),
        choose_money(random, country),
        choose_habits(random, columns),
    )


def _print_middle(press: Press, when: When, centred: bool) -> tuple[Item, ...]:
    """Title, date, goods and sums, in the order of this printer."""
    late = press.chance(0.2)
    if press.chance(0.5):
        print_title(press, centred)
        if not late:
            print_when(press, when, press.chance(0.2))
    else:
        if not late:
            print_when(press, when, press.chance(0.2))
        print_title(press, centred)
    if press.chance(0.6):
        press.paper.rule()
    items = print_items(press)
    print_sums(press)
    if late:
        press.paper.skip()
        print_when(press, when, press.chance(0.2))
    return items


def _facts(press: Press, when: When, lines: tuple[Line, ...], items: tuple[Item, ...]) -> Facts:
    named = [line.text for line in lines if line.role is Role.VENDOR]
    printed, sale = press.printed, press.sale
    shown: dict[Role, Decimal | None] = {role: printed.get(role) for role in Role}
    tax = sale.tax if {Role.TAX, Role.TAX_PART} & printed.keys() and sale.taxes else None
    return Facts(
        vendor=" ".join(named) or None,
        vendor_parts=tuple(named),
        vendor_also=(press.shop.other,) if press.shop.other else (),
        date=when.day if when.day_text else None,
        date_text=when.day_text,
        date_readings=when.readings,
        time=when.time_value or None,
        currency=press.country["currency"],
        currency_printed=press.marked,
        items=items,
        subtotal=shown[Role.SUBTOTAL],
        taxes=sale.taxes if tax is not None else (),
        tax=tax,
        service=shown[Role.SERVICE],
        tip=shown[Role.TIP],
        discount=shown[Role.DISCOUNT],
        rounding=shown[Role.ROUNDING],
        total=shown[Role.TOTAL],
        payment=shown[Role.PAYMENT],
        change=shown[Role.CHANGE],
    )
