"""``python -m models.recognizer.blend``: a weighted mean of two runs' weights.

Weights tuned further from others lie near enough for their mean to work, and it errs less on what the later run saw
little of (Wortsman et al., "Robust fine-tuning of zero-shot models", 2022).
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path

import numpy as np

from edgekit.errors import UsageError
from export.tuning import CLASSES
from models import commands
from models.tuned import half

ABOUT = "A weighted mean of the weights of two runs, the second begun where the first ended."
EPILOG = """\
example:
  python -m models.recognizer.blend first/receipt.npz second/receipt.npz --share 0.75 --out receipt.npz

Exit: 0 done, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = commands.parser("python -m models.recognizer.blend", ABOUT, EPILOG)
    parser.add_argument("first", type=Path, metavar="FIRST", help="weights, .npz")
    parser.add_argument("second", type=Path, metavar="SECOND", help="weights, .npz")
    parser.add_argument("--share", type=float, default=0.5, help="of the second, 0 to 1 (0.5)")
    parser.add_argument("--out", type=Path, metavar="NPZ", required=True, help="the mean")
    options = parser.parse_args(arguments)
    return commands.status(lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    if not 0 <= options.share <= 1:
        raise UsageError(f"--share {options.share:g}: give a number from 0 to 1")
    first, second = _read(options.first), _read(options.second)
    try:
        options.out.write_bytes(blend(first, second, options.share))
    except OSError as error:
        raise UsageError(f"--out {options.out}: cannot be written ({error.strerror}); name another place") from error


def _read(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error}); name a receipt.npz") from error
    except (ValueError, EOFError, AttributeError) as error:  # no archive
        raise UsageError(f"{path}: is no .npz of arrays; name a receipt.npz") from error


def blend(first: dict[str, np.ndarray], second: dict[str, np.ndarray], share: float) -> bytes:
    """An ``.npz`` of ``(1 - share) * first + share * second``, float16. Raises UsageError where they do not fit."""
    fits = first.keys() == second.keys() and all(first[name].shape == second[name].shape for name in first)
    if not fits or CLASSES not in first or not np.array_equal(first[CLASSES], second[CLASSES]):
        raise UsageError("the two files are not weights of one network with the same classes; take two runs of one")
    mean = {CLASSES: first[CLASSES]}
    for name in first.keys() - {CLASSES}:
        mean[name] = half((1 - share) * first[name].astype(np.float32) + share * second[name].astype(np.float32), name)
    with io.BytesIO() as file:
        np.savez_compressed(file, allow_pickle=False, **{name: mean[name] for name in first})
        return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
