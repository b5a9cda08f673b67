"""What of this machine a reader may use."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_THREADS = 4  # the graphs are small: past four threads, handing out work costs more than it saves
_CGROUP_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def default_threads() -> int:
    """Threads per session: the cores this process may run on, under its cgroup's quota, at most four.

    Engines ignore cgroup limits (onnxruntime issue 29510) and oversubscribe a container unless told.
    """
    return max(1, min(_allowed_cores(), _quota_cores(_CGROUP_QUOTA), _MOST_THREADS))


def _allowed_cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota_cores(path: Path) -> int:
    """Whole cores a cgroup v2 ``cpu.max`` ("200000 100000", "max 100000") grants; many where there is no limit."""
    try:
        quota, period = path.read_text(encoding="ascii").split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError, ZeroDivisionError):  # absent (not Linux, cgroup v1) or "max": no limit
        return _MOST_THREADS
