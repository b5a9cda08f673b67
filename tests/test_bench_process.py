"""edgekit.bench.process: a worker's end leaves nothing behind."""

from __future__ import annotations

import sys
import threading

import pytest

from edgekit.bench.process import System, Worker

ECHO = "import sys; [print(line, end='', flush=True) for line in sys.stdin]"


def test_an_interruption_leaves_no_timer_to_wait_for(monkeypatch: pytest.MonkeyPatch) -> None:
    system = System("echo", "Echo", (sys.executable, "-c", ECHO), {"open": {}}, "install Python")
    start = threading.Timer.start

    def interrupted(timer: threading.Timer) -> None:
        start(timer)
        raise KeyboardInterrupt

    with Worker(system) as worker:
        assert worker.ask({"read": "a.jpg"}) == {"read": "a.jpg"}
        monkeypatch.setattr(threading.Timer, "start", interrupted)
        with pytest.raises(KeyboardInterrupt):
            worker.ask({"read": "a.jpg"})
    for timer in [thread for thread in threading.enumerate() if isinstance(thread, threading.Timer)]:
        timer.join(5)
        assert not timer.is_alive()
