"""Lines of labelled receipts to be read: where each is, and what is printed there."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from edgekit.bundle import Bundle
from edgekit.decode import DecodeParams, load
from edgekit.errors import UsageError
from edgekit.evaluation import load_labels
from edgekit.geometry import rotated, tilt
from edgekit.manifest import parse_params
from edgekit.types import Point, Quad

CAPITALS_ONLY = ("sroie",)
"""Sets whose texts are all in capitals, whatever is printed: case does not count there."""
WITHOUT_SPACES = ("wildreceipt",)
"""Sets whose texts have no spaces."""
UNKNOWN = "unknown"
LANGUAGES = {"sroie": "English (Malaysia)", "wildreceipt": "mixed, mostly English", "german": "German"}
"""Languages of sets whose rows do not say it."""


@dataclass(frozen=True, slots=True)
class Page:
    """A picture, upright, and its lines: quads in its pixels, and their texts.

    ignored: quads of what is marked but has no text: to be neither found nor read. language: of the print.
    """

    file: str
    image: Image.Image
    quads: tuple[Quad, ...]
    texts: tuple[str, ...]
    ignored: tuple[Quad, ...] = ()
    language: str = UNKNOWN

    def turned(self, degrees: float) -> Page:
        """The page turned clockwise about its middle, sampled anew; what is left empty is grey."""
        image = self.image.rotate(-degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=(127, 127, 127))
        x, y, u, v = (side / 2 for side in (*self.image.size, *image.size))

        def there(point: Point) -> Point:
            moved = rotated((point[0] - x, point[1] - y), degrees)
            return moved[0] + u, moved[1] + v

        moved, passed = (tuple(quad.map(there) for quad in quads) for quads in (self.quads, self.ignored))
        return replace(self, image=image, quads=moved, ignored=passed)


@dataclass(frozen=True, slots=True)
class Rules:
    """How the texts of a set are compared."""

    case: bool
    spaces: bool

    @classmethod
    def of(cls, folder: Path) -> Rules:
        """Those of a set, by its folder's name."""
        name = folder.resolve().name
        return cls(name not in CAPITALS_ONLY, name not in WITHOUT_SPACES)

    def apply(self, text: str) -> str:
        """The text without what does not count."""
        text = (" " if self.spaces else "").join(text.split())
        return text if self.case else text.upper()


def pages(folder: Path, split: str, most: int | None = None) -> Iterator[Page]:
    """The pictures of a split that have lines; ``most`` as in ``annotated``. Raises UsageError, ImageError."""
    for row in annotated(folder, split, most):
        yield page_of(folder, row)


def annotated(folder: Path, split: str, most: int | None = None) -> list[dict[str, Any]]:
    """Rows that have lines: all, or at most so many, evenly spread. Raises UsageError where there are none."""
    rows = [row for row in load_labels(folder, split) if row.get("lines")]
    if not rows:
        raise UsageError(f"{folder}: no row of split {split!r} has lines; take a set whose lines are annotated")
    count = min(most or len(rows), len(rows))
    return [rows[i * len(rows) // count] for i in range(count)]


def page_of(folder: Path, row: Mapping[str, Any]) -> Page:
    """Its texts are as they are compared. Raises ImageError."""
    photo, rules = load(folder / row["file"], _decoding()), Rules.of(folder)
    lines = [line for line in row["lines"] if line["text"].strip()]
    return Page(
        row["file"],
        photo.image,
        tuple(_quad(line, photo.factor) for line in lines),
        tuple(rules.apply(line["text"]) for line in lines),
        tuple(_quad(line, photo.factor) for line in row["lines"] if not line["text"].strip()),
        language(folder, row),
    )


@functools.cache
def _decoding() -> DecodeParams:
    return parse_params(DecodeParams, Bundle.open().stage("image").params, "image")


def language(folder: Path, row: Mapping[str, Any]) -> str:
    """Of a receipt, where it can be known: as its row says, else as is known of the set."""
    return (row.get("full") or {}).get("language") or LANGUAGES.get(folder.resolve().name, UNKNOWN)


def _quad(line: Mapping[str, Any], factor: int) -> Quad:
    numbers = [value / factor for value in line["quad"]]
    return upright(Quad(*zip(numbers[::2], numbers[1::2], strict=True)))


def upright(quad: Quad) -> Quad:
    """The same corners, clockwise from where upright text starts: sets differ in their first corner and their turn."""
    points = list(quad.points)
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))
    if area < 0:  # anticlockwise, as y runs down
        points.reverse()
    return min((Quad(*(points[i:] + points[:i])) for i in range(4)), key=lambda turn: abs(tilt(turn)))
