"""``python -m benchmarks.turned``: is a receipt read as well turned, tilted, far away, askew, bent, or very long?"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageOps

from benchmarks import host
from benchmarks.dataset import DataSet, load
from benchmarks.options import finish, parser
from benchmarks.scenes import GROUPS, RATIOS, UPRIGHT, VIEWS, View, long_receipt
from benchmarks.stats import paired_ratio
from edgekit import Reader, Receipt
from edgekit.bench.stats import median
from edgekit.cli.progress import Progress
from edgekit.evaluation import SCORED, prediction, score

ABOUT = "Reads each receipt as it is and in other positions: accuracy, and time against the same receipt upright."
EPILOG = """\
examples:
  python -m benchmarks.turned --data receipts --split dev --json turned.json
  python -m benchmarks.turned --data receipts --view tilt frame --limit 40
  python -m benchmarks.turned --data receipts --limit 1 --view turn --long 20

F1: of the fields, with the scorer of edgekit eval. words: how many of all words are those of the upright read; of long
receipts, those printed. same: share of receipts with all four fields as upright, character for character. right way:
share whose quarter turn was found. time: median of the paired ratios to the upright read. cpu: the same of processor
time, all threads together, which other work on the machine disturbs less. ms: median time of a read.
Quarter turns and frames are exact; other views are drawn once more, which costs some sharpness: "0 redrawn" shows how
much. Tilted photos are larger pictures: "0 with room" is as large as those tilted by 20 degrees, and upright.
Exit: 0 done, 2 an error (one line on stderr)."""
POOLED = "micro4"
_LONG = "long receipts"
Read = Callable[[Image.Image], Receipt]
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of a read: of the clock, and of the processor in all threads."""

    clock: float
    cpu: float


@dataclass(slots=True)
class Seen:
    """What became of all receipts in one view. words: share per receipt. spent: by each read."""

    predictions: list[dict[str, str | None]] = field(default_factory=list)
    words: list[float] = field(default_factory=list)
    spent: list[Spent] = field(default_factory=list)
    same: int = 0
    right_way: int = 0


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    made = parser("python -m benchmarks.turned", ABOUT, EPILOG)
    made.add_argument("--limit", type=int, metavar="N", help="at most N receipts of a folder, evenly spread")
    made.add_argument("--view", nargs="+", choices=GROUPS, default=list(GROUPS), help="only these views (default: all)")
    made.add_argument("--long", type=_count, metavar="N", default=0, help="also N synthetic receipts, drawn longer")
    options = made.parse_args(arguments)
    views = [view for view in VIEWS if view.group in options.view]

    def measure() -> dict[str, Any]:
        sets = [load(folder, options.split, options.limit) for folder in options.data]
        reader = Reader.open(options.bundle, threads=options.threads)
        with Progress(sum(len(data.pictures) for data in sets) + options.long) as progress:
            found = [compare(data, views, reader.read, progress.step) for data in sets]
            if options.long:
                found.append(compare_long(range(options.long), reader.read, progress.step))
        return {"host": host.describe(), "threads": options.threads, "sets": found}

    return finish(measure, lambda result: "\n\n".join(map(text, result["sets"])), options.json)


def _count(number: str) -> int:
    if not number.isdecimal():
        raise argparse.ArgumentTypeError(f"{number!r} is no count: give a whole number")
    return int(number)


def compare(data: DataSet, views: Sequence[View], read: Read, step: Step) -> dict[str, Any]:
    """Figures per view, the first of them upright; see ``figures``.

    Upright is read before and after the other views, and its time is the mean of both.
    """
    seen = {name: Seen() for name in (UPRIGHT, *(_name(view) for view in views))}
    for seed, (row, picture) in enumerate(zip(data.rows, data.pictures, strict=True)):
        with Image.open(picture) as opened:
            photo = ImageOps.exif_transpose(opened).convert("RGB")
        read(photo)
        upright, before = _timed(read, photo)
        for view in views:
            receipt, spent = _timed(read, view.draw(photo, seed))
            way = (receipt.rotation + view.turn) % 360 == 0
            _note(seen[_name(view)], row, receipt, upright, spent, way)
        _, after = _timed(read, photo)
        mean = Spent((before.clock + after.clock) / 2, (before.cpu + after.cpu) / 2)
        _note(seen[UPRIGHT], row, upright, upright, mean, upright.rotation == 0)
        step()
    measured = [{"view": name, **figures(data.rows, one, seen[UPRIGHT], data.contains)} for name, one in seen.items()]
    return {"set": data.name, "splits": data.splits, "pictures": len(data.pictures), "views": measured}


