"""A reader's engine whose runs are noted: how long, in which thread, on which batches of lines, and their padding."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.reader import Engine
from edgekit.session import Session

LINES = "recognize"
"""The stage whose batches are padded."""


@dataclass(slots=True)
class Watch:
    """What networks ran since it was last cleared. seconds: stage -> thread -> seconds inside ``Session.run``.

    shapes: of the batches of lines. pixels, wasted: columns of these batches, and those of them that are padding.
    """

    padding: int
    seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    shapes: set[tuple[int, ...]] = field(default_factory=set)
    batches: int = 0
    pixels: int = 0
    wasted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ran(self, stage: str, seconds: float, given: NDArray[Any]) -> None:
        """Notes one run of a stage's network on its first input."""
        with self._lock:
            threads = self.seconds.setdefault(stage, {})
            threads[threading.get_ident()] = threads.get(threading.get_ident(), 0.0) + seconds
            if stage == LINES:
                self.shapes.add(given.shape)
                self.batches += 1
                self.pixels += given.shape[0] * given.shape[2]
                self.wasted += padded(given, self.padding)

    def kernels(self) -> dict[str, float]:
        """Seconds per stage, the mean over the threads that ran it; then forgets them."""
        found = {stage: sum(by.values()) / len(by) for stage, by in self.seconds.items()}
        self.seconds.clear()
        return found

    def clear(self) -> None:
        """Forgets everything."""
        self.seconds.clear()
        self.shapes.clear()
        self.batches = self.pixels = self.wasted = 0


@dataclass(frozen=True, slots=True)
class Watched:
    """A session whose runs are noted."""

    stage: str
    session: Session
    watch: Watch

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        started = time.perf_counter()
        outputs = self.session.run(*inputs)
        self.watch.ran(self.stage, time.perf_counter() - started, inputs[0])
        return outputs


@dataclass(frozen=True, slots=True)
class WatchingEngine(Engine):
    """An engine whose sessions are watched."""

    watch: Watch

    def session(self, bundle: Bundle, stage: str, threads: int) -> Session:
        return Watched(stage, Engine.session(self, bundle, stage, threads), self.watch)


def padded(lines: NDArray[Any], grey: int) -> int:
    """Columns at the right ends of crops [count, height, width, 3] that are ``grey`` from top to bottom."""
    rows = lines[:, :: max(1, lines.shape[1] // 6)]  # print that is exactly grey in all of these is padding
    inked = (rows != grey).any(axis=(1, 3))[:, ::-1]
    last = inked.argmax(axis=1)
    last[~inked.any(axis=1)] = lines.shape[2]
    return int(last.sum())
