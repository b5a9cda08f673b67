"""``python -m models.extractor``: measure a trained extraction network by itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError
from models import commands
from models.extractor.corpus import readings_of
from models.extractor.loading import CHECKPOINT, load
from models.extractor.measuring import measure
from models.extractor.samples import Rules
from models.rules.samples import train_rows

ABOUT = "Measure an extraction network alone, without rules: on receipts of shops held back, and on synthetic ones."
EPILOG = """\
examples:
  python -m models.extractor --data sroie --data expressexpense
  python -m models.extractor --synthetic 500                       line items, and fields, of synthetic receipts only

A data folder is one that the network was trained on (see python -m models.extractor.train --help); its pictures are
read by the default bundle, and lines read are kept in --cache. Printed is the F1 of each set and field.
Exit: 0 done, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    try:
        model = load(options.checkpoint)
        with Progress(sum(len(train_rows(folder)) for folder in options.data)) as progress:
            readings = readings_of(options.data, 0, options.cache, progress.step)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    held_back = [reading for reading in readings if reading.is_held_back]
    for name, score in measure(model, held_back, options.synthetic, Rules.of_bundle()).items():
        print(f"{name:32} {score:.3f}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.extractor", ABOUT, EPILOG)
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", action="append", default=[], help="labelled receipts; may be repeated")
    add("--checkpoint", type=Path, metavar="DIR", default=CHECKPOINT, help="the network (default: the shipped one)")
    add("--cache", type=Path, metavar="DIR", default=Path("build/extractor"), help="for lines that were read")
    add("--synthetic", type=int, metavar="N", default=200, help="synthetic receipts (default %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
