"""How well the network alone does: on receipts it was never trained on, and on synthetic ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from edgekit.evaluation import judge
from edgekit.extract import alone
from edgekit.extract.items import find_items
from edgekit.extract.network import Reading, reading_of
from edgekit.parsing.folding import squash
from edgekit.types import Item
from models.extractor.corpus import HELD_OUT_SEEDS, LabelledReading
from models.extractor.network import ExtractorModel
from models.extractor.noise import Noise
from models.extractor.samples import Rules, Sheet, sample_of, sheet_of
from models.extractor.synthesis import Imitation, imitated
from models.extractor.training import scores_of
from models.synthetic import Facts

_ALIKE = 0.8  # difflib ratio from which descriptions count as the same
FIELDS = ("vendor", "date", "total", "tax", "subtotal")


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


def measure(
    model: ExtractorModel, held_back: Sequence[LabelledReading], synthetic: int, rules: Rules
) -> dict[str, float]:
    """F1 per set and field on receipts held back, and of fields and line items of so many synthetic ones."""
    rates: dict[str, Rate] = {}
    for reading in held_back:
        sheet = sheet_of(reading.readings[0].lines, rules)
        if sheet.texts:
            _add_fields(rates, reading.name, reading.row, answers(sheet, read(model, sheet)))
    noise = Noise.load()
    for seed in range(HELD_OUT_SEEDS, HELD_OUT_SEEDS + synthetic):
        imitation = imitated(seed, noise, rules, alter=False)
        if imitation.sheet.texts:
            _add_synthetic(rates, imitation, read(model, imitation.sheet))
    return {name: round(rate.f1, 4) for name, rate in sorted(rates.items())}


def read(model: ExtractorModel, sheet: Sheet) -> Reading:
    """What the network says of a receipt of one word or more."""
    return reading_of(sheet.words.spans, scores_of(model, [sample_of(sheet, {}, {})])[0])


def answers(sheet: Sheet, reading: Reading) -> dict[str, str | None]:
    """The fields that the network alone gives, as they are judged."""
    found = alone.answers(sheet.paper, reading)
    values = {field: getattr(found, field) for field in FIELDS}
    return {field: None if answer is None else str(answer.value) for field, answer in values.items()}


def _add_fields(rates: dict[str, Rate], name: str, row: Mapping[str, Any], said: dict[str, str | None]) -> None:
    for field in FIELDS:
        verdict = judge(field, row, said[field], False)
        if verdict is not None:
            rates.setdefault(f"{name} {field}", Rate()).add(1, verdict.said, verdict.right)
            if field == "vendor":
                rates.setdefault(f"{name} vendor, loosely", Rate()).add(1, verdict.said, verdict.loose)


def _add_synthetic(rates: dict[str, Rate], imitation: Imitation, reading: Reading) -> None:
    sheet, facts = imitation.sheet, imitation.facts
    numbers = {field: getattr(facts, field) for field in ("total", "tax", "subtotal")}
    norm = {field: None if value is None else float(value) for field, value in numbers.items()}
    row = {"file": "", "vendor": facts.vendor, "norm": {"date_readings": facts.date_readings, **norm}}
    _add_fields(rates, "synthetic", row, answers(sheet, reading))
    found = find_items(sheet.page, reading)
    rates.setdefault("synthetic items", Rate()).add(len(facts.items), len(found), matches(found, facts))


def matches(found: Sequence[Item], facts: Facts) -> int:
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
