"""``edgekit eval``: reads a labelled folder and tells how right and how fast."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from edgekit import evaluation
from edgekit.cli import codes
from edgekit.cli.console import complain, say, to_json
from edgekit.cli.options import open_reader, thread_count
from edgekit.cli.progress import Progress
from edgekit.errors import ImageError, UsageError
from edgekit.evaluation import SHORT_NAME_SETS, load_labels
from edgekit.memory import peak_rss
from edgekit.reader import Reader
from edgekit.timings import Timings

PERCENTILES = (50, 90, 95, 99)
Predictions = list[dict[str, str | None]]


def run(options: argparse.Namespace) -> int:
    """Reads and scores; returns the exit code."""
    folder = Path(options.data)
    labels = load_labels(folder, options.split)[: options.limit]
    _check_writable(options.out)
    reader = open_reader(options)
    reader.warm_up()
    predictions, timings = _read_all(reader, folder, labels)
    if options.out:
        _write(Path(options.out), predictions)
    report = {
        "data": options.data,
        "split": options.split,
        "pictures": len(labels),
        "failed": len(labels) - len(timings),
        "scores": evaluation.score(labels, predictions, folder.resolve().name in SHORT_NAME_SETS),
        "milliseconds": percentiles(timings),
        "peak_rss_bytes": peak_rss(),
        "setting": _setting(options, reader),
    }
    print(to_json(report, sys.stdout, indent=2) if options.json else report_text(report))
    return codes.PICTURE_FAILED if report["failed"] else codes.OK


def percentiles(timings: Sequence[Timings]) -> dict[str, dict[str, float]]:
    """Milliseconds per stage, and of the whole read, at each of PERCENTILES (linear between neighbours)."""
    stages: dict[str, list[float]] = {}
    for timing in timings:
        for stage, seconds in (*timing.stages.items(), ("all", timing.total)):
            stages.setdefault(stage, []).append(seconds * 1000)
    return {
        stage: {f"p{p}": round(float(np.percentile(values, p)), 1) for p in PERCENTILES}
        for stage, values in stages.items()
    }


def report_text(report: dict[str, Any]) -> str:
    """The scores as the scorer prints them, then times and memory."""
    lines = [f"{name:9} {_pairs(rates)}" for name, rates in report["scores"].items()]
    lines += ["", f"{'ms':9} " + "  ".join(f"{f'p{p}':>7}" for p in PERCENTILES)]
    for stage, values in report["milliseconds"].items():
        lines.append(f"{stage:9} " + "  ".join(f"{value:7.1f}" for value in values.values()))
    peak = report["peak_rss_bytes"]
    lines += ["", f"peak RSS  {peak / 2**20:.0f} MiB" if peak else "peak RSS  not told by this system"]
    lines += [f"{name:9} {value}" for name, value in report["setting"].items()]
    return "\n".join(lines)


def _pairs(rates: dict[str, float]) -> str:
    return "  ".join(f"{key} {value}" for key, value in rates.items())


def _read_all(reader: Reader, folder: Path, labels: Sequence[dict[str, Any]]) -> tuple[Predictions, list[Timings]]:
    """Predictions of all pictures (abstentions where one cannot be read), and timings of those that were."""
    predictions: Predictions = []
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
            predictions.append(evaluation.prediction(row["file"], receipt))
            progress.step()
    return predictions, timings


def _setting(options: argparse.Namespace, reader: Reader) -> dict[str, Any]:
    """What the figures depend on."""
    manifest = reader.bundle.manifest
    return {
        "bundle": f"{manifest.name} {manifest.version}, digest {reader.bundle.digest}",
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
