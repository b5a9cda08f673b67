"""What the system tells in files and by small programs, read without trust: what cannot be read is None."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_PATIENCE = 5.0
"""Seconds that a small program may take."""
Run = Callable[[Sequence[str]], "str | None"]


def call(command: Sequence[str], patience: float = _PATIENCE) -> str | None:
    """What a program prints; None where there is none of this name, it fails, or takes over ``patience`` seconds."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=patience,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


@dataclass(frozen=True, slots=True)
class Host:
    """Where to look. root: the folder that holds ``proc`` and ``sys``. run: ``call``, or a stand-in.

    system, machine: as ``uname`` names them ("Linux", "Darwin"; "aarch64", "x86_64").
    """

    root: Path = Path("/")
    run: Run = call
    system: str = field(default_factory=platform.system)
    machine: str = field(default_factory=platform.machine)

    def text(self, path: str) -> str | None:
        """A small file, without surrounding space and zero bytes; None where it cannot be read, or is empty."""
        try:
            data = (self.root / path).read_bytes()
        except OSError:
            return None
        return data.decode("utf-8", "replace").strip("\0 \t\r\n") or None

    def number(self, path: str) -> int | None:
        """A file that holds one whole number."""
        text = self.text(path)
        try:
            return None if text is None else int(text)
        except ValueError:
            return None

    def find(self, pattern: str) -> list[str]:
        """Paths that match, below the root; numbers within them in their own order (``cpu2`` before ``cpu10``)."""
        try:
            found = [path.relative_to(self.root).as_posix() for path in self.root.glob(pattern)]
        except OSError:
            return []
        return sorted(found, key=lambda name: (len(name), name))

    def has(self, path: str) -> bool:
        try:
            return (self.root / path).exists()
        except OSError:
            return False

    def sysctl(self, name: str) -> str | None:
        """macOS's own figures."""
        return self.run(("sysctl", "-n", name)) if self.system == "Darwin" else None
