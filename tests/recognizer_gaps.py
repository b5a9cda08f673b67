"""How far a recogniser in torch is from the published graph, on drawn lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from export_nets import run

from export import samples
from export.parity import class_gap, paddle_input
from export.recipes.receipt import RECOGNIZE


def recognizer_gaps(source: bytes, whole: Any, graph: Any, classes: Sequence[int], count: int) -> list[float]:
    """Two per batch: of ``whole``, which has all ``count`` classes, and of the bundle's ``graph``, which has some."""
    import torch

    gaps = []
    for pixels in samples.lines():
        planes = paddle_input(pixels, RECOGNIZE.normalisation)
        (expected,) = run(source, planes)
        with torch.no_grad():
            found = whole(torch.from_numpy(planes)).softmax(-1).numpy()
            best = [value.numpy() for value in graph(torch.from_numpy(pixels))]
        assert found.shape == (len(pixels), pixels.shape[2] // 8, count)
        assert [value.dtype for value in best] == [np.int32, np.float32]
        assert (best[0] > 0).any(), "nothing read in the sample"
        gaps += [float(np.abs(expected - found).max()), class_gap(expected, classes, best)]
    return gaps
