"""What a measurement was made on: figures without their machine mean nothing."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any


def describe() -> dict[str, Any]:
    """Processor, cores this process may use, memory in MB (10^6 bytes; None where unknown), system, and Python."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "processor": _first(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        "architecture": platform.machine(),
        "cores": cores,
        "memory_mb": _memory_mb(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def load() -> float | None:
    """Runnable processes, a mean over the last minute: above zero before a run starts, the machine was not quiet."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def _memory_mb() -> int | None:
    text = _first(Path("/proc/meminfo"), "MemTotal")
    return int(text.split()[0]) * 1024 // 1_000_000 if text else None


def _first(path: Path, key: str) -> str | None:
    """The value of the first ``key : value`` line."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # not Linux
        return None
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(key)), None)
