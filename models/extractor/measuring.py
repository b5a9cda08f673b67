"""How well the network alone does: on receipts it was never trained on, and on synthetic ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from edgekit.evaluation import judge
from edgekit.parsing.folding import squash
from models.extractor.corpus import HELD_OUT_SEEDS, Reading
from models.extractor.decoding import FoundItem, Scores, amount_at, items_of, pointed, vendor_of
from models.extractor.network import ExtractorModel
from models.extractor.noise import Noise
from models.extractor.samples import Rules, Sheet, sample_of, sheet_of
from models.extractor.synthesis import Imitation, imitated
from models.extractor.training import scores_of
from models.synthetic import Facts

_ALIKE = 0.8  # difflib ratio from which descriptions count as the same
FIELDS = ("vendor", "date", "total", "tax")


@dataclass(slots=True)
class Rate:
    """Answers counted: how many there are, were given, and were right."""

    known: int = 0
    said: int = 0
    right: int = 0

    def add(self, known: int, said: int, right: int) -> None:
        self.known, self.said, self.right = self.known + known, self.said + said, self.right + right

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.known + self.said, 1)


def measure(model: ExtractorModel, held_back: Sequence[Reading], synthetic: int, rules: Rules) -> dict[str, float]:
    """F1 per set and field on receipts held back, and of the line items of so many synthetic ones."""
    rates: dict[str, Rate] = {}
    for reading in held_back:
        sheet = sheet_of(reading.readings[0].lines, rules)
        said = answers(_scores(model, sheet), sheet, rules)
        for field in FIELDS:
            verdict = judge(field, reading.row, said[field], False)
            if verdict is not None:
                rates.setdefault(f"{reading.name} {field}", Rate()).add(1, verdict.said, verdict.right)
                if field == "vendor":
                    rates.setdefault(f"{reading.name} vendor, loosely", Rate()).add(1, verdict.said, verdict.loose)
    noise = Noise.load()
    for seed in range(HELD_OUT_SEEDS, HELD_OUT_SEEDS + synthetic):
        _add_synthetic(rates, model, imitated(seed, noise, rules, alter=False), rules)
    return {name: round(rate.f1, 4) for name, rate in sorted(rates.items())}


def _scores(model: ExtractorModel, sheet: Sheet) -> Scores:
    return scores_of(model, [sample_of(sheet, {}, {})])[0]


def answers(scores: Scores, sheet: Sheet, rules: Rules) -> dict[str, str | None]:
    """The fields of the network alone: each pointer's best word, and the first reading of its date."""
    found: dict[str, str | None] = {"vendor": vendor_of(scores, sheet, rules.lexicon, rules.params)}
    for field in ("total", "tax", "subtotal"):
        word = pointed(scores, field)
        amount = amount_at(sheet, word) if word is not None else None
        found[field] = None if amount is None else str(abs(amount))
    word = pointed(scores, "date")
    found["date"] = None if word is None else _date_at(sheet, word)
    return found


def _date_at(sheet: Sheet, word: int) -> str | None:
    span = sheet.words.spans[word]
    dates = sheet.page.rows[span.row].dates
    return next((d.readings[0][1].isoformat() for d in dates if d.start < span.end and d.end > span.start), None)


def _add_synthetic(rates: dict[str, Rate], model: ExtractorModel, imitation: Imitation, rules: Rules) -> None:
    sheet, facts = imitation.sheet, imitation.facts
    scores = _scores(model, sheet)
    said = answers(scores, sheet, rules)
    row = {
        "file": "",
        "vendor": facts.vendor,
        "norm": {"date_readings": facts.date_readings, **{k: _number(facts, k) for k in ("total", "tax", "subtotal")}},
    }
    for field in (*FIELDS, "subtotal"):
        verdict = judge(field, row, said[field], False)
        if verdict is not None:
            rates.setdefault(f"synthetic {field}", Rate()).add(1, verdict.said, verdict.right)
    found = items_of(scores, sheet)
    rates.setdefault("synthetic items", Rate()).add(len(facts.items), len(found), matches(found, facts))


def _number(facts: Facts, field: str) -> float | None:
    value = getattr(facts, field)
    return None if value is None else float(value)


def matches(found: Sequence[FoundItem], facts: Facts) -> int:
    """How many items are right: the description loosely, the amount exactly; each counts once."""
    open_items = list(facts.items)
    right = 0
    for item in found:
        same = [t for t in open_items if t.amount == item.amount and _is_alike(t.description, item.description)]
        if same:
            open_items.remove(same[0])
            right += 1
    return right


def _is_alike(wanted: str, got: str) -> bool:
    return SequenceMatcher(None, squash(wanted), squash(got), autojunk=False).ratio() >= _ALIKE


def mean_loss(names: Sequence[str], losses: Sequence[float]) -> Mapping[str, float]:
    """Losses by name, rounded for a log."""
    return {name: round(loss, 4) for name, loss in zip(names, losses, strict=True)}
