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

_TOTALS = ("total", "total_strong", "amount", "subtotal")
_LENDERS = (*_TOTALS, "mixed", "tax", "rounding", "discount", "payment", "change", "tip", "service")
"""Kinds whose label may stand on a row of its own; headings of columns ("QTY PRICE") lend nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An amount with the kind its label gives it (empty where nothing is printed with it).

    order: rank among the amounts of its row, from the left, and ``siblings``: how many money amounts the row has.
    adopted: the label stands alone on the row above or below. errors: letters off in the label. confidence: the
    recogniser's on the amount.
    label: text of the label's anchors' lines. lines: those of label and amount.
    """

    kind: str
    amount: Amount
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
    if "rounding" in present and not present & {"total", "total_strong"}:
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
    if "tax" in present:
        return "mixed"
    if "total_strong" in present or "incl" in present:
        return "total_strong"
    for kind in ("tip", "service", "payment"):
        if kind in present:
            return kind
    if "rounding" in present:
        return "total_strong"
    return "total" if "total" in present else "amount"


def entries(page: Page, params: ExtractParams) -> tuple[Entry, ...]:
    """Every number on the page that can be an amount, top to bottom, with its kind; what magnitude tells included."""
    found = _labelled(page)
    decimals = [e for e in found if e.amount.decimals == 2]
    if len(decimals) * 2 > len(found):
        found = [_with_point(e) for e in found]
    money = [abs(e.amount.value) for e in found if e.amount.is_money and e.kind not in ("payment", "change")]
    bound = max(money, default=Decimal(0)) * Decimal(str(params.mixed_share))
    return tuple(_settled(e, bound) for e in found)


def _with_point(entry: Entry) -> Entry:
    """``8091`` beside a label, where other prices have cents, lost its point."""
    amount = entry.amount
    if amount.decimals or entry.kind not in _LENDERS or not 3 <= len(str(abs(amount.value))) <= 6 or amount.grouped:
        return entry
    return replace(entry, amount=replace(amount, value=amount.value / 100, decimals=2, noisy=True))


def _settled(entry: Entry, bound: Decimal) -> Entry:
    """Labels that fit two kinds: a total "incl. GST" or the GST in it, a rounding or the rounded total, by size."""
    value = abs(entry.amount.value)
    if entry.kind == "mixed":
        return replace(entry, kind="total_strong" if value > bound else "tax")
    if entry.kind == "rounding" and entry.amount.is_money and value >= 1:
        return replace(entry, kind="total_strong")
    return entry


def _labelled(page: Page) -> list[Entry]:
    found: list[Entry] = []
    for row in page.rows:
        usable = [amount for amount in row.amounts if not amount.percent]
        if any(amount.is_money for amount in usable):
            usable = [amount for amount in usable if amount.is_money]
        label: tuple[Mark, ...] = ()
        source, adopted = row, False
        for order, amount in enumerate(usable):
            before = usable[order - 1].end if order else 0
            own = tuple(mark for mark in row.marks if before <= mark.start < amount.start)
            label = own or label
            if not label:
                label, source, adopted = _borrowed(page, row, usable)
            found.append(_entry(page, row, source, (order, len(usable)), amount, (label, adopted)))
    return found


def _borrowed(page: Page, row: PageRow, usable: Sequence[Amount]) -> tuple[tuple[Mark, ...], PageRow, bool]:
    """The label of a row without one: what follows the amount, else a row above, else below, that has no amount."""
    trailing = tuple(mark for mark in row.marks if mark.start >= usable[-1].end)
    if trailing:
        return trailing, row, False
    if sum(c.isalpha() for c in row.text) > 4 or [amount.is_money for amount in usable] != [True]:
        return (), row, False
    for index in (row.index - 1, row.index + 1):
        if 0 <= index < len(page.rows):
            other = page.rows[index]
            if kind_of(other.marks) in _LENDERS and not any(amount.is_money for amount in other.amounts):
                return other.marks, other, True
    return (), row, False


def _entry(
    page: Page, row: PageRow, source: PageRow, place: tuple[int, int], amount: Amount, label: tuple[tuple[Mark, ...], bool]
) -> Entry:
    marks, adopted = label
    lines = row.lines_of(amount.start, amount.end)
    if marks:
        lines = tuple(dict.fromkeys((*source.lines_of(marks[0].start, marks[-1].end), *lines)))
    return Entry(
        kind=kind_of(marks),
        amount=amount,
        text=row.text[amount.start : amount.end],
        row=row.index,
        order=place[0],
        siblings=place[1],
        adopted=adopted,
        errors=sum(mark.errors for mark in marks),
        height=max((piece.height for piece in row.pieces if piece.line in lines), default=1.0),
        confidence=page.confidence(row.lines_of(amount.start, amount.end)),
        lines=lines,
    )
