"""``python -m benchmarks.backends``: do all engines and precisions of a bundle read the same from whole sets?"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks import host
from benchmarks.dataset import DataSet, load
from benchmarks.options import finish
from benchmarks.readings import BASE, Log, Reading, Variant, name, open_readers, read_all, variants
from benchmarks.stats import paired_ratio
from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.evaluation import SCORED, score
from export.gate import edit_distance
from export.report import table

SCHEMA = "edgekit-backends/1"
AVERAGE = "micro4"
MOST_APART = 0.5
"""Points of F1, 0 to 100, between the best and the worst."""
ABOUT = "Reads whole sets with every engine and precision of a bundle and compares fields, characters and times."
EPILOG = """\
  python -m benchmarks.backends --bundle mybundle --data receipts:test --data photos:dev --log run.jsonl --json run.json

--log: every reading goes there at once, and a second run with the same options goes on from it.
Times are paired: the median over pictures of this engine's time divided by onnxruntime fp32's for the same picture.
Exit: 0 done, and each set's F1 within --most points; 1 done, but further apart; 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    results: list[dict[str, Any]] = []

    def measure() -> dict[str, Any]:
        results.append(compare(options))
        return results[0]

    status = finish(measure, text, options.json)
    apart = max((part["apart"] for result in results for part in result["sets"]), default=0.0)
    return status or int(apart > options.most)


def compare(options: argparse.Namespace) -> dict[str, Any]:
    """All sets with all variants asked for, as plain JSON types. Raises EdgeKitError."""
    bundle = Bundle.open(options.bundle)
    wanted = _chosen(variants(bundle), options.variant)
    sets = [_set(spec, options.limit) for spec in options.data]
    about = {
        "schema": SCHEMA,
        "bundle": bundle.digest,
        "threads": options.threads,
        "variants": [name(variant) for variant in wanted],
        "sets": [[data.name, list(data.splits), len(data.rows)] for data in sets],
    }
    readers, left_out = open_readers(bundle, wanted, options.threads)
    log = Log(options.log, about)
    before = host.load()
    with Progress(sum(len(data.rows) for data in sets) * len(readers)) as progress:
        parts = [summary(data, read_all(readers, data, log, progress.step), list(readers)) for data in sets]
    today = datetime.now(timezone.utc).date().isoformat()
    machine = {"date": today, "machine": host.describe(), "load": [before, host.load()]}
    return {**about, **machine, "most": options.most, "sets": parts, "left_out": left_out}


def summary(data: DataSet, readings: Sequence[Reading], names: Sequence[str]) -> dict[str, Any]:
    """One set: figures per variant, and how far their F1 are apart, in points."""
    by_variant = {variant: [one for one in readings if one.variant == variant] for variant in names}
    first = by_variant[name(BASE)]
    rows = [_figures(data, first, by_variant[variant], variant) for variant in names]
    f1 = [row["f1"] for row in rows]
    return {
        "name": data.name,
        "splits": list(data.splits),
        "receipts": len(data.rows),
        "variants": rows,
        "apart": round(100 * (max(f1) - min(f1)), 2),
    }


def text(result: dict[str, Any]) -> str:
    """The tables for people."""
    lines = []
    header = ("", "F1", "points", *SCORED, "fields differ", "characters", "time", "failed")
    for part in result["sets"]:
        lines.append(f"{part['name']} {', '.join(part['splits'])}: {part['receipts']} receipts")
        lines.append(table(header, [_row(row) for row in part["variants"]]))
        verdict = "within" if part["apart"] <= result["most"] else "NOT within"
        lines.append(f"{part['apart']:.2f} points apart: {verdict} {result['most']:g}\n")
    lines += [f"left out: {variant}: {reason}" for variant, reason in result["left_out"]]
    machine = result["machine"]
    lines.append(f"bundle {result['bundle'][:12]}, {result['threads']} threads, {machine['processor']}")
    return "\n".join(lines)


def _figures(data: DataSet, first: Sequence[Reading], these: Sequence[Reading], variant: str) -> dict[str, Any]:
    base, own = ([one.fields for one in readings] for readings in (first, these))
    scores, before = score(data.rows, own, data.contains), score(data.rows, base, data.contains)
    differ = sum(a[field] != b[field] for a, b in zip(base, own, strict=True) for field in SCORED)
    edits = sum(edit_distance(a.text, b.text) for a, b in zip(first, these, strict=True))
    return {
        "variant": variant,
        "f1": scores[AVERAGE]["f1"],
        "points": round(100 * (scores[AVERAGE]["f1"] - before[AVERAGE]["f1"]), 2),
        "scores": scores,
        "fields": len(SCORED) * len(own),
        "fields_differ": differ,
        "characters_differ": round(edits / max(sum(len(one.text) for one in first), 1), 5),
        "time_ratio": paired_ratio([one.seconds for one in these], [one.seconds for one in first]),
        "seconds": [one.seconds for one in these],
        "failed": [{"file": one.file, "why": one.failed} for one in these if one.failed is not None],
    }


def _row(row: dict[str, Any]) -> tuple[str, ...]:
    fields = (f"{row['scores'][field]['f1']:.4f}" if field in row["scores"] else "-" for field in SCORED)
    ratio = "-" if row["time_ratio"] is None else f"{row['time_ratio']:.2f}x"
    return (
        row["variant"],
        f"{row['f1']:.4f}",
        f"{row['points']:+.2f}",
        *fields,
        f"{row['fields_differ']} of {row['fields']}",
        f"{row['characters_differ']:.2%}",
        ratio,
        str(len(row["failed"])),
    )


def _set(spec: str, limit: int | None) -> DataSet:
    """``DIR`` or ``DIR:SPLIT``."""
    place, colon, split = spec.rpartition(":")
    named = bool(colon) and not Path(spec).exists() and split.isalnum()
    return load(Path(place if named else spec), [split] if named else [], limit)


def _chosen(has: Sequence[Variant], asked: Sequence[str]) -> list[Variant]:
    """BASE and what was asked for, in the bundle's order; all without a wish. Raises UsageError."""
    names = {f"{backend}:{precision}" for backend, precision in has}
    for one in asked:
        if one not in names:
            raise UsageError(f"--variant {one}: not in this bundle, which has {', '.join(sorted(names))}")
    return [one for one in has if not asked or one == BASE or ":".join(one) in asked]


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.backends",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--data", required=True, action="append", metavar="DIR[:SPLIT]", help="folder with labels.jsonl; repeatable")
    add("--bundle", type=Path, metavar="PATH", help="folder or zip (default: the one inside EdgeKit)")
    add("--variant", action="append", default=[], metavar="BACKEND:PRECISION", help="only these; repeatable")
    add("--limit", type=_count, metavar="N", help="at most N receipts of each set, evenly spread")
    add("--threads", type=_count, default=1, metavar="N", help="threads of every engine (default: 1)")
    add("--most", type=float, default=MOST_APART, metavar="POINTS", help="F1 may be apart (default: %(default)s)")
    add("--log", type=Path, metavar="FILE", help="note every reading here, and go on from what is there")
    add("--json", type=Path, metavar="OUT", help="write the figures to a file")
    return made


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
