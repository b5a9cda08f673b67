"""Arithmetic of a receipt: which printed amounts make which others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from edgekit.extract.labels import Entry

ZERO = Decimal(0)
_BASES = ("subtotal", "total", "total_strong", "total_final", "amount", "excl")
"""Kinds of amounts that tax, service or rounding may be added to."""
_HALF_CENT = Decimal("0.005")
_MOST_PARTS = 8  # distinct values of one kind that take part in sums; bounds the work on garbage


@dataclass(frozen=True, slots=True)
class Parts:
    """Distinct values by role, as printed, that may add up to a total.

    bases: (value, row) of what may be a total before tax or rounding. taxes, extras (service, tip): with their sums.
    corrections: rounding and discounts, both signs, since print often drops the sign.
    """

    bases: tuple[tuple[Decimal, int], ...]
    taxes: tuple[Decimal, ...]
    extras: tuple[Decimal, ...]
    roundings: tuple[Decimal, ...]
    corrections: tuple[Decimal, ...]
    paid: tuple[Decimal, ...]
    change: tuple[Decimal, ...]


def parts_of(found: Sequence[Entry]) -> Parts:
    """The printed values of each role, the first few of each."""

    def values(*kinds: str) -> tuple[Decimal, ...]:
        seen = (abs(e.amount.value) for e in found if e.kind in kinds and e.amount.value and e.is_money)
        return tuple(dict.fromkeys(seen))[:_MOST_PARTS]

    bases: dict[Decimal, int] = {}
    for e in found:
        if e.kind in _BASES and e.is_money and e.amount.value > 0:
            bases.setdefault(e.amount.value, e.row)
    return Parts(
        bases=tuple(bases.items())[:_MOST_PARTS],
        taxes=_runs(values("tax")),
        extras=_runs(values("service", "tip")[:3]),
        roundings=values("rounding"),
        corrections=tuple(c for v in (*values("rounding"), *values("discount")) for c in (v, -v)),
        paid=values("payment"),
        change=values("change"),
    )


def _runs(values: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Each value, then sums of two and more neighbours, each sum once."""
    size = len(values)
    spans = ((start, start + length) for length in range(1, size + 1) for start in range(size - length + 1))
    return tuple(dict.fromkeys(sum(values[a:b], ZERO) for a, b in spans))


def near(a: Decimal, b: Decimal) -> bool:
    """Whether two amounts are the same to the cent."""
    return abs(a - b) < _HALF_CENT


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


def makes(base: Decimal, total: Decimal, parts: Parts) -> bool:
    """Whether a base is the total, or becomes it with printed taxes, extras and corrections."""
    return near(base, total) or adds_up(total, 0, replace(parts, bases=((base, -1),)))


def is_paid(total: Decimal, parts: Parts) -> bool:
    """Whether cash handed over less change handed back, both printed, is this total."""
    return any(near(paid - back, total) for paid in parts.paid for back in parts.change)
