"""What of this machine a reader may use."""

from __future__ import annotations

import os
from pathlib import Path

_MOST_THREADS = 4  # the graphs are small: past four threads, handing out work costs more than it saves
_ROOT = Path("/")
_CGROUPS = "sys/fs/cgroup"
_OWN_CGROUPS = "proc/self/cgroup"


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
    """Cores that the tightest CPU quota grants, of this process's cgroup or one above it; None without any.

    root: usually ``/``. Which cgroups this process is in has a line each: ``0::/user.slice/a.scope`` in version 2,
    ``4:cpu,cpuacct:/docker/1f`` in version 1 (cgroups(7)). Within a container both may name its root.
    """
    mount = root / _CGROUPS
    grants = [*_v2_grants(mount, mount), *_v1_grants(mount / "cpu", mount / "cpu")]
    for line in _read(root / _OWN_CGROUPS).splitlines():
        controllers, _, path = line.partition(":")[2].partition(":")
        if not controllers:
            grants += _v2_grants(mount, mount / path.lstrip("/"))
        elif "cpu" in controllers.split(","):
            for place in (mount / controllers, mount / "cpu"):
                grants += _v1_grants(place, place / path.lstrip("/"))
    return min(grants, default=None)


def _v2_grants(mount: Path, cgroup: Path) -> list[float]:
    """Of each ``cpu.max`` ("200000 100000", "max 100000") from a cgroup up to the mount."""
    return [cores for folder in _upwards(mount, cgroup) for cores in _cores(*_read(folder / "cpu.max").split()[:2])]


def _v1_grants(mount: Path, cgroup: Path) -> list[float]:
    """Of each pair of ``cpu.cfs_quota_us`` (-1: none) and ``cpu.cfs_period_us`` from a cgroup up to the mount."""
    return [
        cores
        for folder in _upwards(mount, cgroup)
        for cores in _cores(_read(folder / "cpu.cfs_quota_us"), _read(folder / "cpu.cfs_period_us"))
    ]


def _upwards(mount: Path, cgroup: Path) -> list[Path]:
    if ".." in cgroup.parts:  # a cgroup outside of this process's namespace: what is above it cannot be seen
        return [mount]
    return [folder for folder in (cgroup, *cgroup.parents) if folder == mount or mount in folder.parents]


def _cores(quota: str = "", period: str = "") -> list[float]:
    """Cores of a quota; nothing where there is no limit ("max", -1) or no telling."""
    try:
        return [int(quota) / int(period)] if int(quota) > 0 and int(period) > 0 else []
    except ValueError:
        return []


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, ValueError):  # absent: not Linux, or another version of cgroups
        return ""
