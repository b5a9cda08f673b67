"""The sums of a receipt: from the subtotal to the change, in the order and wording of one printer."""

from __future__ import annotations

from decimal import Decimal

from models.synthetic.naming import fill
from models.synthetic.paper import Text, texts
from models.synthetic.press import Press
from models.synthetic.truth import Role, Style, TaxLine
from models.synthetic.vocabulary import heads

_NIL = Decimal(0)


def print_sums(press: Press) -> None:
    """Subtotal, discount, service, taxes, rounding, total, tip; a tax table may follow the payment."""
    sale = press.sale
    below = press.chance(0.4 if sale.inclusive else 0.06)
    if press.chance(0.6):
        press.paper.rule()
    _count(press)
    _subtotal(press)
    _extras(press)
    if not below and (not sale.inclusive or press.chance(0.6)):
        _tax_rows(press)
    _total(press)
    table_first = press.chance(0.4)
    if table_first and below:
        _taxes_below(press)
    _payment(press)
    if below and not table_first:
        _taxes_below(press)
    elif not below and Role.TAX in press.printed and press.chance(0.4 if press.country["cash_step"] else 0.12):
        _tax_table(press)
    _blank_tip(press)


def _count(press: Press) -> None:
    if not press.chance(0.22) or not press.sale.items:
        return
    number = texts(str(len(press.sale.items)), Role.NUMBER)
    label = texts(press.phrase("count") + press.random.choice((":", "", " :")), Role.LABEL)
    if press.chance(0.2):
        amount = press.amount(press.sale.goods, Role.OTHER_AMOUNT, False)
        press.paper.put(press.paper.left((*label, *number)), press.paper.right(amount, press.habits.amount_end))
    elif press.chance(0.5):
        press.paper.put(press.paper.left((*label, *number)))
    else:
        press.paper.put(press.paper.left(label), press.paper.right(number, press.habits.amount_end))


def _subtotal(press: Press) -> None:
    sale = press.sale
    added = bool(sale.taxes and not sale.inclusive) or bool(sale.discount or sale.service)
    if press.style == "card":
        return
    if press.chance(0.8 if added else 0.18):
        press.sum(press.phrase("subtotal"), sale.goods, Role.SUBTOTAL)


def _extras(press: Press) -> None:
    sale = press.sale
    rows = [("discount", sale.discount, Role.DISCOUNT), ("service", sale.service, Role.SERVICE)]
    for kind, value, role in rows:
        nil = role is Role.DISCOUNT and press.chance(0.05) and press.style != "card"
        if value or nil:
            label = press.phrase(kind)
            if (
                role is Role.SERVICE
                and sale.goods + sale.discount
                and not any(c.isdigit() for c in label)
                and press.chance(0.5)
            ):
                rate = (value / (sale.goods + sale.discount) * 100).quantize(Decimal("0.1")).normalize()
                label += press.random.choice((f" {rate:f}%", f" ({rate:f}%)", f" {rate:f} %"))
            minus_hidden = role is Role.DISCOUNT and press.chance(0.2)
            press.sum(label, abs(value) if minus_hidden else value, role)
            press.printed[role] = value
    if sale.inclusive and sale.taxes and Role.SUBTOTAL not in press.printed and press.chance(0.22):
        press.sum(press.phrase("net"), sale.net, Role.SUBTOTAL)


def _tax_rows(press: Press) -> None:
    taxes = press.sale.taxes
    whole = len(taxes) == 1 or press.chance(0.25)
    if whole and taxes:
        press.sum(_tax_label(press, taxes[0], len(taxes) == 1), press.sale.tax, Role.TAX)
        return
    for tax in taxes:
        press.sum(_tax_label(press, tax, True), tax.amount, Role.TAX_PART)


def _tax_label(press: Press, tax: TaxLine, rated: bool) -> str:
    name = tax.name
    rate = f"{tax.rate.normalize():f}"
    if not rated:
        name = name.replace(rate, "").replace("%", "").replace("()", "").replace("@", "").strip() or "Tax"
    elif rate not in name and press.chance(0.25):
        shown = rate.replace(".", press.money.point or ".")
        name += press.random.choice((f" {shown}%", f" ({shown}%)", f" @ {shown}%", f" {shown} %"))
    return press.habits.case(name)


