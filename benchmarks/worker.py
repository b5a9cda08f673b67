"""One system in a process of its own: ``python -m benchmarks.worker``. Requests on stdin, answers on stdout, in JSON.

    {"open": "edgekit", "threads": 2, "options": {...}}  ->  {"versions": {...}, "starts_anew": false}, or
                                                             {"error": "...", "missing": "..."}
    {"read": "photo.jpg"}  ->  {"seconds", "cpu_seconds", "lines", "fields"}, or {"failed": "..."}
    {"close": true}        ->  {"peak_mb", "installed_mb"}

It runs in the interpreter that the system is installed in, so until told which system to open it imports nothing but
the standard library, and of EdgeKit only what needs no more.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any, TextIO

from benchmarks.adapters import SYSTEMS, Opened, Read
from edgekit.memory import peak_rss


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answers requests until told to close or the other end is gone."""
    opened: Opened | None = None
    for line in requests:
        request = json.loads(line)
        if "open" in request:
            opened, answer = _open(request)
        elif "read" in request and opened is not None:
            answer = _timed(opened.read, request["read"])
        else:
            peak = peak_mb(opened is not None and opened.starts_anew)
            answer = {"peak_mb": peak, "installed_mb": opened.installed_mb() if opened else None}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if "close" in request:
            return


def _open(request: Any) -> tuple[Opened | None, dict[str, Any]]:
    try:
        opened = SYSTEMS[request["open"]](request["threads"], request["options"])
    except ImportError as error:
        return None, {"error": f"{error}", "missing": error.name or "a package"}
    except Exception as error:  # whatever it is, the other end has to know
        return None, {"error": f"{type(error).__name__}: {error}"}
    return opened, {"versions": opened.versions, "starts_anew": opened.starts_anew}


def _timed(read: Read, path: str) -> dict[str, Any]:
    wall, cpu = time.perf_counter(), cpu_seconds()
    try:
        lines, fields = read(path)
    except Exception as error:  # one picture that fails must not end the run
        return {"failed": f"{type(error).__name__}: {error}"}
    seconds, spent = time.perf_counter() - wall, cpu_seconds() - cpu
    return {"seconds": seconds, "cpu_seconds": spent, "lines": lines, "fields": fields}


def cpu_seconds() -> float:
    """Of all threads of this process, and of the programs that it ran."""
    try:
        import resource
    except ImportError:
        return time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def peak_mb(of_programs: bool) -> float | None:
    """Largest resident set so far, in MB (10^6 bytes), of this process or of the programs that it ran.

    None where the system does not say.
    """
    if not of_programs:
        peak = peak_rss()
        return None if peak is None else peak / 1e6
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the system prints must not mix with the answers
    serve(sys.stdin, channel)
