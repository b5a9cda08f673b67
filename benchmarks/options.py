"""What the smaller benchmarks' command lines share."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgekit.errors import EdgeKitError


def parser(program: str, about: str, epilog: str) -> argparse.ArgumentParser:
    """Options for the receipts, the reader and the output; a benchmark adds its own."""
    made = argparse.ArgumentParser(
        program, description=about, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = made.add_argument
    add("--data", type=Path, required=True, action="append", metavar="DIR", help="folder with labels.jsonl; repeatable")
    add("--split", action="append", default=[], metavar="NAME", help="only these (default: all); repeatable")
    add("--bundle", type=Path, metavar="PATH", help="folder or zip (default: the one inside EdgeKit)")
    add("--threads", type=int, metavar="N", help="cores that one read uses (default: what this machine allows)")
    add("--json", type=Path, metavar="OUT", help="write the figures to a file")
    return made


def finish(measure: Callable[[], dict[str, Any]], text: Callable[[dict[str, Any]], str], out: Path | None) -> int:
    """Measures, writes the figures to ``out`` and prints the table; an error is one line. Returns the exit status."""
    try:
        result = measure()
        if out is not None:
            out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    except (EdgeKitError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(text(result))
    return 0
