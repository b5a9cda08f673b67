"""What the recogniser is trained for: CTC (Graves et al., 2006); and what it reads meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from edgekit.recognize import RecognizeParams, decode
from models.evaluate.errors import Errors
from models.recognizer.batches import Batch, Pictures, plain
from models.recognizer.data import Line
from models.recognizer.network import Recognizer


def planes(pixels: np.ndarray) -> Tensor:
    """uint8 RGB [N, H, W, 3] to what ``Recognizer`` takes."""
    values = torch.from_numpy(np.ascontiguousarray(pixels[..., ::-1])).permute(0, 3, 1, 2)
    return values.to(torch.float32).mul_(2 / 255).sub_(1).contiguous(memory_format=torch.channels_last)


def loss_of(recognizer: Recognizer, batch: Batch) -> Tensor:
    """CTC's loss per character."""
    return ctc(recognizer(planes(batch.pixels)).float(), batch)


def ctc(logits: Tensor, batch: Batch) -> Tensor:
    """Loss per character. Lines too short for their text count nothing."""
    chances = logits.log_softmax(-1).transpose(0, 1)
    steps = torch.full((logits.shape[0],), logits.shape[1], dtype=torch.int64)
    targets, lengths = torch.from_numpy(batch.targets), torch.from_numpy(batch.lengths)
    total = F.ctc_loss(chances, targets, steps, lengths, blank=0, reduction="sum", zero_infinity=True)
    return total / int(batch.lengths.sum())


def read(
    recognizer: Recognizer, lines: Sequence[Line], pictures: Pictures, params: RecognizeParams, charset: Sequence[str]
) -> list[str]:
    """Texts of lines, cropped and decoded as the product does it."""
    texts = [""] * len(lines)
    with torch.inference_mode():
        for indices, pixels in plain(lines, pictures, params):
            best = recognizer(planes(pixels)).argmax(-1).numpy()
            for i, steps in zip(indices, best, strict=True):
                texts[i] = decode(steps, np.ones(len(steps)), charset, params.blank)[0]
    return texts


def rates(texts: Iterable[str], lines: Sequence[Line]) -> dict[str, dict[str, float]]:
    """Errors by kind of line."""
    errors: dict[str, Errors] = {}
    for text, line in zip(texts, lines, strict=True):
        errors.setdefault(line.kind, Errors()).add(text, line.text)
    return {kind: found.rates() for kind, found in sorted(errors.items())}