def compare_long(seeds: Sequence[int], read: Read, step: Step) -> dict[str, Any]:
    """Figures per length of synthetic receipts; ``words`` are against what is printed."""
    names = [f"1:{ratio}" for ratio in RATIOS]
    seen, rows = {name: Seen() for name in names}, []
    for seed in seeds:
        shortest: Receipt | None = None
        for name, ratio in zip(names, RATIOS, strict=True):
            row, photo = long_receipt(seed, ratio)
            receipt, spent = _timed(read, photo)
            shortest = shortest or receipt
            _note(seen[name], row, receipt, shortest, spent, receipt.rotation == 0)
            printed = [line["text"] for line in row["lines"]]
            seen[name].words[-1] = agreement(printed, [line.text for line in receipt.lines])
        rows.append(row)
        step()
    measured = [{"view": name, **figures(rows, one, seen[names[0]], False)} for name, one in seen.items()]
    return {"set": _LONG, "splits": (), "pictures": len(seeds), "views": measured}


def figures(rows: Sequence[dict[str, Any]], seen: Seen, upright: Seen, contains: bool) -> dict[str, Any]:
    """``f1`` (pooled, and of each field), ``points`` of F1 against upright, ``words``, ``time``, ``cpu`` ..."""
    report = score(rows, seen.predictions, contains)
    expected = score(rows, upright.predictions, contains)
    names = [name for name in (POOLED, *SCORED) if name in report]
    return {
        "f1": {name: report[name]["f1"] for name in names},
        "points": round(100 * (report[POOLED]["f1"] - expected[POOLED]["f1"]), 2),
        "words": round(sum(seen.words) / max(len(seen.words), 1), 4),
        "same": seen.same,
        "right_way": seen.right_way,
        "median_ms": round(1000 * median([one.clock for one in seen.spent]), 1),
        "time": paired_ratio([one.clock for one in seen.spent], [one.clock for one in upright.spent]),
        "cpu": paired_ratio([one.cpu for one in seen.spent], [one.cpu for one in upright.spent]),
    }


def agreement(expected: Sequence[str], found: Sequence[str]) -> float:
    """F1 of the words of some lines, counted wherever they stand; 1 where there are none to find and none found."""
    a, b = (Counter(word for line in lines for word in line.split()) for lines in (expected, found))
    both = sum(a.values()) + sum(b.values())
    return 2 * sum((a & b).values()) / both if both else 1.0


def _name(view: View) -> str:
    return f"{view.group} {view.name}"


def _timed(read: Read, photo: Image.Image) -> tuple[Receipt, Spent]:
    clock, cpu = time.perf_counter(), time.process_time()
    receipt = read(photo)
    return receipt, Spent(time.perf_counter() - clock, time.process_time() - cpu)


def _note(seen: Seen, row: dict[str, Any], receipt: Receipt, upright: Receipt, spent: Spent, way: bool) -> None:
    file = str(row["file"])
    found, expected = prediction(file, receipt), prediction(file, upright)
    seen.predictions.append(found)
    seen.words.append(agreement([line.text for line in upright.lines], [line.text for line in receipt.lines]))
    seen.spent.append(spent)
    seen.same += found == expected
    seen.right_way += way


def text(result: dict[str, Any]) -> str:
    """The table for people."""
    receipts = result["pictures"]
    lines = [f"{' '.join((result['set'], *result['splits']))}: {receipts} receipts"]
    lines.append(f"{'view':<16}" + "".join(f"{name:>10}" for name in ("F1", "points", "words", "same")))
    lines[-1] += "".join(f"{name:>10}" for name in ("right way", "time", "cpu", "ms"))
    for view in result["views"]:
        shares = [view["same"] / max(receipts, 1), view["right_way"] / max(receipts, 1)]
        numbers = f"{view['f1'][POOLED]:10.3f}{view['points']:+10.1f}{view['words']:10.3f}"
        numbers += f"{shares[0]:10.3f}{shares[1]:10.3f}{view['time'] or 0:10.2f}{view['cpu'] or 0:10.2f}"
        numbers += f"{view['median_ms']:10.0f}"
        lines.append(f"{view['view']:<16}" + numbers)
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
