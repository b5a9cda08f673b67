"""The grammar of the command line, and the help that teaches it."""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable
from typing import Any, NoReturn

from edgekit import __version__
from edgekit.calibration import REVIEW_ERROR
from edgekit.cli import codes
from edgekit.cli.teaching import BENCH_EPILOG, BUNDLE_EPILOG, EVAL_EPILOG, MAIN_EPILOG, READ_EPILOG, TRAIN_EPILOG


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
    _add_bench(commands)
    _add_bundle(commands)
    return parser


def _add_global(parser: argparse.ArgumentParser, defaults: bool) -> None:
    """They may stand before or after the command; only the first place has defaults, so neither undoes the other."""
    group = parser.add_argument_group("options of every command")

    def add(flag: str, default: Any, **rest: Any) -> None:
        group.add_argument(flag, default=default if defaults else argparse.SUPPRESS, **rest)

    add("--bundle", None, metavar="PATH", help="folder or zip of a bundle (default: the one inside EdgeKit)")
    add("--backend", "onnxruntime", metavar="NAME", help="inference engine (default: onnxruntime)")
    add("--precision", "fp32", metavar="NAME", help="of the graphs; a bundle may name one for stages without it (fp32)")
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


def _add_bench(commands: Any) -> None:
    parser = _add_command(commands, "bench", "measure speed and memory on this device", BENCH_EPILOG)
    add = parser.add_argument
    add("--quick", action="store_true", help="a first look: fewer reads; not a figure to publish")
    add("--images", nargs="+", metavar="PATH", help="pictures, folders or patterns to read (default: drawn receipts)")
    add(
        "--json",
        nargs="?",
        const="-",
        metavar="OUT",
        help="write all figures to a file, or print them in place of text",
    )
    add("--label", metavar="TEXT", help="what to note of the device: its cooling, its power supply")
    add("--reads", type=_count, metavar="N", help="enough for a variant (default: 1024; --quick: 96)")
    add("--seconds", type=_seconds, metavar="S", help="or so long (default: 60; --quick: 14 for all variants together)")
    add("--passes", type=_count, metavar="N", help="runs in a row, in fresh processes (default: 3; --quick: 2)")
    add(
        "--workers",
        type=_whole,
        metavar="N",
        help="processes for reads a second, 0 for none (default: cores, at most 4)",
    )
    add(
        "--no-probe",
        dest="probe",
        action="store_false",
        help="leave out what the processor and its memory can do at most",
    )
    add("--python", metavar="COMMAND", help="what starts Python in the processes measured (default: this Python)")
    _add_several(parser)
    parser.set_defaults(run=_run("bench", "run"))


def _add_several(parser: argparse.ArgumentParser) -> None:
    """The options of every command, of which this one takes several values."""
    group = parser.add_argument_group("what to compare")

    def add(flag: str, **rest: Any) -> None:
        group.add_argument(flag, nargs="+", default=argparse.SUPPRESS, **rest)

    add("--bundle", metavar="PATH", help="folders or zips of bundles (default: the one inside EdgeKit)")
    add("--backend", metavar="NAME", help="inference engines (default: onnxruntime)")
    add("--precision", metavar="NAME", help="of the graphs (default: fp32)")
    add("--threads", metavar="N", type=_count, help="cores that one read uses (default: what this machine allows)")


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


def _whole(text: str) -> int:
    """A whole number from 0."""
    return 0 if text == "0" else _count(text)


def _seconds(text: str) -> float:
    """A time above 0."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value
