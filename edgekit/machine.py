"""What of this machine a reader may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_MOST_THREADS = 4  # the graphs are small: past four threads, handing out work costs more than it saves
_ROOT = Path("/")
_CGROUPS = Path("sys/fs/cgroup")
_OWN_CGROUPS = Path("proc/self/cgroup")


def default_threads() -> int:
    """Threads per session: the cores this process may run on, under its cgroups' quotas, at most four.

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
    """Cores that the tightest quota grants, of this process's cgroup or one above it. root: usually ``/``.

    None where there is no limit, or no cgroup (not Linux). Version 2 has ``cpu.max`` ("200000 100000", "max 100000"),
    version 1 a file each (-1: no limit). The process's own cgroups are in ``/proc/self/cgroup``, a line each:
    ``0::/user.slice/a.scope`` in version 2, ``4:cpu,cpuacct:/docker/1f`` in version 1 (cgroups(7)).
    """
    mount = root / _CGROUPS
    places = [*_upwards(mount, ""), *_upwards(mount / "cpu", "")]
    for line in _read(root / _OWN_CGROUPS).splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        if not controllers:
            places += _upwards(mount, path)
        elif "cpu" in controllers.split(","):
            places += [*_upwards(mount / controllers, path), *_upwards(mount / "cpu", path)]
    return min((quota for folder in places if (quota := _quota(folder)) is not None), default=None)


def _upwards(mount: Path, cgroup: str) -> Iterator[Path]:
    """A cgroup's folder and those above it; only the mount where it lies outside of what this process sees (``..``)."""
    own = mount / cgroup.lstrip("/")
    folders = (mount,) if ".." in own.parts else (own, *own.parents)
    return (folder for folder in folders if folder == mount or mount in folder.parents)


def _quota(folder: Path) -> float | None:
    """Cores that one cgroup grants; None without a limit."""
    two = f"{_read(folder / 'cpu.cfs_quota_us')} {_read(folder / 'cpu.cfs_period_us')}"
    for text in (_read(folder / "cpu.max"), two):
        try:
            quota, period = (int(word) for word in text.split())
        except ValueError:  # absent, or "max"
            continue
        if quota > 0 and period > 0:
            return quota / period
    return None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):  # absent: not Linux, or another version of cgroups
        return ""
