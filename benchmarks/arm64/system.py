"""The system that this runs on: its tools, the one error that says that they are missing, and a word to its user."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgekit.errors import EdgeKitError


class UnavailableError(EdgeKitError):
    """Emulation cannot be set up on this machine: a tool, a package or the way to get them is missing."""


def call(
    command: Sequence[str], mend: str, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> str:
    """What a command prints. Raises UnavailableError, with ``mend``, where it is missing or fails."""
    try:
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False
        )
    except OSError as error:
        raise UnavailableError(f"{command[0]}: cannot be started ({error.strerror}); {mend}") from error
    if done.returncode != 0:
        said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
        last = said[-1][:300] if said else "without a word"
        raise UnavailableError(f"{command[0]}: ended with {done.returncode} ({last}); {mend}")
    return done.stdout


def say(text: str) -> None:
    """A line of progress."""
    print(text, file=sys.stderr, flush=True)
