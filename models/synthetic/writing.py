"""Receipts as a data folder: ``images/`` and ``labels.jsonl``, in the form that ``edgekit eval`` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from models.synthetic.truth import Line, SyntheticReceipt


def label_row(
    receipt: SyntheticReceipt, lines: Sequence[Line], size: tuple[int, int], file: str, split: str
) -> dict[str, Any]:
    """The row of a receipt. lines, size: of its picture, or of the receipt itself.

    ``full`` holds everything: facts, the sale, and for each line its words with role, quad and item.
    """
    facts = receipt.facts
    return {
        "file": file,
        "split": split,
        "width": size[0],
        "height": size[1],
        "vendor": facts.vendor,
        "date": facts.date_text or None,
        "total": _text(facts.total),
        "tax": _text(facts.tax),
        "norm": {
            "date_readings": list(facts.date_readings),
            "total": _number(facts.total),
            "tax": _number(facts.tax),
        },
        "all": {"vendor": list(facts.vendor_parts)},
        "lines": [{"text": line.text, "quad": line.quad.to_list(), "label": line.role.value} for line in lines],
        "near_duplicates": [],
        "full": {
            "seed": receipt.seed,
            "language": receipt.language,
            "country": receipt.country,
            "style": receipt.style,
            "facts": _plain(asdict(facts)),
            "sale": _plain(asdict(receipt.sale)),
            "lines": [_line(line) for line in lines],
        },
    }


def _line(line: Line) -> dict[str, Any]:
    words = [
        {"text": word.text, "role": word.role.value, "quad": word.quad.to_list(), "item": word.item}
        for word in line.words
    ]
    return {"row": line.row, "hand": line.style.hand, "words": words}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _plain(value: Any) -> Any:
    """Plain JSON types; amounts stay decimal strings."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
