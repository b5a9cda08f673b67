"""The reader: opens a bundle once, then turns pictures into receipts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from edgekit.bundle import Bundle
from edgekit.decode import DecodeParams, Photo, Source, describe, finer, load
from edgekit.detect import Detector, DetectParams
from edgekit.errors import ImageError, MissingGraphError, UsageError
from edgekit.escalation import Escalate, doubtful, escalated
from edgekit.extract import CLASSICAL, NETWORKED, REVIEW_ERROR, RULES, Extractor, ExtractParams, How, Lexicon
from edgekit.geometry import turn_point
from edgekit.image import turn, turned_size, without_colour
from edgekit.layout import LayoutParams, rows
from edgekit.machine import default_threads
from edgekit.manifest import parse_params
from edgekit.memory import Slack
from edgekit.recognize import RecognizeParams, Recognizer
from edgekit.reread import Rereader, RereadParams
from edgekit.scan import Found, Scan, Scanner
from edgekit.session import Session, open_session
from edgekit.timings import Timings
from edgekit.types import Point, Receipt, TextLine

Params = TypeVar("Params")

_SLACK = 6 << 20  # bytes that reads may leave unused: with 4 MiB a read takes 2 % longer, and memory grows as much


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs the graphs. threads: of one read."""

    backend: str
    precision: str
    threads: int

    def session(self, bundle: Bundle, stage: str, threads: int) -> Session:
        """The session of one stage; see ``open_session``."""
        return open_session(bundle, stage, self.backend, self.precision, threads)


