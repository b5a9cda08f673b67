"""Receipts that the extraction network was not trained on, as it sees them: candidates, what is right, and answers."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np

from edgekit.errors import UsageError
from edgekit.extract import JOINT, ExtractParams, Lexicon, points, ruled
from edgekit.extract import confidence as sure
from edgekit.extract.items import find_items
from edgekit.extract.joint import best_tax, joint_dates, joint_names, joint_totals
from edgekit.extract.mending import mended
from edgekit.extract.network import Network, Reading, Session
from edgekit.extract.paper import Paper, build_paper
from edgekit.extract.params import JointWeights
from edgekit.extract.rungs import params_of
from edgekit.extract.totals import rank_totals
from edgekit.extract.when import prefer, rank_dates
from edgekit.parsing.folding import squash
from edgekit.training.fitting import Choice
from edgekit.training.samples import NAME_READ, letters
from edgekit.types import Item
from models.rules.fitting import Answer
from models.rules.lines import Lines
from models.rules.samples import Row, is_known, is_right, tax_verdict

FOLDS, HELD_BACK = 5, 4
"""Training receipts are in FOLDS by shop; the network is trained on all but this one."""


def shop_number(row: Row) -> int:
    """The same number for all receipts of one shop."""
    return zlib.crc32(squash(str(row.get("vendor") or row["file"])).encode())


def is_held_back(row: Row) -> bool:
    """Whether the network was not trained on a training receipt."""
    return shop_number(row) % FOLDS == HELD_BACK


def foreign_networks(options: Sequence[str], folders: Sequence[Path]) -> dict[str, Session]:
    """Networks that were trained without a whole set, by the set's name. options: like ``sroie=build/without_sroie``.

    Their sets are looked at as receipts of a new kind are: none of them is known to the network. Needs torch.
    Raises UsageError, also where a network was trained on the set it is to answer for; BundleError.
    """
    places: dict[str, Path] = {}
    known = {folder.resolve().name for folder in folders}
    for option in options:
        name, _, folder = option.partition("=")
        if name not in known or not folder:
            raise UsageError(f"--foreign {option}: write SET=CHECKPOINT, SET one of: {', '.join(sorted(known))}")
        places[name] = Path(folder)
    if not places:
        return {}
    from models.extractor.loading import CheckpointSession  # its package needs torch

    networks: dict[str, Session] = {}
    for name, place in places.items():
        network = CheckpointSession(place)
        if name in network.trained_on:
            raise UsageError(
                f"--foreign {name}={place}: this network was trained on {name}, so its answers there say "
                "nothing of new receipts; train one from scratch without that set (python -m models.extractor.train)"
            )
        networks[name] = network
    return networks


def unseen(folder: Path, rows: Sequence[Row], foreign: Collection[str]) -> list[Row]:
    """The rows of a set that its network was not trained on: all of a foreign set's, else those held back."""
    return [row for row in rows if folder.resolve().name in foreign or is_held_back(row)]


