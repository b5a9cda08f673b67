"""What the reader feeds to its graphs, recorded while it reads."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.decode import DecodeParams, load
from edgekit.detect import Detector, DetectParams
from edgekit.layout import LayoutParams
from edgekit.manifest import parse_params
from edgekit.recognize import RecognizeParams, Recognizer
from edgekit.scan import Scanner
from edgekit.session import Session, open_session
from edgekit.timings import Timings
from export.encoding import encoded

Array = NDArray[Any]
Feed = tuple[Array, ...]
"""What a graph is given at once, in the order of its inputs."""
PICTURES = ("detect", "recognize")
"""Stages whose graphs take pictures, and the one whose graph takes words."""
WORDS = "extract"
MOST_FEEDS = 96
"""Of a stage that are kept, evenly spaced: a receipt has one page and many lines."""


class Recorder:
    """A session that remembers what it was given."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.feeds: list[Feed] = []

    def run(self, *inputs: Array) -> tuple[Array, ...]:
        self.feeds.append(inputs)
        return self._session.run(*inputs)


def record(bundle: Bundle, pictures: Sequence[Path]) -> dict[str, list[Feed]]:
    """Per stage, the inputs of its fp32 graph while ``pictures`` are read. Raises ImageError for a broken picture."""
    recorders = {stage: Recorder(open_session(bundle, stage, "onnxruntime", "fp32", 1)) for stage in PICTURES}
    words: list[Feed] = []

    def params(cls: type[Any], stage: str) -> Any:
        return parse_params(cls, bundle.stage(stage).params, f"{bundle.path}: stages.{stage}.params")

    charset = bundle.read_text("charset.txt").removesuffix("\n").split("\n")
    scanner = Scanner(
        Detector(recorders["detect"], params(DetectParams, "detect")),
        Recognizer(recorders["recognize"], params(RecognizeParams, "recognize"), charset),
        params(LayoutParams, "layout"),
    )
    for picture in pictures:
        scan = scanner.scan(load(picture, params(DecodeParams, "image")).image, Timings())
        words += [encoded(scan.lines, scan.rows)] if scan.lines else []
    found = {stage: recorder.feeds for stage, recorder in recorders.items()} | {WORDS: words}
    return {stage: _thinned(feeds) for stage, feeds in found.items()}


def _thinned(feeds: Sequence[Feed]) -> list[Feed]:
    count = min(len(feeds), MOST_FEEDS)
    return [feeds[i * len(feeds) // count] for i in range(count)]
