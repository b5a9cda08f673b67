"""Core ML: an ML program for iOS 16 and macOS 13 or later, as a zipped ``.mlpackage``."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from edgekit.errors import BackendError, UsageError
from edgekit.manifest import Graph
from export.recipe import ClassHead, HeatHead, PictureRecipe
from export.targets.coreml_network import example, planes_network, program_sizes
from export.targets.coreml_package import zip_package
from export.targets.lowered import UNCHECKED, Lowered

try:
    import coremltools
    import numpy as np
    import torch
    from coremltools.optimize import coreml as compression
except ImportError as error:
    raise BackendError("coremltools or torch is not installed: pip install edgekit[coreml]") from error

PRECISIONS = ("fp32", "fp16", "int8", "palette")
"""Single precision, which keeps a program off the Neural Engine; half precision, after some first layers in single;
half precision throughout with weights of 8 bits, one scale per plane, or with weights that are looked up in a table of
256 values, one table per layer."""
IN_SINGLE: Mapping[type, tuple[int, ...]] = MappingProxyType({HeatHead: (40, 60, 1000), ClassHead: (16, 26, 1000)})
"""By the head of a network: convolutions, counted from the first, that fp16 computes in single precision, them and all
before them; the next is tried where it is not yet exact enough. Errors made early grow on their way: no other choice
of as few layers helped as much."""
WEIGHTED = ("conv", "conv_transpose", "linear")
PALETTE_BITS = 8


def lower(recipe: PictureRecipe, members: Mapping[str, bytes], precision: str, in_single: int = 0) -> Lowered:
    """``members``: the recipe's files by path. in_single: see IN_SINGLE; of no meaning to other precisions than fp16.

    The program takes 8-bit RGB pictures of the sizes in ``coreml_network``; its outputs are the recipe's. Same inputs
    and versions give the same bytes. Raises UsageError for another precision, BundleError where the weights do not fit.
    """
    if precision not in PRECISIONS:
        raise UsageError(f"precision {precision!r}: Core ML has {', '.join(PRECISIONS)}; choose one of them")
    file = f"{recipe.file.rpartition('.')[0]}_{precision}.mlpackage.zip"
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):  # bars of progress
        warnings.simplefilter("ignore")  # torch and coremltools deprecate each other's functions
        model = compress(_convert(recipe, members, precision, in_single), precision)
    weights = Path(model.weights_dir, "weight.bin").read_bytes()
    data = zip_package(model.get_spec(), weights, file.removesuffix(".zip"))
    return Lowered(Graph("coreml", precision, file, (recipe.pixels,), recipe.outputs, UNCHECKED), data)


def _convert(recipe: PictureRecipe, members: Mapping[str, bytes], precision: str, in_single: int) -> Any:
    """coremltools' model of a network, its weights as they are."""
    sizes, dynamic = program_sizes(recipe)
    network = planes_network(recipe, members)
    exported = torch.export.export(network, (example(recipe),), dynamic_shapes=(dynamic,), strict=False)
    shapes = coremltools.EnumeratedShapes([(1, 3, *size) for size in sizes], default=(1, 3, *sizes[0]))
    image = coremltools.ImageType(
        recipe.pixels.name, shape=shapes, scale=1.0, bias=[0, 0, 0], color_layout=coremltools.colorlayout.RGB
    )
    outputs = [coremltools.TensorType(spec.name, dtype=np.dtype(spec.dtype).type) for spec in recipe.outputs]
    return coremltools.convert(
        exported.run_decompositions({}),
        inputs=[image],
        outputs=outputs,
        convert_to="mlprogram",
        minimum_deployment_target=coremltools.target.iOS16,
        compute_precision=_arithmetic(precision, in_single if precision == "fp16" else 0),
    )


def _arithmetic(precision: str, in_single: int) -> Any:
    if precision == "fp32":
        return coremltools.precision.FLOAT32
    if not in_single:
        return coremltools.precision.FLOAT16

    def is_half(operation: Any) -> bool:
        operations = list(operation.enclosing_block.operations)
        before = operations[: operations.index(operation)]
        return sum(one.op_type in WEIGHTED for one in before) >= in_single

    return coremltools.transform.FP16ComputePrecision(op_selector=is_half)


def compress(model: Any, precision: str) -> Any:
    """coremltools' model with the weights of a precision; arithmetic stays as it is."""
    if precision == "int8":
        linear = compression.OpLinearQuantizerConfig(mode="linear_symmetric")
        return compression.linear_quantize_weights(model, compression.OptimizationConfig(global_config=linear))
    if precision == "palette":
        table = compression.OpPalettizerConfig(mode="kmeans", nbits=PALETTE_BITS)
        return compression.palettize_weights(model, compression.OptimizationConfig(global_config=table))
    return model
