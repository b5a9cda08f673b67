"""What Core ML is given: the networks with planes of 0..255 in front, which is how it hands over an image's pixels."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from export.graphs import kept_classes
from export.recipe import ClassHead, PictureRecipe
from models import detector, recognizer

PARAMS = Path(__file__).parent.parent / "data" / "recognize_params.json"
UPRIGHT = ((864, 640), (1088, 640), (1440, 608), (1984, 448), (2720, 320), (4352, 224))
SIZES = ((640, 640), *UPRIGHT, *((width, height) for height, width in UPRIGHT))
"""Heights and widths of pictures for the detector, the default first.

A photo is taken at 640 pixels across and at most 700,000 in all: a square one, one of 3:4 and one of 9:16 are listed as
they are. Slimmer ones follow in steps of about a third, so that every size up to 1:27 fits into one with little to
spare. Each size costs Core ML time when it prepares the model, which is why there are few.
"""
STEP = 8
"""Columns of a line per step of the recogniser."""


class HeatPlanes(nn.Module):
    """Red, green and blue planes of 0..255, float32 [1, 3, H, W], to a map of probabilities [1, H, W]."""

    mean: Tensor

    def __init__(self, graph: detector.DetectorGraph) -> None:
        super().__init__()
        self.detector = graph.detector
        self.register_buffer("mean", graph.pixels.mean)

    def forward(self, planes: Tensor) -> Tensor:
        return torch.sigmoid(self.detector(planes - self.mean)).squeeze(1)


class ClassPlanes(nn.Module):
    """Red, green and blue planes of 0..255, float32 [1, 3, 48, W], to best classes and their probabilities [1, T]."""

    mean: Tensor

    def __init__(self, graph: recognizer.RecognizerGraph) -> None:
        super().__init__()
        self.recognizer = graph.recognizer
        self.register_buffer("mean", graph.pixels.mean)

    def forward(self, planes: Tensor) -> tuple[Tensor, Tensor]:
        logits = self.recognizer(planes - self.mean)
        return logits.argmax(-1).to(torch.int32), logits.softmax(-1).amax(-1)


def planes_network(recipe: PictureRecipe, members: Mapping[str, bytes]) -> nn.Module:
    """The recipe's network with its published weights. Raises BundleError where they do not fit."""
    data, where = members[recipe.weights.path], recipe.weights.path
    if not isinstance(recipe.head, ClassHead):
        return HeatPlanes(detector.DetectorGraph(detector.load(data, where), recipe.normalisation)).eval()
    classes, _ = kept_classes(recipe.head, members)
    network = recognizer.load(data, classes, where)
    return ClassPlanes(recognizer.RecognizerGraph(network, recipe.normalisation)).eval()


def example(recipe: PictureRecipe) -> Tensor:
    """Planes to trace a network with; the detector's sides differ, so that they stay apart."""
    return torch.zeros(1, 3, 48, 320) if isinstance(recipe.head, ClassHead) else torch.zeros(1, 3, 320, 352)


def program_sizes(recipe: PictureRecipe) -> tuple[tuple[tuple[int, int], ...], dict[int, Any]]:
    """Heights and widths that the program takes, the default first, and torch's description of the axes that vary."""
    if isinstance(recipe.head, ClassHead):
        params = json.loads(PARAMS.read_text("utf-8"))
        widths = sorted(params["widths"], key=lambda width: (width != 320, width))
        steps = torch.export.Dim("steps", min=2, max=max(widths) // STEP)
        return tuple((params["height"], width) for width in widths), {3: STEP * steps}
    most = max(max(size) for size in SIZES) // 32
    rows, columns = (torch.export.Dim(name, min=2, max=most) for name in ("rows", "columns"))
    return SIZES, {2: 32 * rows, 3: 32 * columns}
