"""PP-OCRv6's tiny detector: PP-LCNetV4, a feature pyramid of large kernels (RepLKFPN), and the head of DB.

After PaddleOCR's ``rec_lcnetv4.py``, ``db_fpn.py`` and ``det_db_head.py`` (Apache-2.0), in deploy form. DB: "Real-time
Scene Text Detection with Differentiable Binarization", Liao et al., 2020; its threshold map serves training only and is
not in the published graph, nor here.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from export.recipe import Normalisation
from models.blocks import BlockConfig, SqueezeExcite, Stem, stage, take_rgb

FIFTH = 0.2
"""Slope of the hard sigmoid in the pyramid; the backbone's is 1/6."""
CELLS = (8, 4, 2, 1)
"""Per level, finest first: how many of its cells, on a side, lie in one of the coarsest level, 32 pixels wide."""


@dataclass(frozen=True, slots=True)
class DetectorConfig:
    """stem: planes inside and after it. stages: four, each at half the size of the one before, from a quarter on.

    pyramid: planes of the pyramid; a quarter of them goes on from each of its levels. kernel: side, in cells, of its
    depthwise convolutions.
    """

    stem: tuple[int, int]
    stages: tuple[tuple[BlockConfig, ...], ...]
    pyramid: int
    kernel: int


def _stage(planes: int, stride: int, *excite: bool) -> tuple[BlockConfig, ...]:
    """Blocks of one width; the first of a smaller size is there for the step alone."""
    down = (BlockConfig(planes, (stride, stride)),) if stride > 1 else ()
    return (*down, *(BlockConfig(planes, excite=value) for value in excite))


TINY = DetectorConfig(
    stem=(16, 32),
    stages=(
        _stage(32, 1, True, False),
        _stage(48, 2, True, False),
        _stage(64, 2, True, False, True, False),
        _stage(160, 2, True, False),
    ),
    pyramid=64,
    kernel=5,
)


class Detector(nn.Module):
    """Normalised planes blue, green, red, float32 [N, 3, H, W], to logits [N, 1, H, W]; H and W multiples of 32."""

    def __init__(self, config: DetectorConfig = TINY) -> None:
        super().__init__()
        self.stem = Stem(*config.stem)
        incoming = [config.stem[1], *(blocks[-1].planes for blocks in config.stages)]
        self.stages = nn.ModuleList(
            stage(planes, blocks, cell) for planes, blocks, cell in zip(incoming, config.stages, CELLS, strict=False)
        )
        self.pyramid = Pyramid(incoming[1:], config.pyramid, config.kernel)
        self.head = Head(config.pyramid)

    def forward(self, planes: Tensor) -> Tensor:
        x = self.stem(planes)
        levels = []
        for blocks in self.stages:
            x = blocks(x)
            levels.append(x)
        logits: Tensor = self.head(self.pyramid(levels))
        return logits


class Pyramid(nn.Module):
    """Four levels, finest first, to one map of the finest level's size: each is blended with the coarser ones."""

    def __init__(self, incoming: list[int], planes: int, kernel: int) -> None:
        super().__init__()
        self.laterals = nn.ModuleList(Lateral(*both, planes) for both in zip(incoming, CELLS, strict=True))
        self.smooths = nn.ModuleList(Smooth(planes, kernel, cell) for cell in CELLS)

    def forward(self, levels: list[Tensor]) -> Tensor:
        coarsest_first = range(len(levels) - 1, -1, -1)
        laterals = [self.laterals[i](levels[i]) for i in coarsest_first]
        blended = laterals[:1]
        for lateral in laterals[1:]:
            blended.append(lateral + _enlarge(blended[-1], 2))
        smooth = [self.smooths[i](x) for i, x in zip(coarsest_first, blended, strict=True)]
        return torch.cat([_enlarge(x, 2**i) for i, x in zip(coarsest_first, smooth, strict=True)], 1)


def _enlarge(x: Tensor, factor: int) -> Tensor:
    return F.interpolate(x, scale_factor=float(factor), mode="nearest") if factor > 1 else x


class Lateral(nn.Module):
    """One level of the backbone to the pyramid's width."""

    def __init__(self, incoming: int, cell: int, planes: int) -> None:
        super().__init__()
        self.project = nn.Conv2d(incoming, planes, 1, bias=False)
        self.excite = SqueezeExcite(planes, FIFTH, cell)

    def forward(self, x: Tensor) -> Tensor:
        x = self.project(x)
        out: Tensor = x + self.excite(x)
        return out


class Smooth(nn.Module):
    """One blended level to a quarter of its planes, through a large kernel."""

    def __init__(self, planes: int, kernel: int, cell: int) -> None:
        super().__init__()
        self.spatial = nn.Conv2d(planes, planes, kernel, padding=kernel // 2, groups=planes)
        self.project = nn.Conv2d(planes, planes // 4, 1, bias=False)
        self.excite = SqueezeExcite(planes // 4, FIFTH, cell)

    def forward(self, x: Tensor) -> Tensor:
        x = self.project(self.spatial(x))
        out: Tensor = x + self.excite(x)
        return out


class Head(nn.Module):
    """The pyramid's map to logits at four times its size."""

    def __init__(self, planes: int) -> None:
        super().__init__()
        self.blend = nn.Conv2d(planes, planes // 4, 3, padding=1)
        self.grow = nn.ConvTranspose2d(planes // 4, planes // 4, 2, 2)
        self.regrow = nn.ConvTranspose2d(planes // 4, 1, 2, 2)

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.regrow(F.relu(self.grow(F.relu(self.blend(x)))))
        return logits


class DetectorGraph(nn.Module):
    """What the bundle's graph is: uint8 RGB pixels [1, H, W, 3] to a map of probabilities, float32 [1, H, W].

    The detector is copied, in evaluation mode, with the normalisation folded in; later training does not reach it.
    """

    def __init__(self, detector: Detector, normalisation: Normalisation) -> None:
        super().__init__()
        self.detector = copy.deepcopy(detector).eval()
        self.pixels = take_rgb(self.detector.stem.entry, normalisation)

    def forward(self, image: Tensor) -> Tensor:
        logits: Tensor = self.detector(self.pixels(image))
        return torch.sigmoid(logits).squeeze(1)
