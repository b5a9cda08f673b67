"""Lines of labelled receipts to be read: where each is, and what is printed there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from edgekit.bundle import Bundle
from edgekit.decode import DecodeParams, load
from edgekit.errors import UsageError
from edgekit.evaluation import load_labels
from edgekit.geometry import quad_size, tilt
from edgekit.manifest import parse_params
from edgekit.types import Quad

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
        text = " ".join(text.split()) if self.spaces else "".join(text.split())
        return text if self.case else text.upper()


def pages(folder: Path, split: str, most: int | None = None) -> Iterator[Page]:
    """The pictures of a split that have lines. Raises UsageError where there are none, ImageError."""
    bundle = Bundle.open()
    params = parse_params(DecodeParams, bundle.stage("image").params, "image")
    rows = [row for row in load_labels(folder, split) if row.get("lines")]
    if not rows:
        raise UsageError(f"{folder}: no row of split {split!r} has lines; take sroie, or another set with lines")
    for row in rows[:most]:
        photo = load(folder / row["file"], params)
        lines = [line for line in row["lines"] if line["text"].strip()]
        quads = tuple(_quad(line, photo.factor) for line in lines)
        yield Page(row["file"], photo.image, quads, tuple(line["text"] for line in lines))


def _quad(line: dict[str, Any], factor: int) -> Quad:
    numbers = [value / factor for value in line["quad"]]
    return upright(Quad(*zip(numbers[::2], numbers[1::2], strict=True)))


def upright(quad: Quad) -> Quad:
    """The same corners, clockwise from the one where upright text starts: sets differ in their first corner and turn."""
    points = list(quad.points)
    area = sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))
    if area < 0:  # anticlockwise in a picture whose y runs down
        points.reverse()
    turns = [Quad(*(points[i:] + points[:i])) for i in range(4)]
    level = [turn for turn in turns if abs(tilt(turn)) <= 45] or turns
    return max(level, key=lambda turn: quad_size(turn)[0])


def height_group(quad: Quad) -> str:
    """By the thickness of a line in pixels."""
    thickness = quad_size(quad)[1]
    low = max([limit for limit in HEIGHTS if limit <= thickness], default=0.0)
    high = next((limit for limit in HEIGHTS if limit > thickness), None)
    return f"{low:g}-{high:g}" if high else f"{low:g}+"


def moved(quad: Quad, degrees: float, share: float) -> Quad:
    """The frame turned about its middle, and grown by a share of its thickness on every side."""
    import math

    x = sum(point[0] for point in quad.points) / 4
    y = sum(point[1] for point in quad.points) / 4
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    length, thickness = quad_size(quad)
    wide, tall = 1 + 2 * share * thickness / max(length, 1e-6), 1 + 2 * share
    a, _, _, d = quad.points
    along = ((quad.top_right[0] - a[0]) / max(length, 1e-6), (quad.top_right[1] - a[1]) / max(length, 1e-6))
    del d

    def place(point: tuple[float, float]) -> tuple[float, float]:
        u, v = point[0] - x, point[1] - y
        du, dv = u * along[0] + v * along[1], -u * along[1] + v * along[0]
        u, v = du * wide * along[0] - dv * tall * along[1], du * wide * along[1] + dv * tall * along[0]
        return x + u * cos - v * sin, y + u * sin + v * cos

    return quad.map(place)


def total(pages_: Sequence[Page]) -> int:
    return sum(len(page.texts) for page in pages_)