@dataclass(frozen=True, slots=True)
class Seen:
    """A receipt, what the network says of it, its half (one shop is in one half), and how much it counts."""

    row: Row
    name: str
    half: int
    paper: Paper
    reading: Reading
    items: tuple[Item, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Eyes:
    """What a receipt is looked at with."""

    lexicon: Lexicon
    params: ExtractParams
    network: Network

    def see(self, row: Row, name: str, lines: Lines, weight: float) -> Seen | None:
        """None for a page without words."""
        paper = build_paper(lines.lines, lines.rows, self.lexicon, params_of(JOINT, self.params))
        reading = self.network.read(paper.page, paper.found, self.lexicon)
        if reading is None:
            return None
        items = find_items(paper.page, reading)
        return Seen(row, name, shop_number(row) // FOLDS % 2, paper, reading, items, weight)


def total_choice(seen: Seen) -> Choice | None:
    """The amounts that may be the total; None where the label is unknown or was not read."""
    ranked = rank_totals(seen.paper.found, len(seen.paper.page.rows), seen.paper.params)
    features = points.total_points(seen.paper, seen.reading, seen.items, ranked)
    return _choice(seen, features, [_right("total", seen, str(s.entry.amount.value)) for s in ranked])


def name_choice(seen: Seen) -> Choice | None:
    """The runs of words that may be the name; the right ones are those most like the label."""
    if seen.row.get("vendor") is None:
        return None
    found = points.name_candidates(seen.paper, seen.reading)
    features = [points.name_points(seen.paper, seen.reading, name, trimmed) for name, trimmed in found]
    wanted = letters(seen.row["vendor"])
    texts = [letters(mended(name.text, seen.paper.lexicon)) for name, _ in found]
    ratios = [SequenceMatcher(None, text, wanted).ratio() for text in texts]
    best = max(ratios, default=0.0)
    return _choice(seen, features, [best >= NAME_READ and ratio == best for ratio in ratios])


def date_choice(seen: Seen) -> Choice | None:
    """The dates; right is one with a reading that the label allows."""
    dates = rank_dates(seen.paper.page, seen.paper.lexicon, seen.paper.params)
    right = [any(_right("date", seen, day.isoformat()) for _, day in d.printed.readings) for d in dates]
    return _choice(seen, points.date_points(seen.reading, dates), right)


def tax_choice(seen: Seen, weights: JointWeights) -> Choice | None:
    """What may be the tax beside the total that is chosen."""
    totals = joint_totals(seen.paper, seen.reading, seen.items, weights)
    total = totals[0].entry.amount.value if totals else None
    found = points.tax_candidates(seen.paper, seen.reading, total)
    features = [points.tax_points(seen.paper, seen.reading, tax, ruled) for tax, ruled in found]
    verdicts = [verdict for tax, _ in found if (verdict := tax_verdict(seen.row, str(tax.value))) is not None]
    return _choice(seen, features, [right for right, _ in verdicts], max((weight for _, weight in verdicts), default=0))


def _choice(
    seen: Seen, features: Sequence[tuple[float, ...]], right: Sequence[bool], weight: float = 1.0
) -> Choice | None:
    if not any(right) or not weight:
        return None
    return Choice(np.array(features), np.array(right, float), seen.weight * weight, seen.half)


def answer(field: str, seen: Seen, weights: JointWeights) -> Answer | None:
    """What is said of one field with these weights, and whether it is right; None without answer or label."""
    return _ANSWERS[field](seen, weights)


def _total_answer(seen: Seen, weights: JointWeights) -> Answer | None:
    ranked = joint_totals(seen.paper, seen.reading, seen.items, weights)
    if not ranked or not is_known("total", seen.row):
        return None
    extra = points.total_evidence(seen.paper, seen.reading, ranked)
    evidence = (*sure.total_evidence(ranked, seen.paper.page, weights.total_none), *extra)
    return Answer(evidence, _right("total", seen, str(ranked[0].entry.amount.value)), seen.weight, seen.half)


def _vendor_answer(seen: Seen, weights: JointWeights) -> Answer | None:
    ranked = joint_names(seen.paper, seen.reading, weights)
    if not ranked or not is_known("vendor", seen.row):
        return None
    name = mended(ranked[0].text, seen.paper.lexicon)
    evidence = sure.vendor_evidence(ranked, name != ranked[0].text, seen.paper.page, weights.name_none)
    extra = points.name_evidence(seen.paper, seen.reading, ranked)
    return Answer((*evidence, *extra), _right("vendor", seen, name), seen.weight, seen.half)


def _date_answer(seen: Seen, weights: JointWeights) -> Answer | None:
    dates = joint_dates(seen.paper, seen.reading, weights)
    if not dates or not is_known("date", seen.row):
        return None
    readings, _ = prefer(dates, seen.paper.region.orders, seen.paper.params)
    evidence = (*sure.date_evidence(dates, seen.paper.page), *points.date_evidence(seen.reading, dates))
    return Answer(evidence, _right("date", seen, readings[0].isoformat()), seen.weight, seen.half)


def _tax_answer(seen: Seen, weights: JointWeights) -> Answer | None:
    paper = replace(seen.paper, params=params_of(JOINT, replace(seen.paper.params, joint=weights)))
    ranked = joint_totals(paper, seen.reading, seen.items, weights)
    total = ruled.total_of(paper, ranked, points.total_evidence(paper, seen.reading, ranked))
    tax = best_tax(paper, seen.reading, total.value if total else None, weights)
    if tax is None or (verdict := tax_verdict(seen.row, str(tax.value))) is None:
        return None
    right, weight = verdict
    evidence = sure.tax_evidence(tax, seen.paper.page, total.confidence if total else 0.0)
    extra = points.tax_evidence(seen.paper, seen.reading, tax)
    return Answer((*evidence, *extra), right, seen.weight * weight, seen.half)


_ANSWERS = {"total": _total_answer, "vendor": _vendor_answer, "date": _date_answer, "tax": _tax_answer}


def _right(field: str, seen: Seen, value: str) -> bool:
    return is_right(field, seen.row, value)
