"""``python -m benchmarks.profile``: where a read's time and memory go, and how much of it is arithmetic of models.

A stage's time inside its networks is that of ``Session.run``; where threads run batches side by side, the mean over the
threads that did. What remains is our own: decoding, resampling, geometry, text. Padding is what batches of lines hold
beyond the lines: columns of the padding's grey at their right ends.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks import host
from benchmarks.dataset import pictures_apart
from benchmarks.footprint import Footprint
from benchmarks.options import finish, parser
from edgekit.bench.stats import percentile
from edgekit.cli.progress import Progress

if TYPE_CHECKING:  # what it would load is what the footprint is about
    from numpy.typing import NDArray

    from edgekit.session import Session
    from edgekit.timings import Timings

SCHEMA = "edgekit-profile/1"
ABOUT = "Reads receipts and says where the time goes (per stage, inside and outside the networks), and the memory."
EPILOG = """\
  python -m benchmarks.profile --data receipts --split dev --limit 40 --threads 1
  python -m benchmarks.profile --data receipts --json profile.json

Run it on a machine that does nothing else, and with --threads 1 for the share of the networks: with more, threads that
wait for one another count as time outside. Exit: 0 done, 2 an error (one line on stderr)."""
WARM_UP = 2
LINES = "recognize"
"""The stage whose batches are padded."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    made = parser("python -m benchmarks.profile", ABOUT, EPILOG)
    made.add_argument("--limit", type=int, metavar="N", help="at most N receipts of a folder, evenly spread")
    options = made.parse_args(arguments)

    def measure() -> dict[str, Any]:
        footprint = Footprint()
        pictures = pictures_apart(options.data, options.split, options.limit)
        footprint.imports()
        watch, reader = opened(options.bundle, options.threads)
        footprint.mark("bundle opened")
        for picture in pictures[:WARM_UP]:
            reader.read(picture)
        footprint.mark("two reads")
        with Progress(len(pictures)) as progress:
            figures = profile(pictures, reader.read_timed, watch, progress.step)
        footprint.mark("all reads")
        about = {"schema": SCHEMA, "machine": host.describe(), "load": host.load(), "bundle": reader.bundle.digest}
        return {**about, "threads": options.threads, **figures, "memory": footprint.rows}

    return finish(measure, text, options.json)


@dataclass(slots=True)
class Watch:
    """What networks ran since it was last cleared. seconds: stage -> thread -> seconds inside ``Session.run``.

    shapes: of the batches of lines. pixels, wasted: columns of these batches, and those of them that are padding.
    """

    padding: int
    seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    shapes: set[tuple[int, ...]] = field(default_factory=set)
    batches: int = 0
    pixels: int = 0
    wasted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ran(self, stage: str, seconds: float, given: NDArray[Any]) -> None:
        """Notes one run of a stage's network on its first input."""
        with self._lock:
            threads = self.seconds.setdefault(stage, {})
            threads[threading.get_ident()] = threads.get(threading.get_ident(), 0.0) + seconds
            if stage == LINES:
                self.shapes.add(given.shape)
                self.batches += 1
                self.pixels += given.shape[0] * given.shape[2]
                self.wasted += padded(given, self.padding)

    def kernels(self) -> dict[str, float]:
        """Seconds per stage, the mean over the threads that ran it; then forgets them."""
        found = {stage: sum(by.values()) / len(by) for stage, by in self.seconds.items()}
        self.seconds.clear()
        return found


@dataclass(frozen=True, slots=True)
class Watched:
    """A session whose runs are noted."""

    stage: str
    session: Session
    watch: Watch

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        started = time.perf_counter()
        outputs = self.session.run(*inputs)
        self.watch.ran(self.stage, time.perf_counter() - started, inputs[0])
        return outputs


def opened(bundle: Path | None, threads: int | None) -> tuple[Watch, Any]:
    """A reader whose sessions are watched, and the watch."""
    from edgekit import reader, session

    watch = Watch(0)

    def watched(bundle: Any, stage: str, *rest: Any, **named: Any) -> Session:
        return Watched(stage, session.open_session(bundle, stage, *rest, **named), watch)

    with mock.patch.object(reader, "open_session", watched):
        made = reader.Reader.open(bundle, threads=threads)
    watch.padding = int(made.bundle.stage(LINES).params["padding"])
    return watch, made


def padded(lines: NDArray[Any], grey: int) -> int:
    """Columns at the right ends of crops [count, height, width, 3] that are ``grey`` from top to bottom."""
    rows = lines[:, :: max(1, lines.shape[1] // 6)]  # print that is exactly grey in all of these is padding
    inked = (rows != grey).any(axis=(1, 3))[:, ::-1]
    last = inked.argmax(axis=1)
    last[~inked.any(axis=1)] = lines.shape[2]
    return int(last.sum())


def profile(
    pictures: Sequence[Path], read: Callable[[Path], tuple[Any, Timings]], watch: Watch, step: Callable[[], None]
) -> dict[str, Any]:
    """Figures over the pictures; see the module. step: called after each read."""
    watch.kernels()
    watch.shapes.clear()
    watch.batches = watch.pixels = watch.wasted = 0
    stages: dict[str, dict[str, float]] = {}
    totals, lines = [], 0
    for picture in pictures:
        receipt, timings = read(picture)
        inside = watch.kernels()
        lines += len(receipt.lines)
        totals.append(timings.total)
        for name, seconds in timings.stages.items():
            row = stages.setdefault(name, {"seconds": 0.0, "networks": 0.0})
            row["seconds"] += seconds
            row["networks"] += inside.get(name, 0.0)
        step()
    return {
        "pictures": len(pictures),
        "median_s": percentile(totals, 0.5),
        "p95_s": percentile(totals, 0.95),
        "stages": stages,
        "network_share": sum(row["networks"] for row in stages.values()) / sum(totals),
        "lines": lines,
        "batches": watch.batches,
        "shapes": len(watch.shapes),
        "padding_share": watch.wasted / max(watch.pixels, 1),
    }


def text(result: Mapping[str, Any]) -> str:
    """The tables for people."""
    count, total = result["pictures"], sum(row["seconds"] for row in result["stages"].values())
    lines = [f"{'stage':12}{'ms a read':>12}{'share':>8}{'networks ms':>13}{'own ms':>9}"]
    for name, row in result["stages"].items():
        whole, inside = row["seconds"] / count * 1e3, row["networks"] / count * 1e3
        lines.append(f"{name:12}{whole:12.2f}{row['seconds'] / total:8.1%}{inside:13.2f}{whole - inside:9.2f}")
    lines += [
        f"a read: median {result['median_s'] * 1e3:.1f} ms, p95 {result['p95_s'] * 1e3:.1f} ms, {count} receipts",
        f"inside the networks: {result['network_share']:.1%} of the time",
        f"padding: {result['padding_share']:.1%} of the pixels of {result['batches']} batches "
        f"({result['lines']} lines, {result['shapes']} shapes)",
        "",
        f"{'memory after':22}{'RSS MB':>9}{'more':>9}{'peak MB':>9}",
    ]
    before = 0.0
    for row in result["memory"]:
        lines.append(f"{row['after']:22}{row['rss_mb']:9.1f}{row['rss_mb'] - before:+9.1f}{row['peak_mb']:9.1f}")
        before = row["rss_mb"]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
