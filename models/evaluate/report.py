"""What was measured on a set, summed up: by system, and by groups of lines; as plain JSON types, and as tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.evaluate.errors import Errors
from models.evaluate.groups import THIRDS, limits, third
from models.evaluate.outcomes import Facts, LinesRead, PageRead

ALL = "all"
Group = tuple[str, str]
"""What lines are grouped by, and the name of a group."""


@dataclass(slots=True)
class Covered:
    """Of the lines of a group: how many were found, and of how many characters found quads cover the middle."""

    lines: int = 0
    hit: int = 0
    characters: int = 0
    covered: int = 0

    def rates(self) -> dict[str, float]:
        return {
            "lines": self.lines,
            "recall": _share(self.hit, self.lines),
            "covered": _share(self.covered, self.characters),
        }


@dataclass(slots=True)
class Summary:
    """Of one set. blur: sharpness that parts its lines in thirds. systems: figures by name."""

    facts: Sequence[Facts]
    blur: tuple[float, float] = field(init=False)
    systems: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.blur = limits([value for page in self.facts for value in page.sharpness])

    def add(self, name: str, lines: Sequence[LinesRead], pages: Sequence[PageRead]) -> None:
        """What a system made of all pages, in the order of ``facts``; nothing where it was not asked."""
        found: dict[str, Any] = {}
        if lines:
            found["lines"] = self._lines(lines)
        if pages:
            found["detection"] = self._detection(pages)
            found["receipts"] = _receipts(pages)
        self.systems[name] = found

    def to_dict(self) -> dict[str, Any]:
        return {
            "receipts": len(self.facts),
            "lines": sum(len(page.words) for page in self.facts),
            "blur_limits": [round(value, 4) for value in self.blur],
            "systems": self.systems,
        }

    def _groups(self) -> Iterator[tuple[int, int, list[Group]]]:
        """Page, line, and the groups of the line."""
        for i, page in enumerate(self.facts):
            for j, (height, sharp, script) in enumerate(zip(page.heights, page.sharpness, page.scripts, strict=True)):
                blur = third(sharp, self.blur)
                names = ((ALL, ALL), ("height", height), ("blur", blur), ("script", script))
                yield i, j, [*names, ("language", page.language)]

    def _lines(self, read: Sequence[LinesRead]) -> dict[str, Any]:
        errors: dict[Group, Errors] = {}
        for i, j, names in self._groups():
            page = self.facts[i]
            for name in names:
                tally = errors.setdefault(name, Errors())
                tally.count(page.characters[j], read[i].wrong[j], page.words[j], read[i].wrong_words[j])
        return {"seconds": round(sum(page.seconds for page in read), 2), "by": _nested(errors)}

    def _detection(self, read: Sequence[PageRead]) -> dict[str, Any]:
        groups: dict[Group, Covered] = {}
        for i, j, names in self._groups():
            for name in names:
                tally = groups.setdefault(name, Covered())
                tally.lines += 1
                tally.hit += read[i].hit[j]
                tally.characters += self.facts[i].characters[j]
                tally.covered += read[i].covered[j]
        everything = groups.get((ALL, ALL), Covered())
        recall, covered = _share(everything.hit, everything.lines), _share(everything.covered, everything.characters)
        precision = _share(everything.hit, sum(page.count for page in read))
        precise = _share(sum(page.precise for page in read), sum(page.weight for page in read))
        finding = [page.finding for page in read if page.finding is not None]
        return {
            "iou": {"recall": recall, "precision": precision, "f1": _f1(recall, precision)},
            "coverage": {"recall": covered, "precision": precise, "f1": _f1(covered, precise)},
            "seconds_median": round(statistics.median(finding), 4) if finding else None,
            "by": _nested(groups),
        }


def _nested(groups: Mapping[Group, Errors | Covered]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for kind, name in sorted(groups, key=_order):
        found.setdefault(kind, {})[name] = groups[kind, name].rates()
    return found


def _receipts(read: Sequence[PageRead]) -> dict[str, Any]:
    each = sorted(page.wrong / max(page.characters, 1) for page in read)
    return {
        "cer": _share(sum(page.wrong for page in read), sum(page.characters for page in read)),
        "cer_mean": round(statistics.mean(each), 5),
        "cer_median": round(statistics.median(each), 5),
        "seconds_median": round(statistics.median(page.seconds for page in read), 4),
    }


def _order(group: Group) -> tuple[bool, str, float, str]:
    """All first; heights and thirds from low to high."""
    kind, name = group
    digits = "".join(char for char in name.split("-")[0] if char.isdigit())
    return kind != ALL, kind, float(THIRDS.index(name) if name in THIRDS else digits or 0), name


def _share(part: float, whole: float) -> float:
    return round(part / whole, 5) if whole else 0.0


def _f1(recall: float, precision: float) -> float:
    return round(2 * recall * precision / (recall + precision), 5) if recall + precision else 0.0
