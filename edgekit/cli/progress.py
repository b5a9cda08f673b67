"""A progress bar on stderr, shown only where a person watches a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator

BAR_WIDTH = 24
_CLEAR = "\r\x1b[K"


class Progress:
    """Counts items towards a known total. Draws nothing where stderr is no terminal or there is a single item."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._start = time.monotonic()
        self._shown = total > 1 and sys.stderr.isatty()
        self._drawn = False

    def __enter__(self) -> Progress:
        self._draw()
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def step(self) -> None:
        """One more item is done."""
        self._done += 1
        self._draw()

    def clear(self) -> None:
        """Takes the bar away, so that a line can be printed; the next step draws it again."""
        if self._drawn:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._drawn = False

    def _draw(self) -> None:
        if self._shown:
            columns = shutil.get_terminal_size().columns - 1
            line = " ".join(self._parts())[:columns]
            sys.stderr.write(_CLEAR + line)
            sys.stderr.flush()
            self._drawn = True

    def _parts(self) -> Iterator[str]:
        filled = BAR_WIDTH * self._done // self._total
        yield f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]"
        yield f"{self._done}/{self._total}"
        spent = time.monotonic() - self._start
        if self._done:
            yield f"{spent / self._done:.2f} s each, {spent / self._done * (self._total - self._done):.0f} s left"
