"""``python -m benchmarks.turned``: does a receipt have the same fields whichever way up its photo lies?"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image, ImageOps

from benchmarks.dataset import DataSet, load
from benchmarks.options import finish, parser
from edgekit import Reader, Receipt
from edgekit.cli.progress import Progress

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
    made = parser("python -m benchmarks.turned", ABOUT, EPILOG)
    made.add_argument("--limit", type=int, metavar="N", help="at most N receipts of a folder, evenly spread")
    options = made.parse_args(arguments)

    def measure() -> dict[str, Any]:
        sets = [load(folder, options.split, options.limit) for folder in options.data]
        reader = Reader.open(options.bundle, threads=options.threads)
        with Progress(sum(len(data.pictures) for data in sets)) as progress:
            return {"sets": [compare(data, reader.read, progress.step) for data in sets]}

    return finish(measure, lambda result: "\n".join(map(text, result["sets"])), options.json)


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


if __name__ == "__main__":
    sys.exit(main())
