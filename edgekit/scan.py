"""From pixels to lines in rows, whichever way up the page lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image

from edgekit.detect import Detection, Detector
from edgekit.geometry import quad_size, skew, turn_point
from edgekit.image import turn
from edgekit.layout import LayoutParams, Rows, rows
from edgekit.recognize import Recognizer
from edgekit.reread import Rereader
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine


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
        image = turn(image, 90)  # a glance at text that runs across tells its direction, and little else
        return Found(image, self._detector.detect(image, settled=True), 90)

    def read(self, found: Found) -> Scan:
        """The text of lines, and their rows; the first ones are read again where a rereader is given."""
        image, rotation = found.image, found.rotation
        quads = probes_first(found.detection.quads, self._params)
        probe = self._recognizer.read(image, quads[: self._params.probe_lines])
        over = self._upside_down(image, probe)
        if over:
            quads, probe = [quad.flipped() for quad in quads], over
        lines = [line for line in [*probe, *self._recognizer.read(image, quads[len(probe) :])] if line.text]
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

    def _upside_down(self, image: Image.Image, probe: Sequence[TextLine]) -> list[TextLine]:
        """The lines as they read upside down, if they read better so; else none."""
        if _confidence(probe) >= self._params.upright_confidence:
            return []
        flipped = self._recognizer.read(image, [line.quad.flipped() for line in probe])
        return flipped if _confidence(flipped) > _confidence(probe) else []


def _placed(lines: Sequence[TextLine], quads: Sequence[Quad]) -> tuple[TextLine, ...]:
    return tuple(replace(line, quad=quad) for line, quad in zip(lines, quads, strict=True))


def _enlarged(detection: Detection, times: float) -> Detection:
    quads = tuple(quad.map(lambda point: (point[0] * times, point[1] * times)) for quad in detection.quads)
    return replace(detection, quads=quads, height=detection.height * times)


def probes_first(quads: Sequence[Quad], params: LayoutParams) -> list[Quad]:
    """Longest first, but before them the ``probe_lines`` by which the way up is told: they are not too long to try."""
    order = sorted(quads, key=lambda quad: -quad_size(quad)[0])
    short = [quad for quad in order if quad_size(quad)[0] <= params.probe_length * quad_size(quad)[1]]
    probes = short[: params.probe_lines]
    return [*probes, *(quad for quad in order if quad not in probes)]


def _confidence(lines: Sequence[TextLine]) -> float:
    return sum(line.confidence for line in lines) / max(len(lines), 1)
