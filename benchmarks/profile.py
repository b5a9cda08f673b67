"""``python -m benchmarks.profile``: where a read's time and memory go, and how much of it is arithmetic of models.

A stage's time inside its networks is that of ``Session.run``; where threads run batches side by side, the mean over the
threads that did. What remains is our own: decoding, resampling, geometry, text; what the profile itself takes, to note
each run and count its padding, is left out. Padding is what batches of lines hold beyond the lines: columns of the
padding's grey at their right ends.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import host
from benchmarks.dataset import pictures_apart
from benchmarks.footprint import Footprint
from benchmarks.options import finish, parser
from edgekit.bench.stats import percentile
from edgekit.cli.progress import Progress

if TYPE_CHECKING:  # what it would load is what the footprint is about
    from benchmarks.watching import Watch
    from edgekit.reader import Reader
    from edgekit.timings import Timings

SCHEMA = "edgekit-profile/1"
ABOUT = "Reads receipts and says where the time goes (per stage, inside and outside the networks), and the memory."
EPILOG = """\
  python -m benchmarks.profile --data receipts --split dev --limit 40 --threads 1
  python -m benchmarks.profile --data receipts --json profile.json

Run it on a machine that does nothing else, and with --threads 1 for the share of the networks: with more, threads that
wait for one another count as time outside. Exit: 0 done, 2 an error (one line on stderr)."""
WARM_UP = 2


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


def opened(bundle: Path | None, threads: int | None) -> tuple[Watch, Reader]:
    """A reader whose sessions are watched, and the watch."""
    from benchmarks.watching import Watch
    from edgekit.bench.watched import WatchedEngine
    from edgekit.bundle import Bundle
    from edgekit.machine import default_threads
    from edgekit.reader import Choice, Reader

    read = Bundle.open(bundle)
    watch = Watch(int(read.stage("recognize").params["padding"]))
    engine = WatchedEngine("onnxruntime", "fp32", threads or default_threads(), watch.ran)
    return watch, Reader(read, engine, Choice())


def profile(
    pictures: Sequence[Path], read: Callable[[Path], tuple[Any, Timings]], watch: Watch, step: Callable[[], None]
) -> dict[str, Any]:
    """Figures over the pictures; see the module. step: called after each read."""
    watch.clear()
    stages: dict[str, dict[str, float]] = {}
    totals, lines = [], 0
    for picture in pictures:
        receipt, timings = read(picture)
        inside, noting = watch.kernels()
        lines += len(receipt.lines)
        totals.append(timings.total - sum(noting.values()))
        for name, seconds in timings.stages.items():
            row = stages.setdefault(name, {"seconds": 0.0, "networks": 0.0})
            row["seconds"] += seconds - noting.get(name, 0.0)
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
