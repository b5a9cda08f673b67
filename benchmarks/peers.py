"""``python -m benchmarks.peers``: the same receipts through EdgeKit and through RapidOCR, in one run and in turn."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks import ROOT, host, report
from benchmarks.accuracy import FieldsOf, edgekit_fields, evaluate
from benchmarks.dataset import DataSet, load
from benchmarks.measure import measure
from benchmarks.weights import RAPIDOCR_VERSION, tiny_models
from edgekit.bench.process import System
from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError, UsageError
from export.sources import cache_folder

SCHEMA = "edgekit-peers/1"
ABOUT = "Measure EdgeKit and RapidOCR on the same receipts, in one run and in turn: time, memory, start, accuracy."
EPILOG = """\
A data folder holds labels.jsonl (one object a line: file, split, and the fields) and the pictures it names.

  python -m benchmarks.peers --data receipts --split dev --json peers.json
  python -m benchmarks.peers --data receipts --peer-python peers/bin/python    RapidOCR in an environment of its own

Run it on a machine that does nothing else. Exit: 0 done, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        sets = [load(path, options.split, options.limit) for path in options.data]
        if options.json is not None:
            _check_writable(options.json)
        compared = systems(options.threads, options.bundle, options.peer_python)
        reads = sum(len(data.pictures) + options.cold_starts for data in sets) * len(compared)
        bundle = Bundle.open(options.bundle)
        with Progress(reads) as progress:
            parts = compare(compared, sets, options.cold_starts, edgekit_fields(bundle), progress.step)
        result = _result(options.threads, bundle, parts)
        if options.json is not None:
            _write(options.json, json.dumps(result, indent=1) + "\n")
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return 2
    print(report.text(result))
    return 0


def systems(threads: int, bundle: Path | None, peer_python: str) -> list[System]:
    """EdgeKit, then its peers. Raises UsageError, or BundleError where the peers' weights cannot be had."""
    cores = os.cpu_count() or 1
    if not 1 <= threads <= cores:
        raise UsageError(f"--threads {threads}: give 1 to {cores}; RapidOCR ignores more than there are cores")
    python = shutil.which(peer_python)
    if python is None:
        raise UsageError(f"--peer-python {peer_python}: is no program; give the path of a Python interpreter")
    own = {"bundle": str(bundle.absolute()) if bundle else None}
    small, tiny = {"version": RAPIDOCR_VERSION}, {"version": RAPIDOCR_VERSION, **tiny_models(cache_folder())}
    hint = "run pip install 'edgekit[bench]', or name the Python that has it with --peer-python"
    ours, peer = _command(sys.executable), _command(str(Path(python).absolute()))
    return [
        System("edgekit", "EdgeKit", ours, _opening("edgekit", threads, own), "check --bundle", ROOT),
        System("rapidocr-small", "RapidOCR, PP-OCRv6 small", peer, _opening("rapidocr", threads, small), hint, ROOT),
        System("rapidocr-tiny", "RapidOCR, PP-OCRv6 tiny", peer, _opening("rapidocr", threads, tiny), hint, ROOT),
    ]


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
        figures = [report.summary(run) for run in runs]
        parts.append(
            {
                "name": data.name,
                "splits": list(data.splits),
                "pictures": len(data.pictures),
                "files": [row["file"] for row in data.rows],
                "load": [before, host.load()],
                "systems": figures,
                "ratios": [report.compare(figures[0], peer) for peer in figures[1:]],
                "accuracy": evaluate(runs, data, extract),
            }
        )
    return parts


def _result(threads: int, bundle: Bundle, parts: list[dict[str, Any]]) -> dict[str, Any]:
    today = datetime.now(timezone.utc).date().isoformat()
    about = {"schema": SCHEMA, "date": today, "machine": host.describe(), "threads": threads}
    return {**about, "bundle": bundle.digest, "sets": parts}


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
    add(
        "--peer-python", default=sys.executable, metavar="PATH", help="the Python that has rapidocr (default: this one)"
    )
    add("--cold-starts", type=_count, default=3, metavar="N", help="fresh processes timed per system (default: 3)")
    add("--json", type=Path, metavar="OUT", help="write every figure, and each picture's time, to this file")
    return parser


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: give 1 or more")
    return number


def _command(python: str) -> tuple[str, ...]:
    return python, "-m", "benchmarks.worker"


def _opening(name: str, threads: int, options: Mapping[str, Any]) -> dict[str, Any]:
    return {"open": name, "threads": threads, "options": dict(options)}


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
