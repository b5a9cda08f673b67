"""What the command lines of ``models`` share."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from edgekit.errors import EdgeKitError


def parser(program: str, about: str, epilog: str) -> argparse.ArgumentParser:
    """A parser whose help keeps the lines of ``epilog``; a command adds its options."""
    return argparse.ArgumentParser(
        prog=program, description=about, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def add_foreign(parser: argparse.ArgumentParser) -> None:
    """``--foreign``, which may be repeated; for ``models.rules.heldback.foreign_networks``."""
    parser.add_argument(
        "--foreign",
        metavar="SET=DIR",
        action="append",
        default=[],
        help="for a set, a network trained without it",
    )


def add_share(parser: argparse.ArgumentParser, help: str) -> None:
    """``--share``, which may be repeated: pairs of a kind and a number."""
    parser.add_argument("--share", type=_share, metavar="KIND=X", action="append", default=[], help=help)


def _share(text: str) -> tuple[str, float]:
    kind, _, number = text.partition("=")
    return kind, float(number)


def status(run: Callable[[], int | None]) -> int:
    """Runs a command: its own exit status, or 0 for None; 2 for an error, which is one line."""
    try:
        return run() or 0
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
