"""A folder of labelled receipts as samples: read once, dealt into folds by shop, and checked for labels that cannot be.

The folder has pictures and ``labels.jsonl``; see docs/training.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.evaluation import SAME_AMOUNT, SCORED, judge, load_labels
from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.paper import Paper, build_paper
from edgekit.extract.vendor import rank_names
from edgekit.parsing.folding import squash
from edgekit.reader import Reader
from edgekit.types import Receipt

LEAST_RECEIPTS, LEAST_SHOPS, FOLDS = 20, 5, 5
"""Fewer receipts, or fewer shops, cannot be split into folds that say anything."""
NAME_READ = 0.75
"""difflib ratio below which a name was not read well enough to teach anything."""
_SHOWN = 3

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A receipt: its label, what was read, what the extractor looks at. fold: 0 to FOLDS - 1, one per shop."""

    row: Row
    shop: str
    fold: int
    receipt: Receipt
    paper: Paper


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A label that is nowhere on what was read of its picture."""

    field: str
    file: str
    value: str


@dataclass(frozen=True, slots=True)
class Material:
    """All samples, and what is to say about them. digest: SHA-256 (hex) of labels.jsonl."""

    samples: tuple[Sample, ...]
    unmatched: tuple[Unmatched, ...]
    digest: str

    @property
    def shops(self) -> int:
        return len({sample.shop for sample in self.samples})


def check_rows(folder: Path, split: str | None) -> list[Row]:
    """The rows to train on. Raises UsageError: too few, without any label, of too few shops, or without pictures."""
    rows = load_labels(folder, split)
    labelled = [row for row in rows if any(judge(name, row, None, False) is not None for name in SCORED)]
    if len(labelled) < LEAST_RECEIPTS:
        raise UsageError(
            f"{folder}: {len(labelled)} labelled receipts: give {LEAST_RECEIPTS} at least; with 50 it is worth a try"
        )
    shops = len({shop_of(row) for row in labelled})
    if shops < LEAST_SHOPS:
        raise UsageError(
            f"{folder}: receipts of {shops} shops only: add {LEAST_SHOPS - shops} shops, to measure on some not seen"
        )
    missing = [row["file"] for row in labelled if not (folder / row["file"]).is_file()]
    if missing:
        raise UsageError(
            f"{folder}: {len(missing)} pictures are missing ({_some(missing)}): add them, or take out their rows"
        )
    return labelled


def read_material(
    folder: Path, rows: Sequence[Row], reader: Reader, params: ExtractParams, step: Callable[[], None]
) -> Material:
    """Reads every picture. ``step`` is called after each. Raises ImageError, and UsageError for labels of no use."""
    lexicon = Lexicon.parse(reader.bundle.read_text("lexicon.json"), f"{reader.bundle.path}: lexicon.json")
    folds = deal([shop_of(row) for row in rows])
    samples = []
    for row in rows:
        receipt = reader.read(folder / row["file"])
        paper = build_paper(receipt.lines, receipt.rows, lexicon, params)
        shop = shop_of(row)
        samples.append(Sample(row, shop, folds[shop], receipt, paper))
        step()
    unmatched = tuple(found for sample in samples for found in find_unmatched(sample))
    _check_matches(folder, samples, unmatched)
    digest = hashlib.sha256((folder / "labels.jsonl").read_bytes()).hexdigest()
    return Material(tuple(samples), unmatched, digest)


def shop_of(row: Row) -> str:
    """Tells shops apart: the vendor's letters and digits; of a receipt without a vendor, its file."""
    return squash(str(row.get("vendor") or row["file"]))


def deal(shops: Sequence[str]) -> dict[str, int]:
    """A fold for each shop, so that folds are of like size: the largest shops first, each to the emptiest fold."""
    sizes = {shop: shops.count(shop) for shop in sorted(set(shops))}
    filled = [0] * FOLDS
    folds: dict[str, int] = {}
    for shop in sorted(sizes, key=lambda one: (-sizes[one], one)):
        folds[shop] = filled.index(min(filled))
        filled[folds[shop]] += sizes[shop]
    return folds


def find_unmatched(sample: Sample) -> Iterator[Unmatched]:
    """Labels of a receipt that no candidate for their field shows."""
    row, paper = sample.row, sample.paper
    norm = row.get("norm") or {}
    printed = [amount.value for line in paper.page.rows for amount in line.amounts]
    days = {day.isoformat() for line in paper.page.rows for date in line.dates for _, day in date.readings}
    if row.get("vendor") is not None and likeness(sample) < NAME_READ:
        yield Unmatched("vendor", row["file"], str(row["vendor"]))
    if norm.get("date_readings") and days.isdisjoint(norm["date_readings"]):
        yield Unmatched("date", row["file"], norm["date_readings"][0])
    if norm.get("total") is not None and not _is_among(norm["total"], printed):
        yield Unmatched("total", row["file"], str(norm["total"]))
    taxes = sample.receipt.tax  # may be the sum of several lines
    if norm.get("tax") is not None and not _is_among(norm["tax"], [*printed, *([taxes.value] if taxes else [])]):
        yield Unmatched("tax", row["file"], str(norm["tax"]))


def likeness(sample: Sample) -> float:
    """Of the label's name and the candidate most like it, 0..1 (difflib)."""
    wanted = letters(str(sample.row["vendor"]))
    names = rank_names(sample.paper.page, sample.paper.lexicon, sample.paper.params)
    return max((SequenceMatcher(None, letters(name.text), wanted).ratio() for name in names), default=0.0)


def letters(text: str) -> str:
    """Upper-case ASCII letters and digits only."""
    return "".join(c for c in text.upper() if c.isascii() and c.isalnum())


def _is_among(value: float, amounts: Sequence[Decimal]) -> bool:
    return any(abs(float(amount) - value) < SAME_AMOUNT for amount in amounts)


def _check_matches(folder: Path, samples: Sequence[Sample], unmatched: Sequence[Unmatched]) -> None:
    for name in SCORED:
        known = sum(judge(name, sample.row, None, False) is not None for sample in samples)
        lost = [found for found in unmatched if found.field == name]
        if known >= FOLDS and len(lost) == known:
            some = _some([f"{found.file} {found.value!r}" for found in lost])
            raise UsageError(
                f"{folder}: {name}: none of {known} labels is on its picture ({some}): does each row name its picture?"
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
