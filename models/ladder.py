"""``python -m models.ladder``: every rung of extraction on the same lines of the same receipts."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from edgekit.bundle import Bundle
from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError, UsageError
from edgekit.evaluation import SHORT_NAME_SETS, load_labels, prediction, score
from edgekit.extract import NETWORKED, RUNGS, Extractor, ExtractParams, How, Lexicon
from edgekit.manifest import parse_params
from edgekit.session import open_session
from edgekit.strict import to_plain
from edgekit.types import Receipt
from models import commands
from models.rules.heldback import is_held_back
from models.rules.lines import Lines, layout_params, parse_lines, read_pictures
from models.rules.samples import Row, train_rows

ABOUT = "Measure every rung of extraction on the same lines of the same receipts."
EPILOG = """\
examples:
  python -m models.ladder --data sroie:test --data expressexpense:dev --json ladder.json
  python -m models.ladder --data sroie:test --lines given --rungs classical joint
  python -m models.ladder --data sroie:held-back             training receipts of shops that train no network

FOLDER:SPLIT names a folder with labels.jsonl and pictures. Pictures are read once by the default bundle; the lines are
kept in --cache, so the rungs differ in extraction only. Times are of extraction alone, in this process, one thread.
Bytes are those of a rung's words, constants and network. Exit: 0 done, 2 an error (one line on stderr)."""

HELD_BACK = "held-back"
FIELDS = ("vendor", "date", "total", "tax", "micro3", "micro4")


@dataclass(frozen=True, slots=True)
class Step:
    """A rung on a set. f1: by field and average; None where the set has no label. milliseconds: of one extraction."""

    data: str
    rung: str
    receipts: int
    f1: dict[str, float | None]
    bytes: int
    milliseconds: float
    milliseconds_p95: float


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        steps = _steps(options)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(table(steps))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.ladder", ABOUT, EPILOG)
    parser.add_argument("--data", metavar="FOLDER:SPLIT", action="append", required=True, help="may be repeated")
    parser.add_argument("--bundle", type=Path, metavar="PATH", help="whose extraction (the default bundle)")
    parser.add_argument("--rungs", nargs="+", choices=RUNGS, metavar="RUNG", help="which (all that the bundle has)")
    parser.add_argument("--lines", choices=("read", "given"), default="read", help="given: the labels' own lines")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=Path("build/rules"), help="for lines read")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures here, too")
    return parser


def _steps(options: argparse.Namespace) -> list[Step]:
    if options.json and not options.json.absolute().parent.is_dir():
        raise UsageError(f"{options.json}: its folder does not exist: make it first")
    bundle = Bundle.open(options.bundle)
    graphs = bundle.stage("extract").graphs
    rungs = options.rungs or [rung for rung in RUNGS if graphs or rung not in NETWORKED]
    sets = [_rows(name) for name in options.data]
    steps = []
    for name, (folder, rows) in zip(options.data, sets, strict=True):
        lines = _lines(options, folder, rows)
        steps += [_step(name, folder, (rows, lines), _opened(bundle, rung), bundle) for rung in rungs]
    if options.json:
        shown = {"bundle": f"{bundle.name} {bundle.manifest.version}, digest {bundle.digest}", "lines": options.lines}
        text = json.dumps({**shown, "steps": [asdict(step) for step in steps]}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    return steps


def _rows(name: str) -> tuple[Path, list[Row]]:
    folder, _, split = name.rpartition(":")
    if not folder or not split:
        raise UsageError(f"--data {name}: write FOLDER:SPLIT")
    if split == HELD_BACK:
        return Path(folder), [row for row in train_rows(Path(folder)) if is_held_back(row)]
    return Path(folder), load_labels(Path(folder), split)


def _lines(options: argparse.Namespace, folder: Path, rows: Sequence[Row]) -> list[Lines]:
    """The lines of each row, in order."""
    if options.lines == "given":
        missing = [row["file"] for row in rows if not row.get("lines")]
        if missing:
            raise UsageError(f"{folder}: {missing[0]} has no lines of its own: leave out --lines given")
        params = layout_params()
        return [parse_lines(row["lines"], params) for row in rows]
    with Progress(len(rows)) as progress:
        found = read_pictures(folder, [row["file"] for row in rows], options.cache, progress.step)
    return [found[Path(row["file"]).name] for row in rows]


def _opened(bundle: Bundle, rung: str) -> Extractor:
    params = parse_params(ExtractParams, bundle.stage("extract").params, f"{bundle.path}: stages.extract.params")
    lexicon = Lexicon.parse(bundle.read_text("lexicon.json"), f"{bundle.path}: lexicon.json")
    session = open_session(bundle, "extract", "onnxruntime", "fp32", threads=1) if rung in NETWORKED else None
    return Extractor(params, lexicon, How(rung), session)


def _step(
    name: str, folder: Path, data: tuple[Sequence[Row], Sequence[Lines]], extractor: Extractor, bundle: Bundle
) -> Step:
    rows, lines = data
    ordered = [in_order(one) for one in lines]
    extractor.extract_all(ordered[0].lines, ordered[0].rows)  # the first run of a session is slower
    predictions, seconds = [], []
    for row, one in zip(rows, ordered, strict=True):
        start = time.perf_counter()
        fields, items = extractor.extract_all(one.lines, one.rows)
        seconds.append(time.perf_counter() - start)
        predictions.append(prediction(row["file"], Receipt(one.lines, one.rows, 0, 0, fields, items=items)))
    report = score(rows, predictions, folder.resolve().name in SHORT_NAME_SETS)
    return Step(
        data=name,
        rung=extractor.how.rung,
        receipts=len(rows),
        f1={field: report[field]["f1"] if field in report else None for field in FIELDS},
        bytes=size_of(bundle, extractor.how.rung),
        milliseconds=round(float(np.median(seconds)) * 1000, 2),
        milliseconds_p95=round(float(np.percentile(seconds, 95)) * 1000, 2),
    )


def in_order(found: Lines) -> Lines:
    """The same lines in reading order, as a reader gives them to the extraction."""
    order = [i for row in found.rows for i in row]
    place = {old: new for new, old in enumerate(order)}
    rows = tuple(tuple(place[i] for i in row) for row in found.rows)
    return replace(found, lines=tuple(found.lines[i] for i in order), rows=rows)


def size_of(bundle: Bundle, rung: str) -> int:
    """Bytes of what a rung works with: words, constants, and the fp32 network where it has one."""
    stage, files = bundle.stage("extract"), bundle.manifest.files
    plain = files["lexicon.json"].size + len(json.dumps(to_plain(stage.params)).encode())
    graphs = [graph.file for graph in stage.graphs if (graph.backend, graph.precision) == ("onnxruntime", "fp32")]
    return plain + (sum(files[name].size for name in graphs) if rung in NETWORKED else 0)


def table(steps: Sequence[Step]) -> str:
    """Markdown."""
    head = ["set", "rung", "receipts", *FIELDS, "bytes", "ms", "ms p95"]
    lines = [head, ["---"] * len(head)]
    for step in steps:
        shown = ["" if step.f1[field] is None else f"{step.f1[field]:.3f}" for field in FIELDS]
        times = [f"{step.milliseconds:.1f}", f"{step.milliseconds_p95:.1f}"]
        name = f"{Path(step.data.rpartition(':')[0]).name}, {step.data.rpartition(':')[2]}"
        lines.append([name, step.rung, str(step.receipts), *shown, f"{step.bytes:,}", *times])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
