"""Synthetic receipts as samples: read with the measured noise, with the truth of every word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from edgekit.extract.words import TAGS
from models.extractor.augment import altered, read_lines
from models.extractor.noise import Noise, TaggedLine, read_noisily
from models.extractor.samples import Rules, Sample, Sheet, marked_amounts, sample_of, sheet_of, words_worth
from models.synthetic import Facts, Line, Role, SyntheticReceipt, make

_EITHER = {Role.VENDOR_OTHER: "vendor", Role.ITEM_DISCOUNT: "amount"}
"""Roles that may or may not be given a tag."""
_PLAIN = ("vendor", "date", "time", "subtotal", "tax", "total", "description", "quantity", "amount")
"""Tags whose words have the role of the same name."""
_CLEAN = 0.1  # share of receipts that are learnt from as printed
_WORSE = (1.0, 1.0, 2.0, 4.0)  # how much more is misread on the others: photos are worse than the scans measured
_LOGO = (1.0, 1.0, 1.0, 2.0, 6.0)  # how much more is misread in a name, which may be a logo in a face of its own


@dataclass(frozen=True, slots=True)
class Imitation:
    """A synthetic receipt as read. roles, items: of each word; None and -1 where it stands for nothing."""

    facts: Facts
    sheet: Sheet
    roles: tuple[Role | None, ...]
    items: tuple[int, ...]


def imitated(seed: int, noise: Noise, rules: Rules, alter: bool = True) -> Imitation:
    """The synthetic receipt of a seed, read noisily and, for training, altered; both by the same seed."""
    receipt, rng = make(seed), Random(f"read {seed}")
    lines, legend = _tagged(receipt)
    if not alter or rng.random() >= _CLEAN:
        worse, rows = (rng.choice(_WORSE), _name_rows(receipt, rng.choice(_LOGO))) if alter else (1.0, {})
        lines = read_noisily(lines, noise, rng, worse, rows)
    if alter:
        lines = altered(lines, rng)
    sheet = sheet_of(read_lines(lines), rules)
    meanings = [legend[tag] if tag >= 0 else (None, -1) for tag in _tags_of_words(sheet, lines)]
    roles, items = tuple(role for role, _ in meanings), tuple(item for _, item in meanings)
    return Imitation(receipt.facts, sheet, roles, items)


def _name_rows(receipt: SyntheticReceipt, factor: float) -> dict[int, float]:
    """The factor for every row that a name is on."""
    named = (Role.VENDOR, Role.VENDOR_OTHER)
    return {line.row: factor for line in receipt.lines if any(word.role in named for word in line.words)}


def learnt(imitation: Imitation) -> Sample:
    """What it teaches: all tags are known."""
    sheet, facts = imitation.sheet, imitation.facts
    right: dict[str, list[int]] = {tag: _numbers(imitation, Role(tag)) for tag in _PLAIN}
    for role, tag in _EITHER.items():
        right[f"either {tag}"] = _numbers(imitation, role)
    right["currency"] = _numbers(imitation, Role.CURRENCY) if facts.currency_printed else []
    if facts.currency_printed:
        marked = [(row.index, *ends) for row in sheet.page.rows for ends in marked_amounts(row)]
        right["currency"] += [i for place in marked for i in sheet.within(*place)]
    for tag in ("total", "subtotal", "tax"):
        value = getattr(facts, tag)
        if value is not None:
            right[f"either {tag}"] = words_worth(sheet, float(abs(value)))
    return sample_of(sheet, right, dict.fromkeys(TAGS, 1.0))


def _numbers(imitation: Imitation, role: Role) -> list[int]:
    return [i for i, found in enumerate(imitation.roles) if found is role]


def _tagged(receipt: SyntheticReceipt) -> tuple[list[TaggedLine], list[tuple[Role, int]]]:
    """The lines with a number on each character, and what each number stands for."""
    legend: list[tuple[Role, int]] = []
    lines = []
    for line in receipt.lines:
        lines.append(TaggedLine(line.text, _numbered(line, len(legend)), line.quad, line.row))
        legend += [(word.role, word.item) for word in line.words]
    return lines, legend


def _numbered(line: Line, first: int) -> tuple[int, ...]:
    """For each character of a line the number of its word, counted from ``first``; -1 for spaces."""
    tags = [-1] * len(line.text)
    at = 0
    for number, word in enumerate(line.words, first):
        start = line.text.index(word.text, at)
        at = start + len(word.text)
        tags[start:at] = [number] * len(word.text)
    return tuple(tags)


def _tags_of_words(sheet: Sheet, lines: Sequence[TaggedLine]) -> list[int]:
    """The number that most characters of each word as read have."""
    starts = {(row.index, piece.line): piece.start for row in sheet.page.rows for piece in row.pieces}
    found = []
    for span in sheet.words.spans:
        start = starts[span.row, span.line]
        tags = lines[span.line].tags[span.start - start : span.end - start]
        found.append(Counter(tag for tag in tags if tag >= 0).most_common(1)[0][0] if max(tags) >= 0 else -1)
    return found
