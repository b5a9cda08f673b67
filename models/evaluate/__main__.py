"""``python -m models.evaluate``: measure the networks on their own."""

from __future__ import annotations

import argparse
import sys

from edgekit.errors import EdgeKitError
from models.evaluate import ocr


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status: 0 done, 2 an error (one line on stderr)."""
    parser = argparse.ArgumentParser(prog="python -m models.evaluate", description="Measure the networks on their own.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    reading = commands.add_parser(
        "ocr",
        help="lines read, lines found, and receipts found and read",
        description=ocr.ABOUT,
        epilog=ocr.EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    ocr.add_arguments(reading)
    try:
        return ocr.run(parser.parse_args(arguments))
    except (EdgeKitError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
