"""The systems that are compared, by name."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image

from edgekit.bundle import Bundle
from edgekit.detect import Detector
from edgekit.errors import UsageError
from edgekit.geometry import turn_point
from edgekit.image import turned_size
from edgekit.layout import LayoutParams, rows
from edgekit.recognize import Recognizer
from edgekit.reread import Rereader
from edgekit.scan import Scanner
from edgekit.timings import Timings
from edgekit.types import Quad, TextLine
from models.evaluate import readers
from models.evaluate.scanning import Scanned, System
from models.evaluate.tesseract import Tesseract

NAMES = ("ours", "tuned", "tiny", "small", "tesseract")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads lines, and what reads doubtful ones again, if anything does."""

    recognizer: Recognizer
    rereader: Rereader | None = None


class Networks:
    """A detector and a recogniser, wired as in the product."""

    def __init__(self, detector: Detector, reading: Reading, layout: LayoutParams, about: str) -> None:
        self._detector = detector
        self._reading = reading
        self._layout = layout
        self._scanner = Scanner(detector, reading.recognizer, layout, reading.rereader)
        self.about = about

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[str]:
        """All lines of a page, so that the first ones can be told."""
        lines = self._reading.recognizer.read(image, quads)
        if self._reading.rereader is not None:
            order = [i for row in rows(lines, self._layout) for i in row if lines[i].text]
            lines = self._reading.rereader.read(image, lines, order)
        return [line.text for line in lines]

    def scan(self, image: Image.Image) -> Scanned:
        started = time.perf_counter()
        quads = self._detector.detect(image).quads  # a scan leaves out those whose text is empty
        finding = time.perf_counter() - started
        timings = Timings()
        found = self._scanner.scan(image, timings)
        timings.lap("layout")
        width, height = turned_size(image, found.rotation)

        def back(line: TextLine) -> TextLine:
            quad = line.quad.map(lambda point: turn_point(point, -found.rotation % 360, width, height))
            return replace(line, quad=quad)

        return Scanned(quads, tuple(back(line) for line in found.lines), finding, timings.total)


def open_system(name: str, bundle: Path | None, weights: Path | None, threads: int) -> System:
    """One of NAMES. bundle: of "ours", and what "tuned" has but its recogniser, whose weights are ``weights``.

    Raises UsageError, BundleError, IntegrityError, OSError.
    """
    if name == "tesseract":
        return Tesseract(threads)
    recognizer, about = _recognizer(name, bundle, weights, threads)
    own = name in ("ours", "tuned")
    detector = readers.detector_of(bundle, threads) if own else readers.published_detector(name == "small", threads)
    place = bundle if own else None
    about += f", bundle {Bundle.open(place).digest[:12]}" if own else f", constants {_constants()[:12]}"
    reading = Reading(recognizer, readers.rereader_of(place, threads) if own else None)
    return Networks(detector, reading, readers.layout(place), about)


def _constants() -> str:
    """Digest of all that the published networks take of the default bundle; its own weights are not among it."""
    bundle = Bundle.open()
    stages = [dict(bundle.stage(name).params) for name in ("image", "detect", "recognize", "layout")]
    return hashlib.sha256((json.dumps(stages) + bundle.read_text("charset.txt")).encode()).hexdigest()


def _recognizer(name: str, bundle: Path | None, weights: Path | None, threads: int) -> tuple[Recognizer, str]:
    """And what it is."""
    if name == "ours":
        return readers.of_bundle(bundle, threads), "EdgeKit"
    if name == "tuned":
        if weights is None:
            raise UsageError("--system tuned: give its weights with --weights")
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()[:12]
        return readers.tiny(threads, weights), f"EdgeKit, {weights.name} {digest}"
    recognizer = readers.small(threads) if name == "small" else readers.tiny(threads)
    return recognizer, f"PP-OCRv6 {name}"
