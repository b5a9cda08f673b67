"""``python -m benchmarks.roofline RESULT.json``: how far from what the machine can do each network runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.counting import Work, count
from benchmarks.options import finish
from benchmarks.results import BENCH, load
from edgekit.bundle import Bundle
from edgekit.errors import MissingGraphError, UsageError
from export.report import table

COUNTED = ("onnxruntime", "fp32")
"""Engine and precision whose graph is counted where a variant's own is in another engine's format: the same network."""
HEADER = ("variant", "network", "bound by", "M multiply-adds", "MB", "ops/byte", "ms", "GFLOP/s", "at most", "share")
ABOUT = "Counts the work of each network in a result of 'edgekit bench' and compares with what the machine can do."
EPILOG = """\
  edgekit bench --quick --json here.json
  python -m benchmarks.roofline here.json

Needs the extra 'export' (onnx) and the bundle that was measured. The columns are explained in docs/roofline.md.
Exit: 0 done, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    made = argparse.ArgumentParser(
        "python -m benchmarks.roofline",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("result", type=Path, metavar="RESULT", help="what 'edgekit bench --json RESULT' wrote")
    made.add_argument("--bundle", type=Path, metavar="PATH", help="that was measured (default: the one inside EdgeKit)")
    made.add_argument("--json", type=Path, metavar="OUT", help="write the figures to a file")
    options = made.parse_args(arguments)
    return finish(lambda: roofline(read_result(options.result), Bundle.open(options.bundle)), text, options.json)


def read_result(path: Path) -> dict[str, Any]:
    """Raises UsageError where the file is no result, or one that says nothing of a device."""
    result = load(path, BENCH)
    if result["device"]["emulated"]:
        raise UsageError(f"{path}: was measured on an emulated processor, whose times say nothing; measure on a device")
    if result["probe"] is None:
        raise UsageError(f"{path}: does not say what its machine can do; measure without --no-probe")
    return result


def roofline(result: Mapping[str, Any], bundle: Bundle) -> dict[str, Any]:
    """Rows per variant of this bundle and network, as plain JSON types. Raises UsageError where none is of it."""
    measured = [one for one in result["variants"] if one["bundle"]["digest"] == bundle.digest and one["reads"]]
    if not measured:
        raise UsageError(f"{bundle.path}: is not what was measured; name that bundle with --bundle")
    peaks = {row["threads"]: row for row in result["probe"]["rows"]}
    rows = [row for one in measured for row in _rows(one, bundle, peaks)]
    return {"bundle": bundle.digest, "processor": result["device"]["cpu"]["model"], "rows": rows}


def text(found: Mapping[str, Any]) -> str:
    """The table for people."""
    rows = [
        (
            row["variant"],
            row["network"],
            row["bound_by"] or "-",
            *(_number(row[key], 1) for key in ("multiply_adds_m", "megabytes", "intensity", "ms", "gflops", "roof")),
            "-" if row["share"] is None else f"{row['share']:.0%}",
        )
        for row in found["rows"]
    ]
    return f"{table(HEADER, rows)}\nper read; bundle {found['bundle'][:12]}, {found['processor']}"


def _rows(variant: Mapping[str, Any], bundle: Bundle, peaks: Mapping[int, Mapping[str, Any]]) -> list[dict[str, Any]]:
    stages = dict.fromkeys(run["stage"] for run in variant["runs"])
    return [_row(variant, stage, _work(variant, stage, bundle), peaks) for stage in stages]


def _work(variant: Mapping[str, Any], stage: str, bundle: Bundle) -> Work:
    """Of all runs of a stage together."""
    data, where = _graph(variant, stage, bundle)
    total = Work(0, 0)
    for run in variant["runs"]:
        if run["stage"] == stage:
            one = count(data, [tuple(shape) for shape in run["shapes"]], where)
            total = Work(total.multiply_adds + one.multiply_adds * run["count"], total.bytes + one.bytes * run["count"])
    return total


def _graph(variant: Mapping[str, Any], stage: str, bundle: Bundle) -> tuple[bytes, str]:
    own = (variant["backend"], variant["precision"])
    try:
        graph = bundle.graph(stage, *(own if own[0] == COUNTED[0] else COUNTED))
    except MissingGraphError as error:
        raise UsageError(f"{bundle.path}: has no graph that could be counted ({error})") from error
    return bundle.read(graph.file), f"{bundle.path}: {graph.file}"


def _row(variant: Mapping[str, Any], stage: str, work: Work, peaks: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Operations a second, attained and attainable. Only detection runs on many threads; lines are read side by side,
    a thread each, and each is compared with what one core can do."""
    seconds = sum(run["seconds"] for run in variant["runs"] if run["stage"] == stage)
    intensity = 2 * work.multiply_adds / work.bytes
    peak = peaks.get(variant["threads"] if stage == "detect" else 1, {"gflops": None, "copy_gb_s": None})
    by_memory = None if peak["copy_gb_s"] is None else peak["copy_gb_s"] * intensity
    known = [value for value in (peak["gflops"], by_memory) if value]
    roof = min(known) if len(known) == 2 else None
    attained = 2 * work.multiply_adds / seconds / 1e9
    return {
        "variant": variant["id"],
        "network": stage,
        "multiply_adds_m": work.multiply_adds / variant["reads"] / 1e6,
        "megabytes": work.bytes / variant["reads"] / 1e6,
        "intensity": intensity,
        "ms": seconds / variant["reads"] * 1000,
        "gflops": attained,
        "gb_s": work.bytes / seconds / 1e9,
        "roof": roof,
        "bound_by": None if roof is None else "arithmetic" if roof == peak["gflops"] else "memory",
        "share": None if roof is None else attained / roof,
    }


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


if __name__ == "__main__":
    sys.exit(main())
