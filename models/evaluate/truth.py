"""Lines of labelled receipts to be read: where each is, and what is printed there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from edgekit.bundle import Bundle
from edgekit.decode import DecodeParams, load
from edgekit.errors import UsageError
from edgekit.evaluation import load_labels
from edgekit.geometry import quad_size, rotated, tilt
from edgekit.manifest import parse_params
from edgekit.types import Point, Quad

CAPITALS_ONLY = ("sroie",)
"""Sets whose texts are all in capitals, whatever is printed: case does not count there."""
WITHOUT_SPACES = ("wildreceipt",)
"""Sets whose texts have no spaces."""
HEIGHTS = (12.0, 20.0, 32.0)
"""Pixels that part the groups by line height."""


@dataclass(frozen=True, slots=True)
class Page:
    """A picture, upright, and its lines: quads in its pixels, and their texts."""

    file: str
    image: Image.Image
    quads: tuple[Quad, ...]
    texts: tuple[str, ...]

    def turned(self, degrees: float) -> Page:
        """The page turned clockwise about its middle, sampled anew; what is left empty is grey."""
        image = self.image.rotate(-degrees, Image.Resampling.BILINEAR, expand=True, fillcolor=(127, 127, 127))
        x, y, u, v = (side / 2 for side in (*self.image.size, *image.size))

        def there(point: Point) -> Point:
            moved = rotated((point[0] - x, point[1] - y), degrees)
            return moved[0] + u, moved[1] + v

        return Page(self.file, image, tuple(quad.map(there) for quad in self.quads), self.texts)


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
    """The pictures of a split that have lines, at most so many. Raises UsageError where there are none, ImageError."""
    bundle = Bundle.open()
    params = parse_params(DecodeParams, bundle.stage("image").params, "image")
    rows = [row for row in load_labels(folder, split) if row.get("lines")]
    if not rows:
        raise UsageError(f"{folder}: no row of split {split!r} has lines; take a set whose lines are annotated")
    for row in rows[:most]:
        photo = load(folder / row["file"], params)
        lines = [line for line in row["lines"] if line["text"].strip()]
        quads = tuple(_quad(line, photo.factor) for line in lines)
        yield Page(row["file"], photo.image, quads, tuple(line["text"] for line in lines))


def _quad(line: dict[str, Any], factor: int) -> Quad:
    numbers = [value / factor for value in line["quad"]]
    return upright(Quad(*zip(numbers[::2], numbers[1::2], strict=True)))


def upright(quad: Quad) -> Quad:
    """The same corners, clockwise from where upright text starts: sets differ in their first corner and their turn."""
    points = list(quad.points)
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))
    if area < 0:  # anticlockwise, as y runs down
        points.reverse()
    return min((Quad(*(points[i:] + points[:i])) for i in range(4)), key=lambda turn: abs(tilt(turn)))


def height_group(quad: Quad) -> str:
    """By the thickness of a line in pixels."""
    thickness = quad_size(quad)[1]
    low = max((limit for limit in HEIGHTS if limit <= thickness), default=0.0)
    high = min((limit for limit in HEIGHTS if limit > thickness), default=None)
    return f"{low:g}-{high:g}" if high else f"{low:g}+"
