"""The words receipts are made of, by language: read once from ``data/``."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

_DATA = Path(__file__).resolve().parent / "data"
_LEXICON = Path(__file__).resolve().parents[2] / "export" / "data" / "lexicon.json"
_LEXICON_KINDS = {
    "total": ("total", "total_strong", "total_final"),
    "subtotal": ("subtotal",),
    "discount": ("discount",),
    "rounding": ("rounding",),
    "change": ("change",),
    "service": ("service",),
}
# Spellings that are there to forgive a reader's errors, or that say something else beside an amount of a receipt.
_NOT_PRINTED = {
    *("TOTL", "TOTA", "OTAL", "STOTAL", "TXTL", "SUMNE", "ZWISCHENSUMNE", "TOTAL RN", "TOTAL USD", "TOTAL MYR", "DUE"),
    *(
        "TOTAL SALES",
        "OFF",
        "LESS",
        "COMP",
        "COMPS",
        "SC",
        "FEE",
        "CHARGE",
        "BRUTTO GESAMT",
        "BASE IMPONIBLE",
        "BASE IMP",
    ),
    *("IMPONIBILE", "TOTAL BRUTO", "NETTO", "NETTOBETRAG", "NETTO GESAMT", "NETTOSUMME", "PFAND", "ADJUSTMENT", "CAJ"),
    *("TOTAL HT", "TOTAL HORS TAXES", "MONTANT HT", "TOTAL PAID", "LARGE PARTY", "AUTO GRATUITY", "BUONO", "AVOIR"),
}
_SHARE_OF_LEXICON = 0.35


@cache
def _read(name: str) -> Any:
    return json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))


@cache
def countries() -> dict[str, dict[str, Any]]:
    """Country code to its customs: currency, numbers, dates, taxes, names of companies."""
    found: dict[str, dict[str, Any]] = _read("countries")
    return found


@cache
def options(table: str, language: str, kind: str) -> tuple[str, ...]:
    """The phrases of one kind: of ``phrases``, ``goods``, ``names``, or ``kinds`` (of shops)."""
    words = _read("names")[language]["kinds"] if table == "kinds" else _read(table)[language]
    return tuple(words[kind].split("|"))


@cache
def _lexicon(language: str, kind: str) -> tuple[str, ...]:
    anchors = json.loads(_LEXICON.read_text(encoding="utf-8"))["anchors"]
    phrases = [phrase for name in _LEXICON_KINDS[kind] for phrase in anchors[name].get(language, ())]
    taxes = ("GST", "TAX", "INC", "EXC", "ROUND", "ADJ")
    return tuple(p for p in phrases if p not in _NOT_PRINTED and (kind == "rounding" or not any(t in p for t in taxes)))


def heads(random: Random, language: str, kind: str, columns: int) -> list[str]:
    """The heads of a table's columns, none where no table fits on paper of so many characters."""
    tables = [table.split("|") for table in _read("phrases")[language][kind].split(";")]
    fitting = [table for table in tables if max(9, *map(len, table)) * len(table) <= columns]
    return random.choice(fitting) if fitting else []


def phrase(random: Random, language: str, kind: str) -> str:
    """A phrase as a receipt may print it; labels of sums also come from the lexicon that the rules read with."""
    if kind in _LEXICON_KINDS and random.random() < _SHARE_OF_LEXICON and (known := _lexicon(language, kind)):
        return random.choice(known)
    return random.choice(options("phrases", language, kind))
