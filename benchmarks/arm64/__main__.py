"""``python -m benchmarks.arm64``: EdgeKit on emulated 64-bit ARM processors."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.arm64 import commands
from benchmarks.arm64.processors import ALL, ARM
from benchmarks.arm64.receipts import RECEIPTS

ABOUT = "EdgeKit on 64-bit ARM without a board: QEMU emulates the cores of Raspberry Pi 3, 4 and 5, program by program."
EPILOG = """\
examples:
  python -m benchmarks.arm64 check
  python -m benchmarks.arm64 check --cpu cortex-a72 --bundle mybundle --precision int8 --json check.json
  python -m benchmarks.arm64 agree --bundle mybundle --data receipts:train --precision fp32 int8
  python -m benchmarks.arm64 count --bundle mybundle --json benchmarks/results/arm64/counts.json

The first run gets QEMU, a small 64-bit ARM system and its Python packages (100 MB) by this machine's own apt and pip,
into EDGEKIT_CACHE (default ~/.cache/edgekit); it needs Debian or another system with apt, and no rights of root.
Emulated time says nothing about a processor: none is printed.
Exit: 0 the same, 1 something differs, 2 an error, 3 emulation cannot be set up on this machine."""
CHECK = """\
Builds the wheel, reads drawn receipts and runs every graph on this machine and on each processor, and the golden cases
of tests/golden, and compares: fields, text, tensors. fp32 must give the same text and floats within 0.001; int8 the
same fields. A read takes half a minute of one core. Runs for one core each may share a --json: what it says of other
cores, of the same bundle and versions, stays."""
AGREE = """\
Runs the recogniser or the detector on lines or pages of receipts and says how often its outputs are those of this
machine bit for bit, in classes and in text. A line takes seconds, a page a minute: --count."""

COUNT = """\
Counts the instructions of one whole read by kind (float32 multiply-add, int8 dot product, load, ...) and by stage, and
estimates cycles from LLVM's models of the cores: an estimate, good for ratios only. A read takes half a minute of one
core. The first time QEMU is built with a plug-in, four minutes; that needs a C compiler and pkg-config."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return commands.status(commands.COMMANDS[options.command], options)


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    made = argparse.ArgumentParser("python -m benchmarks.arm64", description=ABOUT, epilog=EPILOG, formatter_class=form)
    commands = made.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="is everything the same there? pass or fail", description=CHECK)
    agree = commands.add_parser("agree", help="is a graph the same, bit for bit, on receipts?", description=AGREE)
    count = commands.add_parser("count", help="instructions of a read, by kind", description=COUNT)
    for one in (check, agree, count):
        _common(one)
    _of_check(check)
    _of_agree(agree)
    _of_count(count)
    return made


def _common(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--bundle", type=Path, metavar="PATH", help="folder or zip (default: the one inside EdgeKit)")
    add("--mirror", metavar="URL", help="of Debian (default: what apt is configured with)")
    add("--no-cache", action="store_true", help="make everything anew, in a folder that is removed afterwards")
    add("--json", type=Path, metavar="OUT", help="write the figures to a file")


def _of_check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--cpu", action="append", choices=sorted(ARM), default=[], help="only this (default: all); repeatable")
    add("--precision", nargs="+", default=[], metavar="P", help="of the bundle's (default: all that it has)")
    counts = range(1, len(RECEIPTS) + 1)
    add("--receipts", type=int, choices=counts, default=len(RECEIPTS), help="how many (default: %(default)s)")
    add("--wheel", type=Path, metavar="FILE", help="a wheel of EdgeKit (default: built from this checkout)")
    add("--jobs", type=int, metavar="N", help="emulated programs side by side (default: one for each core)")


def _of_count(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--cpu", action="append", choices=sorted(ARM), default=[], help="only this (default: all); repeatable")
    add("--precision", nargs="+", default=[], metavar="P", help="of the bundle's (default: all that it has)")
    add("--picture", type=Path, metavar="FILE", help="what is read (default: a drawn receipt of nine lines)")


def _of_agree(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    models = [one.model for one in ALL if one.model is not None]
    add("--cpu", action="append", choices=models, default=[], help="only this (default: all); repeatable")
    add("--data", required=True, metavar="DIR[:SPLIT]", help="receipts to take lines or pages from")
    add("--stage", choices=("detect", "recognize"), default="recognize", help="default: %(default)s")
    add("--precision", nargs="+", default=["fp32"], metavar="P", help="default: fp32")
    add("--count", type=int, default=10, metavar="N", help="receipts, and lines or pages (default: %(default)s)")


if __name__ == "__main__":
    sys.exit(main())
