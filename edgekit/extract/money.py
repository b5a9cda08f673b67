"""Total, subtotal and tax, chosen together: the answer whose parts add up on paper wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations

from edgekit.extract.labels import NOT_TOTALS, Entry
from edgekit.extract.params import ExtractParams

ZERO = Decimal(0)
_CENT = Decimal("0.005")
_BASES = ("subtotal", "total", "total_strong", "amount", "excl")
_MOST_PARTS = 8  # distinct values of one kind that take part in sums; bounds the work on garbage


@dataclass(frozen=True, slots=True)
class Parts:
    """Distinct values by role, as printed, that may add up to a total.

    bases: (value, row) of what may be a total before tax or rounding. extras: service and tip.
    corrections: rounding and discounts, both signs, since print often drops the sign.
    """

    bases: tuple[tuple[Decimal, int], ...]
    taxes: tuple[Decimal, ...]
    extras: tuple[Decimal, ...]
    corrections: tuple[Decimal, ...]
    paid: tuple[Decimal, ...]
    change: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate for the total. proof: 0 none, 1 stands elsewhere too, 2 a sum or cash less change confirms it."""

    entry: Entry
    score: float
    proof: int


def parts_of(found: Sequence[Entry]) -> Parts:
    """The printed values of each role, the first few of each."""

    def values(*kinds: str) -> tuple[Decimal, ...]:
        seen = (abs(e.amount.value) for e in found if e.kind in kinds and e.amount.value and e.amount.is_money)
        return tuple(dict.fromkeys(seen))[:_MOST_PARTS]

    bases: dict[Decimal, int] = {}
    for e in found:
        if e.kind in _BASES and e.amount.is_money and e.amount.value > 0:
            bases.setdefault(e.amount.value, e.row)
    return Parts(
        bases=tuple(bases.items())[:_MOST_PARTS],
        taxes=sums(values("tax")),
        extras=sums(values("service", "tip")[:3]),
        corrections=tuple(c for v in (*values("rounding"), *values("discount")) for c in (v, -v)),
        paid=values("payment"),
        change=values("change"),
    )


