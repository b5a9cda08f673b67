"""Evidence that a graph does what the original did: both are run, on the same pictures, and their outputs compared."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends import ort
from edgekit.errors import BundleError
from edgekit.manifest import Evidence, Graph, TensorSpec
from edgekit.session import Session
from export import samples
from export.recipe import ClassHead, Normalisation, PictureRecipe

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Original:
    """The graph as it was published. classes: those of its classes, in order, which the new graph kept."""

    data: bytes
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    classes: tuple[int, ...] = ()


def compare(recipe: PictureRecipe, original: Original, graph: Graph, data: bytes) -> Evidence:
    """Evidence for an ONNX graph ``data`` in fp32.

    Raises BundleError where it differs from the original by more than the recipe tolerates: it must not ship.
    """
    worst = difference(recipe, original, ort.load(graph, data, 1))
    if not worst <= recipe.tolerance:  # so that a difference which is no number fails, too
        raise BundleError(
            f"{recipe.file}: differs from {recipe.weights.path} by {worst:.2g}, more than {recipe.tolerance:g}; "
            "mend the rewrite that changed it"
        )
    return Evidence("passed", None, reference_name(recipe), round_up(worst), None, machine())


def reference_name(recipe: PictureRecipe) -> str:
    """What ``difference`` compares with."""
    return f"{recipe.title} as {'tuned' if recipe.tuned else 'published'}, on synthetic pictures"


def difference(recipe: PictureRecipe, original: Original, new: Session) -> float:
    """Largest difference of any output of a graph and of the original, which is fed as PaddleOCR feeds it."""
    unchecked = Evidence("not run", "the original")
    reference = Graph("onnxruntime", "fp32", recipe.weights.path, original.inputs, original.outputs, unchecked)
    old = ort.load(reference, original.data, 1)
    has_classes = isinstance(recipe.head, ClassHead)
    gaps = []
    for pixels in samples.lines() if has_classes else samples.pages():
        expected = old.run(paddle_input(pixels, recipe.normalisation))[0]
        found = new.run(pixels)
        gaps.append(class_gap(expected, original.classes, found) if has_classes else heat_gap(expected, found))
    return _largest(np.array(gaps))


def paddle_input(pixels: Array, normalisation: Normalisation) -> Array:
    """What PaddleOCR makes of uint8 RGB pictures [N, H, W, 3]: float32 planes blue, green, red, [N, 3, H, W]."""
    scaled = pixels[..., ::-1].astype(np.float32) * np.float32(1 / 255)
    normal = (scaled - np.array(normalisation.mean, np.float32)) / np.array(normalisation.std, np.float32)
    return np.ascontiguousarray(normal.transpose(0, 3, 1, 2))


def heat_gap(expected: Array, found: Sequence[Array]) -> float:
    """Largest difference between two maps, [N, 1, H, W] of the original and [N, H, W]."""
    return _largest(expected[:, 0] - found[0])


def class_gap(expected: Array, classes: Sequence[int], found: Sequence[Array]) -> float:
    """Largest difference of probability, over the kept classes alone, both of the score and of the class chosen.

    A class other than the original's best counts by how much less likely the original found it: nothing for a tie.
    """
    kept = expected[..., list(classes)].astype(np.float64)
    kept /= kept.sum(-1, keepdims=True)
    best = kept.max(-1)
    indices, scores = found
    chosen = np.take_along_axis(kept, indices[..., None].astype(np.int64), -1)[..., 0]
    return _largest(np.stack([best - scores, best - chosen]))


def round_up(value: float) -> float:
    """To one significant digit, never below: CPUs round differently, and the bundle should not change with them."""
    exact = Decimal(repr(value))
    return float(exact.quantize(Decimal((0, (1,), exact.adjusted())), ROUND_CEILING)) if value else 0.0


def machine() -> str:
    """The kind of CPU and the engine; no name of the host."""
    return f"{_cpu()} ({platform.machine()}), onnxruntime {version('onnxruntime')}"


def _cpu() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:  # not Linux
        return platform.processor() or platform.system()
    names = [line.partition(":")[2].strip() for line in text.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.system()


def _largest(difference: Array) -> float:
    """NaN where any is: ``max`` of Python would drop it."""
    return float(np.abs(difference).max())
