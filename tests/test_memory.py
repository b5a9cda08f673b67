"""Freed memory goes back to the system once enough of it has gathered, and nothing is held that is not used."""

import ctypes
import sys
from collections.abc import Callable

import numpy as np
import pytest

from edgekit import memory
from edgekit.backends import ort
from edgekit.bundle import Bundle
from edgekit.errors import BackendError
from edgekit.memory import Slack, rss

TRIM = memory._malloc_trim()
MB = 1 << 20


@pytest.fixture
def resident(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], list[int]]:
    """Has ``rss`` tell one number before a trim and another after it; returns what trims were asked for."""

    def now(before: int, after: int) -> list[int]:
        asked: list[int] = []
        monkeypatch.setattr(memory, "rss", lambda: after if asked else before)
        monkeypatch.setattr(memory, "_malloc_trim", lambda: asked.append)
        return asked

    return now


def test_little_slack_is_kept_and_much_is_given_back(resident: Callable[[int, int], list[int]]) -> None:
    resident(100, 100)
    slack = Slack(10)
    for before, after, trims in ((110, 0, 0), (111, 105, 1), (115, 0, 0), (116, 104, 1)):
        asked = resident(before, after)
        slack.give_back()
        assert asked == [10] * trims


def test_growth_counts_from_the_least_that_was_resident(resident: Callable[[int, int], list[int]]) -> None:
    resident(100, 100)
    slack = Slack(10)
    resident(80, 80)
    slack.give_back()
    asked = resident(91, 85)
    slack.give_back()
    assert asked == [10]


def test_where_the_system_does_not_tell_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(memory, "rss", lambda: None)
    monkeypatch.setattr(memory, "_malloc_trim", lambda: asked.append)
    Slack(0).give_back()
    assert asked == []


@pytest.mark.parametrize("fault", [AttributeError, OSError, TypeError])
def test_another_c_library_has_no_trim(monkeypatch: pytest.MonkeyPatch, fault: type[Exception]) -> None:
    def library(_: None) -> None:
        raise fault

    monkeypatch.setattr(ctypes, "CDLL", library)
    assert memory._malloc_trim.__wrapped__() is None


@pytest.mark.skipif(TRIM is None or rss() is None, reason="needs glibc and /proc")
def test_pages_between_blocks_in_use_go_back() -> None:
    assert TRIM is not None
    TRIM(0)  # else the blocks may take memory that other tests left behind, and nothing grows
    slack = Slack(MB)
    blocks = [b"x" * 100_000 for _ in range(400)]  # small enough for the heap: a block of its own would go back at once
    between = blocks[::20]
    full = rss() or 0
    del blocks
    slack.give_back()
    assert full - (rss() or 0) > 20 * MB
    assert len(between) == 20


def test_an_open_session_does_not_hold_the_bytes_of_its_graph() -> None:
    bundle = Bundle.open()
    graph = bundle.graph("extract", "onnxruntime", "fp32")
    data = bundle.read(graph.file)
    before = sys.getrefcount(data)
    session = ort.load(graph, data, 1)
    assert sys.getrefcount(data) == before
    with pytest.raises(BackendError, match="onnxruntime failed"):
        session.run(*[np.zeros((1,), np.int8)] * len(graph.inputs))
