"""From pixels to lines in rows, whichever way up the page lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from edgekit.detect import Detector
from edgekit.geometry import quad_size, skew
from edgekit.image import turn
from edgekit.layout import LayoutParams, Rows, rows
from edgekit.recognize import Recognizer
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine


@dataclass(frozen=True, slots=True)
class Scan:
    """lines: those with text, in pixels of the picture turned clockwise by ``rotation``. skew: degrees, clockwise."""

    lines: tuple[TextLine, ...]
    rows: Rows
    rotation: int
    skew: float


class Scanner:
    """Detection, orientation, recognition and layout.

    Orientation needs no model of its own: lines that run up or down the picture say that it lies on its side, and a
    recogniser that is unsure of the longest lines, and surer of them upside down, says that it stands on its head. An
    upright page pays nothing.
    """

    def __init__(self, detector: Detector, recognizer: Recognizer, params: LayoutParams) -> None:
        self._detector = detector
        self._recognizer = recognizer
        self._params = params

    def scan(self, image: Image.Image, timings: Timings) -> Scan:
        """All lines of a picture."""
        detection, rotation = self._detector.detect(image), 0
        if not detection.upright:
            rotation, image = 90, turn(image, 90)
            detection = self._detector.detect(image)
        timings.lap("detect")
        quads = _longest_first(detection.quads)
        probe = self._recognizer.read(image, quads[: self._params.probe_lines])
        if self._upside_down(image, probe):
            rotation, image = rotation + 180, turn(image, 180)
            quads, probe = _longest_first(self._detector.detect(image).quads), []
        lines = [*probe, *self._recognizer.read(image, quads[len(probe) :])]
        timings.lap("recognize")
        found = tuple(line for line in lines if line.text)
        return Scan(found, rows(found, self._params), rotation, skew([line.quad for line in found]))

    def warm_up(self) -> None:
        """Runs both graphs once, on the shapes of a blank page with one line."""
        page = Image.new("RGB", (480, 640), "white")
        self._detector.detect(page)
        self._recognizer.read(page, [Quad((0, 0), (240, 0), (240, 24), (0, 24))])

    def _upside_down(self, image: Image.Image, probe: Sequence[TextLine]) -> bool:
        if _confidence(probe) >= self._params.upright_confidence:
            return False
        flipped = self._recognizer.read(image, [line.quad.flipped() for line in probe])
        return _confidence(flipped) > _confidence(probe)


def _longest_first(quads: Sequence[Quad]) -> list[Quad]:
    return sorted(quads, key=lambda quad: -quad_size(quad)[0])


def _confidence(lines: Sequence[TextLine]) -> float:
    return sum(line.confidence for line in lines) / max(len(lines), 1)
