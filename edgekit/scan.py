"""From pixels to lines in rows, whichever way up the page lies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeAlias

from PIL import Image

from edgekit.detect import Detection, Detector
from edgekit.geometry import quad_size, skew, tilt, turn_point
from edgekit.image import turn
from edgekit.layout import LayoutParams, Rows, rows
from edgekit.recognize import Recognizer
from edgekit.reread import Rereader
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine

Read: TypeAlias = "Callable[[Sequence[Quad]], list[TextLine]]"
"""The lines that quads read as, in the same order."""


@dataclass(frozen=True, slots=True)
class Scan:
    """lines: those with text, in pixels of the picture turned clockwise by ``rotation``. skew: degrees, clockwise."""

    lines: tuple[TextLine, ...]
    rows: Rows
    rotation: int
    skew: float


@dataclass(frozen=True, slots=True)
class Found:
    """Where lines are. image: turned clockwise by ``rotation``, 0 or 90, so that they run along it."""

    image: Image.Image
    detection: Detection
    rotation: int


class Scanner:
    """Detection, orientation, recognition and layout.

    Orientation needs no model of its own: lines that run up or down the picture say that it lies on its side, and a
    recogniser that is unsure of a few lines, and surer of them upside down, says that it stands on its head. An
    upright page pays nothing.
    """

    def __init__(
        self, detector: Detector, recognizer: Recognizer, params: LayoutParams, rereader: Rereader | None = None
    ) -> None:
        self._detector = detector
        self._recognizer = recognizer
        self._params = params
        self._rereader = rereader

    def scan(self, image: Image.Image, timings: Timings) -> Scan:
        """All lines of a picture: ``find`` and ``read``."""
        found = self.find(image)
        timings.lap("detect")
        scan = self.read(found)
        timings.lap("recognize")
        return scan

    def find(self, image: Image.Image, coarse: Found | None = None) -> Found:
        """The lines of a picture. coarse: what a reduced copy of it showed."""
        if coarse is not None:
            image = turn(image, coarse.rotation)
            known = _enlarged(coarse.detection, image.width / coarse.image.width)
            return Found(image, self._detector.detect(image, known), coarse.rotation)
        detection = self._detector.detect(image)
        if detection.upright:
            return Found(image, detection, 0)
        turned = turn(image, 90)
        again = self._detector.detect(turned, _turned(detection, image.height) if detection.clear else None)
        if again.upright:
            return Found(turned, again, 90)
        return Found(image, self._detector.detect(image, settled=True), 0)  # neither way: it may as well be upright

    def read(self, found: Found) -> Scan:
        """The text of lines, and their rows; the first ones are read again where a rereader is given."""
        image, rotation = found.image, found.rotation
        quads = probes_first(found.detection.quads, self._params)
        read = partial(self._recognizer.read, image)
        probe, over = way_up(read, quads[: self._params.probe_lines], self._params)
        if over:
            quads = [quad.flipped() for quad in quads]
        lines = [line for line in [*probe, *read(quads[len(probe) :])] if line.text]
        upright = [line.quad for line in lines]
        if over:
            rotation, size = rotation + 180, image.size
            upright = [quad.map(lambda p: turn_point(p, 180, *size)) for quad in upright]
        printed = rows(_placed(lines, upright), self._params)
        if self._rereader is not None:
            lines = self._rereader.read(image, lines, [i for row in printed for i in row])
        return Scan(_placed(lines, upright), printed, rotation, skew(upright))

    def warm_up(self) -> None:
        """Runs the graphs once, on the shapes of a blank page with one line."""
        page = Image.new("RGB", (480, 640), "white")
        self._detector.detect(page)
        line = Quad((0, 0), (240, 0), (240, 24), (0, 24))
        self._recognizer.read(page, [line])
        if self._rereader is not None:
            self._rereader.read(page, [TextLine("", line, 0.0)], [0])


def way_up(read: Read, quads: Sequence[Quad], params: LayoutParams) -> tuple[list[TextLine], bool]:
    """The first of these lines, or all, as they read the right way up, and whether they stand on their head.

    One line is tried first: where it is much surer one way up than the other, the others need not be.
    """
    lines: list[TextLine] = []
    over: list[TextLine] = []
    for some in (quads[:1], quads[1:]):
        lines += read(some)
        if _confidence(lines) >= params.upright_confidence:
            continue
        over += read([quad.flipped() for quad in quads[len(over) : len(lines)]])
        if abs(_confidence(over) - _confidence(lines)) >= params.upright_margin:
            break
    upside_down = len(over) == len(lines) and _confidence(over) > _confidence(lines)
    return (over, True) if upside_down else (lines, False)


def _turned(detection: Detection, height: int) -> Detection:
    """Lines of a picture ``height`` pixels high that run down or up it, once it is turned clockwise by 90 degrees."""
    quads = tuple(quad.map(lambda point: turn_point(point, 90, 0, height)) for quad in detection.quads)
    quads = tuple(quad.flipped() if abs(tilt(quad)) > 90 else quad for quad in quads)
    return replace(detection, quads=quads, upright=True)


def _placed(lines: Sequence[TextLine], quads: Sequence[Quad]) -> tuple[TextLine, ...]:
    return tuple([TextLine(line.text, quad, line.confidence) for line, quad in zip(lines, quads, strict=True)])


def _enlarged(detection: Detection, times: float) -> Detection:
    quads = tuple(quad.map(lambda point: (point[0] * times, point[1] * times)) for quad in detection.quads)
    return replace(detection, quads=quads, height=detection.height * times)


def probes_first(quads: Sequence[Quad], params: LayoutParams) -> list[Quad]:
    """Longest first, but before them the ``probe_lines`` by which the way up is told.

    These are nearest to ``probe_length`` heights long and to the usual height: long ones take long to try, short ones
    tell little, and the highest are logos.
    """
    order = sorted(quads, key=lambda quad: -quad_size(quad)[0])
    heights = sorted(quad_size(quad)[1] for quad in quads)

    def oddity(quad: Quad) -> float:
        length, height = quad_size(quad)
        return _times(length, params.probe_length * height) * _times(height, heights[len(heights) // 2])

    probes = sorted(order, key=oddity)[: params.probe_lines]
    return [*probes, *(quad for quad in order if quad not in probes)]


def _times(a: float, b: float) -> float:
    """How many times the larger of two lengths is the smaller."""
    return max(a, b) / max(min(a, b), 1e-6)


def _confidence(lines: Sequence[TextLine]) -> float:
    return sum(line.confidence for line in lines) / max(len(lines), 1)
