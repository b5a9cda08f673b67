"""``python -m benchmarks.turned``: does a receipt have the same fields whichever way up its photo lies?"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from benchmarks.dataset import DataSet, load
from edgekit import Reader, Receipt
from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError

TURNS = (90, 180, 270, 10, -10)
FIELDS = ("vendor", "date", "total", "tax")
ABOUT = "Reads each receipt upright and turned, and counts how often the fields are the same."
EPILOG = """\
  python -m benchmarks.turned --data receipts --split dev --json turned.json

Quarter turns are exact; a turn by 10 degrees is drawn once more (bicubic, on grey), so it also loses some sharpness.
Exit: 0 done, 2 an error (one line on stderr)."""

Values = dict[str, str | None]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        data = load(options.data, options.split, options.limit)
        reader = Reader.open(options.bundle, threads=options.threads)
        with Progress(len(data.pictures)) as progress:
            result = compare(data, reader.read, progress.step)
        if options.json is not None:
            options.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except (EdgeKitError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(text(result))
    return 0


def compare(data: DataSet, read: Callable[[Image.Image], Receipt], step: Callable[[], None]) -> dict[str, Any]:
    """Per turn in degrees clockwise: pictures with all fields the same, the way up found, and each field's count."""
    same = {turn: dict.fromkeys(("all", "upright", *FIELDS), 0) for turn in TURNS}
    for picture in data.pictures:
        with Image.open(picture) as opened:
            photo = ImageOps.exif_transpose(opened).convert("RGB")
        expected = values(read(photo))
        for turn in TURNS:
            receipt = read(turned(photo, turn))
            found = values(receipt)
            hits = {name: found[name] == expected[name] for name in FIELDS}
            hits |= {
                "all": all(hits.values()),
                "upright": (receipt.rotation + (turn if turn % 90 == 0 else 0)) % 360 == 0,
            }
            for name, hit in hits.items():
                same[turn][name] += hit
        step()
    return {"set": data.name, "splits": data.splits, "pictures": len(data.pictures), "same": same}


def values(receipt: Receipt) -> Values:
    """The fields that are compared, as text."""
    found = {name: getattr(receipt, name) for name in FIELDS}
    return {name: None if field is None else str(field.value) for name, field in found.items()}


def turned(photo: Image.Image, degrees: int) -> Image.Image:
    """The photo turned clockwise on a canvas that holds all of it."""
    return photo.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=(128, 128, 128))


def text(result: dict[str, Any]) -> str:
    """The table for people."""
    names: Sequence[str] = ("upright", *FIELDS, "all")
    lines = [
        f"{result['set']} {', '.join(result['splits'])}: {result['pictures']} receipts, share read the same turned"
    ]
    lines.append("  turn" + "".join(f"{name:>10}" for name in names))
    for turn, counts in result["same"].items():
        shares = (counts[name] / max(result["pictures"], 1) for name in names)
        lines.append(f"{turn:6}" + "".join(f"{share:10.3f}" for share in shares))
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.turned",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="folder with labels.jsonl")
    parser.add_argument("--split", action="append", default=[], metavar="NAME", help="only these (default: all)")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N receipts, evenly spread")
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="folder or zip (default: the one inside EdgeKit)")
    parser.add_argument(
        "--threads", type=int, metavar="N", help="cores that one read uses (default: what this machine allows)"
    )
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to a file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
