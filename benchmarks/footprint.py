"""Resident memory of this process, step by step. Linux only: reads /proc/self/status."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError

_STATUS = Path("/proc/self/status")
_ENGINES = {"numpy": "numpy", "Pillow": "PIL.Image", "onnxruntime": "onnxruntime", "edgekit": "edgekit.reader"}
"""What a read imports, in the order in which each adds least of the others."""


@dataclass(slots=True)
class Footprint:
    """Rows of a table: what was done, and the resident and peak megabytes (10^6 bytes) after it."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mark("Python, benchmark")

    def mark(self, after: str) -> None:
        """Adds a row. Raises UsageError where the system does not tell."""
        self.rows.append({"after": after, "rss_mb": resident_mb("VmRSS"), "peak_mb": resident_mb("VmHWM")})

    def imports(self) -> None:
        """Imports what a read needs, a row for each."""
        for name, module in _ENGINES.items():
            importlib.import_module(module)
            self.mark(f"import {name}")


def resident_mb(key: str) -> float:
    """``VmRSS``, what is resident, or ``VmHWM``, the most that ever was. Raises UsageError where there is no /proc."""
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError as error:
        raise UsageError(f"{_STATUS}: cannot be read; memory is measured on Linux only") from error
    return next(int(line.split()[1]) for line in lines if line.startswith(key)) * 1024 / 1e6
