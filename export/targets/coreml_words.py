"""Core ML for networks on words: an ML program that takes arrays of any number of words between its buckets.

Up to iOS 17 one input of a model may list its sizes, not two; both therefore have a range, from the smallest bucket to
the largest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from edgekit.backends import coreml
from edgekit.errors import BackendError, BundleError, UsageError
from edgekit.manifest import Evidence, Graph, TensorSpec
from edgekit.session import Session
from export import parity, words
from export.mil import engine
from export.recipe import WordRecipe
from export.sources import modules
from export.targets.coreml import PRECISIONS, compress
from export.targets.coreml_package import zip_package
from export.targets.lowered import UNCHECKED, Lowered

try:
    import coremltools
except ImportError as error:
    raise BackendError("coremltools is not installed: pip install edgekit[coreml]") from error

NORM = "layer_norm"
MOST = {"fp32": 1e-3, "fp16": 0.1, "int8": 1.0, "palette": 1.0}
"""Largest difference of a score, which is a logit. What it does to the fields is for receipts to say."""


def lower(recipe: WordRecipe, network: Any, precision: str) -> Lowered:
    """network: the torch module; None where the weights are a graph in ONNX, which has no way to here.

    Same inputs and versions give the same bytes. Raises UsageError for another precision, BundleError where the network
    cannot be converted.
    """
    if precision not in PRECISIONS:
        raise UsageError(f"precision {precision!r}: Core ML has {', '.join(PRECISIONS)}; choose one of them")
    file = f"{recipe.file.rpartition('.')[0]}_{precision}.mlpackage.zip"
    if network is None:
        raise BundleError(f"{file}: {recipe.weights.path} is no torch module; its recipe is at {recipe.line}")
    program = words.export_program(recipe, network)
    with modules.quiet():
        model = compress(_convert(recipe, program, precision), precision)
    weights = Path(model.weights_dir, "weight.bin").read_bytes()
    data = zip_package(model.get_spec(), weights, file.removesuffix(".zip"))
    return Lowered(Graph("coreml", precision, file, recipe.inputs, recipe.outputs, UNCHECKED), data)


def compare(recipe: WordRecipe, original: Session, graph: Graph, data: bytes) -> Evidence:
    """Runs the original, and the program by what ``mil.engine`` names, on an input of each size.

    Raises BundleError where a score differs by more than MOST: such a graph must not ship.
    """
    with engine.standing_in():
        session = coreml.load(graph, data, 1)
    gap = words.difference(original, session, words.feeds(recipe))
    if not gap <= MOST[graph.precision]:  # so that a difference which is no number fails, too
        raise BundleError(
            f"{graph.file}: differs from {recipe.weights.path} by {gap:.2g}, more than {MOST[graph.precision]:g}; "
            "keep a higher precision"
        )
    return Evidence(
        "passed", reference=words.reference_name(recipe), max_abs_difference=parity.round_up(gap), machine=engine.name()
    )


def _convert(recipe: WordRecipe, program: Any, precision: str) -> Any:
    inputs = [
        coremltools.TensorType(spec.name, shape=_shape(recipe, spec), dtype=np.dtype(spec.dtype).type)
        for spec in recipe.inputs
    ]
    outputs = [coremltools.TensorType(spec.name, dtype=np.dtype(spec.dtype).type) for spec in recipe.outputs]
    return coremltools.convert(
        program.run_decompositions({}),
        inputs=inputs,
        outputs=outputs,
        convert_to="mlprogram",
        minimum_deployment_target=coremltools.target.iOS16,
        compute_precision=coremltools.precision.FLOAT32
        if precision == "fp32"
        else coremltools.transform.FP16ComputePrecision(op_selector=_is_half),
    )


def _is_half(operation: Any) -> bool:
    """All from the first normalisation on. What comes before reads the inputs: rows and columns of words, whose
    differences half precision would blur by a quarter of a row."""
    operations = list(operation.enclosing_block.operations)
    kinds = [one.op_type for one in operations]
    return NORM not in kinds or operations.index(operation) >= kinds.index(NORM)


def _shape(recipe: WordRecipe, spec: TensorSpec) -> Any:
    least, most = recipe.buckets[0], recipe.buckets[-1]
    words_axis = coremltools.RangeDim(least, most, default=least)
    return coremltools.Shape([words_axis if size == words.AXIS else size for size in spec.shape])
