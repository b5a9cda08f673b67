"""Orientation by what the networks say: fakes that only see pixels."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from edgekit.detect import Detection
from edgekit.image import crop, turn
from edgekit.layout import LayoutParams
from edgekit.scan import Scanner, probes_first
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine

PARAMS = LayoutParams(reach=0.5, overlap=0.3, probe_lines=3, probe_length=99.0, upright_confidence=0.8)
BARS = 5


def page() -> Image.Image:
    """Five lines of "text": a bar that is red on its left half and blue on its right."""
    picture = Image.new("RGB", (300, 420), "white")
    draw = ImageDraw.Draw(picture)
    for i in range(BARS):
        draw.rectangle((40, 40 + 60 * i, 99 + 20 * i, 59 + 60 * i), fill="red")
        draw.rectangle((100 + 20 * i, 40 + 60 * i, 159 + 40 * i, 59 + 60 * i), fill="blue")
    return picture


class FakeDetector:
    """Finds coloured bars; counts its runs."""

    def __init__(self) -> None:
        self.runs = 0
        self.known: Detection | None = None
        self.settled = False

    def detect(self, image: Image.Image, known: Detection | None = None, settled: bool = False) -> Detection:
        self.runs += 1
        self.known, self.settled = known, settled
        ink = np.asarray(image)[..., 1] < 128
        upright = int(ink.any(axis=1).sum()) == BARS * 20
        quads = [Quad((20, 40), (20, 100), (0, 100), (0, 40))] if ink.any() and not upright else []
        if upright:
            starts = np.flatnonzero(np.diff(ink.any(axis=1).astype(int), prepend=0) == 1)
            for y in starts.tolist():
                x = np.flatnonzero(ink[y])
                left, right = float(x[0]), float(x[-1] + 1)
                quads.append(Quad((left, y), (right, y), (right, y + 20), (left, y + 20)))
        return Detection(tuple(quads), upright)


class FakeRecognizer:
    """Sure of what starts red; reads blanks from white."""

    def read(self, image: Image.Image, quads: list[Quad]) -> list[TextLine]:
        lines = []
        for quad in quads:
            left = crop(image, quad, 40, 20)[10, 5]
            sure = left[0] > 128 > left[2]
            lines.append(TextLine("text" if sure else "?", quad, 0.97 if sure else 0.3))
        return lines


@pytest.mark.parametrize(("degrees", "runs"), [(0, 1), (90, 2), (180, 1), (270, 2)])
def test_the_page_is_set_upright_and_only_a_turned_one_pays(degrees: int, runs: int) -> None:
    detector = FakeDetector()
    picture = turn(page(), degrees)
    scan = Scanner(detector, FakeRecognizer(), PARAMS).scan(picture, Timings())  # type: ignore[arg-type]
    assert (scan.rotation + degrees) % 360 == 0
    assert [line.text for line in scan.lines] == ["text"] * BARS
    assert scan.rows == ((4,), (3,), (2,), (1,), (0,))  # lines come longest first
    assert detector.runs == runs


def test_quads_of_a_page_on_its_head_lie_in_the_turned_picture() -> None:
    upright = Scanner(FakeDetector(), FakeRecognizer(), PARAMS).scan(page(), Timings())  # type: ignore[arg-type]
    over = Scanner(FakeDetector(), FakeRecognizer(), PARAMS).scan(turn(page(), 180), Timings())  # type: ignore[arg-type]
    assert [line.quad for line in over.lines] == [line.quad for line in upright.lines]


def test_what_is_known_of_a_page_is_carried_over() -> None:
    detector = FakeDetector()
    scanner = Scanner(detector, FakeRecognizer(), PARAMS)  # type: ignore[arg-type]
    coarse = scanner.find(turn(page(), 270))
    assert (coarse.rotation, detector.known, detector.settled) == (90, None, True)
    fine = scanner.find(turn(page(), 270).resize((840, 600)), coarse)
    assert fine.image.size == (600, 840)
    assert detector.known is not None
    assert detector.known.height == 2 * coarse.detection.height
    first, second = coarse.detection.quads[0], detector.known.quads[0]
    assert second.points == tuple((2 * x, 2 * y) for x, y in first.points)


def test_short_lines_are_tried_first() -> None:
    quads = [Quad((0, y), (length, y), (length, y + 10), (0, y + 10)) for y, length in enumerate((40, 95, 300, 60, 80))]
    lengths = [quad.top_right[0] for quad in probes_first(quads, replace(PARAMS, probe_length=9.0))]
    assert lengths == [80, 60, 40, 300, 95]


def test_a_page_without_lines_is_an_empty_scan() -> None:
    white = Image.new("RGB", (50, 50), "white")
    detector = FakeDetector()
    scan = Scanner(detector, FakeRecognizer(), PARAMS).scan(white, Timings())  # type: ignore[arg-type]
    assert (scan.lines, scan.rows) == ((), ())
