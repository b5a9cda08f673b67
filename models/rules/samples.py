"""Labelled receipts as samples: the candidates of each, which of them are right, and what was said of the answers."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from edgekit.evaluation import SAME_AMOUNT, judge, load_labels
from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract import confidence as sure
from edgekit.extract.labels import Entry, entries
from edgekit.extract.mending import mended
from edgekit.extract.page import Page, build_page
from edgekit.extract.region import find_region
from edgekit.extract.segments import joined, name_spans, top_segments
from edgekit.extract.taxes import choose_tax
from edgekit.extract.totals import rank_totals, total_candidates, total_features
from edgekit.extract.vendor import name_features, rank_names
from edgekit.extract.when import prefer, rank_dates
from edgekit.parsing.folding import squash
from edgekit.training.fitting import Choice
from edgekit.training.samples import NAME_READ, letters
from models.rules.fitting import Answer
from models.rules.lines import Lines

WEAK = 0.2
"""How much a weak label counts beside one made by people."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """A receipt: its label, its set, its fold (one shop is in one fold), its page, and the amounts on it."""

    row: Row
    name: str
    fold: int
    page: Page
    found: tuple[Entry, ...]


def train_rows(folder: Path) -> list[Row]:
    """The rows of split ``train`` that show no receipt of another split. Raises UsageError."""
    rows = load_labels(folder)
    held_out = {Path(row["file"]).name for row in rows if row.get("split") != "train"}
    taken = load_labels(folder, "train")
    return [row for row in taken if held_out.isdisjoint(Path(near).name for near in row.get("near_duplicates") or [])]


def sample(row: Row, name: str, lines: Lines, lexicon: Lexicon, params: ExtractParams) -> Sample:
    """One receipt, looked at with the hand-set constants."""
    page = build_page(lines.lines, lines.rows, lexicon, (params.first_year, params.last_year))
    shop = squash(str(row.get("vendor") or row["file"]))
    return Sample(row, name, zlib.crc32(shop.encode()) % 2, page, entries(page, params))


def total_choice(item: Sample, params: ExtractParams) -> Choice | None:
    """The amounts that may be the total; None where the label is unknown or was not read."""
    features = total_features(item.found, len(item.page.rows), params)
    said = [str(entry.amount.value) for entry in total_candidates(item.found)]
    return _choice(features, [float(is_right("total", item.row, value)) for value in said], item.fold)


def name_choice(item: Sample, lexicon: Lexicon, params: ExtractParams) -> Choice | None:
    """The runs of lines that may be the name; the right ones are those most like the label."""
    if item.row.get("vendor") is None:
        return None
    segments = top_segments(item.page, lexicon, params)
    wanted = letters(item.row["vendor"])
    texts = [mended(joined(segments[span]), lexicon) for span in name_spans(segments)]
    ratios = [SequenceMatcher(None, letters(text), wanted).ratio() for text in texts]
    best = max(ratios, default=0.0)
    right = [float(best >= NAME_READ and ratio == best) for ratio in ratios]
    return _choice(name_features(segments, item.page), right, item.fold)


def _choice(features: Sequence[tuple[float, ...]], right: Sequence[float], fold: int) -> Choice | None:
    return Choice(np.array(features), np.array(right), 1.0, fold) if any(right) else None


def total_answer(item: Sample, params: ExtractParams) -> Answer | None:
    ranked = rank_totals(item.found, len(item.page.rows), params)
    if not ranked or not is_known("total", item.row):
        return None
    evidence = sure.total_evidence(ranked, item.page, params.total_none)
    return Answer(evidence, is_right("total", item.row, str(ranked[0].entry.amount.value)), 1.0, item.fold)


def vendor_answer(item: Sample, lexicon: Lexicon, params: ExtractParams) -> Answer | None:
    ranked = rank_names(item.page, lexicon, params)
    if not ranked or not is_known("vendor", item.row):
        return None
    name = mended(ranked[0].text, lexicon)
    evidence = sure.vendor_evidence(ranked, name != ranked[0].text, item.page, params.name_none)
    return Answer(evidence, is_right("vendor", item.row, name), 1.0, item.fold)


def date_answer(item: Sample, lexicon: Lexicon, params: ExtractParams) -> Answer | None:
    dates = rank_dates(item.page, lexicon, params)
    if not dates or not is_known("date", item.row):
        return None
    readings, _ = prefer(dates, find_region(item.page, lexicon).orders, params)
    right = is_right("date", item.row, readings[0].isoformat())
    return Answer(sure.date_evidence(dates, item.page), right, 1.0, item.fold)


def tax_answer(item: Sample, params: ExtractParams) -> Answer | None:
    ranked = rank_totals(item.found, len(item.page.rows), params)
    tax = choose_tax(item.found, ranked[0].entry.amount.value if ranked else None, params)
    if tax is None or (verdict := tax_verdict(item.row, str(tax.value))) is None:
        return None
    of_total = 0.0
    if ranked:
        of_total = sure.logistic(params.total_confidence, sure.total_evidence(ranked, item.page, params.total_none))
    evidence = sure.tax_evidence(tax, item.page, of_total)
    return Answer(evidence, *verdict, item.fold)


def is_known(field: str, row: Row) -> bool:
    """Whether a receipt has a label of a field."""
    return judge(field, row, None, False) is not None


def is_right(field: str, row: Row, value: str) -> bool:
    """Whether a value is that of the label."""
    verdict = judge(field, row, value, False)
    return verdict is not None and verdict.right


def tax_verdict(row: Row, value: str) -> tuple[bool, float] | None:
    """Whether a tax is right, and how much that counts; None without any label.

    A weak label counts where no other is and its tax was seen in the text.
    """
    if is_known("tax", row):
        return is_right("tax", row, value), 1.0
    weak = row.get("tax_weak") or {}
    if not weak.get("seen_in_text") or weak.get("tax") is None:
        return None
    return abs(float(value) - float(weak["tax"])) < SAME_AMOUNT, WEAK
