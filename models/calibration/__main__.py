"""``python -m models.calibration``: fit how far a rung's confidences can be believed, on labelled receipts."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.extract import CLASSICAL, JOINT, NETWORKED, RUNGS, ExtractParams, Lexicon
from edgekit.extract.network import Session
from edgekit.manifest import parse_params
from edgekit.session import open_session
from edgekit.strict import to_plain
from edgekit.training.calibrating import GAIN, Fit, fit_field
from edgekit.training.counting import FEW, Counted
from models import commands
from models.calibration.answers import Labelled, count, open_raw
from models.rules.__main__ import written
from models.rules.heldback import foreign_networks, unseen
from models.rules.lines import Lines, read_pictures
from models.rules.samples import train_rows

ABOUT = "Fit how far a rung's confidences can be believed, on labelled receipts."
EPILOG = """\
examples:
  python -m models.calibration --rung classical --data sroie --data expressexpense --out export/data/extract_params.json
  python -m models.calibration --rung joint --held-back --bundle edgekit/bundles/default \\
      --data sroie --data expressexpense --data build/synthetic --out export/data/extract_params.json

A data folder has labels.jsonl and the pictures it names; only rows of split "train" count, less those that show a
receipt of another split. Each picture is read as it is and --variants times altered (turned, smaller, blurred), by the
default bundle. lexicon.json is read from the folder of --out; only "calibration" of this rung is rewritten there.
--held-back takes only receipts of shops that train no network: needed for rungs that have one. With --foreign
SET=CHECKPOINT it takes all receipts of a set, as a network answers that was trained without that set. Where that leaves
a field of "joint" with fewer than 30 receipts, it takes the calibration of "classical" in --out: fit that rung first.
Exit: 0 done, 1 --check found differences, 2 an error (one line on stderr)."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return commands.status(lambda: _run(options))


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.calibration", ABOUT, EPILOG)
    parser.add_argument("--rung", choices=RUNGS, required=True, help="whose confidences")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", action="append", required=True, help="labelled receipts; may be repeated"
    )
    parser.add_argument("--variants", type=int, metavar="N", default=2, help="altered readings (2); they need torch")
    parser.add_argument("--held-back", action="store_true", help="only shops that train no network")
    commands.add_foreign(parser)
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="has the extraction network (the default bundle)")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=Path("build/rules"), help="for lines read")
    parser.add_argument("--out", type=Path, metavar="JSON", required=True, help="extract_params.json to rewrite")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where --out would change")
    return parser


def _run(options: argparse.Namespace) -> int:
    if options.foreign and options.rung not in NETWORKED:
        raise UsageError(f"--foreign: --rung {options.rung} has no network: leave it out")
    if options.rung in NETWORKED and not options.held_back:
        raise UsageError(f"--rung {options.rung}: its network has seen the other shops: add --held-back")
    constants, params, lexicon = _open(options.out)
    foreign = foreign_networks(options.foreign, options.data)
    extractor = open_raw(options.rung, params, lexicon, _session(options))
    by_set = {name: open_raw(options.rung, params, lexicon, session) for name, session in foreign.items()}
    answers = count(_receipts(options, foreign), extractor, by_set)
    fits = {name: fit for name, found in answers.items() if (fit := _fit(found)) is not None}
    if not fits:
        raise UsageError(f"--rung {options.rung}: no labelled answer to count: give training receipts (--data)")
    lent = _lent(options.rung, fits, constants["calibration"])
    print(_table(fits, tuple(lent)))
    fitted = {name: to_plain(fit.calibration) for name, fit in fits.items()} | lent
    text = written({**constants, "calibration": {**constants["calibration"], options.rung: fitted}})
    if options.check:
        same = text == written(constants)
        print(f"{options.out}: {'as fitted' if same else 'differs from what these receipts give'}")
        return 0 if same else 1
    options.out.write_text(text, encoding="utf-8")
    return 0


def _fit(answers: Sequence[Counted]) -> Fit | None:
    """A field with labels in one set only keeps its raw confidence: that a map holds elsewhere cannot be shown."""
    several = len({answer.source for answer in answers}) > 1
    return fit_field(answers, GAIN if several else math.inf)


def _lent(rung: str, fits: Mapping[str, Fit], calibration: Mapping[str, Any]) -> dict[str, Any]:
    """For fields of "joint" with hardly any receipts, the calibration of "classical", which counts all shops.

    The joint rung has its evidence, and the network's word besides.
    """
    known = calibration.get(CLASSICAL, {}) if rung == JOINT else {}
    return {name: known[name] for name, fit in fits.items() if fit.calibration.answers < FEW and name in known}


def _open(path: Path) -> tuple[dict[str, Any], ExtractParams, Lexicon]:
    try:
        constants = json.loads(path.read_text(encoding="utf-8"))
        words = path.with_name("lexicon.json").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be used ({error}); name constants that lie beside lexicon.json") from error
    return constants, parse_params(ExtractParams, constants, str(path)), Lexicon.parse(words, "lexicon.json")


def _session(options: argparse.Namespace) -> Session | None:
    if options.rung not in NETWORKED:
        return None
    return open_session(Bundle.open(options.bundle), "extract", "onnxruntime", "fp32", threads=1)


def _receipts(options: argparse.Namespace, foreign: Collection[str]) -> list[Labelled]:
    sets = {folder: train_rows(folder) for folder in options.data}
    if options.held_back:
        sets = {folder: unseen(folder, rows, foreign) for folder, rows in sets.items()}
    found = []
    with Progress(sum(len(rows) for rows in sets.values()) * (1 + options.variants)) as progress:
        for folder, rows in sets.items():
            readings = _readings(options, folder, [row["file"] for row in rows], progress.step)
            source = folder.resolve().name
            found += [Labelled(row, source, tuple(readings[Path(row["file"]).name])) for row in rows]
    return found


def _readings(
    options: argparse.Namespace, folder: Path, files: list[str], step: Callable[[], None]
) -> Mapping[str, Sequence[Lines]]:
    if not options.variants:
        return {name: (lines,) for name, lines in read_pictures(folder, files, options.cache, step).items()}
    from models.extractor.readings import read_varied  # its package needs torch; pictures as they are do not

    return read_varied(folder, files, options.variants, options.cache, step)


def _table(fits: Mapping[str, Fit], lent: Sequence[str]) -> str:
    kinds = list(next(iter(fits.values())).losses)
    head = ["log-loss on shops and sets held back", "answers", "receipts", *kinds]
    lines = [f"{head[0]:36} {head[1]:>8} {head[2]:>8} " + " ".join(f"{kind:>9}" for kind in kinds)]
    for name, fit in fits.items():
        losses = " ".join(f"{fit.losses[kind]:9.4f}" for kind in kinds)
        kind = f"as {CLASSICAL}: too few" if name in lent else fit.kind
        lines.append(f"{f'{name}, {kind}':36} {fit.answers:8} {fit.calibration.answers:8} {losses}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
