"""How much memory this process has taken."""

from __future__ import annotations

import re
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_rss() -> int | None:
    """The most bytes that were resident at once; None where the system does not tell (Windows).

    Linux: ``VmHWM``, since ``ru_maxrss`` there starts from the parent's peak (getrusage(2) keeps it across execve).
    """
    peak = _status(r"VmHWM:\s+(\d+) kB")
    return _from_getrusage() if peak is None else peak * 1024


def rss() -> int | None:
    """The bytes that are resident now; None where the system does not tell (macOS, Windows)."""
    now = _status(r"VmRSS:\s+(\d+) kB")
    return None if now is None else now * 1024


def os_threads() -> int | None:
    """How many threads this process has, the engine's among them; None where the system does not tell."""
    return _status(r"Threads:\s+(\d+)")


def _status(line: str) -> int | None:
    """The number in a line of Linux's status of this process."""
    try:
        found = re.search(rf"^{line}$", _STATUS.read_text(encoding="ascii", errors="replace"), re.MULTILINE)
    except OSError:  # no /proc: macOS, Windows
        return None
    return int(found[1]) if found else None


def _from_getrusage() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
