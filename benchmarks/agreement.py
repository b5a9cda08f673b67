"""``python -m benchmarks.agreement``: does a graph give the same on other processors, bit for bit?

Integer sums are exact, so an int8 graph may give the same everywhere, if nothing overflows; that is what this checks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.dataset import load
from benchmarks.emulated.processors import ALL, HERE, Array, Processor, run
from benchmarks.options import finish
from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from edgekit.recognize import decode
from export import calibration
from export.report import table

ABOUT = "Runs the recogniser or the detector on emulated processors and compares its outputs with this machine's."
EPILOG = """\
  benchmarks/emulated/root.sh /tmp/arm
  python -m benchmarks.agreement --root /tmp/arm --bundle mybundle --data receipts:train --precision fp32 int8

Needs Debian's QEMU for single programs, which root.sh gets. An emulated line takes seconds, a page a minute: --count.
Exit: 0 done, 2 an error (one line on stderr)."""
HEADER = ("precision", "processor", "inputs", "bit for bit", "same classes", "same text", "largest difference")


@dataclass(frozen=True, slots=True)
class Task:
    """A graph and what it is fed. charset, blank: of the recogniser, else None."""

    precision: str
    data: bytes
    feeds: Sequence[Array]
    charset: Sequence[str] | None
    blank: int


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return finish(lambda: measure(options), text, options.json)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """A row per precision and processor, as plain JSON types. Raises EdgeKitError."""
    bundle = Bundle.open(options.bundle)
    feeds = inputs(bundle, options.stage, options.data, options.count)
    rows = []
    for precision in options.precision:
        task = _task(bundle, options.stage, precision, feeds)
        expected = run(ALL[0], options.root, task.data, feeds)
        for processor in _chosen(options.processor):
            print(f"{precision} on {processor.title}", file=sys.stderr, flush=True)
            rows.append(compare(task, processor, expected, run(processor, options.root, task.data, feeds)))
    return {"bundle": bundle.digest, "stage": options.stage, "rows": rows}


def inputs(bundle: Bundle, stage: str, spec: str, count: int) -> list[Array]:
    """What the reader feeds to a stage, ``count`` of it: lines one by one, or pages. Raises UsageError for none."""
    place, colon, split = spec.rpartition(":")
    named = bool(colon) and not Path(spec).exists()
    data = load(Path(place if named else spec), [split] if named else [], count)
    batches = [feed[0] for feed in calibration.record(bundle, data.pictures)[stage]]
    fed = [batch[i : i + 1] for batch in batches for i in range(len(batch))]
    if not fed:
        raise UsageError(f"{spec}: nothing was found on these pictures; give receipts")
    kept = min(count, len(fed))
    return [fed[i * len(fed) // kept] for i in range(kept)]


def compare(
    task: Task, processor: Processor, expected: Sequence[tuple[Array, ...]], found: Sequence[tuple[Array, ...]]
) -> dict[str, Any]:
    """How many inputs give the same: all outputs bit for bit, the classes, and the text that they decode to."""
    pairs = list(zip(expected, found, strict=True))
    classes = None if task.charset is None else sum(np.array_equal(a[0], b[0]) for a, b in pairs)
    texts = None if task.charset is None else sum(_text(task, a) == _text(task, b) for a, b in pairs)
    return {
        "precision": task.precision,
        "processor": processor.title,
        "inputs": len(pairs),
        "bits": sum(all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True)) for a, b in pairs),
        "classes": classes,
        "texts": texts,
        "largest": max(float(np.abs(a[-1].astype(np.float64) - b[-1]).max()) for a, b in pairs),
    }


def text(result: dict[str, Any]) -> str:
    """The table for people."""
    rows = [
        (
            row["precision"],
            row["processor"],
            str(row["inputs"]),
            *("-" if row[key] is None else str(row[key]) for key in ("bits", "classes", "texts")),
            f"{row['largest']:.1e}",
        )
        for row in result["rows"]
    ]
    return f"{result['stage']}, bundle {result['bundle'][:12]}, beside {HERE}\n{table(HEADER, rows)}"


def _text(task: Task, outputs: tuple[Array, ...]) -> str:
    assert task.charset is not None
    return decode(outputs[0][0], outputs[1][0], task.charset, task.blank)[0]


def _task(bundle: Bundle, stage: str, precision: str, feeds: Sequence[Array]) -> Task:
    graph = bundle.graph(stage, "onnxruntime", precision)
    reads = stage == "recognize"
    charset = bundle.read_text("charset.txt").removesuffix("\n").split("\n") if reads else None
    blank = int(bundle.stage(stage).params["blank"]) if reads else 0
    return Task(precision, bundle.read(graph.file), feeds, charset, blank)


def _chosen(models: Sequence[str]) -> list[Processor]:
    return [one for one in ALL if one.model is not None and (not models or one.model in models)]


def _parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks.agreement",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = made.add_argument
    add("--root", type=Path, required=True, metavar="FOLDER", help="what benchmarks/emulated/root.sh made")
    add("--data", required=True, metavar="DIR[:SPLIT]", help="receipts to take lines or pages from")
    add("--bundle", type=Path, metavar="PATH", help="folder or zip (default: the one inside EdgeKit)")
    add("--stage", choices=("detect", "recognize"), default="recognize", help="default: %(default)s")
    add("--precision", nargs="+", default=["fp32"], help="default: fp32")
    add("--count", type=int, default=10, metavar="N", help="receipts, and lines or pages (default: %(default)s)")
    models = [one.model for one in ALL if one.model is not None]
    add("--processor", nargs="+", choices=models, default=[], help="only these (default: all)")
    add("--json", type=Path, metavar="OUT", help="write the figures to a file")
    return made


if __name__ == "__main__":
    sys.exit(main())
