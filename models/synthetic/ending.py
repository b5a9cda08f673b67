"""The foot of a receipt: thanks, conditions, loyalty, other dates and numbers, none of which is a field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from models.synthetic.customs import print_date
from models.synthetic.heading import When
from models.synthetic.naming import fill
from models.synthetic.paper import Text, texts
from models.synthetic.press import Press
from models.synthetic.truth import BODY, Role, Style
from models.synthetic.vocabulary import options


def print_ending(press: Press, when: When, named: bool) -> None:
    """The foot. named: the shop's name is above; if not it stands here."""
    press.paper.skip()
    blocks: list[Callable[[], None]] = []
    blocks += [lambda: _saved(press)] * press.chance(0.1)
    blocks += [lambda: _points(press)] * press.chance(0.1)
    blocks += [lambda: _other_date(press, when)] * press.chance(0.13)
    blocks += [lambda: _barcode(press)] * press.chance(0.15)
    blocks += [lambda: _thanks(press)] * press.chance(0.75)
    blocks += [lambda: _footers(press)] * press.chance(0.75)
    if press.chance(0.4):
        press.random.shuffle(blocks)
    for block in blocks:
        block()
        if press.chance(0.3):
            press.paper.skip()
    if not named:
        for text in press.shop.name:
            _centre(press, texts(text, Role.VENDOR))


def _centre(press: Press, words: tuple[Text, ...], style: Style = BODY) -> None:
    press.paper.put(press.paper.centre(words, style) if press.chance(0.85) else press.paper.left(words, 0, style))


def _thanks(press: Press) -> None:
    style = Style(1.5, 1.5) if press.chance(0.12) else Style()
    for _ in range(press.random.choice((1, 1, 2))):
        _centre(press, press.words("thanks", Role.THANKS), style)


def _footers(press: Press) -> None:
    small = Style(0.8, 0.8) if press.chance(0.15) else Style()
    known = options("phrases", press.language, "footer")
    for text in press.random.sample(known, min(press.random.choice((1, 2, 2, 3, 4, 6)), len(known))):
        _centre(press, texts(press.habits.case(text), Role.FOOTER), small)


def _saved(press: Press) -> None:
    value = (press.sale.goods * press.random.randrange(3, 30) / 100).quantize(Decimal("0.01"))
    label = texts(press.phrase("saved") + press.random.choice((":", "", " :")), Role.LABEL)
    amount = press.amount(value, Role.OTHER_AMOUNT, press.chance(0.5))
    if press.chance(0.5):
        press.paper.put(press.paper.left(label), press.paper.right(amount, press.habits.amount_end))
    else:
        press.paper.put(press.paper.centre((*label, *amount)))


def _points(press: Press) -> None:
    if press.chance(0.5):
        member = texts(
            fill(press.random, press.random.choice(("########", "################", "#### ####"))), Role.LOYALTY
        )
        press.paper.put(press.paper.left((*texts(press.phrase("member") + ":", Role.LABEL), *member)))
    for _ in range(press.random.choice((1, 2, 3))):
        points = press.random.choice(
            (str(press.random.randrange(1, 90)), press.money.plain(Decimal(press.random.randrange(99999)) / 100))
        )
        label = texts(press.phrase("points") + press.random.choice((":", "", " :")), Role.LABEL)
        value = texts(points, Role.LOYALTY)
        press.paper.put(*((press.paper.left(label), press.paper.right(value)) if press.chance(0.5)
                          else (press.paper.left((*label, *value)),)))  # fmt: skip


def _other_date(press: Press, when: When) -> None:
    later = press.chance(0.7)
    kind = "other_date" if later else "print_date"
    day = when.day + timedelta(days=press.random.randrange(5, 400) if later else press.random.randrange(0, 3))
    label = texts(press.phrase(kind) + press.random.choice((":", "", " :")), Role.LABEL)
    text = texts(print_date(press.random, day, when.day_form, press.language), Role.OTHER_DATE)
    press.paper.put(press.paper.left((*label, *text)))


def _barcode(press: Press) -> None:
    press.paper.skip()
    pattern = press.random.choice(
        ("#############", "####################", "#### #### #### ####", "*########*", "####-####-####")
    )
    _centre(press, texts(fill(press.random, pattern), Role.NUMBER))
