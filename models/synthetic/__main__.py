"""``python -m models.synthetic``: write a folder of synthetic receipts with labels."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from models import commands
from models.synthetic.drawing import draw
from models.synthetic.fonts import find_faces
from models.synthetic.generator import LANGUAGES, make
from models.synthetic.photo import photograph
from models.synthetic.selling import STYLES
from models.synthetic.sheet import MOST, contact_sheet
from models.synthetic.truth import SyntheticReceipt
from models.synthetic.writing import label_row

ABOUT = "Write synthetic receipts with full truth: pictures, and labels that edgekit eval reads."
EPILOG = """\
examples:
  python -m models.synthetic --out build/synthetic --count 200 --photos --sheet build/sheet.png
  python -m models.synthetic --out build/german --count 50 --language de --style menu
  python -m models.synthetic --out build/text --count 10000 --lines-only
  edgekit eval build/synthetic

The folder gets images/NNNNNNNN.jpg (or .png without --photos) and labels.jsonl, a JSON object per receipt, in the form
of the real data folders; the key "full" has every field, item, tax and word with its role and place. With --lines-only
there are no pictures: quads are in nominal pixels, about 10 to a character.
Receipt K of a run has the seed S + K: the same seed gives the same receipt, and with the same fonts the same picture.
More fonts: put them into a folder and name it in EDGEKIT_FONTS (models/synthetic/README.md says which are used).
Exit: 0 done, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return commands.status(lambda: _write(options))


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.synthetic", ABOUT, EPILOG)
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="folder to write; made if need be")
    parser.add_argument("--count", type=_count, metavar="N", default=100, help="how many receipts (default: 100)")
    parser.add_argument("--seed", type=int, metavar="S", default=0, help="seed of the first receipt (default: 0)")
    parser.add_argument("--photos", action="store_true", help="photos and scans instead of clean prints")
    parser.add_argument("--lines-only", action="store_true", help="labels only, no pictures")
    parser.add_argument("--language", choices=LANGUAGES, help="one language (default: all)")
    parser.add_argument("--style", choices=tuple(STYLES), help="one kind of shop (default: all)")
    parser.add_argument("--split", metavar="NAME", default="train", help="split named in the labels (default: train)")
    parser.add_argument("--sheet", type=Path, metavar="PNG", help=f"also a contact sheet of the first {MOST}")
    return parser


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no count: give a whole number from 1")
    return int(text)


def _write(options: argparse.Namespace) -> None:
    if options.lines_only and (options.photos or options.sheet):
        raise UsageError("--lines-only: makes no pictures: leave --photos and --sheet out")
    shown: list[Image.Image] = []
    path = options.out / "labels.jsonl"
    try:
        (options.out if options.lines_only else options.out / "images").mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as stream, Progress(options.count) as progress:
            for seed in range(options.seed, options.seed + options.count):
                row, image = _one(options, seed)
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
                if image is not None and options.sheet and len(shown) < MOST:
                    shown.append(image)
                progress.step()
        if options.sheet:
            contact_sheet(shown).save(options.sheet)
    except (OSError, ValueError) as error:
        raise UsageError(f"{options.out}: cannot be written ({error}): name a folder of your own") from error
    faces = "" if options.lines_only else f", {len(find_faces())} faces"
    print(f"{path}: {options.count} receipts from seed {options.seed}{faces}")


def _one(options: argparse.Namespace, seed: int) -> tuple[dict[str, Any], Image.Image | None]:
    """The label row of a receipt, and its picture once that is saved."""
    receipt = make(seed, options.language, options.style)
    file = f"images/{seed:08d}.{'jpg' if options.photos else 'png'}"
    if options.lines_only:
        size = (round(receipt.width), round(receipt.height))
        return label_row(receipt, receipt.lines, size, file, options.split), None
    return _drawn(options, receipt, file)


def _drawn(options: argparse.Namespace, receipt: SyntheticReceipt, file: str) -> tuple[dict[str, Any], Image.Image]:
    picture = draw(receipt, receipt.seed)
    if options.photos:
        picture = photograph(picture, receipt.seed)
    picture.image.save(options.out / file, quality=92)
    return label_row(receipt, picture.lines, picture.image.size, file, options.split), picture.image


if __name__ == "__main__":
    sys.exit(main())
