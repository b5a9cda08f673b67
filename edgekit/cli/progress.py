"""A progress bar on stderr, shown only where a person watches a terminal."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator

BAR_WIDTH = 24
_CLEAR = "\r\x1b[K"


class _Bar:
    """The last line of the terminal."""

    def __init__(self, shown: bool) -> None:
        self._start = time.monotonic()
        self._shown = shown and sys.stderr.isatty()
        self._drawn = False

    def __exit__(self, *_: object) -> None:
        self.clear()

    def clear(self) -> None:
        """Takes the bar away, so that a line can be printed; the next step draws it again."""
        if self._drawn:
            sys.stderr.write(_CLEAR)
            sys.stderr.flush()
            self._drawn = False

    def _put(self, share: float, *words: str) -> None:
        """share: 0..1 of the work."""
        if self._shown:
            filled = int(BAR_WIDTH * share)
            columns = shutil.get_terminal_size().columns - 1
            line = " ".join((f"[{'#' * filled}{'.' * (BAR_WIDTH - filled)}]", *words))[:columns]
            sys.stderr.write(_CLEAR + line)
            sys.stderr.flush()
            self._drawn = True


class Progress(_Bar):
    """Counts items towards a known total. Draws nothing where stderr is no terminal or there is a single item."""

    def __init__(self, total: int) -> None:
        super().__init__(total > 1)
        self._total = total
        self._done = 0

    def __enter__(self) -> Progress:
        self._draw()
        return self

    def step(self) -> None:
        """One more item is done."""
        self._done += 1
        self._draw()

    def _draw(self) -> None:
        self._put(self._done / max(self._total, 1), *self._words())

    def _words(self) -> Iterator[str]:
        yield f"{self._done}/{self._total}"
        spent = time.monotonic() - self._start
        if self._done:
            yield f"{spent / self._done:.2f} s each, {spent / self._done * (self._total - self._done):.0f} s left"


class Share(_Bar):
    """Work whose items cannot be counted ahead. Draws nothing where stderr is no terminal."""

    def __init__(self) -> None:
        super().__init__(True)

    def __enter__(self) -> Share:
        return self

    def name(self, what: str) -> None:
        """What begins now, and how long it takes is not known."""
        self._put(1.0, what)

    def reach(self, share: float) -> None:
        """So much of the work, 0..1, is done."""
        spent = time.monotonic() - self._start
        left = f", {spent / share * (1 - share):.0f} s left" if share else ""
        self._put(share, f"{share:.0%}{left}")
