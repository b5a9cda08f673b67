"""What a measurement was made on, in short."""

from __future__ import annotations

import platform
from typing import Any

from edgekit.bench import cpu, device, state
from edgekit.bench.files import Host


def describe() -> dict[str, Any]:
    """Processor, cores this process may use, memory in MB (10^6 bytes; None where unknown), system, and Python."""
    host = Host()
    found, memory = cpu.describe(host), device.memory(host)
    return {
        "processor": found["model"] or platform.processor() or host.machine,
        "architecture": host.machine,
        "cores": found["usable"],
        "memory_mb": memory and memory // 1_000_000,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def load() -> float | None:
    """Runnable processes, a mean over the last minute: above zero before a run starts, the machine was not quiet."""
    return state.load()
