"""Writes the golden cases, or checks them; see README.md."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
if __name__ == "__main__":  # run as a file, so that it works from any folder
    sys.path[:1] = [str(ROOT), str(ROOT / "tests")]

from golden import cases  # noqa: E402

ABOUT = "Write the golden cases that every port of the runtime must reproduce."
EPILOG = """\
examples:
  python tests/golden/write.py            expectations anew, for the inputs and pictures that are there
  python tests/golden/write.py --check    only say what would change
  python tests/golden/write.py --inputs   inputs and pictures anew too, from models.synthetic

Exit: 0 done, 1 --check found a difference."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        description=ABOUT, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a case would change")
    parser.add_argument("--inputs", action="store_true", help="make inputs and pictures anew")
    options = parser.parse_args(arguments)
    if options.inputs and not options.check:
        cases.make_inputs()
    changed, counts = [], {}
    for name, found in cases.all_cases():
        counts[name] = cases.count(found)
        changed += cases.settle(name, found, write=not options.check)
        print(f"{name}: {counts[name]}", file=sys.stderr, flush=True)
    changed += cases.settle(cases.MANIFEST, cases.manifest(counts), write=not options.check)
    for line in changed:
        print(line)
    print(f"{sum(counts.values())} cases, {len(changed)} files {'differ' if options.check else 'changed'}")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
