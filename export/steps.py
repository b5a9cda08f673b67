"""What a long command is doing: a numbered line per step on stderr. On a terminal the last one counts the seconds."""

from __future__ import annotations

import shutil
import sys
import threading
import time

CLEAR = "\r\x1b[K"
BAR = 20
TICK = 0.5
"""Seconds between two drawings of the running line."""


class Steps:
    """Call it with what comes next. total: steps that are expected; where more come, they are only counted."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._text = ""
        self._start = time.monotonic()
        self._live = sys.stderr.isatty()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Steps:
        if self._live:
            self._clock.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._live:
            self._clock.join()
            self._draw(CLEAR if not self._text else CLEAR + self._line() + "\n")

    def __call__(self, text: str) -> None:
        """The step before is done, this one begins."""
        with self._lock:
            before = self._line()
            last, self._text, self._done = self._text, text, self._done + 1
            if not self._live:
                self._draw(self._line() + "\n")
            else:
                self._draw(CLEAR + (before + "\n" if last else "") + self._cut(self._line()))

    def _line(self) -> str:
        spent = f"{time.monotonic() - self._start:4.0f} s"
        if self._done > self._total:
            return f"[{self._done}, {spent}] {self._text}"
        count = f"{self._done:{len(str(self._total))}}/{self._total}"
        filled = BAR * self._done // self._total
        bar = f"{'#' * filled}{'.' * (BAR - filled)} " if self._live else ""
        return f"[{bar}{count}, {spent}] {self._text}"

    def _tick(self) -> None:
        while not self._stop.wait(TICK):
            with self._lock:
                if self._text:
                    self._draw(CLEAR + self._cut(self._line()))

    @staticmethod
    def _cut(line: str) -> str:
        return line[: shutil.get_terminal_size().columns - 1]

    @staticmethod
    def _draw(text: str) -> None:
        sys.stderr.write(text)
        sys.stderr.flush()
