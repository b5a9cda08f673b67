"""The system that this runs on: its tools, the one error that says that they are missing, and a word to its user."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgekit.errors import EdgeKitError


class UnavailableError(EdgeKitError):
    """Emulation cannot be set up on this machine: a tool, a package or the way to get them is missing."""


TELLING = re.compile(r"(?i)(?<![-\w])(e|error):")
"""A line that says why a tool failed; compilers, pip and apt say so long before their last line."""
LONG = 20
"""Lines: more of them are kept in a file."""


def call(
    command: Sequence[str], mend: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """What a command prints. Raises UnavailableError, with ``mend``, where it is missing or fails."""
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise UnavailableError(f"{name}: cannot be started ({error.strerror}); {mend}") from error
    if done.returncode != 0:
        raise UnavailableError(f"{name}: ended with {done.returncode} ({_why(done.stderr + done.stdout)}); {mend}")
    return done.stdout


def _why(said: str) -> str:
    """The first line that tells, else the last; and where all of it is, if it is long."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    if not lines:
        return "without a word"
    told = next((line for line in lines if TELLING.search(line)), lines[-1])[:300]
    if len(lines) <= LONG:
        return told
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="edgekit-", suffix=".log", delete=False) as log:
        log.write(said)
    return f"{told}; all that it said is in {log.name}"


def say(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)
