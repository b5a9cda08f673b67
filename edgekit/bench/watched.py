"""A reader whose sessions note what they were given and how long they took."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.reader import Engine
from edgekit.session import Session

Note = Callable[[str, Sequence[NDArray[Any]], float], None]
"""Told of each run of a graph: its stage, its inputs in order, and wall seconds inside the engine. Several threads may
call it at once."""


@dataclass(frozen=True, slots=True)
class WatchedSession:
    """Another session, noted."""

    session: Session
    stage: str
    note: Note

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        start = time.perf_counter()
        outputs = self.session.run(*inputs)
        self.note(self.stage, inputs, time.perf_counter() - start)
        return outputs


@dataclass(frozen=True, slots=True)
class WatchedEngine(Engine):
    """note: told of what all its sessions run."""

    note: Note

    def session(self, bundle: Bundle, stage: str, threads: int) -> Session:
        return WatchedSession(Engine.session(self, bundle, stage, threads), stage, self.note)
