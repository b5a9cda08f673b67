"""``python -m models.evaluate ocr``: what systems make of annotated receipts: lines read, lines found, and both."""

from __future__ import annotations

import argparse
import heapq
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from edgekit.cli.console import to_json
from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from models.evaluate import readers, tables
from models.evaluate.outcomes import Facts, LinesRead, Log, PageRead, facts, read_lines, read_page
from models.evaluate.report import Summary
from models.evaluate.scanning import System
from models.evaluate.sheet import Mistake, cut_out, draw_sheet
from models.evaluate.systems import NAMES, open_system
from models.evaluate.truth import Page, Rules, annotated, page_of

ABOUT = "Errors of whole systems on labelled receipts: annotated lines read, lines found, receipts found and read."
EPILOG = """\
examples:
  python -m models.evaluate ocr --data sroie=test --data wildreceipt=eval --log build/ocr.jsonl --out build/ocr
  python -m models.evaluate ocr --data sroie=test --part lines --system ours --system small --limit 40
  python -m models.evaluate ocr --data sroie=test --part lines --system tuned --weights run/receipt.npz --turn 5

A data folder has labels.jsonl and the pictures it names; what follows "=" is the split. Systems: ours (the bundle);
tuned (the bundle, its recogniser with --weights); tiny and small (PP-OCRv6 as published, the classes cut to the
bundle's, detector and recogniser behind the bundle's arithmetic and constants); tesseract (5, English).

Parts: lines (the annotated quads, cropped as the product does it, are read) and pages (lines are found, and read).
models/evaluate/README.md says how lines are compared, matched and grouped.

--out gets ocr.json and, for each set, a picture of the lines that the first system reads worst. It shows pictures of
the set: mind their licence. --log notes every page at once, and the same command goes on from it; what a system made
of a page is measured anew only where the system is another one.
Exit: 0 done, 2 an error (one line on stderr)."""

PARTS = ("lines", "pages")
DEFAULT = ("ours", "tiny", "small", "tesseract")


class Bad(NamedTuple):
    """A line read wrong: wrong characters as a share of those printed, short lines after longer ones; and where."""

    share: float
    row: int
    line: int
    wrong: int


