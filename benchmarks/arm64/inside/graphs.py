"""Runs a bundle's graphs: ``graphs.py BUNDLE FOLDER`` runs each STAGE-PRECISION.npz and writes STAGE-PRECISION.out.npz.

Needs the package edgekit in Python's path, so that an emulated Python runs graphs as EdgeKit does. Feed I's arrays are
``I.0``, ``I.1``, ... in the order of the graph's inputs; its outputs are named likewise.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.session import open_session


def main(bundle: str, folder: str) -> None:
    opened = Bundle.open(bundle)
    for given in sorted(Path(folder).glob("*.npz")):
        run(opened, given)


def run(bundle: Bundle, given: Path) -> None:
    stage, _, precision = given.stem.partition("-")
    session = open_session(bundle, stage, "onnxruntime", precision, threads=1)
    found: dict[str, NDArray[Any]] = {}
    with np.load(given) as arrays:
        for feed in sorted({key.partition(".")[0] for key in arrays.files}):
            inputs = [arrays[key] for key in sorted(arrays.files) if key.startswith(f"{feed}.")]
            found |= {f"{feed}.{i}": output for i, output in enumerate(session.run(*inputs))}
    np.savez(given.with_suffix(".out.npz"), **found)  # type: ignore[arg-type]


if __name__ == "__main__":
    main(*sys.argv[1:])
