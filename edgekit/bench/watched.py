"""A reader whose sessions note what they were given and how long they took."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.reader import Engine
from edgekit.session import Session

Shapes = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of a graph. shapes: of its inputs, in order. seconds: wall time inside the engine."""

    stage: str
    shapes: Shapes
    seconds: float


@dataclass(frozen=True, slots=True)
class WatchedSession:
    """Another session, noted. Lists grow by one entry at once, so several threads may run it."""

    session: Session
    stage: str
    noted: list[Ran]

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        start = time.perf_counter()
        outputs = self.session.run(*inputs)
        shapes = tuple(array.shape for array in inputs)
        self.noted.append(Ran(self.stage, shapes, time.perf_counter() - start))
        return outputs


@dataclass(frozen=True, slots=True)
class WatchedEngine(Engine):
    """noted: what all its sessions ran since it was last emptied."""

    noted: list[Ran] = field(default_factory=list)

    def session(self, bundle: Bundle, stage: str, threads: int) -> Session:
        return WatchedSession(Engine.session(self, bundle, stage, threads), stage, self.noted)
