"""Writing to stdout and stderr whatever they can show."""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any, TextIO


def prepare() -> None:
    """Characters that a terminal cannot show are escaped instead of stopping the command.

    Warnings of other packages, of several lines each, are for developers: shown only where Python's -W asks for them.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(message: str) -> None:
    """A line for the person at the terminal, on stderr."""
    print(message, file=sys.stderr, flush=True)


def complain(message: str) -> None:
    """An error, on stderr, on one line."""
    say(f"error: {' '.join(message.split())}")


def to_json(value: Any, stream: TextIO, indent: int | None = None) -> str:
    """JSON that ``stream`` can encode: pure ASCII unless it is Unicode."""
    unicode = (stream.encoding or "ascii").lower().replace("-", "").startswith("utf")
    return json.dumps(value, ensure_ascii=not unicode, indent=indent)
