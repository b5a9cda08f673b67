"""A network to the bytes of a graph and the evidence that it does what its original did, for any target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edgekit.backends import ort
from edgekit.manifest import Evidence, Graph
from export import parity, quantize
from export.calibration import Array
from export.graphs import Built, build
from export.recipe import GraphRecipe
from export.targets import onnx
from export.targets.lowered import UNCHECKED, Lowered

UNTRIED = "not tried on receipts; name some with --gate"


@dataclass(frozen=True, slots=True)
class Job:
    """A network to lower. members: the wheel's files by path. feeds: what the reader gave to it, to calibrate with."""

    recipe: GraphRecipe
    members: Mapping[str, bytes]
    built: Built
    feeds: Sequence[Array] = ()


def _lower_onnx(job: Job, precision: str) -> Lowered:
    if precision == "int8":
        return _lower_onnx_int8(job)
    data, recipe = onnx.lower(job.built.net), job.recipe
    inputs, outputs = tuple(job.built.net.inputs), tuple(job.built.net.outputs)
    graph = Graph("onnxruntime", "fp32", recipe.file, inputs, outputs, UNCHECKED)
    return Lowered(replace(graph, evidence=parity.compare(recipe, job.built.original, graph, data)), data)


def _lower_onnx_int8(job: Job) -> Lowered:
    recipe, original = job.recipe, job.built.original
    net = build(recipe, job.members).net  # its own: quantizing changes it
    nodes = quantize.quantizable(net, recipe.in_float)
    quantize.quantize(net, nodes, quantize.measure(net, nodes, job.feeds))
    data = onnx.lower(net)
    file = recipe.file.removesuffix(".onnx") + "_int8.onnx"
    graph = Graph("onnxruntime", "int8", file, tuple(net.inputs), tuple(net.outputs), UNCHECKED)
    gap = parity.round_up(parity.difference(recipe, original, ort.load(graph, data, 1)))
    said = Evidence("passed", None, parity.reference_name(recipe), gap, None, parity.machine())
    return Lowered(replace(graph, evidence=said), data)


def _lower_executorch(job: Job, precision: str) -> Lowered:
    from export.targets import executorch  # here, as it needs its extra

    lowered = executorch.lower(job.recipe, job.members, precision, job.feeds)
    evidence = executorch.compare(job.recipe, job.built.original, lowered)
    return Lowered(replace(lowered.graph, evidence=evidence), lowered.data)


def _lower_coreml(job: Job, precision: str) -> Lowered:
    from export.targets import coreml, coreml_parity  # here, as they need their extra

    lowered = coreml.lower(job.recipe, job.members, precision, job.feeds)
    evidence = coreml_parity.compare(job.recipe, job.built.original, lowered.graph, lowered.data)
    return Lowered(replace(lowered.graph, evidence=replace(evidence, reason=UNTRIED)), lowered.data)


_LOWER = {"onnx": _lower_onnx, "executorch": _lower_executorch, "coreml": _lower_coreml}


def lower(job: Job, target: str, precision: str) -> Lowered:
    """A network for a target of the catalogue, compared with its original.

    Raises BundleError where it differs too much, BackendError where a package is not installed.
    """
    return _LOWER[target](job, precision)
