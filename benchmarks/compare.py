"""``python -m benchmarks.compare A.json B.json``: is B slower, larger, or the same within noise?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks import comparison
from benchmarks.comparison import Pair, Row
from benchmarks.resampling import LEAST, LEVEL
from benchmarks.results import BENCH, load
from benchmarks.tables import aligned
from edgekit.errors import EdgeKitError, UsageError

SCHEMA = "edgekit.compare/1"
TOLERANCE = 0.05
"""Two runs in a row on a quiet machine are within this share of each other: the rule of MLPerf Mobile."""
ABOUT = "Compare two results of 'edgekit bench', with a verdict for time, start, memory and size that knows of noise."
EPILOG = f"""\
  edgekit bench --json before.json
  edgekit bench --json after.json
  python -m benchmarks.compare before.json after.json --tolerance 0.1

Times of the same pictures are compared picture by picture; the interval is the bootstrap's, {LEVEL:.0%}. A difference
is noise where the interval has 1.00 in it, or where parts of one of the two runs are as far from each other.
A regression is a whole read, start, memory or size that is worse by more than the tolerance, and not by noise.

Exit: 0 no regression; 1 a regression; 2 an error, or the two cannot be compared (one line on stderr)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        before, after = load(options.before, BENCH), load(options.after, BENCH)
        comparison.check(before, after, options.other_pictures, options.other_devices)
        pairs = comparison.pairs(before, after, options.tolerance, options.other_pictures)
        changes = comparison.changes(before, after)
        if options.json is not None:
            _write(options.json, _result(pairs, changes, options.tolerance))
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(text(pairs, changes, options.tolerance))
    if few := [pair.name for pair in pairs if _untold(pair)]:
        print(f"error: {few[0]}: too few reads of a picture to tell; measure without --quick", file=sys.stderr)
        return 2
    return int(any(_regressions(pair) for pair in pairs))


def text(pairs: Sequence[Pair], changes: Sequence[str], tolerance: float) -> str:
    """Tables for people, and what to make of them."""
    parts = []
    for pair in pairs:
        head = ("", "before", "after", "", "ratio", "interval", "verdict")
        table = aligned([head, *map(_cells, pair.rows)])
        noisy = [f"NOISY, {said}" for said in pair.noisy]
        parts.append("\n".join([pair.name, table, *noisy, _summary(pair, tolerance)]))
    parts += ["\n".join(["Not the same in both:", *(f"  {change}" for change in changes)])] if changes else []
    return "\n\n".join(parts)


def _cells(row: Row) -> tuple[str, ...]:
    estimate = row.estimate
    exact = estimate.low is None or estimate.low == estimate.high
    interval = "" if exact else f"{estimate.low:.3f} to {estimate.high:.3f}"
    digits = 2 if row.unit == "s" or max(row.before, row.after) < 10 else 1
    verdict = f"{row.verdict}{', REGRESSION' if row.regression else ''}"
    before, after = (f"{value:.{digits}f}" for value in (row.before, row.after))
    return row.name, before, after, row.unit, f"{estimate.ratio:.3f}", interval, verdict


def _summary(pair: Pair, tolerance: float) -> str:
    """The verdict on one line; of the same program measured twice, how well it repeats."""
    if _untold(pair):
        return f"No verdict on time: fewer than {LEAST} reads of a picture."
    if pair.repeat:
        apart = max(abs(row.estimate.ratio - 1) for row in pair.rows if row.name in ("time", "time p95"))
        end = f"within {tolerance:.0%}" if apart <= tolerance else "this machine is noisy: measure when it is quiet"
        return f"The same program twice: times are {apart:.1%} apart, {end}."
    if found := _regressions(pair):
        return f"Regression: {', '.join(row.name for row in found)} worse by more than {tolerance:.0%}."
    return f"No regression beyond {tolerance:.0%}."


def _untold(pair: Pair) -> bool:
    return any(row.name == "time" and row.estimate.low is None for row in pair.rows)


def _regressions(pair: Pair) -> list[Row]:
    """None where the same program was measured twice: then it is the machine that changed."""
    return [] if pair.repeat else [row for row in pair.rows if row.regression]


def _result(pairs: Sequence[Pair], changes: Sequence[str], tolerance: float) -> dict[str, Any]:
    rows = [{**asdict(pair), "regressions": [row.name for row in _regressions(pair)]} for pair in pairs]
    return {"schema": SCHEMA, "tolerance": tolerance, "level": LEVEL, "pairs": rows, "changes": list(changes)}


def _write(path: Path, result: dict[str, Any]) -> None:
    try:
        path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--json {path}: cannot be written ({error.strerror}); name another file") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.compare",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("before", type=Path, metavar="A.json", help="what 'edgekit bench --json' wrote")
    add("after", type=Path, metavar="B.json", help="the same, later or elsewhere")
    add("--tolerance", type=_share, default=TOLERANCE, metavar="SHARE", help="of regressions (default: %(default)s)")
    add("--other-pictures", action="store_true", help="compare though the pictures differ: all reads with all reads")
    add("--other-devices", action="store_true", help="compare though the devices differ")
    add("--json", type=Path, metavar="OUT", help="write the comparison to a file")
    return parser


def _share(words: str) -> float:
    try:
        share = float(words)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{words!r} is no share from 0 to 1")
    return share


if __name__ == "__main__":
    sys.exit(main())