def _total(press: Press) -> None:
    sale, random = press.sale, press.random
    if press.chance(0.35):
        press.paper.rule()
    if sale.tip and Role.TIP not in press.printed:
        _tipped(press)
        return
    show_rounding = bool(sale.rounding) or (press.country["cash_step"] and press.chance(0.25))
    before = sale.total if not show_rounding else sale.unrounded
    kind = "total_incl" if sale.inclusive and sale.taxes and press.chance(0.25) else "total"
    big = press.habits.big
    if show_rounding and press.chance(0.75):
        press.sum(press.phrase(kind), before, Role.UNROUNDED if sale.rounding else Role.TOTAL)
        press.sum(press.phrase("rounding"), sale.rounding, Role.ROUNDING)
        press.sum(press.phrase("rounded"), sale.total, Role.TOTAL, big)
    elif show_rounding:
        press.sum(press.phrase("rounding"), sale.rounding, Role.ROUNDING)
        press.sum(press.phrase(kind), sale.total, Role.TOTAL, big)
    else:
        press.sum(press.phrase(kind), sale.total, Role.TOTAL, big)
    if press.chance(0.28 if press.country["cash_step"] else 0.1):
        press.sum(press.phrase("total"), sale.total, Role.TOTAL, random.choice((Style(), Style(bold=True), big)))
    if press.chance(0.4):
        press.paper.rule()


def _tipped(press: Press) -> None:
    """The sum before the tip, the tip, the total; tip and total may be written by hand."""
    sale = press.sale
    press.sum(press.phrase("total"), sale.unrounded + sale.rounding, Role.UNROUNDED, press.habits.big)
    hand = press.chance(0.7)
    style = Style(1.3, 1.6, hand=True) if hand else Style()
    for kind, value, role in (("tip", sale.tip, Role.TIP), ("total", sale.total, Role.TOTAL)):
        if not hand:
            press.sum(press.phrase(kind), value, role)
            continue
        press.paper.skip()
        label = texts(press.phrase(kind) + press.random.choice((":", "", ": $")), Role.LABEL)
        shift = press.random.uniform(0, 4)
        press.paper.put(
            press.paper.left(label, press.habits.label_at or 0),
            press.paper.right(press.amount(value, role, False), press.habits.amount_end - shift, style),
        )
        press.printed[role] = value


def _blank_tip(press: Press) -> None:
    """Lines to fill in, and what they might come to."""
    if press.sale.tip or press.style not in ("menu", "card") or not press.chance(press.country["tips"] * 0.6):
        return
    for kind in ("tip", "total", "signature"):
        if press.chance(0.75):
            press.paper.skip()
            line = texts("_" * press.random.randrange(6, 14), Role.RULE)
            press.paper.put(press.paper.left(texts(press.phrase(kind) + ":", Role.LABEL)), press.paper.right(line))
    if press.chance(0.45):
        press.paper.skip()
        press.paper.put(press.paper.centre(texts(press.phrase("suggest"), Role.LABEL)))
        for rate in press.random.choice(((15, 18, 20), (18, 20, 22), (10, 15, 20), (18, 20, 25))):
            value = press.money.plain((press.sale.total * rate / 100).quantize(Decimal("0.01")))
            words = (*texts(f"{rate}%", Role.LABEL), *texts(press.random.choice(("=", "is", "")), Role.LABEL))
            press.paper.put(press.paper.centre((*words, *texts(value, Role.OTHER_AMOUNT))))


def _payment(press: Press) -> None:
    sale = press.sale
    if sale.change or (sale.payment == sale.total and press.chance(0.12)):
        if press.chance(0.85):
            press.sum(press.phrase("cash"), sale.payment, Role.PAYMENT)
            if press.chance(0.92):
                nil = abs(sale.change)
                negative = nil and press.chance(0.06)
                press.sum(press.phrase("change"), -nil if negative else nil, Role.CHANGE)
                press.printed[Role.CHANGE] = nil
        return
    if press.chance(0.6) and press.style != "card":
        press.sum(press.phrase("card"), sale.payment, Role.PAYMENT)
        if press.chance(0.25):
            press.sum(press.phrase("change"), _NIL, Role.CHANGE)
    if press.style == "card" or press.chance(0.3):
        _card(press)


