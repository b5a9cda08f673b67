"""One variant in a process of its own: requests on stdin, answers on stdout, a JSON object a line.

    {"open": {"bundle", "backend", "precision", "threads"}}  ->  {"import_s", "load_s", "extractor", "affinity"}, or
                                                                 {"error": "..."}
    {"read": "photo.jpg"}              ->  {"seconds", "cpu_seconds", "stages", "runs", "memory"}, or {"failed": "..."}
    {"burst": [paths], "seconds": 5}   ->  {"reads", "seconds"}: reads them again and again for so long
    {"disk": [packages]}               ->  {"bytes"}: of what is installed

The heavy imports wait for the first request, so that they can be timed.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any, TextIO

from edgekit import memory
from edgekit.bench.disk import installed_bytes
from edgekit.errors import EdgeKitError, ImageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from edgekit.reader import Reader


class Child:
    """Carries requests out; a reader is opened by the first of them."""

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._runs: list[tuple[str, list[tuple[int, ...]], float]] = []

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """One request's answer, as plain JSON types."""
        if "open" in request:
            return self._open(request["open"])
        if "disk" in request:
            return {"bytes": installed_bytes(request["disk"])}
        assert self._reader is not None
        if "burst" in request:
            return _burst(self._reader, request["burst"], request["seconds"])
        return self._read(self._reader, request["read"])

    def _open(self, wanted: dict[str, Any]) -> dict[str, Any]:
        start = time.perf_counter()
        from edgekit.bench.watched import WatchedEngine
        from edgekit.bundle import Bundle
        from edgekit.reader import Choice, Reader

        imported = time.perf_counter()
        engine = WatchedEngine(wanted["backend"], wanted["precision"], wanted["threads"], self._ran)
        try:
            self._reader = Reader(Bundle.open(wanted["bundle"]), engine, Choice())
        except EdgeKitError as error:
            return {"error": str(error)}
        return {
            "import_s": imported - start,
            "load_s": time.perf_counter() - imported,
            "extractor": self._reader.rung,
            "affinity": sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        }

    def _ran(self, stage: str, inputs: Sequence[NDArray[Any]], seconds: float) -> None:
        """Lists grow by one entry at once, so several threads may call it."""
        self._runs.append((stage, [array.shape for array in inputs], seconds))

    def _read(self, reader: Reader, path: str) -> dict[str, Any]:
        self._runs.clear()
        cpu, wall = time.process_time(), time.perf_counter()
        try:
            _, timings = reader.read_timed(path)
        except EdgeKitError as error:
            return {"failed": str(error)}
        seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
        return {
            "seconds": seconds,
            "cpu_seconds": cpu_seconds,
            "stages": timings.stages,
            "runs": self._runs,
            "memory": {"rss": memory.rss(), "peak": memory.peak_rss(), "threads": memory.os_threads()},
        }


def _burst(reader: Reader, pictures: list[str], seconds: float) -> dict[str, Any]:
    start, reads = time.perf_counter(), 0
    while time.perf_counter() - start < seconds:
        try:
            reader.read(pictures[reads % len(pictures)])
        except ImageError:
            return {"failed": f"{pictures[reads % len(pictures)]}: cannot be read"}
        reads += 1
    return {"reads": reads, "seconds": time.perf_counter() - start}


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answers requests until the other end is gone."""
    child = Child()
    for line in requests:
        answers.write(json.dumps(child.answer(json.loads(line))) + "\n")
        answers.flush()


def main() -> None:
    """Serves this process's own stdin and stdout."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what an engine prints must not mix with the answers
    serve(sys.stdin, channel)
