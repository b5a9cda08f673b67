"""``python -m benchmarks.peers``: the same receipts through EdgeKit and its peers, in one run and in turn."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks import figures, host, peers_tables, systems
from benchmarks.accuracy import FieldsOf, edgekit_fields, evaluate
from benchmarks.dataset import DataSet, load
from benchmarks.measure import measure
from benchmarks.systems import PEERS, LeftOut, Places
from edgekit.bench.process import System
from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError, UsageError

SCHEMA = "edgekit.peers/2"
"""Described in schema/peers-2.json."""
ABOUT = """\
Measure EdgeKit, RapidOCR, PaddleOCR and Tesseract on the same receipts, in one run and in turn: time, memory, start,
size on disk, accuracy."""
EPILOG = """\
A data folder holds labels.jsonl (one object a line: file, split, and the fields) and the pictures it names.

  python -m benchmarks.peers --data receipts --split dev --json peers.json
  python -m benchmarks.peers --data receipts --with tesseract --limit 20
  python -m benchmarks.peers --data receipts --rapidocr-python peers/bin/python --paddleocr-python paddle/bin/python

Without --with, a peer that is not installed is left out, and the table and the JSON say so and why.
Run it on a machine that does nothing else. Exit: 0 done, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        sets = [load(path, options.split, options.limit) for path in options.data]
        if options.json is not None:
            _check_writable(options.json)
        places = Places(options.bundle, options.rapidocr_python, options.paddleocr_python, options.tesseract)
        edgekit = systems.ours(options.threads, places)
        bundle = Bundle.open(options.bundle)
        found, left_out = systems.peers(options.threads, places, options.peers)
        for one in left_out:
            print(f"left out: {one.reason}", file=sys.stderr)
        compared = [edgekit, *found]
        reads = sum(len(data.pictures) + options.cold_starts for data in sets) * len(compared)
        with Progress(reads) as progress:
            parts = compare(compared, sets, options.cold_starts, edgekit_fields(bundle), progress.step)
        result = _result(options.threads, bundle, left_out, parts)
        if options.json is not None:
            _write(options.json, json.dumps(result, indent=1) + "\n")
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return 2
    print(peers_tables.text(result))
    return 0


def compare(
    compared: Sequence[System], sets: Sequence[DataSet], cold_starts: int, extract: FieldsOf, step: Callable[[], None]
) -> list[dict[str, Any]]:
    """Figures per set, each measured with fresh processes; the first system is ours, the others are its peers.

    extract: ``edgekit_fields``, for the peers' lines. step: called after each read.
    """
    parts = []
    for data in sets:
        before = host.load()
        runs = measure(compared, data.pictures, cold_starts, step)
        measured = [figures.summary(run) for run in runs]
        parts.append(
            {
                "name": data.name,
                "splits": list(data.splits),
                "pictures": len(data.pictures),
                "files": [row["file"] for row in data.rows],
                "load": [before, host.load()],
                "systems": measured,
                "ratios": [figures.compare(measured[0], peer) for peer in measured[1:]],
                "accuracy": evaluate(runs, data, extract),
            }
        )
    return parts


def _result(threads: int, bundle: Bundle, left_out: Sequence[LeftOut], parts: list[dict[str, Any]]) -> dict[str, Any]:
    today = datetime.now(timezone.utc).date().isoformat()
    about = {"schema": SCHEMA, "date": today, "machine": host.describe(), "threads": threads}
    return {**about, "bundle": bundle.digest, "left_out": [asdict(one) for one in left_out], "sets": parts}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data", type=Path, action="append", required=True, metavar="DIR", help="a data folder; may be repeated")
    add("--split", action="append", default=[], metavar="S", help="only this split (default: all); may be repeated")
    add("--limit", type=_count, metavar="N", help="at most N receipts per folder, evenly spread")
    add("--threads", type=int, default=2, metavar="N", help="threads of every system (default: 2)")
    add("--bundle", type=Path, metavar="PATH", help="EdgeKit's bundle (default: the one in the package)")
    add("--with", action="append", dest="peers", choices=PEERS, help="only these peers; may be repeated")
    for package in ("rapidocr", "paddleocr"):
        name = f"EDGEKIT_{package.upper()}_PYTHON"
        add(
            f"--{package}-python",
            default=os.environ.get(name) or sys.executable,
            metavar="PATH",
            help=f"the Python that has {package} (default: {name} in the environment, else this one)",
        )
    add("--tesseract", default="tesseract", metavar="PATH", help="the program (default: the one that PATH finds)")
    add("--cold-starts", type=_count, default=3, metavar="N", help="fresh processes timed per system (default: 3)")
    add("--json", type=Path, metavar="OUT", help="write every figure, and each picture's time, to this file")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: give 1 or more")
    return number


def _check_writable(path: Path) -> None:
    """Before hours of measuring, not after."""
    if path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        raise UsageError(f"--json {path}: cannot be written; name a file in a folder that exists")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--json {path}: cannot be written ({error.strerror}); name another file") from error


if __name__ == "__main__":
    sys.exit(main())
