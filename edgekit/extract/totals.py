"""The total: every amount is a candidate, and label, place, print and arithmetic speak for or against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from edgekit.extract.labels import NOT_TOTALS, Entry
from edgekit.extract.params import ExtractParams
from edgekit.extract.sums import ZERO, Parts, adds_up, is_paid, near, parts_of

TOTAL_FEATURES = (
    "final strong total amount payment subtotal other adopted errors twins kinds largest sum paid low last tall mark "
    "table sibling cents change superseded noisy confidence"
).split()
"""What speaks for or against an amount being the total, in the order of ``ExtractParams.total_weights``."""
_TWINS, _SUM, _PAID = (TOTAL_FEATURES.index(name) for name in ("twins", "sum", "paid"))
_TOTALS = ("total_final", "total_strong", "total")
_KINDS = (*_TOTALS, "amount", "payment", "subtotal")


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate for the total. proved: a sum, or cash less change, confirms it; repeated: it stands elsewhere too."""

    entry: Entry
    score: float
    proved: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Context:
    """What is the same for all candidates of a page.

    largest: highest value that is not a payment. last: lowest row labelled as total. cents: most prices have cents.
    """

    candidates: Sequence[Entry]
    parts: Parts
    rows: int
    largest: Decimal
    last: int
    cents: bool
    tall: float


def rank_totals(found: Sequence[Entry], rows: int, params: ExtractParams) -> list[Scored]:
    """Candidates for the total, best first; empty where nothing can be one. rows: of the whole page."""
    candidates = total_candidates(found)
    scored = []
    for entry, features in zip(candidates, total_features(found, rows, params), strict=True):
        score = sum(weight * feature for weight, feature in zip(params.total_weights, features, strict=True))
        proved = bool(features[_SUM] or features[_PAID])
        scored.append(Scored(entry, score, proved, bool(features[_TWINS])))
    return sorted(scored, key=lambda s: (-s.score, s.entry.row, s.entry.order))


def total_candidates(found: Sequence[Entry]) -> list[Entry]:
    """Amounts that may be the total: printed like money, or, where no amount is, labelled as a total."""
    candidates = [e for e in found if e.kind not in NOT_TOTALS and e.amount.value > 0]
    if any(e.is_money for e in candidates):
        return [e for e in candidates if e.is_money]
    return [e for e in candidates if e.kind in _KINDS and e.kind != "subtotal"]


def total_features(found: Sequence[Entry], rows: int, params: ExtractParams) -> list[tuple[float, ...]]:
    """TOTAL_FEATURES of each of ``total_candidates``."""
    candidates = total_candidates(found)
    context = _Context(
        candidates=candidates,
        parts=parts_of(found),
        rows=max(rows, 1),
        largest=max((e.amount.value for e in candidates if e.kind != "payment"), default=ZERO),
        last=max((e.row for e in candidates if e.kind in _TOTALS), default=-1),
        cents=sum(e.amount.decimals == 2 for e in candidates) * 2 > len(candidates),
        tall=params.tall,
    )
    return [
        tuple(float(f) for f in (*_of_label(e), *_of_value(e, context), *_of_print(e, context))) for e in candidates
    ]


def _of_label(entry: Entry) -> tuple[float, ...]:
    kinds = (*(entry.kind == kind for kind in _KINDS), entry.kind not in _KINDS)
    return (*kinds, entry.adopted, min(entry.errors, 2))


def _of_value(entry: Entry, context: _Context) -> tuple[float, ...]:
    value = entry.amount.value
    same = [o for o in context.candidates if o.amount.value == value and o.row != entry.row]
    kinds = {o.kind for o in same if o.kind} - {entry.kind}
    return (
        min(len({o.row for o in same}), 2),
        min(len(kinds), 2),
        value == context.largest,
        adds_up(value, entry.row, context.parts),
        is_paid(value, context.parts),
    )


def _of_print(entry: Entry, context: _Context) -> tuple[float, ...]:
    below = [o for o in context.candidates if o.row > entry.row]
    gaps = [abs(o.amount.value - entry.amount.value) for o in below]
    return (
        entry.row / context.rows,
        entry.row == context.last,
        entry.height >= context.tall,
        bool(entry.amount.code),
        entry.kind in _TOTALS and entry.siblings > 1,
        entry.order < entry.siblings - 1,
        context.cents and entry.amount.decimals != 2,
        entry.kind == "payment" and bool(context.parts.change),
        any(gap in context.parts.roundings for gap in gaps),
        entry.amount.noisy,
        entry.confidence,
    )


def choose_subtotal(found: Sequence[Entry], total: Decimal | None, tax: Decimal | None) -> Entry | None:
    """The printed subtotal; of several the one that with the tax makes the total, else the first."""
    printed = [e for e in found if e.kind == "subtotal" and e.amount.value > 0 and e.is_money]
    if total is None:
        return printed[0] if printed else None
    printed = [e for e in printed if e.amount.value <= total] or printed
    fitting = [e for e in printed if tax is not None and near(e.amount.value + tax, total)]
    return next(iter(fitting or printed), None)
