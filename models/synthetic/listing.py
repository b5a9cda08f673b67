"""The goods of a receipt, in one of many tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal

from models.synthetic.naming import fill
from models.synthetic.paper import Piece, Text, texts
from models.synthetic.press import Press
from models.synthetic.truth import Item, Role
from models.synthetic.vocabulary import heads, options, phrase


@dataclass(frozen=True, slots=True)
class _Table:
    """How goods are listed. tail: the letter of a tax behind an amount, or empty. times: the sign of multiplication."""

    case: Callable[[str], str]
    tail: str
    times: str
    marked: bool
    coded: bool
    all_quantities: bool
    quantity_first: bool
    pack: str


def print_items(press: Press) -> tuple[Item, ...]:
    """Print the goods; they come back with their descriptions as printed."""
    random = press.random
    columns = press.paper.columns
    tail = random.choice(("", "", "", "A", "T", "SR", "*", "B", "S", "Z", "V"))
    table = _Table(
        case=press.habits.case if press.chance(0.5) else random.choice((str, str.upper)),
        tail=tail,
        times=random.choice(("x", "X", "@", "*", "x")),
        marked=press.chance(0.12),
        coded=press.chance(0.2),
        all_quantities=press.chance(0.4),
        quantity_first=press.chance(0.5),
        pack=random.choice(("", "", "", "/ea", "EA", "pcs", "PCS", "st")),
    )
    wide = columns >= 34
    layouts: list[Callable[[Press, _Table, int, Item], str]] = [_one_row, _below, _below, _above]
    layouts += [_columns, _columns, _two_rows] if wide else [_two_rows]
    if press.style == "menu":
        layouts += [_one_row, _one_row, _quantity_row, _quantity_row, _quantity_row]
    layout = _fuel if press.style == "fuel" and press.chance(0.8) else random.choice(layouts)
    if press.sale.items:
        _head(press, layout)
    found = []
    for index, item in enumerate(press.sale.items):
        description = layout(press, table, index, item)
        found.append(replace(item, description=description))
        _notes(press, table, index, item)
        if press.chance(0.01):
            press.paper.skip()
    return tuple(found)


def _head(press: Press, layout: Callable[[Press, _Table, int, Item], str]) -> None:
    if not press.chance(0.75 if layout in (_columns, _two_rows) else 0.12):
        return
    columns = press.paper.columns
    titles = [press.habits.case(head) for head in heads(press.random, press.language, "columns", columns)]
    if not titles:
        return
    places = [columns * (index + 1) / len(titles) for index in range(len(titles))]
    pieces = [press.paper.left(texts(titles[0], Role.COLUMN))]
    pieces += [
        press.paper.right(texts(title, Role.COLUMN), at) for title, at in zip(titles[1:], places[1:], strict=True)
    ]
    press.paper.put(*pieces)
    if press.chance(0.6):
        press.paper.rule()


def _description(table: _Table, item: Item, room: float, index: int) -> tuple[Text, ...]:
    text = table.case(item.description)
    if len(text) > room:
        text = text[: max(int(room), 4)].rstrip(" &,./(-")
    return texts(text, Role.DESCRIPTION, index)


def _text(words: tuple[Text, ...]) -> str:
    return " ".join(word.text for word in words)


def _amount(press: Press, table: _Table, index: int, item: Item) -> tuple[Piece, ...]:
    words = press.amount(item.amount, Role.AMOUNT, table.marked, index)
    end = press.habits.amount_end - (len(table.tail) + 1 if table.tail else 0)
    pieces = [press.paper.right(words, end)]
    if table.tail:
        pieces.append(press.paper.left(texts(table.tail, Role.ITEM_CODE, index), end + 1))
    return tuple(pieces)


def _number(press: Press, value: Decimal) -> str:
    """A quantity as printed: whole, or with the receipt's decimal point."""
    text = f"{value.normalize():f}" if value == value.to_integral_value() else f"{value:f}"
    return text.replace(".", press.money.point or ".")


def _price(press: Press, item: Item) -> str:
    places = max(press.money.decimals, -int(item.unit_price.normalize().as_tuple().exponent)) if item.unit_price else 2
    return replace(press.money, decimals=places).plain(item.unit_price)


def _times(press: Press, table: _Table, index: int, item: Item) -> tuple[Text, ...]:
    quantity = texts(_number(press, item.quantity), Role.QUANTITY, index)
    price = texts(_price(press, item), Role.UNIT_PRICE, index)
    weighed = item.quantity != item.quantity.to_integral_value()
    unit = texts("kg" if press.style != "fuel" else "L", Role.ITEM_NOTE, index) if weighed else ()
    pack = texts(table.pack, Role.ITEM_NOTE, index) if table.pack and not weighed else ()
    sign = texts(table.times, Role.ITEM_NOTE, index)
    if table.quantity_first or weighed:
        return (*quantity, *unit, *pack, *sign, *price)
    return (*quantity, *sign, *price, *pack)


def _one_row(press: Press, table: _Table, index: int, item: Item) -> str:
    """Description, quantity if any, amount; the multiplication in brackets or behind."""
    amount = _amount(press, table, index, item)
    room = amount[0].left - 2
    note: tuple[Text, ...] = ()
    if item.quantity != 1 or table.all_quantities:
        note = texts(f"x{_number(press, item.quantity)}", Role.QUANTITY, index)
        if item.quantity != item.quantity.to_integral_value():
            note = texts(_number(press, item.quantity) + "kg", Role.QUANTITY, index)
    size = len(_text(note)) + 1 if note else 0
    words = _description(table, item, room - size, index)
    ahead = table.quantity_first and bool(note)
    press.paper.put(press.paper.left((*note, *words) if ahead else (*words, *note)), *amount)
    return _text(words)