class Set:
    """One set, measured: ``log`` holds what is known of its pages."""

    def __init__(self, folder: Path, split: str, options: argparse.Namespace, log: Log) -> None:
        """Raises UsageError."""
        self.folder = folder
        self.name = f"{folder.resolve().name}={split}"
        self.rows = annotated(folder, split, options.limit)
        self._rules = Rules.of(folder)
        self._parts = options.part or PARTS
        self._turn: float = options.turn
        self._log = log
        self._layout = readers.layout(options.bundle)

    def measure(self, systems: Mapping[str, System], progress: Progress) -> Summary:
        for row in self.rows:
            self._measure_page(systems, row)
            progress.step()
        summary = Summary([Facts(**self._known(row, "facts")) for row in self.rows])
        for name, system in systems.items():
            lines = self.lines_of(system) if "lines" in self._parts else []
            pages = [PageRead(**self._known(row, "pages", system)) for row in self.rows if "pages" in self._parts]
            summary.add(name, lines, pages)
        return summary

    def lines_of(self, system: System) -> list[LinesRead]:
        return [LinesRead(**self._known(row, "lines", system)) for row in self.rows]

    def worst(self, systems: Mapping[str, System], most: int) -> list[Mistake]:
        """The lines that the first system reads worst, and what all of them read."""
        if "lines" not in self._parts:
            return []
        first = next(iter(systems.values()))
        bad: list[Bad] = []
        for number, (row, read) in enumerate(zip(self.rows, self.lines_of(first), strict=True)):
            characters = Facts(**self._known(row, "facts")).characters
            for i, wrong in enumerate(read.wrong):
                if wrong:
                    bad.append(Bad(wrong / (characters[i] + 2), number, i, wrong))
        chosen = heapq.nlargest(most, bad)
        pages = {number: self._page(self.rows[number]) for number in {one.row for one in chosen}}
        return [self._mistake(systems, pages[one.row], one) for one in chosen]

    def _measure_page(self, systems: Mapping[str, System], row: Mapping[str, Any]) -> None:
        """What the log does not have yet."""
        wanted = [(part, system) for system in systems.values() for part in self._parts]
        missing = [(part, system) for part, system in wanted if self._log.get(self._key(row, part, system)) is None]
        known = self._log.get(self._key(row, "facts")) is not None
        if known and not missing:
            return
        page = self._page(row)
        if not known:
            self._log.add(self._key(row, "facts"), facts(page))
        for part, system in missing:
            found: LinesRead | PageRead
            if part == "lines":
                found = read_lines(system, page, self._rules)
            else:
                found = read_page(system, page, self._rules, self._layout)
            self._log.add(self._key(row, part, system), found)

    def _mistake(self, systems: Mapping[str, System], page: Page, bad: Bad) -> Mistake:
        quad = page.quads[bad.line]
        texts = {name: self._rules.apply(system.read(page.image, [quad])[0]) for name, system in systems.items()}
        return Mistake(bad.wrong, bad.share, page.texts[bad.line], texts, cut_out(page.image, quad))

    def _page(self, row: Mapping[str, Any]) -> Page:
        page = page_of(self.folder, row)
        return page.turned(self._turn) if self._turn else page

    def _known(self, row: Mapping[str, Any], part: str, system: System | None = None) -> Mapping[str, Any]:
        found = self._log.get(self._key(row, part, system))
        assert found is not None  # measured before it is asked for
        return found

    def _key(self, row: Mapping[str, Any], part: str, system: System | None = None) -> tuple[str, ...]:
        return self.name, row["file"], f"{self._turn:g}", part, system.about if system else ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--data", type=_data, metavar="DIR=SPLIT", action="append", required=True, help="a set; may be repeated")
    add("--system", choices=NAMES, action="append", default=[], help="may be repeated (ours, tiny, small, tesseract)")
    add("--part", choices=PARTS, action="append", default=[], help="may be repeated (both)")
    add("--weights", type=Path, metavar="NPZ", help="of the recogniser of 'tuned'")
    add("--bundle", type=Path, metavar="DIR", help="of 'ours' and 'tuned' (the default bundle)")
    add("--turn", type=float, default=0.0, metavar="DEG", help="turn the pictures first, clockwise (0)")
    add("--limit", type=_count, metavar="N", help="so many pictures of each set only, evenly spread")
    add("--threads", type=_count, default=1, metavar="N", help="cores that a system uses (1)")
    add("--worst", type=_count, default=100, metavar="N", help="lines of the picture (100)")
    add("--log", type=Path, metavar="JSONL", help="goes on from there, and notes every page at once")
    add("--out", type=Path, metavar="DIR", default=Path("build/ocr"), help="folder of the results (build/ocr)")
    add("--json", action="store_true", help="print the report as JSON instead of tables")


def _data(text: str) -> tuple[Path, str]:
    folder, sign, split = text.rpartition("=")
    if not sign:
        raise argparse.ArgumentTypeError(f"{text!r}: give a folder and a split, as in sroie=test")
    return Path(folder), split


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count: give a whole number from 1")
    return int(text)


def run(options: argparse.Namespace) -> int:
    """Raises UsageError, BundleError, IntegrityError, BackendError, ImageError, OSError."""
    log = Log(options.log)
    sets = [Set(folder, split, options, log) for folder, split in options.data]
    systems = {name: open_system(name, options.bundle, options.weights, options.threads) for name in chosen(options)}
    options.out.mkdir(parents=True, exist_ok=True)
    with Progress(sum(len(one.rows) for one in sets)) as progress:
        summaries = {one.name: one.measure(systems, progress) for one in sets}
    report = {
        "systems": {name: system.about for name, system in systems.items()},
        "threads": options.threads,
        "turn": options.turn,
        "sets": {name: summary.to_dict() for name, summary in summaries.items()},
    }
    (options.out / "ocr.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for one in sets:
        mistakes = one.worst(systems, options.worst)
        if mistakes:
            draw_sheet(mistakes).save(options.out / f"worst-{one.folder.resolve().name}.png")
    print(to_json(report, sys.stdout, indent=1) if options.json else tables.text(report["sets"]))
    return 0


def chosen(options: argparse.Namespace) -> Sequence[str]:
    """Names of systems, in the order asked for. Raises UsageError."""
    if options.weights is not None and options.system and "tuned" not in options.system:
        raise UsageError("--weights: are of the system 'tuned', which is not named; add --system tuned")
    names = options.system or ([*DEFAULT[:1], "tuned", *DEFAULT[1:]] if options.weights else DEFAULT)
    return list(dict.fromkeys(names))
