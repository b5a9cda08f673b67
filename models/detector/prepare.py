"""``python -m models.detector.prepare``: make training pages of labelled receipts, photos without lines, and seeds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image

from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.geometry import quad_size
from edgekit.types import Quad
from models import commands
from models.detector.pages import Page, write_pages
from models.detector.targets import resized
from models.evaluate import readers
from models.evaluate.detection import wanted
from models.evaluate.truth import page_of
from models.recognizer.compose import part_of
from models.recognizer.prepare import part
from models.rules.samples import train_rows
from models.synthetic import draw, make, photograph

ABOUT = "Make training pages of labelled receipts, of photos without lines, and of synthetic receipts."
EPILOG = """\
example:
  python -m models.detector.prepare --data sroie --data expressexpense --synthetic 400 --out build/detector/pages

A data folder has labels.jsonl and the pictures it names; only rows of split "train" are used, less those that show a
receipt of another split (near_duplicates). A tenth of the shops (or pictures without a shop) is held back: its pages
are marked so and only measured on. Where a row has lines, they are the truth; where it has none, they are what a larger
detector (PP-OCRv6 small) is sure of, and what it is not sure of counts neither way. Synthetic receipts are drawn and
photographed: the same seeds give the same, where the fonts are the same.
--out gets pages.jsonl, and the pictures of synthetic receipts.
Exit: 0 done, 2 an error (one line on stderr)."""

_UNSURE = 0.2
"""Least mean heat of what may be a line."""
_LOOSE = 1.25
"""By how much the found boxes are higher than people draw them: SROIE, split train, by the published networks."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return commands.status(lambda: _run(options))


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.detector.prepare", ABOUT, EPILOG)
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", action="append", default=[], help="labelled receipts; may be repeated")
    add("--limit", type=int, metavar="N", help="the first N receipts of each folder only")
    add("--synthetic", type=int, metavar="N", default=0, help="synthetic receipts (0)")
    add("--first", type=int, metavar="SEED", default=500_000, help="seed of the first synthetic receipt (500000)")
    add("--out", type=Path, metavar="DIR", required=True, help="folder for pages.jsonl and pictures")
    return parser


def _run(options: argparse.Namespace) -> None:
    rows = [(folder, row) for folder in options.data for row in train_rows(folder)[: options.limit]]
    if not rows and options.synthetic < 1:
        raise UsageError("nothing to make pages of: name a folder with --data, or ask for --synthetic receipts")
    options.out.mkdir(parents=True, exist_ok=True)
    with Progress(len(rows) + options.synthetic) as progress:
        write_pages(options.out / "pages.jsonl", _pages(rows, options, progress))


def _pages(
    rows: Sequence[tuple[Path, dict[str, Any]]], options: argparse.Namespace, progress: Progress
) -> Iterator[Page]:
    teacher: Teacher | None = None
    for folder, row in rows:
        if row.get("lines"):
            yield _annotated(folder, row)
        else:
            teacher = teacher or Teacher()
            yield teacher.page(folder, row)
        progress.step()
    for seed in range(options.first, options.first + options.synthetic):
        yield _synthetic(seed, options.out)
        progress.step()


def _annotated(folder: Path, row: dict[str, Any]) -> Page:
    page = page_of(folder, row)
    if page.image.width != row["width"]:
        raise UsageError(f"{folder / row['file']}: {row['width']} pixels wide by its label; mend labels.jsonl")
    return Page(str((folder / row["file"]).resolve()), page.quads, page.ignored, folder.resolve().name, part(row))


class Teacher:
    """A larger detector that says where lines are."""

    def __init__(self) -> None:
        generous = replace(readers.detect_params(), min_score=_UNSURE)
        self._detector = readers.published_detector(small=True, threads=1)
        self._generous = readers.published_detector(small=True, threads=1, params=generous)

    def page(self, folder: Path, row: dict[str, Any]) -> Page:
        path = (folder / row["file"]).resolve()
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        sure = self._detector.detect(image).quads
        unsure = wanted(self._generous.detect(image).quads, sure)
        return Page(str(path), _tight(sure), _tight(unsure), folder.resolve().name, part(row))


def _tight(quads: Sequence[Quad]) -> tuple[Quad, ...]:
    """Found quads as people would draw them: the same off each side."""
    return tuple(resized(quad, quad_size(quad)[1] * (1 - 1 / _LOOSE)) for quad in quads)


def _synthetic(seed: int, out: Path) -> Page:
    picture = photograph(draw(make(seed), seed), seed)
    path = (out / f"{seed:06}.jpg").resolve()
    picture.image.save(path, quality=90)
    plain = [line for line in picture.lines if any(c.isalnum() for c in line.text)]
    lines = [line.quad for line in plain if not line.style.hand]
    unsure = [line.quad for line in picture.lines if line not in plain or line.style.hand]
    return Page(str(path), tuple(lines), tuple(unsure), "synthetic", part_of(seed))


if __name__ == "__main__":
    sys.exit(main())
