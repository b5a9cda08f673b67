"""ExecuTorch programs (.pte) for networks on words: a method for each number of words, all on one set of weights.

XNNPACK reshapes tensors with one varying axis only, and attention has two; so sizes are fixed, as the runtime's are.
"""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from edgekit.backends import executorch as backend
from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Evidence, Graph
from edgekit.session import Session
from export import parity, words
from export.recipe import WordRecipe
from export.targets.lowered import UNCHECKED, DelegatedLowered, check_delegation

try:
    import torch
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.exir import to_edge_transform_and_lower
    from executorch.exir.pass_base import PassResult
except ImportError as error:
    raise BackendError("executorch is not installed: pip install 'edgekit[export,executorch]'") from error

from export.sources import modules
from export.targets import executorch_delegation as delegation
from export.targets.executorch_attention import with_matrix_norms

TOLERANCE = 1e-3
"""Largest difference of a score: XNNPACK sums in another order."""


def lower(recipe: WordRecipe, network: Any, precision: str = "fp32") -> DelegatedLowered:
    """The recipe's network as a program that XNNPACK runs.

    network: the torch module; None where the weights are a graph in ONNX, which has no way to here.
    Raises BundleError for that, for another precision, and where too little of the network is delegated.
    """
    file = recipe.file.removesuffix(".onnx") + ".pte"
    if network is None:
        raise BundleError(f"{file}: {recipe.weights.path} is no torch module; its recipe is at {recipe.line}")
    if precision != "fp32":
        raise BundleError(f"{file}: no {precision} for executorch; ask for fp32")
    programs = {
        f"{backend.METHOD}{feed[0].shape[1]}": modules.export_program(
            with_matrix_norms(network), [torch.from_numpy(value) for value in feed], [{} for _ in feed]
        )
        for feed in _examples(recipe)
    }
    with modules.quiet():
        edge = to_edge_transform_and_lower(
            programs, partitioner=[XnnpackPartitioner()], transform_passes=[_drop_expansions]
        )
        found = min((delegation.measure(edge.exported_program(name)) for name in programs), key=lambda it: it.nodes)
        check_delegation(found, file)
        data = bytes(edge.to_executorch().buffer)
    graph = Graph("executorch", precision, file, recipe.inputs, recipe.outputs, UNCHECKED)
    return DelegatedLowered(graph, data, found)


def compare(recipe: WordRecipe, original: Session, lowered: DelegatedLowered) -> Evidence:
    """Runs the original and the program on an input of each size. Raises BundleError where they differ by more than
    TOLERANCE."""
    new = backend.load(lowered.graph, lowered.data, 1)
    gap = words.difference(original, new, words.feeds(recipe))
    if not gap <= TOLERANCE:  # so that a difference which is no number fails, too
        raise BundleError(
            f"{lowered.graph.file}: differs from {recipe.weights.path} by {gap:.2g}, more than {TOLERANCE:g}; "
            "mend the rewrite that changed it"
        )
    return Evidence(
        "passed",
        reference=words.reference_name(recipe),
        max_abs_difference=parity.round_up(gap),
        machine=f"{parity.machine()}, executorch {version('executorch')}",
        delegated=lowered.delegation.nodes,
    )


def _examples(recipe: WordRecipe) -> list[Any]:
    """One feed for each number of words that the recipe asks for."""
    found = {feed[0].shape[1]: feed for feed in words.feeds(recipe)}
    return [found[size] for size in recipe.buckets]


def _drop_expansions(graph: Any) -> Any:
    """Products of matrices expand both sides to the same batch, which copies them even where nothing changes."""
    expansions = [node for node in graph.graph.nodes if "aten.expand_copy" in str(node.target)]
    idle = [node for node in expansions if node.meta["val"].shape == node.args[0].meta["val"].shape]
    for node in idle:
        node.replace_all_uses_with(node.args[0])
        graph.graph.erase_node(node)
    graph.recompile()
    return PassResult(graph, bool(idle))
