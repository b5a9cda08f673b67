from __future__ import annotations

import io
import sys
import time

import pytest

from export import steps
from export.steps import Steps


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_step_is_a_numbered_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Steps(2) as say:
        say("first")
        say("second")
        say("one more than was expected")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("[1/2,")
    assert [line.partition("] ")[2] for line in lines] == ["first", "second", "one more than was expected"]
    assert lines[2].startswith("[3,")


def test_on_a_terminal_the_running_line_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(steps, "TICK", 0.01)
    with Steps(2) as say:
        say("first")
        until = time.monotonic() + 5
        while screen.getvalue().count("first") < 3 and time.monotonic() < until:
            time.sleep(0.01)
        say("second")
    text = screen.getvalue()
    assert text.count("first") >= 4, "drawn by its call, by the clock, and once for good"
    kept = [line.rpartition("\r\x1b[K")[2] for line in text.removesuffix("\n").split("\n")]
    assert [line.partition("] ")[2] for line in kept] == ["first", "second"]
    assert f"{'#' * 10}{'.' * 10} 1/2" in kept[0]


def test_a_long_line_is_cut_while_it_runs_and_whole_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "40")
    with Steps(1) as say:
        say("x" * 100)
    running, last = [line for line in screen.getvalue().split("\r\x1b[K") if line]
    assert len(running) == 39
    assert last.endswith("x" * 100 + "\n")


def test_nothing_is_drawn_where_no_step_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    with Steps(1):
        pass
    assert screen.getvalue() == "\r\x1b[K"
