"""``python -m models.evaluate ocr``: character and word error of recognisers on annotated lines."""

from __future__ import annotations

import argparse
import heapq
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.evaluation import load_labels
from edgekit.recognize import Recognizer
from models.evaluate import readers
from models.evaluate.errors import Errors
from models.evaluate.sheet import Mistake, cut_out, draw_sheet
from models.evaluate.truth import Page, Rules, height_group, pages

ABOUT = "Character, word and line error of recognisers on the annotated lines of labelled receipts, in one run."
EPILOG = """\
examples:
  python -m models.evaluate ocr --data sroie=test --data wildreceipt=eval --out build/ocr
  python -m models.evaluate ocr --data sroie=test --system ours --system tuned --weights run/receipt.npz --turn 5

A data folder has labels.jsonl and the pictures it names; what follows "=" is the split. Systems: ours (the bundle),
tuned (--weights laid over PP-OCRv6 tiny), tiny and small (PP-OCRv6 as published, their classes cut to the bundle's).
All get the product's crops of the annotated quads, so detection plays no part. Sets named sroie are compared without
case, as their texts are all in capitals; sets named wildreceipt without spaces, as theirs have none. Tesseract is not
compared.
--out gets ocr.json and, for each set, a picture of the lines that the first system reads worst."""

SYSTEMS = ("ours", "tuned", "tiny", "small")
ALL = "all"


@dataclass(slots=True)
class Tally:
    """Of one system on one set: errors in all and by height of line, and seconds spent reading."""

    groups: dict[str, Errors] = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, group: str, read: str, printed: str) -> int:
        self.groups.setdefault(ALL, Errors()).add(read, printed)
        return self.groups.setdefault(group, Errors()).add(read, printed)

    def to_dict(self) -> dict[str, Any]:
        rates = {name: errors.rates() for name, errors in sorted(self.groups.items())}
        return {"seconds": round(self.seconds, 2), "by_height": rates}


class Worst:
    """The lines with the most wrong characters as a share of those printed; short ones only after longer ones."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._order = count()
        self._kept: list[tuple[float, int, Mistake]] = []

    def add(self, mistake: Mistake) -> None:
        item = (mistake.share, next(self._order), mistake)
        push = heapq.heappush if len(self._kept) < self._size else heapq.heappushpop
        push(self._kept, item)

    def list(self) -> list[Mistake]:
        return [mistake for _, _, mistake in sorted(self._kept, key=lambda item: (-item[0], item[1]))]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", type=_data, metavar="DIR=SPLIT", action="append", required=True, help="a set; may be repeated")
    add("--system", choices=SYSTEMS, action="append", default=[], help="may be repeated (ours, tiny, small)")
    add("--weights", type=Path, metavar="NPZ", help="of the system 'tuned'")
    add("--bundle", type=Path, metavar="DIR", help="of the system 'ours' (the default bundle)")
    add("--turn", type=float, default=0.0, metavar="DEG", help="turn the pictures first, clockwise (0)")
    add("--limit", type=int, metavar="N", help="the first N pictures of each set only")
    add("--threads", type=int, default=1, help="batches read side by side (1)")
    add("--worst", type=int, default=100, metavar="N", help="lines of the picture (100)")
    add("--out", type=Path, metavar="DIR", default=Path("build/ocr"), help="folder of the results (build/ocr)")


def _data(text: str) -> tuple[Path, str]:
    folder, sign, split = text.rpartition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r}: give a folder and a split, as in sroie=test")
    return Path(folder), split


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, BundleError, IntegrityError, ImageError."""
    systems = _open(options)
    report: dict[str, Any] = {}
    options.out.mkdir(parents=True, exist_ok=True)
    for folder, split in options.data:
        name = f"{folder.resolve().name}={split}"
        tallies, worst = _measure(systems, folder, split, options)
        report[name] = {system: tally.to_dict() for system, tally in tallies.items()}
        draw_sheet(worst).save(options.out / f"worst-{folder.resolve().name}.png")
    (options.out / "ocr.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(table(report))
    return 0


def _open(options: argparse.Namespace) -> dict[str, Recognizer]:
    names = options.system or ["ours", *(["tuned"] if options.weights else []), "tiny", "small"]
    if "tuned" in names and options.weights is None:
        raise UsageError("--system tuned: give its weights with --weights")
    openers = {
        "ours": lambda: readers.of_bundle(options.bundle, options.threads),
        "tuned": lambda: readers.tiny(options.threads, options.weights),
        "tiny": lambda: readers.tiny(options.threads),
        "small": lambda: readers.small(options.threads),
    }
    return {name: openers[name]() for name in dict.fromkeys(names)}


def _measure(
    systems: Mapping[str, Recognizer], folder: Path, split: str, options: argparse.Namespace
) -> tuple[dict[str, Tally], list[Mistake]]:
    rules, worst = Rules.of(folder), Worst(options.worst)
    tallies = {name: Tally() for name in systems}
    expected = len(load_labels(folder, split)[: options.limit])
    with Progress(expected) as progress:
        for page in pages(folder, split, options.limit):
            read_page(systems, page.turned(options.turn) if options.turn else page, rules, tallies, worst)
            progress.step()
    return tallies, worst.list()


def read_page(
    systems: Mapping[str, Recognizer], page: Page, rules: Rules, tallies: Mapping[str, Tally], worst: Worst
) -> None:
    """Have every system read the lines of a page, and count."""
    texts = {}
    for name, system in systems.items():
        started = time.perf_counter()
        texts[name] = [rules.apply(line.text) for line in system.read(page.image, page.quads)]
        tallies[name].seconds += time.perf_counter() - started
    first = next(iter(systems))
    for i, (quad, text) in enumerate(zip(page.quads, page.texts, strict=True)):
        printed, group = rules.apply(text), height_group(quad)
        wrong = {name: tallies[name].add(group, texts[name][i], printed) for name in systems}
        if wrong[first]:
            share = wrong[first] / (len(printed) + 2)
            read = {name: texts[name][i] for name in systems}
            worst.add(Mistake(wrong[first], share, printed, read, cut_out(page.image, quad)))


def table(report: Mapping[str, Mapping[str, Any]]) -> str:
    """Rates in per cent by set, height and system."""
    rows = [
        f"{'set':18} {'height':8} {'system':8} {'lines':>6} {'cer %':>7} {'wer %':>7} {'lines wrong %':>13} {'s':>7}"
    ]
    for name, systems in report.items():
        groups = sorted({group for tally in systems.values() for group in tally["by_height"]}, key=_order)
        for group in groups:
            for system, tally in systems.items():
                rates = tally["by_height"].get(group)
                if rates:
                    seconds = f"{tally['seconds']:7.1f}" if group == ALL else ""
                    shares = f"{100 * rates['cer']:7.2f} {100 * rates['wer']:7.2f} {100 * rates['ler']:13.2f}"
                    rows.append(f"{name:18} {group:8} {system:8} {rates['lines']:6} {shares} {seconds}".rstrip())
    return "\n".join(rows)


def _order(group: str) -> tuple[bool, float]:
    return group != ALL, float("".join(c for c in group.split("-")[0] if c.isdigit()) or 0)
