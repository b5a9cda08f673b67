"""PP-OCRv6's tiny recogniser: PP-LCNetV4, two convolutions along the line, and a CTC head.

After PaddleOCR's ``rec_lcnetv4.py`` and ``rec_ctc_head.py`` (Apache-2.0), the backbone in deploy form; four batch
normalisations are left, as in the published graph. CTC: "Connectionist Temporal Classification", Graves et al., 2006.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edgekit.errors import BundleError
from export.recipe import Normalisation
from models.blocks import BlockConfig, stage, take_rgb

HEIGHT = 48
"""Of a line, in pixels: what the pooling leaves one row of."""
POOL = (3, 2)
"""Rows and columns averaged into one step."""


@dataclass(frozen=True, slots=True)
class RecognizerConfig:
    """stem: planes inside and after it. guide: columns, at a step of 8 pixels, that a step sees beside the blocks.

    hidden: width of the layer before the classes.
    """

    stem: tuple[int, int]
    blocks: tuple[BlockConfig, ...]
    guide: int
    hidden: int
    classes: int


TINY = RecognizerConfig(
    stem=(24, 48),
    blocks=(
        BlockConfig(48, excite=True),
        BlockConfig(48),
        BlockConfig(96, (2, 1)),
        BlockConfig(96, excite=True),
        BlockConfig(96),
        BlockConfig(160, (2, 1)),
        BlockConfig(160, excite=True),
        BlockConfig(160),
        BlockConfig(160),
    ),
    guide=5,
    hidden=80,
    classes=6906,
)


class Recognizer(nn.Module):
    """Normalised planes blue, green, red, float32 [N, 3, 48, W], to logits [N, W / 8, classes]; W a multiple of 8.

    Class 0 is the CTC blank. PaddleOCR trains with its pooling fixed to 40 steps; here it is the same for any width, in
    training, too.
    """

    def __init__(self, config: RecognizerConfig = TINY) -> None:
        super().__init__()
        inside, planes = config.stem
        self.entry = Normalised(3, inside, 3, 2)
        self.shrink = Normalised(inside, planes, 3, 2)
        self.blocks = stage(planes, config.blocks)
        planes = config.blocks[-1].planes
        self.guide = Guide(planes, config.guide)
        self.hide = nn.Linear(planes, config.hidden)
        self.classify = nn.Linear(config.hidden, config.classes)

    def forward(self, planes: Tensor) -> Tensor:
        x = self.blocks(self.shrink(F.gelu(self.entry(planes))))
        steps = self.guide(F.avg_pool2d(x, POOL)).squeeze(2).transpose(1, 2)
        logits: Tensor = self.classify(self.hide(steps))
        return logits

    def keep_classes(self, classes: Sequence[int]) -> None:
        """Cut the head to these classes, in this order. Raises BundleError where there is no such class."""
        whole = self.classify
        if not 0 <= min(classes) <= max(classes) < whole.out_features:
            wrong = max(classes) if min(classes) >= 0 else min(classes)
            raise BundleError(
                f"head cut: class {wrong} asked, the network has {whole.out_features}; use its own character list"
            )
        kept = torch.tensor(classes)
        self.classify = nn.Linear(whole.in_features, len(classes))
        with torch.no_grad():
            self.classify.weight.copy_(whole.weight[kept])
            self.classify.bias.copy_(whole.bias[kept])


class Normalised(nn.Module):
    """A convolution and its batch normalisation; ``kernel`` is its side in cells."""

    def __init__(self, incoming: int, outgoing: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.convolve = nn.Conv2d(incoming, outgoing, kernel, stride, padding=kernel // 2, bias=False)
        self.normalise = nn.BatchNorm2d(outgoing)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.normalise(self.convolve(x))
        return out


class Guide(nn.Module):
    """Blends neighbouring steps, plane by plane, then the planes. The one row is kept, so that all stays 2-D."""

    def __init__(self, planes: int, columns: int) -> None:
        super().__init__()
        self.along = nn.Conv2d(planes, planes, (1, columns), padding=(0, columns // 2), groups=planes, bias=False)
        self.along_normal = nn.BatchNorm2d(planes)
        self.across = nn.Conv2d(planes, planes, 1, bias=False)
        self.across_normal = nn.BatchNorm2d(planes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.hardswish(self.along_normal(self.along(x)))
        return F.hardswish(self.across_normal(self.across(x)))


class RecognizerGraph(nn.Module):
    """What the bundle's graph is: uint8 RGB lines [N, 48, W, 3] to the best class of each step and its probability.

    Gives indices, int32 [N, T], and scores, float32 [N, T]. The recogniser is copied, in evaluation mode, with the
    normalisation folded in; later training does not reach it.
    """

    def __init__(self, recognizer: Recognizer, normalisation: Normalisation) -> None:
        super().__init__()
        self.recognizer = copy.deepcopy(recognizer).eval()
        self.pixels = take_rgb(self.recognizer.entry.convolve, normalisation)

    def forward(self, lines: Tensor) -> tuple[Tensor, Tensor]:
        logits: Tensor = self.recognizer(self.pixels(lines))
        return logits.argmax(-1).to(torch.int32), logits.softmax(-1).amax(-1)
