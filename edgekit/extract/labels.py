"""What an amount is, by the anchors printed with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from edgekit.extract.page import Page, PageRow
from edgekit.extract.params import ExtractParams
from edgekit.parsing.amounts import Amount
from edgekit.parsing.anchors import Mark

NOT_TOTALS = ("tax", "quantity", "rounding", "discount", "change", "tip", "suggestion", "service", "points", "tax_id")
"""Kinds whose amounts are never the total."""

_TOTALS = ("total", "total_strong", "total_final", "amount", "subtotal")
_LENDERS = (*_TOTALS, "mixed", "tax", "rounding", "discount", "payment", "change", "tip", "service")
"""Kinds whose label may stand on a row of its own; headings of columns ("QTY PRICE") lend nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount with the kind its label gives it (empty where nothing is printed with it).

    is_money: printed like a price of this receipt. text: as printed. order: rank among the amounts of its row, from
    the left; siblings: how many the row has. adopted: the label stands alone on the row above or below. errors:
    letters off in the label. height: of the text, in median heights. confidence: the recogniser's on the amount.
    lines: those of label and amount.
    """

    kind: str
    amount: Amount
    is_money: bool
    text: str
    row: int
    order: int
    siblings: int
    adopted: bool
    errors: int
    height: float
    confidence: float
    lines: tuple[int, ...]


def kind_of(marks: Sequence[Mark]) -> str:
    """The one kind that a label's anchors, in order of print, add up to."""
    kinds = [mark.kind for mark in marks]
    present = set(kinds)
    for kind in ("suggestion", "change", "tax_id", "points"):
        if kind in present:
            return kind
    if "rounding" in present and not present & {"total", "total_strong", "total_final"}:
        return "rounding"
    if "discount" in present:
        return "discount"
    if present & set(_TOTALS):
        return _kind_of_total(kinds, present)
    for kind in ("tip", "service"):
        if kind in present and "tax" not in present:
            return kind
    if "tax" in present:
        return "tax" if "excl" not in present else "subtotal"
    for kind in ("payment", "quantity", "tax_name", "price", "excl"):
        if kind in present:
            return kind
    return ""


def _kind_of_total(kinds: Sequence[str], present: set[str]) -> str:
    first = next(i for i, kind in enumerate(kinds) if kind in _TOTALS)
    if "tax" in kinds[:first] and "incl" in present:
        return "tax"
    if "subtotal" in present:
        return "subtotal"
    if "quantity" in present:
        return "quantity"
    if "excl" in present:
        return "subtotal"
    if "total_final" in present:
        return "total_final"
    if "tax" in present:
        return "mixed"
    if "total_strong" in present or "incl" in present:
        return "total_strong"
    for kind in ("tip", "service", "payment"):
        if kind in present:
            return kind
    if "rounding" in present:
        return "total_final"
    return "total" if "total" in present else "amount"


def entries(page: Page, params: ExtractParams) -> tuple[Entry, ...]:
    """Every number on the page that can be an amount, top to bottom, with its kind; what magnitude tells included."""
    found = _labelled(page)
    decimals = [e for e in found if e.amount.decimals == 2]
    if len(decimals) * 2 > len(found):
        found = [_with_point(e) for e in found]
    money = [e for e in found if e.is_money and e.kind not in ("payment", "change")]
    named = [e for e in money if e.kind in _TOTALS]
    bound = max((abs(e.amount.value) for e in named or money), default=Decimal(0)) * Decimal(str(params.mixed_share))
    return tuple(_settled(e, bound) for e in found)


def _with_point(entry: Entry) -> Entry:
    """``8091`` beside a label, where other prices have cents, lost its point."""
    amount = entry.amount
    if amount.decimals or entry.kind not in _LENDERS or not 3 <= len(str(abs(amount.value))) <= 6 or amount.grouped:
        return entry
    return replace(entry, amount=replace(amount, value=amount.value / 100, decimals=2, noisy=True), is_money=True)


def _settled(entry: Entry, bound: Decimal) -> Entry:
    """Labels that fit two kinds: a total "incl. GST" or the GST in it, a rounding or the rounded total, by size."""
    value = abs(entry.amount.value)
    if entry.kind == "mixed":
        return replace(entry, kind="total_strong" if value > bound else "tax")
    if entry.kind == "rounding" and entry.is_money and value >= 1:
        return replace(entry, kind="total_final")
    return entry


def _labelled(page: Page) -> list[Entry]:
    found: list[Entry] = []
    lent: set[int] = set()
    for row in page.rows:
        usable = [amount for amount in row.amounts if not amount.percent]
        if any(_is_money(amount, page) for amount in usable):
            usable = [amount for amount in usable if _is_money(amount, page)]
        label: tuple[Mark, ...] = ()
        source = row
        for order, amount in enumerate(usable):
            before = usable[order - 1].end if order else 0
            label = tuple(mark for mark in row.marks if before <= mark.start < amount.start) or label
            if not label:
                label = tuple(mark for mark in row.marks if mark.start >= usable[-1].end)
            if not label and (lender := _lender(page, row, usable, lent)):
                source, label = lender, lender.marks
                lent.add(lender.index)
            found.append(_entry(page, (row, source), (order, len(usable)), amount, label))
    return found


def _is_money(amount: Amount, page: Page) -> bool:
    """Where no price has cents (rupiah, yen), thousands make a price: ``25.000``."""
    return amount.is_money or (page.whole_prices and amount.grouped and not amount.percent)


def _lender(page: Page, row: PageRow, usable: Sequence[Amount], lent: set[int]) -> PageRow | None:
    """The row above, else below, whose label has no amount of its own, for a row that is one bare amount."""
    if sum(c.isalpha() for c in row.text) > 4 or [_is_money(amount, page) for amount in usable] != [True]:
        return None
    for index in (row.index - 1, row.index + 1):
        if 0 <= index < len(page.rows) and index not in lent:
            other = page.rows[index]
            if kind_of(other.marks) in _LENDERS and not any(_is_money(amount, page) for amount in other.amounts):
                return other
    return None


def _entry(
    page: Page, rows: tuple[PageRow, PageRow], place: tuple[int, int], amount: Amount, marks: tuple[Mark, ...]
) -> Entry:
    row, source = rows
    lines = row.lines_of(amount.start, amount.end)
    if marks:
        lines = tuple(dict.fromkeys((*source.lines_of(marks[0].start, marks[-1].end), *lines)))
    return Entry(
        kind=kind_of(marks),
        amount=amount,
        is_money=_is_money(amount, page),
        text=row.text[amount.start : amount.end],
        row=row.index,
        order=place[0],
        siblings=place[1],
        adopted=source is not row,
        errors=sum(mark.errors for mark in marks),
        height=max((piece.height for piece in row.pieces if piece.line in lines), default=1.0),
        confidence=page.confidence(row.lines_of(amount.start, amount.end)),
        lines=lines,
    )