def _card(press: Press) -> None:
    random = press.random
    number = random.choice(
        ("XXXXXXXXXXXX####", "************####", "XXXX XXXX XXXX ####", "**** ####", "#### **** **** ####")
    )
    name = texts(press.phrase("card"), Role.CARD)
    press.paper.put(press.paper.left((*name, *texts(fill(random, number.replace("@", "X")), Role.CARD))))
    for _ in range(random.choice((0, 1, 2, 3, 5))):
        label = texts(press.phrase("card_lines"), Role.CARD)
        value = texts(
            fill(random, random.choice(("######", "########", "A000000003####", "@####", "###"))), Role.NUMBER
        )
        if press.chance(0.3):
            press.paper.put(press.paper.left(label))
        elif press.chance(0.5):
            press.paper.put(press.paper.left(label), press.paper.right(value))
        else:
            press.paper.put(press.paper.left((*label[:-1], label[-1]._replace(text=label[-1].text + ":"), *value)))


def _taxes_below(press: Press) -> None:
    """Taxes behind the total: rows, or a table."""
    if not press.sale.taxes:
        return
    if press.chance(0.35):
        _tax_rows(press)
    else:
        _tax_table(press)


def _tax_table(press: Press) -> None:
    """A row for each rate, perhaps one for all."""
    sale, columns = press.sale, press.paper.columns
    titles = [press.habits.case(head) for head in heads(press.random, press.language, "tax_columns", columns)]
    if not titles:
        _tax_rows(press)
        return
    if press.chance(0.7):
        press.paper.skip()
    if press.chance(0.5):
        title = texts(press.phrase("tax_summary"), Role.HEADER)
        press.paper.put(press.paper.centre(title) if press.chance(0.4) else press.paper.left(title))
    places = [columns * (i + 1) / len(titles) for i in range(len(titles))]
    press.paper.put(*[press.paper.right(texts(h, Role.COLUMN), at) for h, at in zip(titles, places, strict=True)])
    _rate_rows(press, places)
    single = len(sale.taxes) == 1
    if single or press.chance(0.6):
        press.printed[Role.TAX] = sale.tax
    else:
        press.printed[Role.TAX_PART] = sale.tax
    if (single and press.chance(0.3)) or (not single and Role.TAX in press.printed):
        bases = sum((tax.base for tax in sale.taxes), _NIL)
        values = [(bases, Role.TAX_BASE), (sale.tax, Role.TAX), (bases + sale.tax, Role.OTHER_AMOUNT)]
        _table_row(press, texts(press.phrase("total"), Role.LABEL)[:1], values, places)


def _rate_rows(press: Press, places: list[float]) -> None:
    taxes = press.sale.taxes
    part = Role.TAX if len(taxes) == 1 else Role.TAX_PART
    lettered = press.chance(0.5)
    for letter, tax in zip("ABCS", taxes, strict=False):
        rate = f"{tax.rate.normalize():f}".replace(".", press.money.point or ".")
        code = f"{letter} {rate}%" if lettered else press.random.choice((f"{rate}%", f"{rate},00%", f"{rate} %"))
        values = [(tax.base, Role.TAX_BASE), (tax.amount, part), (tax.base + tax.amount, Role.OTHER_AMOUNT)]
        _table_row(press, texts(code, Role.TAX_RATE), values, places)


def _table_row(press: Press, first: tuple[Text, ...], values: list[tuple[Decimal, Role]], places: list[float]) -> None:
    cells = [press.paper.right(first, places[0])]
    for (value, role), at in zip(values, places[1:], strict=False):  # the last value only where there is a column
        cells.append(press.paper.right(press.amount(value, role, False), at))
    press.paper.put(*cells)
