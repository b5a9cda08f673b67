"""How much memory this process has taken, and giving back what it no longer uses."""

from __future__ import annotations

import ctypes
import functools
import re
import sys
from collections.abc import Callable
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


class Slack:
    """Gives freed memory back to the system once more than ``most`` bytes of it seem to have gathered.

    glibc keeps, for the next allocation, up to twice the largest block that was ever freed (mallopt(3), on its dynamic
    threshold), and pages between blocks in use: after large pictures, a tenth of a process that reads receipts. No
    setting of the process is changed. Giving back takes about a millisecond, and taking anew a few more; so it is done
    only where resident memory has grown by ``most`` since the last time, and ``most`` bytes at the heap's end stay.
    Elsewhere than in glibc it does nothing.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._least = rss() or 0

    def give_back(self) -> None:
        """Called when large blocks were freed. Safe to call from several threads."""
        trim, now = _malloc_trim(), rss()
        if trim is None or now is None:
            return
        if now - self._least > self._most:
            trim(self._most)
            self._least = rss() or 0
        self._least = min(self._least, now)


@functools.cache
def _malloc_trim() -> Callable[[int], int] | None:
    """glibc's malloc_trim(3); None where the C library is another one."""
    try:
        trim: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # another C library; Windows has no CDLL(None)
        return None
    return trim


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
