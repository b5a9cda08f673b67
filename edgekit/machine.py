"""What of this machine a reader may use."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_THREADS = 4  # the graphs are small: past four threads, handing out work costs more than it saves
_ROOT = Path("/")
_CGROUP = Path("sys/fs/cgroup")


def default_threads() -> int:
    """Threads per session: the cores this process may run on, under its cgroup's quota, at most four.

    Engines ignore cgroup limits (onnxruntime issue 29510) and oversubscribe a container unless told.
    """
    quota = cpu_quota(_ROOT)
    granted = _MOST_THREADS if quota is None else int(quota)
    return max(1, min(allowed_cores(), granted, _MOST_THREADS))


def allowed_cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_quota(root: Path) -> float | None:
    """Cores that a cgroup grants; None where there is no limit, or no cgroup (not Linux). root: usually ``/``.

    Version 2 has ``cpu.max`` ("200000 100000", "max 100000"), version 1 a file each (-1: no limit).
    """
    files = (("cpu.max",), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us"))
    for names in files:
        try:
            text = " ".join((root / _CGROUP / name).read_text(encoding="ascii") for name in names)
            quota, period = (int(word) for word in text.split())
            return quota / period if quota > 0 and period > 0 else None
        except (OSError, ValueError):  # absent, or "max"
            continue
    return None
