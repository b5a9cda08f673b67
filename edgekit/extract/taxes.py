"""The tax: one line, several lines summed, or the tax column of a table, whichever fits the total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from edgekit.extract.labels import Entry
from edgekit.extract.params import ExtractParams
from edgekit.extract.sums import ZERO, Parts, near, parts_of

_MOST_LINES = 8  # tax lines, and roundings and discounts, looked at; bounds the work on garbage
_MOST_COLUMNS = 4  # amounts of a row of a tax table: net, tax, gross, and one to spare


@dataclass(frozen=True, slots=True)
class Tax:
    """Taxes printed: their sum, the entries summed, and whether they fit the total and another printed amount."""

    value: Decimal
    entries: tuple[Entry, ...]
    proved: bool


def choose_tax(found: Sequence[Entry], total: Decimal | None, params: ExtractParams) -> Tax | None:
    """The tax that with a printed net amount makes the total, else the best labelled one; None without any."""
    rows = _money_rows(found)
    labelled = _tax_lines(rows, total, params)
    if total is not None:
        parts = parts_of(found)
        proved = _proved(labelled, parts, total, params) or _of_table(rows, parts, total, params)
        if proved is not None:
            return proved
    return _unproved(labelled)


def can_be_of(total: Decimal | None, tax: Decimal) -> bool:
    """Whether an amount is small enough beside the total to be its tax; without a total all are."""
    return total is None or tax * 2 < total


def _money_rows(found: Sequence[Entry]) -> list[list[Entry]]:
    rows: dict[int, list[Entry]] = {}
    for entry in found:
        if entry.is_money:
            rows.setdefault(entry.row, []).append(entry)
    return list(rows.values())


def _tax_lines(rows: Sequence[Sequence[Entry]], total: Decimal | None, params: ExtractParams) -> list[Entry]:
    """The tax of each row labelled so, in the order of print."""
    taxes = []
    for row in rows:
        labelled = [e for e in row if e.kind == "tax" and e.amount.value >= 0]
        if labelled:
            net_and_tax = _net_and_tax(row, params)
            tax = net_and_tax[1] if net_and_tax and net_and_tax[1].kind == "tax" else labelled[-1]
            if can_be_of(total, tax.amount.value):
                taxes.append(tax)
    return taxes[:_MOST_LINES]


def _net_and_tax(row: Sequence[Entry], params: ExtractParams) -> tuple[Entry, Entry] | None:
    """Net and tax of a row that prints both: their ratio can be a rate, and a third amount, if any, is their sum."""
    positive = [e for e in row if e.amount.value > 0]
    for a, b in combinations(positive if len(positive) <= _MOST_COLUMNS else [], 2):
        net, tax = (a, b) if a.amount.value > b.amount.value else (b, a)
        rest = [e.amount.value for e in row if e is not a and e is not b]
        summed = not rest or any(near(value, net.amount.value + tax.amount.value) for value in rest)
        if summed and params.rate_least <= tax.amount.value / net.amount.value <= params.rate_most:
            return net, tax
    return None


def _proved(labelled: Sequence[Entry], parts: Parts, total: Decimal, params: ExtractParams) -> Tax | None:
    """The smallest group of tax lines that with a printed base, and service or tip if need be, makes the total; if none
    does, then with a rounding or a discount.

    Two lines may show the same value and both count, as the halves of a tax that a state and its union share do.
    """
    sizes = range(1, min(len(labelled), params.tax_lines) + 1)
    groups = [group for size in sizes for group in combinations(labelled, size)]
    for gaps in (_gaps(parts, total, (ZERO,)), _gaps(parts, total, parts.corrections)):
        for group in groups:
            value = sum((e.amount.value for e in group), ZERO)
            if any(near(value, gap) for gap in gaps):
                return Tax(value, group, True)
    return None


def makes_total(value: Decimal, parts: Parts, total: Decimal) -> bool:
    """Whether a tax with a printed base, service or tip, and a rounding or a discount, makes the total."""
    return any(near(value, gap) for gap in _gaps(parts, total, (ZERO, *parts.corrections)))


def _gaps(parts: Parts, total: Decimal, corrections: Sequence[Decimal]) -> list[Decimal]:
    """What is left of the total for a tax, by each base, extra and correction; as far as it can be one."""
    extras = (ZERO, *parts.extras)
    gaps = (total - base - extra - c for base, _ in parts.bases for extra in extras for c in corrections[:_MOST_LINES])
    return [gap for gap in gaps if gap > 0 and can_be_of(total, gap)]


def _of_table(rows: Sequence[Sequence[Entry]], parts: Parts, total: Decimal, params: ExtractParams) -> Tax | None:
    """Rows of net and tax: one that makes the total, or all of them together; with what is printed as free of tax too.

    The total may be rounded: then they make the printed amount before.
    """
    pairs = [pair for row in rows if (pair := _net_and_tax(row, params)) is not None]
    groups = [*([pair] for pair in pairs), pairs]
    free = sum((_untaxed(row) for row in rows), ZERO)
    unrounded = [base for base, _ in parts.bases if any(near(abs(total - base), r) for r in parts.roundings)]
    for taxed in [whole - other for whole in (total, *unrounded) for other in (ZERO, free)]:
        for group in groups:
            taxes = tuple(tax for _, tax in group)
            value = sum((tax.amount.value for tax in taxes), ZERO)
            if value and near(sum((net.amount.value for net, _ in group), value), taxed):
                return Tax(value, taxes, True)
    return None


def _untaxed(row: Sequence[Entry]) -> Decimal:
    """The amount of a row that prints no tax of it: one value, as net or gross or both, and a zero; else 0."""
    values = {e.amount.value for e in row}
    return max(values) if len(values) == 2 and min(values) == ZERO else ZERO


def _unproved(labelled: Sequence[Entry]) -> Tax | None:
    """A line that sums the others, else neighbouring lines summed; a printed zero where no other tax is."""
    first = {e.amount.value: e for e in reversed(labelled) if e.amount.value > 0}
    positive = sorted(first.values(), key=lambda e: (e.row, e.order))
    if not positive:
        return Tax(labelled[0].amount.value, (labelled[0],), False) if labelled else None
    everything = sum((e.amount.value for e in positive), ZERO)
    for e in positive:
        if len(positive) > 2 and near(everything, e.amount.value * 2):
            return Tax(e.amount.value, (e,), False)
    together = [positive[0]]
    for e in positive[1:]:
        if e.row - together[-1].row <= 1:
            together.append(e)
    return Tax(sum((e.amount.value for e in together), ZERO), tuple(together), False)
