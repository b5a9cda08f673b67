"""The grammar of the command line, and the help that teaches it."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import Any, NoReturn

from edgekit import __version__
from edgekit.cli import codes

REVIEW_ERROR = 0.02
EXIT_CODES = "exit codes:\n" + "\n".join(f"  {code:<4} {meaning}" for code, meaning in codes.MEANING.items())

MAIN_EPILOG = f"""\
examples:
  edgekit read receipt.jpg                      one receipt, as a card
  edgekit read photos/ --jsonl > receipts.jsonl a folder, one JSON object a picture
  edgekit eval data/ --split test               how right and how fast, on labelled pictures
  edgekit train extractor --data my-receipts --out my-bundle.zip   fine-tunes on receipts of your own
  edgekit bundle info                           which networks are used, and what they were checked against

{EXIT_CODES}

Nothing is ever sent or downloaded: a read needs this package and the picture, no network.
"""

READ_EPILOG = f"""\
examples:
  edgekit read receipt.jpg                      a card: each field, its confidence, and the text as printed
  edgekit read photos/ 'more/**/*.png'          a table: all pictures of a folder (and below), and of a pattern
  edgekit read photos/ --json > receipts.json   one JSON array; --jsonl: an object a line, as they come
  edgekit read photos/ --annotate marked/       draws what was read onto copies of the pictures
  cat receipt.jpg | edgekit read -              standard input

A field marked ? needs a person's look before it is used. A picture that cannot be read is told on stderr (and as
{{"file": ..., "error": ...}} in JSON); the others are still read.

{EXIT_CODES}
"""

EVAL_EPILOG = f"""\
DATA is a folder with pictures and labels.jsonl, an object a line: file, split, vendor, date (YYYY-MM-DD), total and
tax; or, in place of these three, norm with date_readings, total and tax. Fields whose label is null do not count; a
field that was not found costs recall, not precision.

Beside the scores: how far confidences hold (expected calibration error, in 10 bins of equal width and in 15 of equal
numbers of answers, and what chance would make of true confidences), the area under the curve of risk against coverage,
and the share that needs no review.

examples:
  edgekit eval data/ --split test --out predictions.jsonl
  edgekit eval data/ --limit 20 --threads 1 --json
  edgekit eval data/ --plot trust.svg           draws risk against coverage, and how far confidences hold
  edgekit eval data/ --lines given              also from the labels' own lines (text, quad): what the OCR costs

{EXIT_CODES}
"""

TRAIN_EPILOG = f"""\
DATA is a folder with pictures and labels.jsonl, an object a line, null for what is not printed or not known:
  {{"file": "images/a.jpg", "vendor": "Corner Shop Ltd", "date": "2026-03-14", "total": "18.95", "tax": "1.40"}}
50 receipts are enough to try, of as many shops as they can be; 20 receipts of 5 shops are the least.

Tuned are the points by which totals and names are chosen, and how far each confidence can be believed; the networks
stay as they are. Each change is judged on receipts of shops that it was not fitted on, and only what gains is taken.
A bundle is written only where something got better, unless --force. Its manifest tells data, counts and figures.

examples:
  edgekit train extractor --data my-receipts --out my-bundle.zip
  edgekit eval my-receipts --bundle my-bundle.zip

{EXIT_CODES}
"""

BUNDLE_EPILOG = """\
examples:
  edgekit bundle info                           the bundle that comes with EdgeKit
  edgekit bundle verify my-bundle.zip
  edgekit bundle pack my-folder my-bundle.zip   computes the manifest's files; refuses graphs without evidence
