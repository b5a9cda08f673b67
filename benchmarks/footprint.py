"""Resident memory of this process, step by step; on Linux only."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, field
from typing import Any

from edgekit.errors import UsageError
from edgekit.memory import peak_rss, rss

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
        now, most = resident_mb()
        self.rows.append({"after": after, "rss_mb": now, "peak_mb": most})

    def imports(self) -> None:
        """Imports what a read needs, a row for each."""
        for name, module in _ENGINES.items():
            importlib.import_module(module)
            self.mark(f"import {name}")


def resident_mb() -> tuple[float, float]:
    """What is resident now, and the most that ever was. Raises UsageError where the system does not tell."""
    now, most = rss(), peak_rss()
    if now is None or most is None:
        raise UsageError("this system does not tell what is resident: memory is measured on Linux only")
    return now / 1e6, most / 1e6
