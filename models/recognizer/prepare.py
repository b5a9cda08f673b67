"""``python -m models.recognizer.prepare``: make training lines of labelled receipts, and of photos without lines."""

from __future__ import annotations

import argparse
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.decode import DecodeParams, load
from edgekit.detect import Detector, DetectParams
from edgekit.errors import EdgeKitError
from edgekit.machine import default_threads
from edgekit.manifest import parse_params
from edgekit.parsing.folding import squash
from edgekit.recognize import Recognizer
from edgekit.session import open_session
from edgekit.types import Quad, TextLine
from models import commands
from models.evaluate import readers
from models.evaluate.errors import distance
from models.recognizer.data import HELD, TRAIN, Line, quad_of, write_lines
from models.recognizer.framing import shown
from models.recognizer.labels import with_case, without_zeros
from models.rules.samples import train_rows

ABOUT = "Make training lines of labelled receipts, and of photos without lines."
EPILOG = """\
example:
  python -m models.recognizer.prepare --data sroie --data expressexpense --out build/recognizer/lines.jsonl

A data folder has labels.jsonl and the pictures it names; only rows of split "train" are used, less those that show a
receipt of another split (near_duplicates). A tenth of the shops (or pictures without a shop) is held back: its lines
are marked so and only measured on. Where a row has lines, they are the truth; their case is taken from a larger
recogniser (PP-OCRv6 small), and the quads that our own detector finds are added where they frame the same text. Where
it has none, found quads get that recogniser's reading where it is sure, or where the product's own reads the same.
Exit: 0 done, 2 an error (one line on stderr)."""

_UNLIKE = 0.5
"""Share of wrong characters, read by both recognisers, from which an annotation is taken to be of something else."""
_SURE = 0.96
"""Mean probability from which a reading stands for the truth."""
_LIKELY = 0.85
"""That from which it does where the product's recogniser reads the same."""
_AGREED = 0.34
"""Most characters, as a share, by which the product's recogniser may differ from a sure reading."""


@dataclass(frozen=True, slots=True)
class Readers:
    """The product's detector, its recogniser, and the larger one that teaches."""

    detector: Detector
    own: Recognizer
    teacher: Recognizer


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        rows = [(folder, row) for folder in options.data for row in train_rows(folder)[: options.limit]]
        options.out.parent.mkdir(parents=True, exist_ok=True)
        with Progress(len(rows)) as progress:
            write_lines(options.out, _all_lines(rows, progress))
        return 0
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.recognizer.prepare", ABOUT, EPILOG)
    parser.add_argument(
        "--data", type=Path, metavar="DIR", action="append", required=True, help="labelled receipts; may be repeated"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="the first N receipts of each folder only")
    parser.add_argument("--out", type=Path, metavar="JSONL", required=True, help="the lines")
    return parser


def _all_lines(rows: Sequence[tuple[Path, dict[str, Any]]], progress: Progress) -> Iterator[Line]:
    bundle, threads = Bundle.open(), default_threads()
    detect = open_session(bundle, "detect", "onnxruntime", "fp32", threads)
    params = parse_params(DetectParams, bundle.stage("detect").params, "detect")
    decode = parse_params(DecodeParams, bundle.stage("image").params, "image")
    tools = Readers(Detector(detect, params), readers.of_bundle(None, threads), readers.small(threads))
    for folder, row in rows:
        image = load(folder / row["file"], decode).image
        found = annotated(tools, image, row["lines"]) if row.get("lines") else unannotated(tools, image)
        for text, quads in found:
            yield Line(str(folder / row["file"]), tuple(quads), text, folder.name, part(row))
        progress.step()


def part(row: dict[str, Any]) -> str:
    """HELD for a tenth of the shops, else TRAIN."""
    shop = squash(str(row.get("vendor") or row["file"]))
    return HELD if zlib.crc32(shop.encode()) % 10 == 9 else TRAIN


def annotated(tools: Readers, image: Image.Image, items: Sequence[dict[str, Any]]) -> Iterator[tuple[str, list[Quad]]]:
    """The lines of a row; a found quad that frames several side by side is a line of its own."""
    items = [item for item in items if item["text"].strip()]
    quads = [quad_of(item["quad"]) for item in items]
    taught, read = tools.teacher.read(image, quads), tools.own.read(image, quads)
    texts = [_truth(item["text"], *pair) for item, *pair in zip(items, taught, read, strict=True)]
    frames: dict[tuple[int, ...], list[Quad]] = {(i,): [quad] for i, quad in enumerate(quads)}
    found = tools.detector.detect(image).quads
    for line in tools.own.read(image, found):
        at = tuple(shown(line.quad, quads))
        says = " ".join(texts[i] or "?" for i in at)
        if at and _share(line.text, says) <= 0.25 + max(_share(read[i].text, texts[i] or "?") for i in at):
            frames.setdefault(at, []).append(line.quad)
    for at, same in frames.items():
        if all(texts[i] for i in at):
            yield " ".join(str(texts[i]) for i in at), same


def _truth(text: str, taught: TextLine, read: TextLine) -> str | None:
    """The annotation in its printed case; None where it seems to be of another line."""
    text = " ".join(text.split())
    if len(text) > 2 and min(_share(taught.text, text), _share(read.text, text)) > _UNLIKE:
        return None
    return with_case(text, taught.text) if text.isupper() else text


def unannotated(tools: Readers, image: Image.Image) -> Iterator[tuple[str, list[Quad]]]:
    """The lines that the teacher reads surely, or as the product does."""
    quads = tools.detector.detect(image).quads
    for line, read in zip(tools.teacher.read(image, quads), tools.own.read(image, quads), strict=True):
        surely = line.confidence >= _SURE and _share(read.text, line.text) <= _AGREED
        if surely or (line.confidence >= _LIKELY and read.text == line.text):
            yield without_zeros(line.text), [line.quad]


def _share(read: str, printed: str) -> float:
    """Wrong characters as a share of those printed, whatever their case."""
    return distance(read.upper(), printed.upper()) / max(len(printed), 1)


if __name__ == "__main__":
    sys.exit(main())
