"""``python -m benchmarks.pages``: writes the tables of measured figures into the pages that show them.

A page says where a table goes, and of which result file it is; what stands between these two lines is replaced:

    <!-- table: peers-short benchmarks/results/peers-my-machine.json -->
    <!-- end of table -->
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks import ROOT, peers_tables
from benchmarks.arm64 import tables as arm64
from benchmarks.results import ARM64_CHECK, ARM64_COUNTS, PEERS, Result, load
from edgekit.errors import EdgeKitError, UsageError

PAGES = (ROOT / "README.md", ROOT / "benchmarks" / "README.md", ROOT / "docs" / "arm64.md")
TABLES: dict[str, tuple[str, Callable[[Result], str]]] = {
    "peers-short": (PEERS, peers_tables.short),
    "peers-full": (PEERS, peers_tables.full),
    "arm64-check": (ARM64_CHECK, arm64.checked),
    "arm64-kinds": (ARM64_COUNTS, arm64.kinds),
    "arm64-stages": (ARM64_COUNTS, arm64.stages),
    "arm64-cycles": (ARM64_COUNTS, arm64.cycles),
}
"""Name of a table, to the kind of result that it shows and how it is drawn."""
BEGIN, END = "<!-- table: {} {} -->", "<!-- end of table -->"
_PLACE = re.compile(r"<!-- table: (\S+) (\S+) -->\n.*?<!-- end of table -->", re.DOTALL)
EPILOG = """\
  python -m benchmarks.pages            after a new measurement
  python -m benchmarks.pages --check    in CI

Exit: 0 done, or all as it should be; 1 with --check, a page shows other figures than its result file; 2 an error."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pages",
        description="Write the tables of measured figures into README.md, benchmarks/README.md and docs/arm64.md.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("pages", nargs="*", type=Path, default=PAGES, metavar="PAGE", help="default: the project's")
    parser.add_argument("--check", action="store_true", help="write nothing; say which page is not up to date")
    options = parser.parse_args(arguments)
    try:
        stale = [page for page in options.pages if renew(page, options.check)]
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for page in stale:
        print(f"{page}: {'shows other figures than its result file' if options.check else 'written'}")
    return 1 if stale and options.check else 0


def renew(page: Path, check: bool) -> bool:
    """Writes the page with its tables drawn anew, unless only to ``check``; whether that changes it."""
    try:
        before = page.read_text(encoding="utf-8")
        after = _PLACE.sub(lambda place: _drawn(page, place[1], place[2]), before)
        if after != before and not check:
            page.write_text(after, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{page}: cannot be read or written ({error.strerror})") from error
    return after != before


def _drawn(page: Path, name: str, path: str) -> str:
    if name not in TABLES:
        raise UsageError(f"{page}: there is no table {name}; there are {', '.join(TABLES)}")
    kind, draw = TABLES[name]
    return f"{BEGIN.format(name, path)}\n\n{draw(load(ROOT / path, kind))}\n\n{END}"


if __name__ == "__main__":
    sys.exit(main())
