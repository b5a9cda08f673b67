"""``python -m models.rules``: fit the weights of the extraction rules on labelled receipts."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.network import Network
from edgekit.extract.params import JointWeights
from edgekit.manifest import parse_params
from edgekit.session import open_session
from edgekit.strict import to_plain
from models import commands
from models.rules.heldback import Eyes, Seen, foreign_networks, unseen
from models.rules.joint import fit_joint, fit_rules
from models.rules.lines import Lines, from_files, layout_params, parse_lines, read_pictures
from models.rules.samples import Row, Sample, sample, train_rows
from models.rules.weights import Fitted, fit

ABOUT = "Fit the weights of the extraction rules on labelled receipts."
EPILOG = """\
examples:
  python -m models.rules --data sroie --data expressexpense --out export/data/extract_params.json
  python -m models.rules --data sroie --data expressexpense --out export/data/extract_params.json --check
  python -m models.rules --data sroie --data expressexpense --out export/data/extract_params.json \\
      --network edgekit/bundles/default --variants 2      also the weights of the rung "joint"

A data folder has labels.jsonl and the pictures it names; only rows of split "train" are used, less those that show a
receipt of another split (near_duplicates). --out must exist: its hand-set constants stay, its weights are replaced.
lexicon.json is read from the folder of --out. Lines that were read are kept in --cache; the reader's version, constants
and graphs are part of the file's name, but empty the folder after changing the reader's code.
Weights of "joint" are fitted on receipts of shops that the network was not trained on, read as they are and --variants
times from altered pictures (those need torch, models/extractor). With --foreign SET=CHECKPOINT all receipts of a set
are looked at, by a network that was trained without that set. --taxes DIR: receipts of yet another kind, on which
only the confidence of the tax of "joint" is fitted, such as drawn ones, which have taxes of many countries.
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
    return commands.status(lambda: _run(options))


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.rules", ABOUT, EPILOG)
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
    parser.add_argument(
        "--network", type=Path, metavar="BUNDLE", help="fit the joint weights to its extraction network"
    )
    parser.add_argument("--variants", type=int, metavar="N", default=0, help="altered readings for --network (0)")
    commands.add_foreign(parser)
    parser.add_argument(
        "--taxes",
        type=Path,
        metavar="DIR",
        action="append",
        default=[],
        help="more labelled receipts, for the joint confidence of the tax alone; may be repeated",
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where --out would change")
    return parser


def _run(options: argparse.Namespace) -> int:
    rules = _open(options.out)
    network = _network(options.network) if options.network else None
    samples = _samples(options, rules)
    fitted = fit(samples, rules.lexicon, rules.params)
    print(_table(fitted))
    constants = {**rules.constants, **{key: list(values) for key, values in fitted.weights.items()}}
    if network is not None:
        constants["joint"] = _joint(options, rules, samples, network)
    text = written(constants)
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


def _network(bundle: Path) -> Network:
    return Network(open_session(Bundle.open(bundle), "extract", "onnxruntime", "fp32", threads=1))


def _joint(options: argparse.Namespace, rules: _Rules, samples: Sequence[Sample], network: Network) -> dict[str, Any]:
    """The joint weights. Points of the rules that look at a foreign set are fitted without it, as its network is."""

    def eyes_of(network: Network, known: Sequence[Sample]) -> tuple[Eyes, JointWeights]:
        start = fit_rules(known, rules.lexicon, rules.params)
        return Eyes(rules.lexicon, replace(rules.params, joint=start), network), start

    foreign = foreign_networks(options.foreign, [*options.data, *options.taxes])
    eyes, start = eyes_of(network, samples)
    by_set = {
        name: eyes_of(Network(session), [sample for sample in samples if sample.name != name])[0]
        for name, session in foreign.items()
    }
    seen, taxed = (_seen(options, folders, eyes, by_set) for folders in (options.data, options.taxes))
    if not seen:
        raise UsageError("no held-back receipt: --network needs receipts of shops that its network was not trained on")
    halves, report = fit_joint(seen, start, taxed)
    print(_table(Fitted({}, report)))
    return dict(to_plain(halves[2]))


def _seen(options: argparse.Namespace, folders: Sequence[Path], eyes: Eyes, foreign: Mapping[str, Eyes]) -> list[Seen]:
    """The readings of all receipts that their network does not know; those of one receipt count as one."""
    sets = [(folder, unseen(folder, train_rows(folder), foreign)) for folder in folders]
    found = []
    with Progress(sum(len(rows) for _, rows in sets) * (1 + options.variants)) as progress:
        for folder, rows in sets:
            readings, name = _readings(options, folder, rows, progress), folder.resolve().name
            looking = foreign.get(name, eyes)
            for row in rows:
                lines = readings.get(Path(row["file"]).name, ())
                seen = (looking.see(row, name, one, 1 / len(lines)) for one in lines)
                found += [one for one in seen if one is not None]
    return found


def _readings(
    options: argparse.Namespace, folder: Path, rows: list[Row], progress: Progress
) -> Mapping[str, Sequence[Lines]]:
    if not options.variants or options.lines:
        return {name: (lines,) for name, lines in _lines(options, folder, rows, progress).items()}
    from models.extractor.readings import read_varied  # its package needs torch; pictures as they are do not

    return read_varied(folder, [row["file"] for row in rows], options.variants, options.cache, progress.step)


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
