"""``python -m models.rules``: fit the weights of the extraction rules on labelled receipts."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError, UsageError
from edgekit.extract import ExtractParams, Lexicon
from edgekit.manifest import parse_params
from models.rules.lines import Lines, from_files, layout_params, parse_lines, read_pictures
from models.rules.samples import Row, Sample, sample, train_rows
from models.rules.weights import Fitted, fit

ABOUT = "Fit the weights of the extraction rules on labelled receipts."
EPILOG = """\
examples:
  python -m models.rules --data sroie --data expressexpense --out export/data/extract_params.json
  python -m models.rules --data sroie --data expressexpense --out export/data/extract_params.json --check

A data folder has labels.jsonl and the pictures it names; only rows of split "train" are used, less those that show a
receipt of another split (near_duplicates). --out must exist: its hand-set constants stay, its weights are replaced.
lexicon.json is read from the folder of --out. Lines that were read are kept in --cache; the reader's version, constants
and graphs are part of the file's name, but empty the folder after changing the reader's code.
Exit: 0 done, 1 --check found differences, 2 an error (one line on stderr)."""


@dataclass(frozen=True, slots=True)
class _Rules:
    """The file of constants: as JSON and parsed, and the lexicon beside it."""

    path: Path
    constants: dict[str, Any]
    params: ExtractParams
    lexicon: Lexicon


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m models.rules",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--data", type=Path, metavar="DIR", action="append", required=True, help="labelled receipts; may be repeated"
    )
    parser.add_argument(
        "--lines", metavar="FILE", action="append", default=[], help="'given': the labels' own lines; else read lines"
    )
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", default=Path("build/rules"), help="for lines that were read"
    )
    parser.add_argument("--out", type=Path, metavar="JSON", required=True, help="extract_params.json to rewrite")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where --out would change")
    return parser


def _run(options: argparse.Namespace) -> int:
    rules = _open(options.out)
    fitted = fit(_samples(options, rules), rules.lexicon, rules.params)
    print(_table(fitted))
    text = written({**rules.constants, **{key: list(values) for key, values in fitted.weights.items()}})
    if options.check:
        same = text == written(rules.constants)
        print(f"{rules.path}: {'as fitted' if same else 'differs from what these receipts give'}")
        return 0 if same else 1
    rules.path.write_text(text, encoding="utf-8")
    return 0


def _open(path: Path) -> _Rules:
    try:
        constants = json.loads(path.read_text(encoding="utf-8"))
        words = path.with_name("lexicon.json").read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be used ({error}); name constants that lie beside lexicon.json") from error
    params = parse_params(ExtractParams, constants, str(path))
    return _Rules(path, constants, params, Lexicon.parse(words, "lexicon.json"))


def _samples(options: argparse.Namespace, rules: _Rules) -> list[Sample]:
    sets = [(folder, train_rows(folder)) for folder in options.data]
    found = []
    with Progress(sum(len(rows) for _, rows in sets)) as progress:
        for folder, rows in sets:
            lines = _lines(options, folder, rows, progress)
            for row in rows:
                if Path(row["file"]).name not in lines:
                    raise UsageError(
                        f"{row['file']}: --lines has no lines of it; leave --lines out to read the pictures"
                    )
                name = folder.resolve().name
                found.append(sample(row, name, lines[Path(row["file"]).name], rules.lexicon, rules.params))
    return found


def _lines(options: argparse.Namespace, folder: Path, rows: list[Row], progress: Progress) -> dict[str, Lines]:
    if not options.lines:
        return read_pictures(folder, [row["file"] for row in rows], options.cache, progress.step)
    params = layout_params()
    if options.lines == ["given"]:
        return {Path(row["file"]).name: parse_lines(row["lines"], params) for row in rows if row.get("lines")}
    return from_files([Path(name) for name in options.lines], params)


def _table(fitted: Fitted) -> str:
    head = f"{'two-fold, on training receipts':32} {'n':>5} {'prior':>8} {'fit':>8}"
    return "\n".join([head, *(f"{x.what:32} {x.receipts:5} {x.prior:8.3f} {x.fit:8.3f}" for x in fitted.report)])


def written(constants: dict[str, Any]) -> str:
    """JSON with one constant a line."""
    lines = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in constants.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
