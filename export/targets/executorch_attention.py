"""Layer normalisation and attention as XNNPACK can take them: the same numbers from operators that it has.

It takes no reductions along the last axis, and reshapes tensors with one varying axis only. A batch of lines has two:
there the heads of attention are layers of their own instead of an axis.
"""

from __future__ import annotations

import copy
from typing import Any

import torch
from torch import Tensor, nn

from models.recognizer import RecognizerGraph
from models.recognizer.neck import Attention


class MatrixNorm(nn.Module):
    """Layer normalisation whose two means are products with matrices, which XNNPACK takes and reductions it does not.

    Means of ``x - mean`` and not of squares alone: that would cancel.
    """

    def __init__(self, norm: Any) -> None:
        super().__init__()
        (width,) = norm.normalized_shape
        self.eps, self.weight, self.bias = norm.eps, norm.weight, norm.bias
        self.centre, self.mean = (nn.Linear(width, width, bias=False) for _ in range(2))
        mean = torch.full((width, width), 1 / width)
        self.centre.load_state_dict({"weight": torch.eye(width) - mean})
        self.mean.load_state_dict({"weight": mean})

    def forward(self, x: Tensor) -> Tensor:
        centred = self.centre(x)
        scaled: Tensor = centred * torch.rsqrt(self.mean(centred * centred) + self.eps) * self.weight
        return scaled if self.bias is None else scaled + self.bias


class HeadwiseAttention(nn.Module):
    """``models.recognizer``'s Attention, each head with layers of its own; the queries' scale is in their layer."""

    def __init__(self, attention: Attention) -> None:
        super().__init__()
        self.heads = nn.ModuleList(Head(attention, number) for number in range(attention.heads))

    def forward(self, steps: Tensor) -> Tensor:
        found: Tensor = self.heads[0](steps)
        for head in list(self.heads)[1:]:
            found = found + head(steps)
        return found


class Head(nn.Module):
    """One head, and its share of the layer after attention, whose bias the first head adds."""

    def __init__(self, attention: Attention, number: int) -> None:
        super().__init__()
        width, size = attention.heads * attention.size, attention.size
        scales = (size**-0.5, 1.0, 1.0)
        self.query, self.key, self.value = (
            _part(attention.ask, part * width + number * size, size, scale) for part, scale in enumerate(scales)
        )
        self.answer = nn.Linear(size, width, bias=number == 0)
        with torch.no_grad():
            self.answer.weight.copy_(attention.answer.weight[:, number * size : (number + 1) * size])
            if number == 0:
                self.answer.bias.copy_(attention.answer.bias)

    def forward(self, steps: Tensor) -> Tensor:
        nearness = torch.bmm(self.query(steps), self.key(steps).transpose(1, 2))
        found: Tensor = self.answer(torch.bmm(nearness.softmax(-1), self.value(steps)))
        return found


def _part(layer: nn.Linear, start: int, size: int, scale: float) -> nn.Linear:
    """A layer of some of the outputs of another, times ``scale``."""
    part = nn.Linear(layer.in_features, size)
    with torch.no_grad():
        part.weight.copy_(scale * layer.weight[start : start + size])
        part.bias.copy_(scale * layer.bias[start : start + size])
    return part


def with_matrix_norms(network: Any) -> Any:
    """A copy of a network whose layer normalisations are MatrixNorms."""
    changed = copy.deepcopy(network)
    for name, module in list(changed.named_modules()):
        if isinstance(module, nn.LayerNorm) and module.elementwise_affine and len(module.normalized_shape) == 1:
            changed.set_submodule(name, MatrixNorm(module))
    return changed


def delegated_recognizer(graph: RecognizerGraph) -> RecognizerGraph:
    """A copy of the graph in operators that XNNPACK takes."""
    changed: RecognizerGraph = with_matrix_norms(graph)
    for name, module in list(changed.named_modules()):
        if isinstance(module, Attention):
            changed.set_submodule(name, HeadwiseAttention(module))
    return changed.eval()
