"""Networks on words: what they are compared on, how, and the graph that ONNX Runtime gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgekit.backends import ort
from edgekit.errors import BundleError
from edgekit.manifest import Evidence, Graph, TensorSpec
from edgekit.session import Session
from export import parity, samples
from export.calibration import Feed
from export.encoding import encoded
from export.net import Net, read_net
from export.recipe import Checkpoint, LocalFile, Member, TorchModule, WordRecipe
from export.targets.lowered import UNCHECKED

AXIS = "words"


@dataclass(frozen=True, slots=True)
class BuiltWords:
    """network: the torch module, where the weights are one's. original: what runs it, or the graph as published."""

    net: Net
    original: Session
    network: Any
    files: Mapping[str, bytes]
    changes: str


class TorchSession:
    """A torch module as a session."""

    def __init__(self, network: Any) -> None:
        self._network = network

    def run(self, *inputs: Any) -> Feed:
        import torch  # here, as a graph in ONNX needs none

        with torch.no_grad():
            found = self._network(*(torch.from_numpy(value) for value in inputs))
        return tuple(part.numpy() for part in (found if isinstance(found, tuple) else (found,)))


def build(recipe: WordRecipe, members: Mapping[str, bytes]) -> BuiltWords:
    """``members``: the recipe's files by path.

    Raises BundleError, which names the recipe's line, where the network is not as the recipe expects; BackendError
    where a package is missing that the weights need.
    """
    weights = recipe.weights
    if isinstance(weights, Member | LocalFile):
        data, network = members[weights.path], None
        net = read_net(data, weights.path, recipe.line)
        graph = Graph("onnxruntime", "fp32", weights.path, tuple(net.inputs), tuple(net.outputs), UNCHECKED)
        original: Session = ort.load(graph, data, 1)
    elif isinstance(weights, Checkpoint | TorchModule):
        network, net = _from_torch(recipe, weights, members)
        original = TorchSession(network)
    else:
        raise BundleError(
            f"{weights.path}: networks on words do not come in this format; the recipe is at {recipe.line}"
        )
    _check_ports(recipe, net)
    return BuiltWords(net, original, network, {}, recipe.changes)


def _from_torch(recipe: WordRecipe, weights: Checkpoint | TorchModule, members: Mapping[str, bytes]) -> tuple[Any, Net]:
    from export.sources import modules  # here, as it needs torch

    network = modules.load(weights, members, recipe.inputs)
    try:
        program = export_program(recipe, network)
        data = modules.to_onnx(program, [it.name for it in recipe.inputs], [it.name for it in recipe.outputs])
    except BundleError as error:
        raise BundleError(f"{weights.path}: {error}; its recipe is at {recipe.line}") from error
    net = read_net(data, weights.path, recipe.line)
    return network, net


def export_program(recipe: WordRecipe, network: Any) -> Any:
    """torch's ExportedProgram for any number of words up to the largest bucket."""
    import torch

    from export.sources import modules

    words = torch.export.Dim(AXIS, min=2, max=recipe.buckets[-1])
    axes = [{i: words for i, size in enumerate(spec.shape) if size == AXIS} for spec in recipe.inputs]
    example = [torch.from_numpy(value) for value in feeds(recipe)[0]]
    return modules.export_program(network, example, axes)


def feeds(recipe: WordRecipe) -> list[Feed]:
    """One input of each bucket, the same on every machine."""
    if recipe.feeds == "receipts":
        return [encoded(lines, rows) for lines, rows in samples.receipts()]
    random = np.random.default_rng(0)
    return [
        tuple(_random(spec, words, recipe.vocabulary, random) for spec in recipe.inputs) for words in recipe.buckets
    ]


def compare(recipe: WordRecipe, original: Session, graph: Graph, data: bytes) -> Evidence:
    """Evidence for an ONNX graph in fp32. Raises BundleError where it differs by more than the recipe tolerates."""
    gap = difference(original, ort.load(graph, data, 1), feeds(recipe))
    if not gap <= recipe.tolerance:  # so that a difference which is no number fails, too
        raise BundleError(
            f"{recipe.file}: differs from {recipe.weights.path} by {gap:.2g}, more than {recipe.tolerance:g}; "
            f"use another source, or export it otherwise; its recipe is at {recipe.line}"
        )
    return evidence(recipe, gap)


def evidence(recipe: WordRecipe, gap: float) -> Evidence:
    return Evidence("passed", None, reference_name(recipe), parity.round_up(gap), None, parity.machine())


def reference_name(recipe: WordRecipe) -> str:
    """What ``difference`` compares with."""
    what = "synthetic receipts" if recipe.feeds == "receipts" else "random numbers"
    return f"{recipe.title} as its weights are defined, on {what}"


def difference(original: Session, new: Session, given: Sequence[Feed]) -> float:
    """Largest difference of any score of a word that is there: those whose inputs are all zero are padding."""
    worst = []
    for feed in given:
        there = np.any([value.reshape(value.shape[1], -1).any(1) for value in feed], 0)
        for expected, found in zip(original.run(*feed), new.run(*feed), strict=True):
            worst.append(np.abs(expected[:, there] - found[:, there]).max())
    return float(np.array(worst).max())


def _random(spec: TensorSpec, words: int, vocabulary: int, random: np.random.Generator) -> Any:
    shape = [words if size == AXIS else int(size) for size in spec.shape]
    if np.dtype(spec.dtype).kind == "f":
        return random.normal(size=shape).astype(spec.dtype)
    return random.integers(1, vocabulary, shape).astype(spec.dtype)


def _check_ports(recipe: WordRecipe, net: Net) -> None:
    """The graph's inputs and outputs are the recipe's by name and type, and from here on by the names of their axes."""
    for wanted, found in ((recipe.inputs, net.inputs), (recipe.outputs, net.outputs)):
        named = [(spec.name, spec.dtype, len(spec.shape)) for spec in wanted]
        has = [(spec.name, spec.dtype, len(spec.shape)) for spec in found]
        if named != has:
            raise BundleError(
                f"{recipe.weights.path}: has {_listed(found)}, not {_listed(wanted)}; "
                f"correct the recipe at {recipe.line}"
            )
    net.inputs, net.outputs = list(recipe.inputs), list(recipe.outputs)


def _listed(specs: Sequence[TensorSpec]) -> str:
    return " and ".join(f"{spec.name} {spec.dtype} {list(spec.shape)}" for spec in specs)
