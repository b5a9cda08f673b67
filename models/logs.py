"""Logs of long work: a JSON object a line, so that the work can go on where it was broken off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError


def rows(path: Path) -> list[dict[str, Any]]:
    """A log's rows. A last line that was broken off counts for nothing, and goes.

    Raises UsageError for a file that cannot be read, or is no such log.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if lines and not lines[-1].endswith("\n"):
            path.write_text("".join(lines[:-1]), encoding="utf-8")
            lines.pop()
        found = [json.loads(line) for line in lines]
        if not all(isinstance(row, dict) for row in found):
            raise ValueError("not an object")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(f"--log {path}: cannot be read ({reason}); name another file") from error
    return found


def append(path: Path, row: Mapping[str, Any]) -> None:
    """One row more. Raises UsageError where it cannot be written."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
    except OSError as error:
        raise UsageError(f"--log {path}: cannot be written ({error.strerror}); name another file") from error
