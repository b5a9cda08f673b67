"""``edgekit eval``: reads a labelled folder and tells how right and how fast."""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from edgekit import evaluation, reliability
from edgekit.bench.stats import percentile
from edgekit.cli import codes
from edgekit.cli.console import complain, say, to_json
from edgekit.cli.options import open_reader, thread_count
from edgekit.cli.plots import check_plot, draw
from edgekit.cli.progress import Progress
from edgekit.cli.reports import report_text
from edgekit.errors import ImageError, UsageError
from edgekit.evaluation import SHORT_NAME_SETS, load_labels
from edgekit.memory import peak_rss
from edgekit.reader import Reader
from edgekit.timings import Timings
from edgekit.types import Receipt, TextLine

PERCENTILES = (50, 90, 95, 99)
GIVEN = "given"
Predictions = list[dict[str, str | None]]
Receipts = Sequence[Receipt | None]
Rows = Sequence[dict[str, Any]]


def run(options: argparse.Namespace) -> int:
    """Reads and scores; returns the exit code."""
    folder = Path(options.data)
    labels = load_labels(folder, options.split)[: options.limit]
    _check_writable(options.out)
    if options.plot:
        check_plot(options.plot)
    given = _given(folder, labels) if options.lines == GIVEN else {}
    reader = open_reader(options)
    reader.warm_up()
    receipts, timings = _read_all(reader, folder, labels)
    predictions = _predictions(labels, receipts)
    if options.out:
        _write(Path(options.out), predictions)
    short_names = folder.resolve().name in SHORT_NAME_SETS
    report = {
        "data": options.data,
        "split": options.split,
        "pictures": len(labels),
        "failed": len(labels) - len(timings),
        "scores": evaluation.score(labels, predictions, short_names),
        "confidence": _confidence(labels, receipts, short_names),
        "given": _score_given(reader, labels, predictions, given, short_names) if given else None,
        "milliseconds": percentiles(timings),
        "peak_rss_bytes": peak_rss(),
        "setting": _setting(options, reader),
    }
    print(to_json(report, sys.stdout, indent=2) if options.json else report_text(report))
    if options.plot:
        _plot(options, report)
    return codes.PICTURE_FAILED if report["failed"] else codes.OK


def percentiles(timings: Sequence[Timings]) -> dict[str, dict[str, float]]:
    """Milliseconds per stage, and of the whole read, at each of PERCENTILES (linear between neighbours)."""
    stages: dict[str, list[float]] = {}
    for timing in timings:
        for stage, seconds in (*timing.stages.items(), ("all", timing.total)):
            stages.setdefault(stage, []).append(seconds * 1000)
    return {
        stage: {f"p{p}": round(percentile(values, p / 100), 1) for p in PERCENTILES} for stage, values in stages.items()
    }


def _confidence(labels: Rows, receipts: Receipts, short_names: bool) -> dict[str, dict[str, Any]]:
    answers = evaluation.answers(labels, receipts, short_names)
    return {name: reliability.describe(given, known) for name, (given, known) in answers.items()}


def _given(folder: Path, labels: Rows) -> dict[str, tuple[TextLine, ...]]:
    """The labels' own lines, by file. Raises UsageError where there are none at all."""
    found = {row["file"]: evaluation.given_lines(row) for row in labels}
    found = {file: lines for file, lines in found.items() if lines}
    if not found:
        raise UsageError(f"{folder}: its labels have no lines: leave --lines {GIVEN} out")
    return found


def _score_given(
    reader: Reader, labels: Rows, predictions: Predictions, given: Mapping[str, tuple[TextLine, ...]], short_names: bool
) -> dict[str, Any]:
    """Scores of the fields from given lines, and from pixels on the same receipts: the difference is what OCR costs."""
    rows = [row for row in labels if row["file"] in given]
    read = [_from_lines(reader, row, given[row["file"]]) for row in rows]
    seen = [predicted for row, predicted in zip(labels, predictions, strict=True) if row["file"] in given]
    from_lines = evaluation.score(rows, _predictions(rows, read), short_names)
    from_pixels = evaluation.score(rows, seen, short_names)
    return {"pictures": len(rows), "scores": from_lines, "pixels": from_pixels}


def _from_lines(reader: Reader, row: dict[str, Any], lines: tuple[TextLine, ...]) -> Receipt:
    """A picture whose size the label does not tell is as large as its lines reach."""
    right, bottom = (max(point[axis] for line in lines for point in line.quad.points) for axis in (0, 1))
    return reader.extract(lines, row.get("width") or math.ceil(right), row.get("height") or math.ceil(bottom))


def _predictions(labels: Rows, receipts: Receipts) -> Predictions:
    return [evaluation.prediction(row["file"], receipt) for row, receipt in zip(labels, receipts, strict=True)]


def _plot(options: argparse.Namespace, report: dict[str, Any]) -> None:
    title = f"{Path(options.data).resolve().name}, {options.split or 'all splits'}: {report['pictures']} pictures"
    draw(options.plot, report["confidence"], options.review_error, title)
    say(f"{options.plot}: risk against coverage, and a reliability diagram")


def _read_all(reader: Reader, folder: Path, labels: Rows) -> tuple[Receipts, list[Timings]]:
    """Receipts of all pictures (None where one cannot be read), and timings of those that were."""
    receipts: list[Receipt | None] = []
    timings: list[Timings] = []
    with Progress(len(labels)) as progress:
        for row in labels:
            receipt = None
            try:
                receipt, timing = reader.read_timed(folder / row["file"])
                timings.append(timing)
            except ImageError as error:
                progress.clear()
                complain(str(error))
            receipts.append(receipt)
            progress.step()
    return receipts, timings


def _setting(options: argparse.Namespace, reader: Reader) -> dict[str, Any]:
    """What the figures depend on."""
    manifest = reader.bundle.manifest
    return {
        "bundle": f"{manifest.name} {manifest.version}, digest {reader.bundle.digest}",
        "extractor": f"{reader.rung}, review at an error of {options.review_error:g}",
        "backend": f"{options.backend} {options.precision}, {thread_count(options)} threads",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in ("onnxruntime", "numpy", "pillow")),
    }


def _check_writable(out: str | None) -> None:
    """Before the long work, not after it."""
    if out and not Path(out).absolute().parent.is_dir():
        raise UsageError(f"{out}: its folder does not exist: make it first")


def _write(out: Path, predictions: Predictions) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in predictions)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror}): choose another place") from error
    say(f"{out}: {len(predictions)} predictions")
