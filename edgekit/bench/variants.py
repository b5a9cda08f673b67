"""What is measured: every bundle with every engine, precision and number of threads that were asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TypeVar

from edgekit.bench.process import System
from edgekit.bundle import Bundle
from edgekit.errors import MissingGraphError

T = TypeVar("T")
NEEDED = ("detect", "recognize")
"""Stages without whose graphs nothing is read."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One of those compared. id: unlike all others of the run."""

    id: str
    bundle: Bundle
    backend: str
    precision: str
    threads: int

    @property
    def kind(self) -> tuple[str, str, str]:
        """All but the threads."""
        return self.bundle.digest, self.backend, self.precision


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user named."""

    bundles: Sequence[Bundle]
    backends: Sequence[str]
    precisions: Sequence[str]
    threads: Sequence[int]


def combine(asked: Asked) -> tuple[list[Variant], list[tuple[str, str]]]:
    """All combinations that have graphs, and the names of the others, each with the reason.

    Raises MissingGraphError where none is left.
    """
    variants, left_out = [], []
    for bundle, backend, precision in product(asked.bundles, asked.backends, asked.precisions):
        made = [
            Variant(_name(asked, bundle, backend, precision, threads), bundle, backend, precision, threads)
            for threads in asked.threads
        ]
        try:
            for stage in NEEDED:
                bundle.graph(stage, backend, precision)
            variants += made
        except MissingGraphError as error:
            left_out += [(variant.id, str(error)) for variant in made]
    if not variants:
        raise MissingGraphError(left_out[0][1])
    return variants, left_out


def system(variant: Variant, python: Sequence[str] = ()) -> System:
    """The process that reads with a variant. python: the command that starts Python; empty: this interpreter."""
    opening = {
        "bundle": str(variant.bundle.path.absolute()),
        "backend": variant.backend,
        "precision": variant.precision,
        "threads": variant.threads,
    }
    command = (*(python or (sys.executable,)), "-m", "edgekit.bench.child")
    hint = "name the command that starts Python with --python" if python else "try 'edgekit read' on the same picture"
    return System(variant.id, variant.id, command, {"open": opening}, hint, environment=found_here())


def found_here() -> dict[str, str]:
    """Variables with which a child imports the same EdgeKit as this process."""
    home = str(Path(__file__).parents[2])
    return {"PYTHONPATH": os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH"))))}


def rotated(items: Sequence[T], turn: int) -> list[T]:
    """The same items in the same circle, beginning with another one each turn, so that none is always first."""
    start = turn % len(items) if items else 0
    return [*items[start:], *items[:start]]


def _name(asked: Asked, bundle: Bundle, backend: str, precision: str, threads: int) -> str:
    several = f" ({bundle.digest[:8]})" if len(asked.bundles) > 1 else ""
    plural = "thread" if threads == 1 else "threads"
    return f"{bundle.name} {bundle.manifest.version}{several}, {backend} {precision}, {threads} {plural}"
