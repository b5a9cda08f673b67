"""``python -m benchmarks.memory``: does memory stay where it is while pictures of all sizes go by?"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.dataset import pictures_apart
from benchmarks.footprint import resident_mb
from benchmarks.options import finish, parser
from edgekit import Reader
from edgekit.cli.progress import Progress

ABOUT = "Reads many pictures of varied sizes with one reader and records the process's resident memory."
EPILOG = """\
  python -m benchmarks.memory --data receipts --data more --limit 1000

Pictures come in a fixed shuffled order, again from the start where there are fewer than --limit. Linux only (reads
/proc/self/status). Exit: 0 done, 2 an error (one line on stderr)."""
MARKS = (1, 10, 30, 100, 200, 300, 500, 700, 1000, 2000, 5000)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    made = parser("python -m benchmarks.memory", ABOUT, EPILOG)
    made.add_argument("--limit", type=int, default=1000, metavar="N", help="reads (default: %(default)s)")
    options = made.parse_args(arguments)

    def measure() -> dict[str, Any]:
        pictures = pictures_apart(options.data, options.split, None)
        random.Random(0).shuffle(pictures)
        reader = Reader.open(options.bundle, threads=options.threads)
        with Progress(options.limit) as progress:
            return record([pictures[i % len(pictures)] for i in range(options.limit)], reader.read, progress.step)

    return finish(measure, text, options.json)


def record(pictures: Sequence[Path], read: Callable[[Path], object], step: Callable[[], None]) -> dict[str, Any]:
    """Resident and peak megabytes (10^6 bytes) after some of the reads, the last always among them."""
    marks = {*MARKS, len(pictures)}
    rows = []
    for count, picture in enumerate(pictures, 1):
        read(picture)
        if count in marks:
            now, most = resident_mb()
            rows.append({"reads": count, "rss_mb": now, "peak_mb": most})
        step()
    return {"reads": len(pictures), "memory": rows}


def text(result: dict[str, Any]) -> str:
    """The table for people, and the growth since the hundredth read where there were more."""
    rows: Iterable[dict[str, Any]] = result["memory"]
    lines = [f"{'reads':>6}{'RSS MB':>9}{'peak MB':>9}"]
    lines += [f"{row['reads']:6}{row['rss_mb']:9.1f}{row['peak_mb']:9.1f}" for row in rows]
    at = {row["reads"]: row["rss_mb"] for row in rows}
    if result["reads"] > 100:
        lines.append(f"from read 100 to read {result['reads']}: {at[result['reads']] / at[100] - 1:+.1%}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