"""


class Parser(argparse.ArgumentParser):
    """Its errors look like all others: one line that names the mend."""

    def error(self, message: str) -> NoReturn:
        self.exit(codes.USAGE, f"error: {message}: see '{self.prog} --help'\n")


def build_parser() -> argparse.ArgumentParser:
    """The whole grammar; ``options.run`` is the function that carries the command out."""
    parser = Parser(
        prog="edgekit",
        description="Reads receipts on this device: vendor, date, tax and total from photos, offline.",
        epilog=MAIN_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"edgekit {__version__}")
    _add_global(parser, defaults=True)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_read(commands)
    _add_eval(commands)
    _add_train(commands)
    _add_bundle(commands)
    return parser


def _add_global(parser: argparse.ArgumentParser, defaults: bool) -> None:
    """They may stand before or after the command; only the first place has defaults, so neither undoes the other."""
    group = parser.add_argument_group("options of every command")

    def add(flag: str, default: Any, **rest: Any) -> None:
        group.add_argument(flag, default=default if defaults else argparse.SUPPRESS, **rest)

    add("--bundle", None, metavar="PATH", help="folder or zip of a bundle (default: the one inside EdgeKit)")
    add("--backend", "onnxruntime", metavar="NAME", help="inference engine (default: onnxruntime)")
    add("--precision", "fp32", metavar="NAME", help="of the graphs, never substituted (default: fp32)")
    add(
        "--threads",
        None,
        metavar="N",
        type=_count,
        help="cores that one read uses (default: what this machine allows, at most 4)",
    )


def _add_command(commands: Any, name: str, summary: str, epilog: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made


def _add_read(commands: Any) -> None:
    parser = _add_command(commands, "read", "read receipts from pictures", READ_EPILOG)
    parser.add_argument("paths", nargs="+", metavar="PATH", help="a picture, a folder, a pattern, or - for stdin")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON array")
    output.add_argument("--jsonl", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--annotate", metavar="OUT", help="write pictures with what was read drawn on: a folder, or one .jpg or .png"
    )
    _add_extraction(parser)
    _add_global(parser, defaults=False)
    parser.set_defaults(run=_run("read", "run"))


def _add_eval(commands: Any) -> None:
    parser = _add_command(commands, "eval", "measure accuracy, speed and memory on labelled pictures", EVAL_EPILOG)
    parser.add_argument("data", metavar="DATA", help="folder with labels.jsonl and images/")
    parser.add_argument("--split", metavar="S", help="only rows of this split (default: all)")
    parser.add_argument("--out", metavar="FILE", help="write the predictions here, one JSON object a line")
    parser.add_argument("--limit", metavar="N", type=_count, help="only the first N rows")
    parser.add_argument("--json", action="store_true", help="print the whole report as JSON")
    parser.add_argument("--plot", metavar="FILE", help="draw how far confidences hold: .svg, .png or .pdf")
    parser.add_argument("--lines", choices=("given",), help="score fields from the labels' own lines, too")
    _add_extraction(parser)
    _add_global(parser, defaults=False)
    parser.set_defaults(run=_run("evaluate", "run"))


def _add_extraction(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--extractor",
        metavar="RUNG",
        help="how fields are found: rules, classical, network or joint (default: the bundle's best)",
    )
    parser.add_argument(
        "--review-error",
        metavar="E",
        type=float,
        default=REVIEW_ERROR,
        help=f"share of wrong values to expect among those not marked for review (default: {REVIEW_ERROR})",
    )


def _add_train(commands: Any) -> None:
    parser = _add_command(commands, "train", "fine-tune a bundle on your own labelled receipts", "")
    actions = parser.add_subparsers(required=True, metavar="WHAT")
    action = _add_command(actions, "extractor", "how fields are chosen, and how sure they are", TRAIN_EPILOG)
    action.add_argument("--data", required=True, metavar="DATA", help="folder with labels.jsonl and pictures")
    action.add_argument("--out", required=True, metavar="BUNDLE", help="a new folder, or a file ending in .zip")
    action.add_argument(
        "--base", dest="bundle", default=argparse.SUPPRESS, metavar="BUNDLE", help="what to start from: --bundle"
    )
    action.add_argument("--split", metavar="S", help="only rows of this split (default: all)")
    action.add_argument(
        "--extractor",
        metavar="RUNG",
        help="whose confidences to tune: rules, classical, network or joint (default: the base's best)",
    )
    action.add_argument("--force", action="store_true", help="write the bundle even where nothing got better")
    action.add_argument("--overwrite", action="store_true", help="replace a bundle that is already there")
    _add_global(action, defaults=False)
    action.set_defaults(run=_run("train", "run_extractor"), review_error=REVIEW_ERROR)


def _add_bundle(commands: Any) -> None:
    parser = _add_command(commands, "bundle", "look at, check or make a bundle", BUNDLE_EPILOG)
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    for name, summary in (("info", "what a bundle holds"), ("verify", "check every file against the manifest")):
        action = _add_command(actions, name, summary, "")
        action.add_argument("path", nargs="?", metavar="BUNDLE", help="folder or zip (default: --bundle)")
        if name == "info":
            action.add_argument("--json", action="store_true", help="print it as JSON")
        _add_global(action, defaults=False)
        action.set_defaults(run=_run("bundle", f"run_{name}"))
    pack = _add_command(actions, "pack", "make a bundle from a folder with a manifest.json", "")
    pack.add_argument("folder", metavar="FOLDER", help="what to pack")
    pack.add_argument("target", metavar="TARGET", help="a new folder, or a file ending in .zip")
    pack.add_argument("--overwrite", action="store_true", help="replace a bundle that is already at TARGET")
    pack.set_defaults(run=_run("bundle", "run_pack"))


def _run(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    """Imports the command only when it runs, so that --help and --version need neither numpy nor an engine."""

    def run(options: argparse.Namespace) -> int:
        code: int = getattr(importlib.import_module(f"edgekit.cli.{module}"), function)(options)
        return code

    return run


def _count(text: str) -> int:
    """A whole number from 1."""
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)
