"""Reads a picture under QEMU's plug-in ``blocks``: ``counted.py BUNDLE PRECISION PICTURE``; marks where networks run.

Marks are calls that the plug-in sees: what ran since the mark before is "dropped", "rest", or a stage's, by number in
MARKS. Each network has run once on a small input before, and Pillow has its formats loaded. One thread.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit import reader
from edgekit.bundle import Bundle
from edgekit.manifest import Graph
from edgekit.session import Session, open_session

MARK = 0x45440000
MARKS = ("dropped", "rest", "detect", "recognize", "reread", "extract")
SIDES = {"detect": (64, 64, 3), "recognize": (48, 64, 3), "reread": (48, 64, 3)}
"""Height, width and planes of a small input; of words it is 64 of them."""


def mark(name: str) -> None:
    with contextlib.suppress(OSError):  # there is no such process, and none is wanted
        os.getpgid(MARK + MARKS.index(name))


class Marked:
    """A session that marks where it starts and ends."""

    def __init__(self, session: Session, graph: Graph, stage: str) -> None:
        self._session, self._stage = session, stage
        self._session.run(
            *(np.zeros((1, *SIDES.get(stage, (64, spec.shape[-1]))), spec.dtype) for spec in graph.inputs)
        )

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        mark("rest")
        try:
            return self._session.run(*inputs)
        finally:
            mark(self._stage)


def marked(bundle: Bundle, stage: str, backend: str, precision: str, threads: int) -> Session:
    graph = bundle.graph(stage, backend, precision)
    return Marked(open_session(bundle, stage, backend, precision, threads), graph, stage)


def main(bundle: str, precision: str, picture: str) -> None:
    with mock.patch.object(reader, "open_session", marked):
        opened = reader.Reader.open(bundle, threads=1, precision=precision)
    Image.init()
    mark("dropped")
    receipt = opened.read(picture)
    mark("rest")
    print(receipt.to_json())


if __name__ == "__main__":
    main(*sys.argv[1:])
