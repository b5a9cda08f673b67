"""What is measured: every bundle with every engine, precision and number of threads that were asked for."""

from __future__ import annotations

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
HINT = "see whether 'edgekit read' works; under an emulator, name what starts Python with --python"
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
    variants, left_out, missing = [], [], MissingGraphError("nothing to measure")
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
            missing = error
            left_out += [(variant.id, without_place(str(error), bundle)) for variant in made]
    if not variants:
        raise missing
    return variants, left_out


def system(variant: Variant, python: Sequence[str] = ()) -> System:
    """The process that reads with a variant. python: see ``command``."""
    opening = {
        "bundle": str(variant.bundle.path.absolute()),
        "backend": variant.backend,
        "precision": variant.precision,
        "threads": variant.threads,
    }
    return System(variant.id, variant.id, command("child", python), {"open": opening}, HINT)


def command(module: str, python: Sequence[str] = ()) -> tuple[str, ...]:
    """Starts ``main`` of a module beside this one, in this very EdgeKit, wherever another may lie.

    python: what starts Python; empty: this interpreter.
    """
    home = str(Path(__file__).parents[2])
    code = (
        f"import sys; sys.path = [{home!r}, *filter(None, sys.path)]; import edgekit; del sys.path[0]; "
        f"from edgekit.bench import {module}; {module}.main()"
    )
    return (*(python or (sys.executable,)), "-c", code)


def without_place(message: str, bundle: Bundle) -> str:
    """An error about a bundle, by its name: results travel, paths stay at home."""
    return message.replace(str(bundle.path.absolute()), bundle.name).replace(str(bundle.path), bundle.name)


def rotated(items: Sequence[T], turn: int) -> list[T]:
    """The same items in the same circle, beginning with another one each turn, so that none is always first."""
    start = turn % len(items) if items else 0
    return [*items[start:], *items[:start]]


def _name(asked: Asked, bundle: Bundle, backend: str, precision: str, threads: int) -> str:
    several = f" ({bundle.digest[:8]})" if len(asked.bundles) > 1 else ""
    plural = "thread" if threads == 1 else "threads"
    return f"{bundle.name} {bundle.manifest.version}{several}, {backend} {precision}, {threads} {plural}"
