"""How well the lines of held-back pages are found, by kind of page."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.detect import Detector
from models.detector.pages import Page
from models.evaluate.detection import judge
from models.evaluate.truth import Page as Truth
from models.recognizer.batches import Pictures


def measure(detector: Detector, pages: Sequence[Page]) -> dict[str, dict[str, float]]:
    """Recall, precision and F1 at an intersection over union of 0.5, and the precision and recall of coverage."""
    pictures = Pictures()
    by_kind: dict[str, _Sums] = {}
    for page in pages:
        image = pictures[page.picture]
        truth = Truth(page.picture, image, page.quads, ("0123456789",) * len(page.quads), page.unsure)
        found = judge(detector.detect(image).quads, truth)
        sums = by_kind.setdefault(page.kind, _Sums())
        sums.add(sum(found.hit), len(page.quads), found.count)
        sums.cover(sum(found.covered), found.precise, found.weight)
    return {kind: sums.rates() for kind, sums in sorted(by_kind.items())}


class _Sums:
    """Of the pages of a kind."""

    def __init__(self) -> None:
        self.pages = self.hit = self.lines = self.found = self.covered = 0
        self.precise = self.weight = 0.0

    def add(self, hit: int, lines: int, found: int) -> None:
        self.pages += 1
        self.hit += hit
        self.lines += lines
        self.found += found

    def cover(self, covered: int, precise: float, weight: float) -> None:
        self.covered += covered
        self.precise += precise
        self.weight += weight

    def rates(self) -> dict[str, float]:
        """Each line weighs the same in what is covered."""
        recall, precision = self.hit / max(self.lines, 1), self.hit / max(self.found, 1)
        rates = {
            "recall": recall,
            "precision": precision,
            "f1": 2 * self.hit / max(self.lines + self.found, 1),
            "covered": self.covered / max(10 * self.lines, 1),
            "precise": self.precise / max(self.weight, 1e-6),
        }
        return {"pages": self.pages, "lines": self.lines, **{name: round(rate, 4) for name, rate in rates.items()}}