def _quantity_row(press: Press, table: _Table, index: int, item: Item) -> str:
    """A quantity, a description, an amount: as restaurants print."""
    amount = _amount(press, table, index, item)
    quantity = texts(_number(press, item.quantity), Role.QUANTITY, index)
    start = len(_text(quantity)) + 1
    words = _description(table, item, amount[0].left - start - 1, index)
    if table.coded:
        press.paper.put(press.paper.left((*quantity, *words)), *amount)
    else:
        press.paper.put(press.paper.left(quantity), press.paper.left(words, max(start, 4.0)), *amount)
    return _text(words)


def _below(press: Press, table: _Table, index: int, item: Item) -> str:
    """The description on a row of its own where there is a multiplication, which stands below with the amount."""
    amount = _amount(press, table, index, item)
    if item.quantity == 1 and not table.all_quantities:
        words = _description(table, item, amount[0].left - 2, index)
        press.paper.put(press.paper.left(words), *amount)
        return _text(words)
    words = _description(table, item, press.paper.columns, index)
    press.paper.put(press.paper.left(words))
    press.paper.put(press.paper.left(_times(press, table, index, item), 4 if table.coded else 2), *amount)
    return _text(words)


def _above(press: Press, table: _Table, index: int, item: Item) -> str:
    """The multiplication on a row above; then description and amount."""
    if item.quantity != 1 or table.all_quantities:
        press.paper.put(press.paper.left(_times(press, table, index, item), 2))
    amount = _amount(press, table, index, item)
    words = _description(table, item, amount[0].left - 2, index)
    press.paper.put(press.paper.left(words), *amount)
    return _text(words)


def _columns(press: Press, table: _Table, index: int, item: Item) -> str:
    """Quantity, description, price and amount on one row."""
    amount = _amount(press, table, index, item)
    price = press.paper.right(texts(_price(press, item), Role.UNIT_PRICE, index), amount[0].left - 1.5)
    number = texts(_number(press, item.quantity), Role.QUANTITY, index)
    if table.quantity_first:
        start = max(len(_text(number)) + 1.0, 4.0)
        words = _description(table, item, price.left - start - 1.5, index)
        press.paper.put(press.paper.left(number), press.paper.left(words, start), price, *amount)
    else:
        quantity = press.paper.right(number, price.left - 1.5)
        words = _description(table, item, quantity.left - 1.5, index)
        press.paper.put(press.paper.left(words), quantity, price, *amount)
    return _text(words)


def _two_rows(press: Press, table: _Table, index: int, item: Item) -> str:
    """A description; below it a code, quantity, price and amount in columns. Or the other way round."""
    words = _description(table, item, press.paper.columns, index)
    amount = _amount(press, table, index, item)
    price = press.paper.right(texts(_price(press, item), Role.UNIT_PRICE, index), amount[0].left - 2)
    sign = texts(table.times, Role.ITEM_NOTE, index) if table.quantity_first else ()
    number = (*texts(_number(press, item.quantity), Role.QUANTITY, index), *sign)
    quantity = press.paper.right(number, price.left - 2)
    pieces = [quantity, price, *amount]
    if table.coded and quantity.left > 10:
        code = texts(fill(press.random, press.random.choice(("######", "####", "@####"))), Role.ITEM_CODE, index)
        pieces.insert(0, press.paper.left(code))
    rows = [(press.paper.left(words),), tuple(pieces)]
    for row in rows if not table.coded or table.all_quantities else rows[::-1]:
        press.paper.put(*row)
    return _text(words)


def _fuel(press: Press, table: _Table, index: int, item: Item) -> str:
    """Pump, litres, price of a litre, amount."""
    pump = texts(
        press.random.choice(("PUMP", "Pump", "No.", "#")) + f" {press.random.randrange(1, 13)}", Role.ITEM_NOTE, index
    )
    words = texts(table.case(item.description), Role.DESCRIPTION, index)
    litres = (*texts(_number(press, item.quantity), Role.QUANTITY, index),
              *texts(press.random.choice(("L", "Ltr", "LITRE", "l", "Liter")), Role.ITEM_NOTE, index))  # fmt: skip
    price = (
        *texts(_price(press, item), Role.UNIT_PRICE, index),
        *texts(f"/{press.random.choice('Ll')}", Role.ITEM_NOTE, index),
    )
    amount = _amount(press, table, index, item)
    if press.chance(0.5):
        press.paper.put(press.paper.left((*litres, *pump)))
        press.paper.put(press.paper.left(words), *amount)
        press.paper.put(press.paper.left(price))
    else:
        press.paper.put(press.paper.left((*pump, *words)))
        press.paper.put(press.paper.left((*litres, *texts(table.times, Role.ITEM_NOTE, index), *price)), *amount)
    return _text(words)


def _notes(press: Press, table: _Table, index: int, item: Item) -> None:
    """What stands below an item: its discount, a modifier, a barcode."""
    if item.discount:
        label = texts(phrase(press.random, press.language, "discount"), Role.ITEM_NOTE, index)
        amount = texts(press.money.plain(item.discount), Role.ITEM_DISCOUNT, index)
        press.paper.put(press.paper.left(label, 2), press.paper.right(amount, press.habits.amount_end))
    if press.style == "menu" and press.chance(0.08):
        note = press.random.choice(options("goods", press.language, "modifier"))
        press.paper.put(press.paper.left(texts(table.case(note), Role.ITEM_NOTE, index), press.random.choice((2, 4))))
    elif press.style in ("groceries", "hardware", "stationery") and table.coded and press.chance(0.5):
        code = fill(press.random, press.random.choice(("#############", "########", "############")))
        press.paper.put(press.paper.left(texts(code, Role.ITEM_CODE, index)))