def sums(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Each value, then sums of neighbours two and more together, each sum once."""
    size = len(values)
    runs = (sum(values[a:b], ZERO) for length in range(1, size + 1) for a in range(size) if (b := a + length) <= size)
    return tuple(dict.fromkeys(runs))


def near(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) < _CENT


def adds_up(total: Decimal, row: int, parts: Parts) -> bool:
    """Whether printed parts make the total on this row: a smaller base with tax and extras, rounded or discounted.

    A correction counts only on a base printed above, since rounding and discounts lead to the total, not away from it.
    """
    for base, base_row in parts.bases:
        for tax in (ZERO, *parts.taxes):
            for extra in (ZERO, *parts.extras):
                rest = total - base - tax - extra
                if near(rest, ZERO) and (tax or extra):
                    return True
                if base_row < row and any(near(rest, correction) for correction in parts.corrections):
                    return True
    return False


def is_paid(total: Decimal, parts: Parts) -> bool:
    """Whether cash handed over less change handed back, both printed, is this total."""
    return any(near(paid - back, total) for paid in parts.paid for back in parts.change)


def rank_totals(found: Sequence[Entry], rows: int, params: ExtractParams) -> list[Scored]:
    """Candidates for the total, best first; empty where nothing can be one."""
    candidates = total_candidates(found)
    parts = parts_of(found)
    scored = []
    for entry, features in zip(candidates, total_features(candidates, parts, rows, params), strict=True):
        score = sum(weight * feature for weight, feature in zip(params.total_weights, features, strict=True))
        proof = 2 if features[_SUM] or features[_PAID] else int(features[_TWINS] > 0)
        scored.append(Scored(entry, score, proof))
    return sorted(scored, key=lambda s: (-s.score, s.entry.row, s.entry.order))


def total_candidates(found: Sequence[Entry]) -> list[Entry]:
    """Amounts that may be the total: printed like money, or, where no amount is, labelled as a total."""
    candidates = [e for e in found if e.kind not in NOT_TOTALS and e.amount.value > 0]
    if any(e.amount.is_money for e in candidates):
        return [e for e in candidates if e.amount.is_money]
    return [e for e in candidates if e.kind in ("total", "total_strong", "amount", "payment")]


TOTAL_FEATURES = (
    "strong total amount payment subtotal other adopted errors twins kinds largest sum paid low last tall mark table "
    "sibling cents change noisy confidence"
).split()
"""What speaks for or against an amount being the total, in the order of ``ExtractParams.total_weights``."""
_TWINS, _SUM, _PAID = (TOTAL_FEATURES.index(name) for name in ("twins", "sum", "paid"))
_KINDS = ("total_strong", "total", "amount", "payment", "subtotal")


def total_features(
    candidates: Sequence[Entry], parts: Parts, rows: int, params: ExtractParams
) -> list[tuple[float, ...]]:
    """TOTAL_FEATURES of each candidate."""
    largest = max((e.amount.value for e in candidates if e.kind != "payment"), default=ZERO)
    last = max((e.row for e in candidates if e.kind in ("total", "total_strong")), default=-1)
    cents = sum(e.amount.decimals == 2 for e in candidates) * 2 > len(candidates)
    return [_features(e, candidates, parts, (largest, last, cents, rows), params) for e in candidates]


def _features(
    entry: Entry, others: Iterable[Entry], parts: Parts, page: tuple[Decimal, int, bool, int], params: ExtractParams
) -> tuple[float, ...]:
    value, kind = entry.amount.value, entry.kind
    largest, last, cents, rows = page
    same = [o for o in others if o.amount.value == value and o.row != entry.row]
    kinds = {o.kind for o in same if o.kind} - {kind}
    flags = (
        *(kind == k for k in _KINDS),
        kind not in _KINDS,
        entry.adopted,
        min(entry.errors, 2),
        min(len({o.row for o in same}), 2),
        min(len(kinds), 2),
        value == largest,
        adds_up(value, entry.row, parts),
        kind != "payment" and is_paid(value, parts),
        entry.row / max(rows, 1),
        entry.row == last,
        entry.height >= params.tall,
        bool(entry.amount.code),
        kind in ("total", "total_strong") and entry.siblings > 1,
        entry.order < entry.siblings - 1,
        cents and entry.amount.decimals != 2,
        kind == "payment" and any(parts.change),
        entry.amount.noisy,
        entry.confidence,
    )
    return tuple(float(flag) for flag in flags)


def choose_subtotal(found: Sequence[Entry], total: Decimal | None, tax: Decimal | None) -> Entry | None:
    """The printed subtotal; of several the one that with the tax makes the total, else the first."""
    printed = [e for e in found if e.kind == "subtotal" and e.amount.value > 0 and e.amount.is_money]
    if total is not None:
        printed = [e for e in printed if e.amount.value <= total + _CENT] or printed
        for entry in printed:
            if tax is not None and near(entry.amount.value + tax, total):
                return entry
    return printed[0] if printed else None


@dataclass(frozen=True, slots=True)
class Tax:
    """Taxes printed: their sum and the entries summed. proof: 2 where they fit total and subtotal, else 0."""

    value: Decimal
    entries: tuple[Entry, ...]
    proof: int


def choose_tax(found: Sequence[Entry], total: Decimal | None, params: ExtractParams) -> Tax | None:
    """The tax that fits the total best: one line, several lines summed, or a net and tax pair of a tax table."""
    labelled = _tax_lines(found, total)
    bases = [e.amount.value for e in found if e.kind in ("subtotal", "total", "amount", "excl") and e.amount.value > 0]
    extras = (ZERO, *parts_of(found).extras)
    for size in range(1, min(len(labelled), params.tax_lines) + 1):
        for group in combinations(labelled, size):
            value = sum((e.amount.value for e in group), ZERO)
            if total is not None and value > 0:
                if any(near(b + value + x, total) or near(b + value + x, total + value) and 0 for b in bases for x in extras):
                    return Tax(value, tuple(group), 2)
    table = _tax_table(found, total, params)
    if table is not None:
        return table
    return _unproved(labelled, total)


def _tax_lines(found: Sequence[Entry], total: Decimal | None) -> list[Entry]:
    """Tax entries, the last amount of each row, equal values once."""
    seen: dict[Decimal, Entry] = {}
    for e in found:
        if e.kind == "tax" and e.amount.is_money and e.amount.value >= 0 and e.order == e.siblings - 1:
            if total is None or e.amount.value < total:
                seen.setdefault(e.amount.value, e)
    return list(seen.values())


def _tax_table(found: Sequence[Entry], total: Decimal | None, params: ExtractParams) -> Tax | None:
    """A row that prints net and tax (and gross): they make the total, and their ratio can be a rate."""
    if total is None:
        return None
    by_row: dict[int, list[Entry]] = {}
    for e in found:
        if e.amount.is_money and e.amount.value > 0:
            by_row.setdefault(e.row, []).append(e)
    for entries in by_row.values():
        for a, b in combinations(entries, 2):
            net, tax = (a, b) if a.amount.value > b.amount.value else (b, a)
            rate = tax.amount.value / net.amount.value
            if near(net.amount.value + tax.amount.value, total) and params.rate_least <= rate <= params.rate_most:
                return Tax(tax.amount.value, (tax,), 2)
    return None


def _unproved(labelled: Sequence[Entry], total: Decimal | None) -> Tax | None:
    positive = [e for e in labelled if e.amount.value > 0]
    if not positive:
        return Tax(labelled[0].amount.value, (labelled[0],), 0) if labelled else None
    for e in positive:
        rest = [o.amount.value for o in positive if o is not e]
        if len(rest) > 1 and near(sum(rest, ZERO), e.amount.value):
            return Tax(e.amount.value, (e,), 0)
    if total is not None:
        positive = [e for e in positive if e.amount.value * 2 < total] or positive
    adjacent = [positive[0]]
    for e in positive[1:]:
        if e.row - adjacent[-1].row <= 1:
            adjacent.append(e)
    return Tax(sum((e.amount.value for e in adjacent), ZERO), tuple(adjacent), 0)
