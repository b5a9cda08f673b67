"""Torch modules for pictures: normalised planes in, as PaddleOCR feeds them, and probabilities out."""

from __future__ import annotations

from collections.abc import Mapping

import torch

from edgekit.errors import BundleError
from export.recipe import Checkpoint, ClassHead, PictureRecipe, TorchModule
from export.sources import modules

SIDE, COLUMNS = 32, 8
"""Pixels of which the sides of a page, and the width of a line, are multiples."""
PLANES, PROBABILITIES = "x", "y"


def to_onnx(recipe: PictureRecipe, weights: Checkpoint | TorchModule, members: Mapping[str, bytes]) -> bytes:
    """The module's graph: float32 [N, 3, H, W] to the map [N, 1, H, W] or to the probabilities [N, steps, classes].

    members: the recipe's files by path. Raises BundleError where the weights do not fit or ONNX lacks an operator.
    """
    network = modules.load(weights, members, ())
    example, axes = _example(recipe)
    try:
        program = modules.export_program(network, [example], [axes])
        return modules.to_onnx(program, [PLANES], [PROBABILITIES])
    except BundleError as error:
        raise BundleError(f"{weights.path}: {error}") from error


def _example(recipe: PictureRecipe) -> tuple[torch.Tensor, dict[int, torch.export.Dim]]:
    """Planes to trace a network with, and the axes that vary; sides differ, so that they stay apart."""
    if isinstance(recipe.head, ClassHead):
        height = int(recipe.pixels.shape[1])
        steps = torch.export.Dim("columns", min=2, max=400)
        return torch.zeros(2, 3, height, 40 * COLUMNS), {
            0: torch.export.Dim("lines", min=1, max=64),
            3: COLUMNS * steps,
        }
    rows, columns = (torch.export.Dim(name, min=2, max=200) for name in ("rows", "columns"))
    return torch.zeros(1, 3, 10 * SIDE, 11 * SIDE), {2: SIDE * rows, 3: SIDE * columns}
