"""``edgekit bench``: how fast, how large, on this very machine; a table for people, JSON for the rest."""

from __future__ import annotations

import argparse
import contextlib
import shlex
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from edgekit.bench import benchmark, receipts
from edgekit.bench.files import Host
from edgekit.bench.passes import PAUSE, Rules
from edgekit.bench.variants import Asked, combine
from edgekit.bundle import Bundle
from edgekit.cli import codes
from edgekit.cli.bench_text import result_text
from edgekit.cli.console import complain, say, to_json
from edgekit.cli.inputs import STDIN, find
from edgekit.cli.progress import Share
from edgekit.errors import UsageError
from edgekit.machine import default_threads

WARM_UP, QUICK_WARM_UP = 6, 1
READS, SECONDS, PASSES = 1024, 60.0, 3
QUICK_READS, QUICK_SECONDS, QUICK_PASSES = 96, 14.0, 2
BURST_S, QUICK_BURST_S = 10.0, 3.0
MOST_WORKERS = 4


def run(options: argparse.Namespace) -> int:
    """Measures, prints and writes; returns the exit code."""
    _check_writable(options.json)
    asked = Asked(
        [Bundle.open(path) for path in _several(options.bundle) or [None]],
        _several(options.backend),
        _several(options.precision),
        _several(options.threads) or [default_threads()],
    )
    with tempfile.TemporaryDirectory(prefix="edgekit-bench-") as folder:
        plan = _plan(options, asked, Path(folder))
        with _ended_by_termination(), Share() as progress:
            outcome = benchmark.run(plan, Host(), benchmark.Watcher(progress.name, progress.reach))
    return _finish(options, outcome)


@contextlib.contextmanager
def _ended_by_termination() -> Iterator[None]:
    """SIGTERM, as of ``timeout``, systemd and containers, is a Ctrl-C, so that what was measured is not lost.

    Where whoever started this has it ignored, or handles it otherwise, that stays; only a main thread may change it.
    """
    own = threading.current_thread() is threading.main_thread()
    if not own or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _plan(options: argparse.Namespace, asked: Asked, folder: Path) -> benchmark.Plan:
    variants, left_out = combine(asked)
    rules = _rules(options, len(variants))
    pictures = _pictures(options.images)[: rules.enough_reads] if options.images else receipts.write(folder)
    workers = min(MOST_WORKERS, default_threads()) if options.workers is None else options.workers
    return benchmark.Plan(
        variants=variants,
        left_out=left_out,
        pictures=pictures,
        synthetic=not options.images,
        rules=rules,
        quick=options.quick,
        probe=options.probe,
        workers=workers,
        burst_s=QUICK_BURST_S if options.quick else BURST_S,
        label=options.label,
        python=shlex.split(options.python or ""),
    )


def _rules(options: argparse.Namespace, variants: int) -> Rules:
    """In --quick all variants share the time of one."""
    quick = options.quick
    seconds = max(QUICK_SECONDS / variants, 1.0) if quick else SECONDS
    return Rules(
        warm_up=QUICK_WARM_UP if quick else WARM_UP,
        enough_reads=options.reads or (QUICK_READS if quick else READS),
        enough_s=options.seconds or seconds,
        passes=options.passes or (QUICK_PASSES if quick else PASSES),
        pause_s=PAUSE if variants > 1 else 0.0,
    )


def _pictures(words: Sequence[str]) -> list[Path]:
    found = find(words)
    if found.problems:
        raise UsageError("; ".join(problem for _, problem in found.problems))
    if STDIN in found.pictures:
        raise UsageError("-: pictures are read again and again: give files")
    return [Path(picture).absolute() for picture in found.pictures]


def _finish(options: argparse.Namespace, outcome: benchmark.Outcome) -> int:
    result, stopped = outcome.result, outcome.stopped
    if options.json:
        _write(options.json, result)
    if options.json != STDIN:
        print(result_text(result))
    if isinstance(stopped, KeyboardInterrupt):
        say("interrupted: the figures are of what was measured until then, and marked incomplete")
        return codes.INTERRUPTED
    if stopped is not None:
        complain(str(stopped))
        return codes.UNUSABLE
    failures = {
        (failure["picture"], failure["error"]): None for one in result["variants"] for failure in one["failures"]
    }
    for _, error in failures:
        complain(error)
    return codes.PICTURE_FAILED if failures else codes.OK


def _write(out: str, result: dict[str, Any]) -> None:
    if out == STDIN:
        print(to_json(result, sys.stdout))
        return
    try:
        Path(out).write_text(to_json(result, sys.stdout) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: cannot be written ({error.strerror}): choose another place") from error
    say(f"{out}: written")


def _several(value: Any) -> list[Any]:
    """An option of every command has one value before the command, and a list after it."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _check_writable(out: str | None) -> None:
    """Before the long work, not after it."""
    if out and out != STDIN and not Path(out).absolute().parent.is_dir():
        raise UsageError(f"{out}: its folder does not exist: make it first")
