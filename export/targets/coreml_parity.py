"""Evidence for a Core ML graph: the saved program, run beside the original: by Core ML itself on a Mac, elsewhere by
the reference interpreter.

Half precision moves single values of the heat map by several hundredths, wherever a value lies on a slope. What a
reader makes of the outputs hardly moves, so that is what has to hold: the area above the threshold, and the text.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends import coreml, ort
from edgekit.errors import BundleError
from edgekit.manifest import Evidence, Graph
from export import samples
from export.mil import engine
from export.parity import Original, class_gap, heat_gap, paddle_input, reference_name, round_up
from export.recipe import ClassHead, PictureRecipe
from export.targets.coreml_network import SIZES

Array = NDArray[Any]

DATA = Path(__file__).parent.parent / "data"
LEAST_OVERLAP = {"fp32": 0.999, "fp16": 0.999, "int8": 0.98, "palette": 0.98}
"""Least intersection over union, per page, of the areas above the detector's threshold."""
LEAST_AGREEMENT = {"int8": 0.85, "palette": 0.85}
"""Least share of a line's steps that keep their class. Of a precision not named, the whole text has to be equal. Those
named are judged by receipts; this stops a conversion that went wrong."""


def compare(recipe: PictureRecipe, original: Original, graph: Graph, data: bytes) -> Evidence:
    """Runs the original, fed as PaddleOCR feeds it, and the program in ``data``, on synthetic pictures.

    The pictures have sizes that the program takes. Raises BundleError where a page's area of text overlaps by less than
    LEAST_OVERLAP, or a line decodes otherwise than LEAST_AGREEMENT allows: such a graph must not ship.
    """
    reference = Graph("onnxruntime", "fp32", recipe.weights.path, original.inputs, original.outputs, graph.evidence)
    with engine.standing_in():
        old, new = ort.load(reference, original.data, 1), coreml.load(graph, data, 1)
    gaps, agreements = [], []
    for pixels in _lines() if isinstance(recipe.head, ClassHead) else _pages():
        expected = old.run(paddle_input(pixels, recipe.normalisation))[0]
        found = new.run(pixels)
        if isinstance(recipe.head, ClassHead):
            gaps.append(class_gap(expected, original.classes, found))
            agreements.append(_check_text(recipe, graph, _classes(expected, original), found[0]))
        else:
            gaps.append(heat_gap(expected, found))
            agreements.append(_check_area(recipe, graph, expected[:, 0], found[0]))
    figure = "steps of the original's class" if isinstance(recipe.head, ClassHead) else "overlap of the areas of text"
    said = f"{reference_name(recipe)} ({figure}: at least {_floor(min(agreements))})"
    return Evidence("passed", reference=said, max_abs_difference=round_up(max(gaps)), machine=engine.name())


def collapse(classes: Array, blank: int = 0) -> list[int]:
    """CTC's greedy rule: repeats merge, blanks vanish."""
    kept = classes != blank
    kept[1:] &= classes[1:] != classes[:-1]
    return [int(value) for value in classes[kept]]


def _floor(share: float) -> float:
    """To two digits, never above."""
    return int(share * 100) / 100


def _check_text(recipe: PictureRecipe, graph: Graph, expected: Array, found: Array) -> float:
    """The share of steps that agree."""
    agreement = float((expected == found).mean())
    least = LEAST_AGREEMENT.get(graph.precision)
    if agreement < least if least is not None else collapse(expected[0]) != collapse(found[0]):
        raise BundleError(
            f"{recipe.file}: a line decodes to other text than the original's ({agreement:.0%} of its steps agree); "
            "keep a higher precision"
        )
    return agreement


def _check_area(recipe: PictureRecipe, graph: Graph, expected: Array, found: Array) -> float:
    threshold = json.loads((DATA / "detect_params.json").read_text("utf-8"))["threshold"]
    old, new = expected > threshold, found > threshold
    overlap = float((old & new).sum() / max((old | new).sum(), 1))
    if not overlap >= LEAST_OVERLAP[graph.precision]:
        least = LEAST_OVERLAP[graph.precision]
        raise BundleError(
            f"{recipe.file}: areas of text overlap by {overlap:.3f}, less than {least}; keep a higher precision"
        )
    return overlap


def _classes(expected: Array, original: Original) -> Array:
    """The best of the kept classes per step, numbered as the new graph numbers them."""
    best: Array = expected[..., list(original.classes)].argmax(-1)
    return best


def _lines() -> Sequence[Array]:
    return [line[None] for batch in samples.lines() for line in batch]


def _pages() -> Sequence[Array]:
    """Each page filled up with white, as the runtime does it, to the smallest size that holds it."""
    return [_filled(page) for page in samples.pages()]


def _filled(page: Array) -> Array:
    height, width = page.shape[1:3]
    rows, columns = min(
        (size for size in SIZES if size[0] >= height and size[1] >= width), key=lambda size: size[0] * size[1]
    )
    return np.pad(page, ((0, 0), (0, rows - height), (0, columns - width), (0, 0)), constant_values=coreml.PAPER)
