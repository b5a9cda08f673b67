"""Orientation by what the networks say: fakes that only see pixels."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from edgekit.detect import Detection
from edgekit.image import crop, turn
from edgekit.layout import LayoutParams
from edgekit.scan import Scanner, probes_first, way_up
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine

PARAMS = LayoutParams(
    reach=0.5, overlap=0.3, probe_lines=3, probe_length=4.0, upright_confidence=0.8, upright_margin=0.1
)
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

    def __init__(self, clear: bool = False) -> None:
        self.clear = clear
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
        return Detection(tuple(quads), upright, clear=self.clear)


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
    assert sorted(scan.rows) == [(0,), (1,), (2,), (3,), (4,)]
    tops = [scan.lines[line].quad.top_left[1] for (line,) in scan.rows]
    assert tops == sorted(tops)
    assert detector.runs == runs


def test_quads_of_a_page_on_its_head_lie_in_the_turned_picture() -> None:
    upright = Scanner(FakeDetector(), FakeRecognizer(), PARAMS).scan(page(), Timings())  # type: ignore[arg-type]
    over = Scanner(FakeDetector(), FakeRecognizer(), PARAMS).scan(turn(page(), 180), Timings())  # type: ignore[arg-type]
    assert [line.quad for line in over.lines] == [line.quad for line in upright.lines]


def test_what_is_known_of_a_page_is_carried_over() -> None:
    detector = FakeDetector()
    scanner = Scanner(detector, FakeRecognizer(), PARAMS)  # type: ignore[arg-type]
    coarse = scanner.find(turn(page(), 270))
    assert (coarse.rotation, detector.known, detector.settled) == (90, None, False), "not clear enough to be of use"
    fine = scanner.find(turn(page(), 270).resize((840, 600)), coarse)
    assert fine.image.size == (600, 840)
    assert detector.known is not None
    assert detector.known.height == 2 * coarse.detection.height
    first, second = coarse.detection.quads[0], detector.known.quads[0]
    assert second.points == tuple((2 * x, 2 * y) for x, y in first.points)


def test_a_glance_at_a_page_on_its_side_serves_once_it_is_turned() -> None:
    detector = FakeDetector(clear=True)
    Scanner(detector, FakeRecognizer(), PARAMS).find(turn(page(), 270))  # type: ignore[arg-type]
    assert detector.known == Detection((Quad((200, 0), (260, 0), (260, 20), (200, 20)),), True, clear=True)


def test_a_page_that_lies_on_its_side_either_way_is_taken_as_it_is() -> None:
    picture = Image.new("RGB", (300, 420), "black")
    detector = FakeDetector()
    found = Scanner(detector, FakeRecognizer(), PARAMS).find(picture)  # type: ignore[arg-type]
    assert (found.image, found.rotation, detector.runs, detector.settled) == (picture, 0, 3, True)


def test_lines_of_usual_height_that_are_neither_long_nor_short_are_tried_first() -> None:
    sizes = [(40, 10), (95, 10), (300, 10), (52, 10), (80, 10), (90, 18)]
    quads = [Quad((0, y), (length, y), (length, y + high), (0, y + high)) for y, (length, high) in enumerate(sizes)]
    lengths = [quad.top_right[0] for quad in probes_first(quads, replace(PARAMS, probe_length=5.0))]
    assert lengths == [52, 40, 80, 300, 95, 90]


def tried(as_it_lies: list[float], over: list[float]) -> tuple[list[float], bool, int]:
    """What ``way_up`` makes of lines by how sure each is either way: confidences, verdict, and how many it read."""
    quads = [Quad((0, y), (50, y), (50, y + 10), (0, y + 10)) for y in range(0, 20 * len(as_it_lies), 20)]
    sure = dict(zip([*quads, *(quad.flipped() for quad in quads)], [*as_it_lies, *over], strict=True))
    asked: list[Quad] = []

    def read(some: Sequence[Quad]) -> list[TextLine]:
        asked.extend(some)
        return [TextLine("x", quad, sure[quad]) for quad in some]

    lines, upside_down = way_up(read, quads, PARAMS)
    return [line.confidence for line in lines], upside_down, len(asked)


def test_sure_lines_are_read_one_way_only() -> None:
    assert tried([0.9, 0.8, 0.9], [1, 1, 1]) == ([0.9, 0.8, 0.9], False, 3)


def test_one_line_does_where_it_is_much_surer_one_way() -> None:
    assert tried([0.6, 0.9, 0.9], [0.9, 0.6, 0.6]) == ([0.9], True, 2)
    assert tried([0.7, 0.9, 0.9], [0.3, 0.6, 0.6]) == ([0.7], False, 2)


def test_all_lines_count_where_the_first_does_not_tell() -> None:
    assert tried([0.7, 0.6, 0.6], [0.75, 0.9, 0.9]) == ([0.75, 0.9, 0.9], True, 6)
    assert tried([0.7, 0.9, 0.9], [0.75, 0.5, 0.6]) == ([0.7, 0.9, 0.9], False, 4), "sure enough with the others"
    assert tried([0.9, 0.6, 0.6], [0.7, 0.9, 0.9]) == ([0.7, 0.9, 0.9], True, 6), "a line that misleads"
    assert tried([0.7], [0.75]) == ([0.75], True, 2)
    assert tried([], []) == ([], False, 0)


def test_a_page_without_lines_is_an_empty_scan() -> None:
    white = Image.new("RGB", (50, 50), "white")
    detector = FakeDetector()
    scan = Scanner(detector, FakeRecognizer(), PARAMS).scan(white, Timings())  # type: ignore[arg-type]
    assert (scan.lines, scan.rows) == ((), ())
