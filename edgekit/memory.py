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
    try:
        found = re.search(r"^VmHWM:\s+(\d+) kB$", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
        if found:
            return int(found[1]) * 1024
    except OSError:  # no /proc: macOS, Windows
        pass
    return _from_getrusage()


def _from_getrusage() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
