"""What a bundle's graphs give on a processor."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.arm64.processors import Place, Processor, run

ENGINE = "onnxruntime"
Array = NDArray[Any]
Feed = tuple[Array, ...]
"""What a graph is given at once, in the order of its inputs, or what it gives."""


class Which(NamedTuple):
    """A graph of a bundle for ENGINE."""

    stage: str
    precision: str


def outputs(
    processor: Processor, place: Place, bundle: Path, feeds: Mapping[Which, Sequence[Feed]]
) -> dict[Which, list[Feed]]:
    """The outputs for each feed. Raises UsageError and BackendError as ``processors.run`` does."""
    with tempfile.TemporaryDirectory() as work:
        for which, given in feeds.items():
            arrays = {f"{i:06}.{k}": array for i, feed in enumerate(given) for k, array in enumerate(feed)}
            np.savez(Path(work, f"{which.stage}-{which.precision}.npz"), **arrays)  # type: ignore[arg-type]
        run(processor, place, "graphs.py", bundle.absolute(), work)
        return {which: _load(Path(work, f"{which.stage}-{which.precision}.out.npz")) for which in feeds}


def _load(path: Path) -> list[Feed]:
    found: dict[str, list[Array]] = {}
    with np.load(path) as arrays:
        for name in sorted(arrays.files):
            found.setdefault(name.partition(".")[0], []).append(arrays[name])
    return [tuple(feed) for _, feed in sorted(found.items())]
