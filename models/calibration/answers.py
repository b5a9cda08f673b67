"""What a rung says of labelled receipts, with the confidence as the rung has it, and whether it is right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType

from edgekit.evaluation import SAME_AMOUNT, SCORED, judge
from edgekit.extract import Extractor, ExtractParams, How, Lexicon
from edgekit.extract.network import Session
from edgekit.parsing.folding import squash
from edgekit.training.counting import Counted
from edgekit.types import Fields
from models.rules.lines import Lines
from models.rules.samples import Row, tax_verdict

_ROUNDING = 0.025  # half of the smallest coin, and a bit: what rounding changes at most


@dataclass(frozen=True, slots=True)
class Labelled:
    """A receipt: its label, the set it is of, and readings of it; the first is of the picture as it is."""

    row: Row
    source: str
    readings: tuple[Lines, ...]


def open_raw(rung: str, params: ExtractParams, lexicon: Lexicon, session: Session | None) -> Extractor:
    """An extractor whose confidences are those of the rung, and which keeps no answer to itself."""
    return Extractor(replace(params, calibration={}, answer_threshold=0.0), lexicon, How(rung), session)


def shop_of(row: Row) -> str:
    """The name a label has, squashed; its file where there is none."""
    return squash(str(row.get("vendor") or row["file"]))


def count(
    receipts: Sequence[Labelled], extractor: Extractor, foreign: Mapping[str, Extractor] = MappingProxyType({})
) -> dict[str, list[Counted]]:
    """Answers by field. The readings of one receipt count as one answer, the picture as it is for half of it.

    foreign: what answers instead for the receipts of a set.
    """
    found: dict[str, list[Counted]] = {name: [] for name in SCORED}
    for receipt in receipts:
        altered = len(receipt.readings) - 1
        weights = (0.5, *(0.5 / altered for _ in range(altered))) if altered else (1.0,)
        for lines, weight in zip(receipt.readings, weights, strict=True):
            fields = foreign.get(receipt.source, extractor).extract(lines.lines, lines.rows)
            for name, counted in _answers(receipt, lines, fields):
                found[name].append(replace(counted, weight=weight * counted.weight))
    return found


def _is_the_other_total(row: Row, value: str, lines: Lines) -> bool:
    """Whether label and answer are two printed totals, before and after rounding: labels mean either."""
    total = row["norm"]["total"]
    apart = abs(float(value) - total)
    return SAME_AMOUNT <= apart <= _ROUNDING and any(f"{total:.2f}" in line.text for line in lines.lines)


def _answers(receipt: Labelled, lines: Lines, fields: Fields) -> Iterator[tuple[str, Counted]]:
    shop = shop_of(receipt.row)
    for name in SCORED:
        field = getattr(fields, name)
        if field is None:
            continue
        value = f"{field.value:f}" if isinstance(field.value, Decimal) else field.value
        verdict = _verdict(name, receipt.row, value)
        if verdict is not None and not (name == "total" and _is_the_other_total(receipt.row, value, lines)):
            file = f"{receipt.source}/{receipt.row['file']}"
            yield name, Counted(field.confidence, *verdict, file, shop, receipt.source)


def _verdict(name: str, row: Row, value: str) -> tuple[bool, float] | None:
    """Whether an answer is right, and how much that counts; None without a label."""
    if name == "tax":
        return tax_verdict(row, value)
    judged = judge(name, row, value, False)
    return None if judged is None else (judged.right, 1.0)