@dataclass(frozen=True, slots=True)
class Choice:
    """How fields are chosen, and who is asked where they are in doubt; see ``Reader.open``."""

    extractor: str | None = None
    review_error: float = REVIEW_ERROR
    escalate: Escalate | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one picture of many: a receipt or an error, never both."""

    source: str
    receipt: Receipt | None
    error: ImageError | None


class Reader:
    """Reads receipts. Safe to use from several threads; the same picture gives the same receipt every time."""

    def __init__(self, bundle: Bundle, engine: Engine, choice: Choice) -> None:
        """Use ``Reader.open``."""
        self.bundle = bundle
        self._escalate = choice.escalate
        self._decode = _params(DecodeParams, bundle, "image")
        self._layout = _params(LayoutParams, bundle, "layout")
        self._scanner = Scanner(
            Detector(engine.session(bundle, "detect", engine.threads), _params(DetectParams, bundle, "detect")),
            recognizer_of(bundle, engine),
            self._layout,
            rereader_of(bundle, engine),
        )
        self._extractor = _extractor(bundle, engine, choice)
        self._slack = Slack(_SLACK)

    @classmethod
    def open(
        cls,
        bundle: str | Path | None = None,
        backend: str = "onnxruntime",
        threads: int | None = None,
        precision: str = "fp32",
        *,
        extractor: str | None = None,
        review_error: float = REVIEW_ERROR,
        escalate: Escalate | None = None,
    ) -> Reader:
        """Opens a bundle (folder or zip; None: the one inside the package) and loads its graphs.

        threads: cores that one read uses; None picks from the cores and the cgroup quota this process has.
        precision: of the graphs; a stage without one of it may name another that is taken (``Stage.precision``).
        extractor: the rung that chooses fields, one of ``edgekit.extract.RUNGS``; None: the bundle's own choice, which
            without an extraction network is "classical".
        review_error: the share of answers that may be wrong among those that need no review. It holds for receipts
            like those the bundle was calibrated on, and where its calibration knows the field.
        escalate: called with picture and receipt where a field needs review, or vendor, date or total is missing; see
            ``edgekit.escalation``. Never called otherwise; calls come from the threads that read.
        Raises BundleError (altered, incomplete, or without this backend, precision or rung), BackendError, UsageError.
        """
        if threads is not None and threads < 1:
            raise UsageError(f"threads={threads}: give 1 or more, or None to let the machine decide")
        engine = Engine(backend, precision, threads or default_threads())
        return cls(Bundle.open(bundle), engine, Choice(extractor, review_error, escalate))

    @property
    def rung(self) -> str:
        """How fields are chosen: one of ``edgekit.extract.RUNGS``."""
        return self._extractor.how.rung

    def read(self, source: Source) -> Receipt:
        """Reads one picture: a path, encoded bytes, a PIL image, or an array (see ``edgekit.decode.Source``).

        Raises ImageError where it cannot be decoded. A picture without text gives a receipt without lines.
        """
        return self.read_timed(source)[0]

    def read_timed(self, source: Source) -> tuple[Receipt, Timings]:
        """``read``, and how long each stage took."""
        try:
            return self._read(source)
        finally:
            self._slack.give_back()

    def _read(self, source: Source) -> tuple[Receipt, Timings]:
        timings = Timings()
        photo, found = self._find(source, timings)
        scan = self._scanner.read(found)
        timings.lap("recognize")
        receipt = _assemble(photo, scan)
        timings.lap("layout")
        fields, items = self._extractor.extract_all(receipt.lines, receipt.rows)
        receipt = replace(receipt, fields=fields, items=items)
        timings.lap("extract")
        if self._escalate is not None and doubtful(receipt):
            receipt = escalated(receipt, turn(photo.image, receipt.rotation).convert("RGB"), self._escalate)
            timings.lap("escalate")
        return receipt, timings

    def _find(self, source: Source, timings: Timings) -> tuple[Photo, Found]:
        """The photo and its lines; text that is small in a large photo is looked for again in a finer copy."""
        photo = self._load(source)
        timings.lap("decode")
        found = self._scanner.find(photo.image)
        timings.lap("detect")
        factor = finer(photo, found.detection.height, self._decode)
        if factor < photo.factor:
            photo = self._load(source, factor)
            timings.lap("decode")
            found = self._scanner.find(photo.image, found)
            timings.lap("detect")
        return photo, found

    def _load(self, source: Source, *most: int) -> Photo:
        photo = load(source, self._decode, *most)
        return replace(photo, image=without_colour(photo.image))

    def extract(self, lines: Sequence[TextLine], width: int, height: int) -> Receipt:
        """The receipt that lines, in any order, amount to; for lines that something else read. Escalates nothing.

        width, height: of the picture that their quads refer to, in pixels.
        """
        found = rows(lines, self._layout)
        order = [i for row in found for i in row]
        ordered, places = tuple(lines[i] for i in order), iter(range(len(order)))
        printed = tuple(tuple(next(places) for _ in row) for row in found)
        fields, items = self._extractor.extract_all(ordered, printed)
        return Receipt(ordered, printed, width, height, fields=fields, items=items)

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
        x, y = turn_point(point, -scan.rotation % 360, width, height) if scan.rotation else point
        return x * photo.factor, y * photo.factor

    ordered = [scan.lines[i] for i in order]
    lines = tuple([TextLine(line.text, line.quad.map(restored), line.confidence) for line in ordered])
    return Receipt(
        lines=lines,
        rows=tuple(tuple(place[i] for i in row) for row in scan.rows),
        width=photo.width,
        height=photo.height,
        rotation=scan.rotation,
        skew=scan.skew,
        warnings=photo.warnings,
    )


def recognizer_of(bundle: Bundle, engine: Engine) -> Recognizer:
    """The recogniser of a bundle. Raises BundleError, BackendError."""
    return _recognizer(bundle, engine, engine.session(bundle, "recognize", threads=1))


def _recognizer(bundle: Bundle, engine: Engine, session: Session, batch: int | None = None) -> Recognizer:
    charset = bundle.read_text("charset.txt").removesuffix("\n").split("\n")
    params = _params(RecognizeParams, bundle, "recognize")
    return Recognizer(session, replace(params, batch=batch or params.batch), charset, workers=engine.threads)


def rereader_of(bundle: Bundle, engine: Engine) -> Rereader | None:
    """What reads doubtful lines again, where a bundle has that stage; it takes and gives what the recogniser does.

    Raises BundleError, BackendError.
    """
    if "reread" not in bundle.manifest.stages:
        return None
    params = _params(RereadParams, bundle, "reread")
    session = engine.session(bundle, "reread", threads=1)
    return Rereader(_recognizer(bundle, engine, session, params.batch), params)


def _extractor(bundle: Bundle, engine: Engine, choice: Choice) -> Extractor:
    params = _params(ExtractParams, bundle, "extract")
    has_network = bool(bundle.stage("extract").graphs)
    rung = choice.extractor or (params.rung if has_network or params.rung not in NETWORKED else CLASSICAL)
    how = How(rung, choice.review_error)
    if rung in NETWORKED and not has_network:
        raise MissingGraphError(
            f"{bundle.path}: stage 'extract' has no network for extractor={rung!r}: choose {RULES!r} or {CLASSICAL!r}"
        )
    lexicon = Lexicon.parse(bundle.read_text("lexicon.json"), f"{bundle.path}: lexicon.json")
    needed = rung in NETWORKED
    session = engine.session(bundle, "extract", threads=1) if needed else None
    return Extractor(params, lexicon, how, session, _where(bundle, "extract"))


def _params(cls: type[Params], bundle: Bundle, stage: str) -> Params:
    return parse_params(cls, bundle.stage(stage).params, _where(bundle, stage))


def _where(bundle: Bundle, stage: str) -> str:
    return f"{bundle.path}: stages.{stage}.params"
