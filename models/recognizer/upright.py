"""``python -m models.recognizer.upright``: how sure a recogniser is of pages upright and on their head."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.decode import DecodeParams, load
from edgekit.detect import Detector, DetectParams
from edgekit.errors import UsageError
from edgekit.image import turn
from edgekit.layout import LayoutParams
from edgekit.manifest import parse_params
from edgekit.recognize import Recognizer
from edgekit.scan import Found, Scanner, probes_first, way_up
from edgekit.session import open_session
from edgekit.types import Quad, TextLine
from models import commands
from models.evaluate import readers
from models.rules.samples import train_rows

ABOUT = "How sure a recogniser is of pages upright and on their head, and which threshold tells them apart."
EPILOG = """\
example:
  python -m models.recognizer.upright --data expressexpense --weights models/recognizer/receipt.npz
  python -m models.recognizer.upright --data expressexpense --shipped

Reads a few lines of each picture of split "train", as the reader does to see which way up a page lies, at all four
quarter turns. For thresholds (layout's upright_confidence), in per cent of the pages: how many upright ones are looked
at twice, and how many end on their head though they lay upright (wrong, upright) or because they lay so (wrong,
turned).
In vain: lines that are read upside down, of a page that lay upright and of one on its head.
The other options stand for layout's constants of these names. JSON with --json.
Exit: 0 done, 2 an error (one line on stderr)."""

THRESHOLDS = (0.8, 0.84, 0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97)


@dataclass(frozen=True, slots=True)
class Tried:
    """The lines that are tried first as a page lies, and what each reads as; ``lines`` holds them both ways up."""

    quads: list[Quad]
    lines: dict[Quad, TextLine]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = commands.parser("python -m models.recognizer.upright", ABOUT, EPILOG)
    parser.add_argument("--data", type=Path, metavar="DIR", action="append", required=True, help="may be repeated")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--weights", type=Path, metavar="NPZ", help="of the recogniser (the published ones)")
    which.add_argument("--shipped", action="store_true", help="the recogniser as the default bundle has it")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N pictures of each folder only")
    for name, kind in (("probe_lines", int), ("probe_length", float), ("upright_margin", float)):
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, metavar="N", help="instead of the bundle's")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    return commands.status(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    try:
        recognizer = readers.of_bundle(None, 1) if options.shipped else readers.tiny(1, options.weights)
    except OSError as error:
        raise UsageError(f"--weights {options.weights}: cannot be read ({error.strerror})") from error
    layout = _layout(options)
    seen = list(_pairs(options, recognizer, layout))
    rows = [judged(seen, replace(layout, upright_confidence=threshold)) for threshold in THRESHOLDS]
    print(json.dumps({"pages": len(seen), "thresholds": rows}, indent=1) if options.json else table(rows, len(seen)))


def _layout(options: argparse.Namespace) -> LayoutParams:
    layout = parse_params(LayoutParams, Bundle.open().stage("layout").params, "layout")
    names = ("probe_lines", "probe_length", "upright_margin")
    given = {name: getattr(options, name) for name in names if getattr(options, name) is not None}
    return replace(layout, **given)


def _pairs(options: argparse.Namespace, recognizer: Recognizer, layout: LayoutParams) -> Iterator[tuple[Tried, Tried]]:
    """Of each page and each page turned by 270 degrees: as it lies upright once found, and as it lies on its head."""
    bundle = Bundle.open()
    detect = parse_params(DetectParams, bundle.stage("detect").params, "detect")
    detector = Detector(open_session(bundle, "detect", "onnxruntime", "fp32", 1), detect)
    decode = parse_params(DecodeParams, bundle.stage("image").params, "image")
    scanner = Scanner(detector, recognizer, layout)
    paths = [folder / row["file"] for folder in options.data for row in train_rows(folder)[: options.limit]]
    with Progress(len(paths)) as progress:
        for path in paths:
            image = load(path, decode).image
            for upright, turned in ((0, 180), (270, 90)):
                first, second = (scanner.find(turn(image, way)) for way in (upright, turned))
                yield probed(first, recognizer, layout), probed(second, recognizer, layout)
            progress.step()


def probed(found: Found, recognizer: Recognizer, layout: LayoutParams) -> Tried:
    """The lines that a scan may try first, read both ways up."""
    quads = probes_first(found.detection.quads, layout)[: layout.probe_lines]
    both = [*quads, *(quad.flipped() for quad in quads)]
    return Tried(quads, dict(zip(both, recognizer.read(found.image, both), strict=True)))


def judged(seen: Sequence[tuple[Tried, Tried]], layout: LayoutParams) -> dict[str, float]:
    """Shares of pages: looked at twice though upright; ending on their head, by how they lay. Lines read in vain."""
    as_is, on_head = ([_way_up(pair[side], layout) for pair in seen] for side in (0, 1))
    return {
        "threshold": layout.upright_confidence,
        "twice": float(np.mean([over or vain > 0 for over, vain in as_is])),
        "wrong_upright": float(np.mean([over for over, _ in as_is])),
        "wrong_turned": float(np.mean([not over for over, _ in on_head])),
        "vain_upright": float(np.mean([vain for _, vain in as_is])),
        "vain_turned": float(np.mean([vain for _, vain in on_head])),
    }


def _way_up(tried: Tried, layout: LayoutParams) -> tuple[bool, int]:
    """Whether the page is taken to stand on its head, and how many lines were read the other way up."""
    asked: list[Quad] = []

    def read(quads: Sequence[Quad]) -> list[TextLine]:
        asked.extend(quads)
        return [tried.lines[quad] for quad in quads]

    lines, over = way_up(read, tried.quads, layout)
    return over, len(asked) - len(lines)


def table(rows: Sequence[dict[str, float]], pages: int) -> str:
    """The thresholds, a row each: in per cent of the pages, and lines a page."""
    head = f"{'threshold':>9} {'twice':>7} {'wrong, upright':>15} {'wrong, turned':>14} {'upright':>9} {'turned':>7}"
    lines = [f"{f'{pages} pages':<48} {'lines in vain,':>17}", head]
    for row in rows:
        shares = f"{100 * row['twice']:7.1f} {100 * row['wrong_upright']:15.1f} {100 * row['wrong_turned']:14.1f}"
        lines.append(f"{row['threshold']:9.2f} {shares} {row['vain_upright']:9.2f} {row['vain_turned']:7.2f}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
