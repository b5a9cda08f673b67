"""What this machine can do at most: a matrix product and a copy.

A roofline (Williams, Waterman and Patterson, "Roofline: an insightful visual performance model", 2009) needs both: how
many operations a second the processor attains, and how many bytes a second its memory moves.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from edgekit.bench.files import Run, call
from edgekit.bench.variants import command

METHOD = "numpy: best of many float32 products of 768 x 768 matrices, and of many copies of 64 MiB"
SIDE = 768
"""Of a square matrix: large enough to keep all units busy, 2 MB small enough for a cache."""
COPY_BYTES = 64 * 2**20
SECONDS = 0.7
"""For each of the two."""
POOLS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Variables that tell a matrix library, before it is loaded, how many threads to use."""
PATIENCE = 120.0
"""Seconds that a process may take, on the slowest of machines."""


def _call(words: Sequence[str]) -> str | None:
    return call(words, PATIENCE)


def probe(threads: Sequence[int], python: Sequence[str] = (), run: Run = _call) -> dict[str, Any]:
    """The schema's ``probe``: a fresh process for each number of threads, since numpy cannot change it later."""
    return {"method": METHOD, "rows": [_row(count, python, run) for count in threads]}


def _row(threads: int, python: Sequence[str], run: Run) -> dict[str, Any]:
    told = run((*command("probe", python), str(threads)))
    try:
        found = json.loads(told or "")
        return {"threads": threads, "gflops": found["gflops"], "copy_gb_s": found["copy_gb_s"]}
    except (ValueError, KeyError, TypeError):
        return {"threads": threads, "gflops": None, "copy_gb_s": None}


def best(work: Callable[[], object], seconds: float = SECONDS) -> float:
    """The shortest time, in seconds, of a piece of work done again and again; at least twice, the first not counted."""
    work()
    end, least = time.perf_counter() + seconds, float("inf")
    while True:
        start = time.perf_counter()
        work()
        now = time.perf_counter()
        least = min(least, now - start)
        if now >= end:
            return least


def gflops(seconds: float = SECONDS) -> float:
    """10^9 operations a second of a single-precision matrix product."""
    import numpy as np

    left = np.full((SIDE, SIDE), 0.5, np.float32)
    out = np.empty_like(left)
    return float(2 * SIDE**3 / best(lambda: np.matmul(left, left, out=out), seconds) / 1e9)


def copy_gb_s(threads: int, seconds: float = SECONDS, size: int = COPY_BYTES) -> float:
    """10^9 bytes a second, those read and those written, of copies by several threads at once."""
    import numpy as np

    source, target = np.ones(size // 8), np.empty(size // 8)
    pairs = list(zip(np.array_split(target, threads), np.array_split(source, threads), strict=True))
    with ThreadPoolExecutor(threads) as pool:
        return float(2 * size / best(lambda: list(pool.map(lambda pair: np.copyto(*pair), pairs)), seconds) / 1e9)


def main() -> None:
    """Prints both for the number of threads that the command line names."""
    threads = int(sys.argv[1])
    os.environ.update(dict.fromkeys(POOLS, str(threads)))
    print(json.dumps({"gflops": round(gflops(), 2), "copy_gb_s": round(copy_gb_s(threads), 2)}))
