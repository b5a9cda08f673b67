"""What the detector is trained for: DB's loss on the map of regions, and at a glance the published network's own map.

Of DB ("Real-time Scene Text Detection with Differentiable Binarization", Liao et al., 2020) the loss of the probability
map is left, cross entropy with hard negatives, with the dice loss that PaddleOCR has in its place: the threshold map
is not published. The glance at a whole page is to stay as it is, so there the published network teaches (Hinton et al.,
"Distilling the Knowledge in a Neural Network", 2015).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from edgekit.image import Pixels
from export.recipe import Normalisation
from export.recipes.receipt import DETECT
from models.detector.drawing import Sample
from models.detector.network import Detector

_NEGATIVES = 3
"""Hard negatives to a positive, as in DB."""
_LEAST = 1000
"""Pixels that count as negatives where there are fewer positives."""


def planes(pixels: Pixels, normalisation: Normalisation = DETECT.normalisation) -> Tensor:
    """uint8 RGB [N, H, W, 3] to what ``Detector`` takes."""
    values = torch.from_numpy(np.ascontiguousarray(pixels[..., ::-1])).permute(0, 3, 1, 2).to(torch.float32)
    mean, std = (torch.tensor(each).reshape(1, 3, 1, 1) for each in (normalisation.mean, normalisation.std))
    return ((values / 255 - mean) / std).contiguous(memory_format=torch.channels_last)


def region_loss(network: Detector, samples: Sequence[Sample]) -> Tensor:
    """Cross entropy and dice loss, of samples of one shape."""
    logits = network(planes(np.stack([sample.pixels for sample in samples]))).float()[:, 0]
    target = torch.from_numpy(np.stack([sample.target for sample in samples]))
    counts = torch.from_numpy(np.stack([sample.counts for sample in samples]))
    return cross_entropy(logits, target, counts) + dice_loss(logits, target, counts)


def cross_entropy(logits: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """Of all text and the hardest of the rest; all [N, H, W]."""
    loss = F.binary_cross_entropy_with_logits(logits, target, reduction="none") * counts
    text = target > 0
    hard = loss[~text]
    most = min(max(_NEGATIVES * int(text.sum()), _LEAST), hard.numel())
    chosen = torch.topk(hard, most, sorted=False).values
    return (loss[text].sum() + chosen.sum()) / (int(text.sum()) + most)


def dice_loss(logits: Tensor, target: Tensor, counts: Tensor) -> Tensor:
    """One less twice what answer and target share by what both have (Milletari et al., "V-Net", 2016)."""
    heat = torch.sigmoid(logits) * counts
    return 1 - 2 * (heat * target).sum() / (heat.sum() + (target * counts).sum() + 1e-6)


def glance_loss(network: Detector, teacher: Detector, pixels: Pixels) -> Tensor:
    """Cross entropy with the map of the teacher, less its entropy: 0 where both are the same. pixels: [H, W, 3]."""
    shown = planes(pixels[None])
    with torch.no_grad():
        target = torch.sigmoid(teacher(shown).float())
    logits = network(shown).float()
    least = F.binary_cross_entropy(target, target)
    return F.binary_cross_entropy_with_logits(logits, target) - least
