"""What a reader's networks ran: how long, in which thread, on which batches of lines, and their padding."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

LINES, AGAIN = "recognize", "reread"
"""The stages whose batches are padded; timings count the second to the first."""


@dataclass(slots=True)
class Watch:
    """What networks ran since it was last cleared. seconds: stage -> thread -> seconds inside ``Session.run``.

    noting: likewise, what the watch itself took, as a read that is not watched does not. shapes: of the batches of
    lines. pixels, wasted: columns of these batches, and those of them that are padding.
    """

    padding: int
    seconds: dict[str, dict[int, float]] = field(default_factory=dict)
    noting: dict[str, dict[int, float]] = field(default_factory=dict)
    shapes: set[tuple[int, ...]] = field(default_factory=set)
    batches: int = 0
    pixels: int = 0
    wasted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ran(self, stage: str, inputs: Sequence[NDArray[Any]], seconds: float) -> None:
        """Notes one run of a stage's network; the first input is the lines."""
        start = time.perf_counter()
        with self._lock:
            _add(self.seconds, stage, seconds)
            if stage in (LINES, AGAIN):
                given = inputs[0]
                self.shapes.add(given.shape)
                self.batches += 1
                self.pixels += given.shape[0] * given.shape[2]
                self.wasted += padded(given, self.padding)
            _add(self.noting, stage, time.perf_counter() - start)

    def kernels(self) -> tuple[dict[str, float], dict[str, float]]:
        """Seconds per stage inside the networks, and of noting them: means over the threads; then forgets them."""
        found = _means(self.seconds), _means(self.noting)
        self.seconds.clear()
        self.noting.clear()
        return found

    def clear(self) -> None:
        """Forgets everything."""
        self.seconds.clear()
        self.noting.clear()
        self.shapes.clear()
        self.batches = self.pixels = self.wasted = 0


def _add(seconds: dict[str, dict[int, float]], stage: str, more: float) -> None:
    threads = seconds.setdefault(stage, {})
    threads[threading.get_ident()] = threads.get(threading.get_ident(), 0.0) + more


def _means(seconds: Mapping[str, Mapping[int, float]]) -> dict[str, float]:
    """Per stage, as timings count them."""
    found = {stage: sum(by.values()) / len(by) for stage, by in seconds.items()}
    if AGAIN in found:
        found[LINES] = found.get(LINES, 0.0) + found.pop(AGAIN)
    return found


def padded(lines: NDArray[Any], grey: int) -> int:
    """Columns at the right ends of crops [count, height, width, 3] that are ``grey`` from top to bottom."""
    rows = lines[:, :: max(1, lines.shape[1] // 6)]  # print that is exactly grey in all of these is padding
    inked = (rows != grey).any(axis=(1, 3))[:, ::-1]
    last = inked.argmax(axis=1)
    last[~inked.any(axis=1)] = lines.shape[2]
    return int(last.sum())
