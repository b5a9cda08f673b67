"""PP-OCRv6's tiny and small recognisers: PP-LCNetV4, a neck that blends the steps of a line, and a CTC head.

After PaddleOCR's ``rec_lcnetv4.py`` and ``rec_ctc_head.py`` (Apache-2.0), the backbone in deploy form; some batch
normalisations are left, as in the published graphs. CTC: "Connectionist Temporal Classification", Graves et al., 2006.
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
from models.blocks import BlockConfig, Stem, stage, take_rgb
from models.recognizer.neck import Guide, GuideConfig, Mixer, MixerConfig

HEIGHT = 48
"""Of a line, in pixels: what the pooling leaves one row of."""
POOL = (3, 2)
"""Rows and columns averaged into one step."""


@dataclass(frozen=True, slots=True)
class RecognizerConfig:
    """stem: planes inside and after it. neck: how steps are blended before the classes are told apart.

    has_branches: whether the stem is the detector's, of convolutions beside maxima.
    """

    stem: tuple[int, int]
    blocks: tuple[BlockConfig, ...]
    neck: GuideConfig | MixerConfig
    classes: int
    has_branches: bool = False


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
    neck=GuideConfig(columns=5, width=80),
    classes=6906,
)

SMALL = RecognizerConfig(
    stem=(48, 96),
    has_branches=True,
    blocks=(
        BlockConfig(96, excite=True),
        BlockConfig(96),
        BlockConfig(96),
        BlockConfig(192, (2, 1)),
        BlockConfig(192, excite=True),
        BlockConfig(192),
        BlockConfig(192, excite=True),
        BlockConfig(192),
        BlockConfig(192, excite=True),
        BlockConfig(192),
        BlockConfig(384, (2, 1)),
        BlockConfig(384, excite=True),
        BlockConfig(384),
    ),
    neck=MixerConfig(columns=7, width=120, blocks=2, heads=8, growth=2),
    classes=18710,
)


class Recognizer(nn.Module):
    """Normalised planes blue, green, red, float32 [N, 3, 48, W], to logits [N, W / 8, classes]; W a multiple of 8.

    Class 0 is the CTC blank. PaddleOCR trains with its pooling fixed to 40 steps; here it is the same for any width, in
    training, too.
    """

    def __init__(self, config: RecognizerConfig = TINY) -> None:
        super().__init__()
        self.stem = Stem(*config.stem) if config.has_branches else PlainStem(*config.stem)
        self.blocks = stage(config.stem[1], config.blocks)
        planes, neck = config.blocks[-1].planes, config.neck
        self.neck = Mixer(planes, neck) if isinstance(neck, MixerConfig) else Guide(planes, neck)
        self.classify = nn.Linear(neck.width, config.classes)

    def forward(self, planes: Tensor) -> Tensor:
        x = self.blocks(self.stem(planes))
        logits: Tensor = self.classify(self.neck(F.avg_pool2d(x, POOL)))
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


class PlainStem(nn.Module):
    """Three planes to ``outgoing`` at a quarter of the size, by two normalised convolutions."""

    def __init__(self, inside: int, outgoing: int) -> None:
        super().__init__()
        self.entry = nn.Conv2d(3, inside, 3, 2, padding=1, bias=False)
        self.entry_normal = nn.BatchNorm2d(inside)
        self.shrink = nn.Conv2d(inside, outgoing, 3, 2, padding=1, bias=False)
        self.shrink_normal = nn.BatchNorm2d(outgoing)

    def forward(self, planes: Tensor) -> Tensor:
        x = F.gelu(self.entry_normal(self.entry(planes)))
        out: Tensor = self.shrink_normal(self.shrink(x))
        return out


class RecognizerGraph(nn.Module):
    """What the bundle's graph is: uint8 RGB lines [N, 48, W, 3] to the best class of each step and its probability.

    Gives indices, int32 [N, T], and scores, float32 [N, T]. The recogniser is copied, in evaluation mode, with the
    normalisation folded in; later training does not reach it.
    """

    def __init__(self, recognizer: Recognizer, normalisation: Normalisation) -> None:
        super().__init__()
        self.recognizer = copy.deepcopy(recognizer).eval()
        self.pixels = take_rgb(self.recognizer.stem.entry, normalisation)

    def forward(self, lines: Tensor) -> tuple[Tensor, Tensor]:
        logits: Tensor = self.recognizer(self.pixels(lines))
        return logits.argmax(-1).to(torch.int32), logits.softmax(-1).amax(-1)
