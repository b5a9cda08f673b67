"""The reader: opens a bundle once, then turns pictures into receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from edgekit.bundle import Bundle
from edgekit.decode import DecodeParams, Photo, Source, describe, load
from edgekit.detect import Detector, DetectParams
from edgekit.errors import ImageError, UsageError
from edgekit.extract import Extractor, ExtractParams, Lexicon
from edgekit.geometry import turn_point
from edgekit.image import turned_size
from edgekit.layout import LayoutParams
from edgekit.machine import default_threads
from edgekit.manifest import parse_params
from edgekit.recognize import RecognizeParams, Recognizer
from edgekit.scan import Scan, Scanner
from edgekit.session import open_session
from edgekit.timings import Timings
from edgekit.types import Point, Receipt

Params = TypeVar("Params")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one picture of many: a receipt or an error, never both."""

    source: str
    receipt: Receipt | None
    error: ImageError | None


class Reader:
    """Reads receipts. Safe to use from several threads; the same picture gives the same receipt every time."""

    def __init__(self, bundle: Bundle, backend: str, precision: str, threads: int) -> None:
        """Use ``Reader.open``."""
        self.bundle = bundle
        self._decode = _params(DecodeParams, bundle, "image")
        detect = open_session(bundle, "detect", backend, precision, threads)
        recognize = open_session(bundle, "recognize", backend, precision, threads=1)
        charset = bundle.read_text("charset.txt").removesuffix("\n").split("\n")
        self._scanner = Scanner(
            Detector(detect, _params(DetectParams, bundle, "detect")),
            Recognizer(recognize, _params(RecognizeParams, bundle, "recognize"), charset, workers=threads),
            _params(LayoutParams, bundle, "layout"),
        )
        lexicon = Lexicon.parse(bundle.read_text("lexicon.json"), f"{bundle.path}: lexicon.json")
        self._extractor = Extractor(_params(ExtractParams, bundle, "extract"), lexicon)

    @classmethod
    def open(
        cls,
        bundle: str | Path | None = None,
        backend: str = "onnxruntime",
        threads: int | None = None,
        precision: str = "fp32",
    ) -> Reader:
        """Opens a bundle (folder or zip; None: the one inside the package) and loads its graphs.

        threads: cores that one read uses; None picks from the cores and the cgroup quota this process has.
        Raises BundleError (altered, incomplete, or without this backend and precision), BackendError, UsageError.
        """
        if threads is not None and threads < 1:
            raise UsageError(f"threads={threads}: give 1 or more, or None to let the machine decide")
        return cls(Bundle.open(bundle), backend, precision, threads or default_threads())

    def read(self, source: Source) -> Receipt:
        """Reads one picture: a path, encoded bytes, a PIL image, or an array (see ``edgekit.decode.Source``).

        Raises ImageError where it cannot be decoded. A picture without text gives a receipt without lines.
        """
        return self.read_timed(source)[0]

    def read_timed(self, source: Source) -> tuple[Receipt, Timings]:
        """``read``, and how long each stage took."""
        timings = Timings()
        photo = load(source, self._decode)
        timings.lap("decode")
        scan = self._scanner.scan(photo.image, timings)
        receipt = _assemble(photo, scan)
        timings.lap("layout")
        fields = self._extractor.extract(receipt.lines, receipt.rows)
        timings.lap("extract")
        return replace(receipt, fields=fields), timings

    def read_many(self, sources: Iterable[Source]) -> Iterator[Outcome]:
        """Reads pictures one after another, lazily: memory does not grow with their number.

        A picture that cannot be read gives an outcome with its error; the others are not affected.
        """
        for source in sources:
            try:
                yield Outcome(describe(source), self.read(source), None)
            except ImageError as error:
                yield Outcome(describe(source), None, error)

    def warm_up(self) -> None:
        """Runs every graph once on a blank page, so that the first real read is as quick as the next."""
        self._scanner.warm_up()


def _assemble(photo: Photo, scan: Scan) -> Receipt:
    """The receipt, still without fields: lines in reading order, quads in pixels of the upright picture."""
    order = [i for row in scan.rows for i in row]
    place = {old: new for new, old in enumerate(order)}
    width, height = turned_size(photo.image, scan.rotation)

    def restored(point: Point) -> Point:
        x, y = turn_point(point, -scan.rotation % 360, width, height)
        return x * photo.factor, y * photo.factor

    lines = tuple(replace(line, quad=line.quad.map(restored)) for line in (scan.lines[i] for i in order))
    return Receipt(
        lines=lines,
        rows=tuple(tuple(place[i] for i in row) for row in scan.rows),
        width=photo.width,
        height=photo.height,
        rotation=scan.rotation,
        skew=scan.skew,
        warnings=photo.warnings,
    )


def _params(cls: type[Params], bundle: Bundle, stage: str) -> Params:
    return parse_params(cls, bundle.stage(stage).params, f"{bundle.path}: stages.{stage}.params")
