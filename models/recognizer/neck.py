"""Between the backbone of a recogniser and its classes: how the steps of a line are blended with one another.

Tiny has two convolutions along the line. Small has PaddleOCR's ``EncoderWithLightSVTR`` (``necks/rnn.py``, Apache-2.0):
a convolution for what is near and blocks of attention, as in "SVTR: Scene Text Recognition with a Single Visual Model",
Du et al., 2022, for the whole line. Batch normalisations are left, as in the published graphs.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn import functional as F

LAST_EPSILON = 1e-6
"""Of the last layer normalisation; that of the others is torch's own, 1e-5."""


@dataclass(frozen=True, slots=True)
class GuideConfig:
    """columns: steps that a step sees. width: of what it gives for a step."""

    columns: int
    width: int


@dataclass(frozen=True, slots=True)
class MixerConfig:
    """columns: steps that a step sees by convolution. width: of a step, from the first layer on. blocks: of attention,
    each with so many heads, and an inner layer ``growth`` times as wide."""

    columns: int
    width: int
    blocks: int
    heads: int
    growth: int


class Guide(nn.Module):
    """Blends neighbouring steps, plane by plane, then the planes: [N, planes, 1, T] to [N, T, width].

    The one row is kept while it convolves, so that all stays 2-D.
    """

    def __init__(self, planes: int, config: GuideConfig) -> None:
        super().__init__()
        columns = config.columns
        self.along = nn.Conv2d(planes, planes, (1, columns), padding=(0, columns // 2), groups=planes, bias=False)
        self.along_normal = nn.BatchNorm2d(planes)
        self.across = nn.Conv2d(planes, planes, 1, bias=False)
        self.across_normal = nn.BatchNorm2d(planes)
        self.hide = nn.Linear(planes, config.width)

    def forward(self, x: Tensor) -> Tensor:
        x = F.hardswish(self.along_normal(self.along(x)))
        x = F.hardswish(self.across_normal(self.across(x)))
        steps: Tensor = self.hide(as_steps(x))
        return steps


class Mixer(nn.Module):
    """Blends all steps of a line by attention: [N, planes, 1, T] to [N, T, width]."""

    def __init__(self, planes: int, config: MixerConfig) -> None:
        super().__init__()
        width, columns = config.width, config.columns
        self.beside = nn.Conv2d(planes, width, 1, bias=False)
        self.beside_normal = nn.BatchNorm2d(width)
        self.reduce = nn.Conv2d(planes, width, 1, bias=False)
        self.reduce_normal = nn.BatchNorm2d(width)
        self.along = nn.Conv2d(width, width, (1, columns), padding=(0, columns // 2), groups=width, bias=False)
        self.along_normal = nn.BatchNorm2d(width)
        self.blocks = nn.Sequential(*(MixerBlock(config) for _ in range(config.blocks)))
        self.normalise = nn.LayerNorm(width, eps=LAST_EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        beside = F.silu(self.beside_normal(self.beside(x)))
        x = F.silu(self.reduce_normal(self.reduce(x)))
        x = x + F.silu(self.along_normal(self.along(x)))
        steps = self.normalise(self.blocks(as_steps(x)))
        mixed: Tensor = steps + as_steps(beside)
        return mixed


class MixerBlock(nn.Module):
    """Attention, then two layers on each step; each reads a normalised copy and adds what it finds."""

    def __init__(self, config: MixerConfig) -> None:
        super().__init__()
        width = config.width
        self.attend_normal = nn.LayerNorm(width)
        self.attend = Attention(width, config.heads)
        self.inner_normal = nn.LayerNorm(width)
        self.widen = nn.Linear(width, config.growth * width)
        self.narrow = nn.Linear(config.growth * width, width)

    def forward(self, steps: Tensor) -> Tensor:
        steps = steps + self.attend(self.attend_normal(steps))
        inner: Tensor = self.narrow(F.silu(self.widen(self.inner_normal(steps))))
        return steps + inner


class Attention(nn.Module):
    """Of each step on all of its line (Vaswani et al., 2017), [N, T, width]; queries, keys and values by one layer."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.size = heads, width // heads
        self.ask = nn.Linear(width, 3 * width)
        self.answer = nn.Linear(width, width)

    def forward(self, steps: Tensor) -> Tensor:
        parts = self.ask(steps).unflatten(-1, (3, self.heads, self.size)).permute(2, 0, 3, 1, 4)
        query, key, value = parts[0], parts[1], parts[2]
        weights = (self.size**-0.5 * query @ key.transpose(-1, -2)).softmax(-1)
        found: Tensor = self.answer((weights @ value).transpose(1, 2).flatten(2))
        return found


def as_steps(x: Tensor) -> Tensor:
    """[N, planes, 1, T] to [N, T, planes]."""
    return x.squeeze(2).transpose(1, 2)
