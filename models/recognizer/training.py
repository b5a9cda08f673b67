"""Training of the recogniser: CTC (Graves et al., 2006) with AdamW (Loshchilov and Hutter, 2019).

The network is in deploy form, so its few batch normalisations keep their published statistics, and only their scale and
shift are learned. What is kept is an exponential average of the weights.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from edgekit.recognize import RecognizeParams, decode
from models.evaluate.errors import Errors
from models.recognizer.batches import Batch, Pictures, plain
from models.recognizer.data import Line
from models.recognizer.network import Recognizer


@dataclass(frozen=True, slots=True)
class Schedule:
    """rate: the highest learning rate, after ``warm_up`` steps; it falls as a cosine to a hundredth at ``steps``.

    decay: weight decay. average: share of the average that a step keeps. clip: largest norm of a step's gradient.
    bfloat16: compute activations so, where the processor does it faster; weights stay in single precision.
    """

    steps: int
    rate: float = 1e-3
    warm_up: int = 200
    decay: float = 1e-4
    average: float = 0.998
    clip: float = 5.0
    bfloat16: bool = False

    def at(self, step: int) -> float:
        """Learning rate of a step."""
        if step < self.warm_up:
            return self.rate * (step + 1) / self.warm_up
        done = min(1.0, (step - self.warm_up) / max(self.steps - self.warm_up, 1))
        return self.rate * (0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2)


class Trainer:
    """A recogniser being trained, its average, and the optimiser; ``state`` and ``restore`` make a run resumable."""

    def __init__(self, recognizer: Recognizer, schedule: Schedule) -> None:
        network: Any = recognizer.eval()
        self.recognizer: Recognizer = network.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.recognizer)
        self.schedule = schedule
        self.step = 0
        self._optimiser = torch.optim.AdamW(_groups(recognizer, schedule.decay), lr=schedule.rate)

    def learn(self, batch: Batch) -> float:
        """One step; gives the loss per character."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.schedule.at(self.step)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.schedule.bfloat16):
            logits = self.recognizer(planes(batch.pixels))
        loss = ctc(logits.float(), batch)
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(self.recognizer.parameters(), self.schedule.clip)
        if torch.isfinite(norm):
            self._optimiser.step()
            self._blend()
        self.step += 1
        return float(loss.detach())

    def _blend(self) -> None:
        keep = min(self.schedule.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.recognizer.parameters(), strict=True):
                mean.lerp_(value, 1 - keep)

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "recognizer": self.recognizer.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.recognizer.load_state_dict(state["recognizer"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])


def _groups(recognizer: Recognizer, decay: float) -> list[dict[str, Any]]:
    """Matrices and kernels decay; biases, scales and shifts do not."""
    parameters = list(recognizer.parameters())
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def planes(pixels: np.ndarray) -> Tensor:
    """uint8 RGB [N, H, W, 3] to what ``Recognizer`` takes."""
    values = torch.from_numpy(np.ascontiguousarray(pixels[..., ::-1])).permute(0, 3, 1, 2)
    return values.to(torch.float32).mul_(2 / 255).sub_(1).contiguous(memory_format=torch.channels_last)


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
