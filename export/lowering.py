"""A network to the bytes of a graph and the evidence that it does what its original did, for any target."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from edgekit.backends import ort
from edgekit.errors import BundleError, EdgeKitError
from edgekit.manifest import Evidence, Graph
from export import graphs, halves, parity, quantize, quantize_weights, samples, words
from export.calibration import Feed
from export.recipe import GraphRecipe, HeatHead, PictureRecipe, WordRecipe, only_precision
from export.targets import onnx
from export.targets.lowered import UNCHECKED, Lowered

UNTRIED = "not tried on receipts; name some with --gate"
ONLY = "for this engine the network is made in {precision} alone: there is no other to try it beside"


@dataclass(frozen=True, slots=True)
class PictureJob:
    """A network on pictures. members: as ``graphs.build`` takes them. feeds: what the reader gave to it. drawn: what
    it is calibrated on where it is made in one precision alone."""

    recipe: PictureRecipe
    members: Mapping[str, bytes]
    built: graphs.Built
    feeds: Sequence[Feed] = ()
    drawn: Sequence[Feed] = ()

    def feeds_for(self, target: str) -> Sequence[Feed]:
        """What it is calibrated on."""
        return self.drawn if only_precision(self.recipe, target) else self.feeds


@dataclass(frozen=True, slots=True)
class WordJob:
    """A network on words. feeds: what the reader gave to it."""

    recipe: WordRecipe
    built: words.BuiltWords
    feeds: Sequence[Feed] = ()


Job = PictureJob | WordJob


def open_job(recipe: GraphRecipe, members: Mapping[str, bytes]) -> Job:
    """The network of a recipe, read and changed. Raises BundleError where it is not as the recipe expects."""
    if isinstance(recipe, WordRecipe):
        return WordJob(recipe, words.build(recipe, members))
    drawn = samples.pages() if isinstance(recipe.head, HeatHead) else samples.lines()
    return PictureJob(recipe, members, graphs.build(recipe, members), drawn=[(pixels,) for pixels in drawn])


def _lower_onnx(job: PictureJob, precision: str) -> Lowered:
    if precision == "int8":
        return _lower_onnx_int8(job)
    data, recipe = onnx.lower(halves.stored(job.built.net)), job.recipe
    inputs, outputs = tuple(job.built.net.inputs), tuple(job.built.net.outputs)
    graph = Graph("onnxruntime", "fp32", recipe.file, inputs, outputs, UNCHECKED)
    return Lowered(replace(graph, evidence=parity.compare(recipe, job.built.original, graph, data)), data)


def _lower_onnx_int8(job: PictureJob) -> Lowered:
    recipe, original = job.recipe, job.built.original
    net = graphs.build(recipe, job.members).net  # its own: quantizing changes it
    nodes = quantize.quantizable(net, recipe.in_float)
    quantize.quantize(net, nodes, quantize.measure(net, nodes, [feed[0] for feed in job.feeds_for("onnx")]))
    if recipe.rest_in_8_bits:
        net = quantize_weights.quantized(net)
    data = onnx.lower(halves.stored(net, rounded=True))
    graph = Graph("onnxruntime", "int8", _named(recipe.file, "int8"), tuple(net.inputs), tuple(net.outputs), UNCHECKED)
    gap = parity.round_up(parity.difference(recipe, original, ort.load(graph, data, 1)))
    said = Evidence("passed", None, parity.reference_name(recipe), gap, None, parity.machine())
    return Lowered(replace(graph, evidence=said), data)


def _lower_executorch(job: PictureJob, precision: str) -> Lowered:
    from export.targets import executorch  # here, as it needs its extra

    lowered = executorch.lower(job.recipe, job.members, precision, job.feeds_for("executorch"))
    evidence = executorch.compare(job.recipe, job.built.original, lowered)
    return Lowered(replace(lowered.graph, evidence=evidence), lowered.data)


def _lower_coreml(job: PictureJob, precision: str) -> Lowered:
    from export.targets import coreml_half  # here, as it needs its extra

    lowered = coreml_half.lower(job.recipe, job.members, job.built.original, precision)
    evidence = replace(lowered.graph.evidence, reason=None if precision == "fp32" else UNTRIED)
    return Lowered(replace(lowered.graph, evidence=evidence), lowered.data)


def _lower_words_onnx(job: WordJob, precision: str) -> Lowered:
    recipe, net = job.recipe, job.built.net
    if precision == "int8":
        net = quantize_weights.quantized(net)
    data = onnx.lower(halves.stored(net, rounded=precision == "int8"))
    file = recipe.file if precision == "fp32" else _named(recipe.file, precision)
    graph = Graph("onnxruntime", precision, file, recipe.inputs, recipe.outputs, UNCHECKED)
    if precision == "fp32":
        return Lowered(replace(graph, evidence=words.compare(recipe, job.built.original, graph, data)), data)
    gap = words.difference(job.built.original, ort.load(graph, data, 1), words.feeds(recipe))
    return Lowered(replace(graph, evidence=words.evidence(recipe, gap)), data)


def _lower_words_executorch(job: WordJob, precision: str) -> Lowered:
    from export.targets import executorch_words  # here, as it needs its extra

    made = "fp32" if precision == "int8" else precision  # a request for int8 is for all stages; this one has none
    lowered = executorch_words.lower(job.recipe, job.built.network, made)
    evidence = executorch_words.compare(job.recipe, job.built.original, lowered)
    return Lowered(replace(lowered.graph, precision=precision, evidence=evidence), lowered.data)


def _lower_words_coreml(job: WordJob, precision: str) -> Lowered:
    from export.targets import coreml_words  # here, as it needs its extra

    lowered = coreml_words.lower(job.recipe, job.built.network, precision)
    evidence = coreml_words.compare(job.recipe, job.built.original, lowered.graph, lowered.data)
    reason = None if precision == "fp32" else UNTRIED
    return Lowered(replace(lowered.graph, evidence=replace(evidence, reason=reason)), lowered.data)


_PICTURES: dict[str, Callable[[PictureJob, str], Lowered]] = {
    "onnx": _lower_onnx,
    "executorch": _lower_executorch,
    "coreml": _lower_coreml,
}
_WORDS: dict[str, Callable[[WordJob, str], Lowered]] = {
    "onnx": _lower_words_onnx,
    "executorch": _lower_words_executorch,
    "coreml": _lower_words_coreml,
}


def lower(job: Job, target: str, precision: str) -> Lowered:
    """A network for a target of the catalogue, compared with its original.

    Raises BundleError where it differs too much or the target cannot take it, and then names the recipe's line;
    BackendError where a package is not installed.
    """
    try:
        if isinstance(job, WordJob):
            return _WORDS[target](job, precision)
        lowered = _PICTURES[target](job, precision)
        return _alone(lowered) if only_precision(job.recipe, target) else lowered
    except EdgeKitError:
        raise
    except Exception as error:  # converters raise what they like
        said = str(error).strip().splitlines()
        raise BundleError(
            f"{job.recipe.file}: {target} cannot take this network ({said[0] if said else type(error).__name__}); "
            f"its recipe is at {job.recipe.line}"
        ) from error


def _alone(lowered: Lowered) -> Lowered:
    """The same graph; its evidence says why it was not tried on receipts."""
    reason = ONLY.format(precision=lowered.graph.precision)
    evidence = replace(lowered.graph.evidence, reason=reason)
    return Lowered(replace(lowered.graph, evidence=evidence), lowered.data)


def _named(file: str, precision: str) -> str:
    return f"{file.removesuffix('.onnx')}_{precision}.onnx"
