"""``python -m models.recognizer.upright``: how sure a recogniser is of pages upright and on their head."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.decode import DecodeParams, load
from edgekit.detect import Detector, DetectParams
from edgekit.errors import UsageError
from edgekit.image import turn
from edgekit.layout import LayoutParams
from edgekit.manifest import parse_params
from edgekit.recognize import Recognizer
from edgekit.scan import probes_first
from edgekit.session import open_session
from models import commands
from models.evaluate import readers
from models.rules.samples import train_rows

ABOUT = "How sure a recogniser is of pages upright and on their head, and which threshold tells them apart."
EPILOG = """\
example:
  python -m models.recognizer.upright --data expressexpense --weights models/recognizer/receipt.npz

Reads a few lines of each picture of split "train", as the reader does to see which way up a page lies, upright
and turned by 180 degrees. For thresholds (layout's upright_confidence): how many upright pages are looked at twice, and
how many turned ones are taken to be upright. Wrong: pages that end up on their head. In per cent; JSON with --json.
Exit: 0 done, 2 an error (one line on stderr)."""

THRESHOLDS = (0.8, 0.84, 0.86, 0.88, 0.9, 0.91, 0.92, 0.93, 0.94, 0.95, 0.96, 0.97)

Pair = tuple[float, float]
"""Mean confidence of the lines tried first: upright, and on their head."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = commands.parser("python -m models.recognizer.upright", ABOUT, EPILOG)
    parser.add_argument("--data", type=Path, metavar="DIR", action="append", required=True, help="may be repeated")
    parser.add_argument("--weights", type=Path, metavar="NPZ", help="of the recogniser (the published ones)")
    parser.add_argument("--limit", type=int, metavar="N", help="the first N pictures of each folder only")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    return commands.status(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    try:
        recognizer = readers.tiny(1, options.weights)
    except OSError as error:
        raise UsageError(f"--weights {options.weights}: cannot be read ({error.strerror})") from error
    seen = list(_pairs(options, recognizer))
    rows = [judged(seen, threshold) for threshold in THRESHOLDS]
    print(json.dumps({"pages": len(seen), "thresholds": rows}, indent=1) if options.json else table(rows, len(seen)))


def _pairs(options: argparse.Namespace, recognizer: Recognizer) -> Iterator[tuple[Pair, Pair]]:
    """Of each page as it lies upright, and as it lies turned."""
    bundle = Bundle.open()
    detect = parse_params(DetectParams, bundle.stage("detect").params, "detect")
    detector = Detector(open_session(bundle, "detect", "onnxruntime", "fp32", 1), detect)
    decode = parse_params(DecodeParams, bundle.stage("image").params, "image")
    layout = parse_params(LayoutParams, bundle.stage("layout").params, "layout")
    paths = [folder / row["file"] for folder in options.data for row in train_rows(folder)[: options.limit]]
    with Progress(len(paths)) as progress:
        for path in paths:
            image = load(path, decode).image
            upright, turned = (probed(detector, recognizer, page, layout) for page in (image, turn(image, 180)))
            yield upright, turned
            progress.step()


def probed(detector: Detector, recognizer: Recognizer, page: Image.Image, layout: LayoutParams) -> Pair:
    """Of the lines that a scan tries first: mean confidence as they lie, and the other way up."""
    quads = probes_first(detector.detect(page).quads, layout)[: layout.probe_lines]
    sides = (quads, [quad.flipped() for quad in quads])
    as_is, flipped = (float(np.mean([line.confidence for line in recognizer.read(page, side)])) for side in sides)
    return as_is, flipped


def judged(seen: Sequence[tuple[Pair, Pair]], threshold: float) -> dict[str, float]:
    """Shares of pages: looked at twice though upright; ending on their head, by how they lay."""
    twice = [upright[0] < threshold for upright, _ in seen]
    spoiled = [upright[0] < threshold and upright[1] > upright[0] for upright, _ in seen]
    missed = [turned[0] >= threshold or turned[1] <= turned[0] for _, turned in seen]
    return {
        "threshold": threshold,
        "twice": float(np.mean(twice)),
        "wrong_upright": float(np.mean(spoiled)),
        "wrong_turned": float(np.mean(missed)),
    }


def table(rows: Sequence[dict[str, float]], pages: int) -> str:
    """The thresholds, a row each, in per cent of the pages."""
    lines = [f"{pages} pages", f"{'threshold':>9} {'twice':>7} {'wrong, upright':>15} {'wrong, turned':>14}"]
    for row in rows:
        shares = f"{100 * row['twice']:7.1f} {100 * row['wrong_upright']:15.1f} {100 * row['wrong_turned']:14.1f}"
        lines.append(f"{row['threshold']:9.2f} {shares}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
