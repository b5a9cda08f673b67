"""What the detector and the recogniser are both built of: PP-LCNetV4's stem and block, and pixels as input.

Architecture after PaddleOCR's ``rec_lcnetv4.py`` (Apache-2.0), in deploy form.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.recipe import Normalisation

SIXTH = 0.1666667
"""Slope of the hard sigmoid in the backbones, as the source graphs have it."""


@dataclass(frozen=True, slots=True)
class BlockConfig:
    """One block: how many planes it gives, its step down and across, and whether it weighs its planes."""

    planes: int
    stride: tuple[int, int] = (1, 1)
    excite: bool = False


class SqueezeExcite(nn.Module):
    """Scales each plane by a gate computed from the means of all planes (Hu et al., 2018).

    cell: side of the squares averaged first, which must fill the planes exactly. It changes no result but for rounding:
    engines add up a whole plane in one chain, and on a large one that costs single precision its fourth digit.
    """

    def __init__(self, planes: int, slope: float, cell: int = 1) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(planes, planes // 4, 1)
        self.restore = nn.Conv2d(planes // 4, planes, 1)
        self.slope = slope
        self.cell = cell

    def forward(self, x: Tensor) -> Tensor:
        cells = F.avg_pool2d(x, self.cell) if self.cell > 1 else x
        means = cells.mean((2, 3), keepdim=True)
        gate = self.slope * self.restore(F.relu(self.reduce(means))) + 0.5
        scaled: Tensor = x * gate.clamp(0.0, 1.0)
        return scaled


class Block(nn.Module):
    """A depthwise 3x3 convolution, then two of 1x1, twice as wide between, added where the shape stays."""

    def __init__(self, incoming: int, config: BlockConfig, cell: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(incoming, incoming, 3, config.stride, padding=1, groups=incoming)
        self.excite = SqueezeExcite(incoming, SIXTH, cell) if config.excite else nn.Identity()
        self.expand = nn.Conv2d(incoming, 2 * incoming, 1)
        self.project = nn.Conv2d(2 * incoming, config.planes, 1)
        self.is_residual = config.stride == (1, 1) and config.planes == incoming

    def forward(self, x: Tensor) -> Tensor:
        mixed: Tensor = self.excite(self.spatial(x))
        changed: Tensor = self.project(F.gelu(self.expand(mixed)))
        return mixed + changed if self.is_residual else changed


def stage(incoming: int, configs: Sequence[BlockConfig], cell: int = 1) -> nn.Sequential:
    """Blocks one after the other, the first of which takes ``incoming`` planes; ``cell`` as in SqueezeExcite."""
    widths = [incoming, *(config.planes for config in configs)]
    return nn.Sequential(*(Block(width, config, cell) for width, config in zip(widths, configs, strict=False)))


class Stem(nn.Module):
    """Three planes to ``outgoing`` at a quarter of the size, by a branch of convolutions beside one of maxima."""

    def __init__(self, inside: int, outgoing: int) -> None:
        super().__init__()
        self.entry = nn.Conv2d(3, inside, 3, 2, padding=1)
        self.narrow = nn.Conv2d(inside, inside // 2, 2)
        self.widen = nn.Conv2d(inside // 2, inside, 2)
        self.shrink = nn.Conv2d(2 * inside, inside, 3, 2, padding=1)
        self.leave = nn.Conv2d(inside, outgoing, 1)

    def forward(self, planes: Tensor) -> Tensor:
        x = F.relu(self.entry(planes))
        branch = F.relu(self.widen(_pad(F.relu(self.narrow(_pad(x))))))
        maxima = F.max_pool2d(_pad(x), 2, 1)
        return F.relu(self.leave(F.relu(self.shrink(torch.cat([maxima, branch], 1)))))


def _pad(x: Tensor) -> Tensor:
    """A row below and a column to the right, of zeros: what a 2x2 window needs to keep the size."""
    return F.pad(x, (0, 1, 0, 1))


class PixelInput(nn.Module):
    """uint8 RGB pixels [N, H, W, 3] to float32 planes [N, 3, H, W] around zero, for a convolution from ``take_rgb``."""

    mean: Tensor

    def __init__(self, mean: Sequence[float]) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).reshape(1, 3, 1, 1))

    def forward(self, pixels: Tensor) -> Tensor:
        return pixels.permute(0, 3, 1, 2).to(torch.float32) - self.mean


def take_rgb(first: nn.Conv2d, normalisation: Normalisation) -> PixelInput:
    """Move the order of colours and the division into the first convolution, and give what has to come before it.

    The subtraction cannot go in, too: the convolution pads with zeros, and zero has to mean "the mean colour".
    """
    std = torch.tensor(normalisation.std, dtype=torch.float64).reshape(1, 3, 1, 1)
    with torch.no_grad():
        first.weight.copy_((first.weight.double() / (255 * std)).flip(1))
    return PixelInput([255 * value for value in reversed(normalisation.mean)])
