"""Training the network on samples: batches, steps, averages of weights. Seeded, so that a run on CPU repeats itself."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from edgekit.extract.places import PLACES
from edgekit.extract.words import LETTERS, TAGS
from models.extractor.augment import scrambled
from models.extractor.loss import loss_of
from models.extractor.network import ExtractorModel
from models.extractor.samples import EITHER, Sample

_WARM_UP = 0.05  # share of the steps over which the rate rises
_CLIP = 1.0  # most the gradient's norm may be
_POOL = 16  # batches that are sorted by length together
_FAST_START = 10  # steps after which the average of weights has half its inertia


@dataclass(frozen=True, slots=True)
class Schedule:
    """epochs: passes over the samples. batch: receipts a step. rate: highest learning rate. decay: of the weights.

    inertia: of the running average of weights, which is what is kept in the end.
    """

    epochs: int = 3
    batch: int = 16
    rate: float = 2e-3
    decay: float = 0.01
    inertia: float = 0.998
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Receipts padded to the longest: chars int32, places float32, targets int8 [receipts, words, ...]; known."""

    chars: Tensor
    places: Tensor
    targets: Tensor
    known: Tensor

    def to(self, device: str) -> Batch:
        return Batch(*(part.to(device) for part in (self.chars, self.places, self.targets, self.known)))


def batch_of(samples: Sequence[Sample]) -> Batch:
    """Some samples as tensors; at least one word wide."""
    size = max(max(len(sample.chars) for sample in samples), 1)
    chars = np.zeros((len(samples), size, LETTERS), np.int32)
    places = np.zeros((len(samples), size, len(PLACES)), np.float32)
    targets = np.full((len(samples), size, len(TAGS)), EITHER, np.int8)
    for i, sample in enumerate(samples):
        count = len(sample.chars)
        chars[i, :count], places[i, :count], targets[i, :count] = sample.chars, sample.places, sample.targets
    known = np.stack([sample.known for sample in samples])
    return Batch(*map(torch.from_numpy, (chars, places, targets, known)))


def batches(samples: Sequence[Sample], size: int, rng: Random) -> Iterator[Batch]:
    """All samples once, scrambled, in random order; those of about one length go together."""
    dice = np.random.default_rng(rng.getrandbits(32))
    order = list(range(len(samples)))
    rng.shuffle(order)
    groups = []
    for start in range(0, len(order), size * _POOL):
        pool = sorted(order[start : start + size * _POOL], key=lambda i: len(samples[i].chars))
        groups += [pool[k : k + size] for k in range(0, len(pool), size)]
    rng.shuffle(groups)
    for group in groups:
        yield batch_of([scrambled(samples[i], dice) for i in group])


def train(
    model: ExtractorModel,
    samples: Sequence[Sample],
    schedule: Schedule,
    told: Callable[[int, Sequence[float], ExtractorModel], None],
    step_done: Callable[[int, float], None] = lambda count, loss: None,
) -> ExtractorModel:
    """The running average of the weights after all epochs; ``model`` itself is trained on too.

    told: called after each epoch with its number, the mean loss of each tag, and the average so far. step_done: with
    the number of receipts of each step, and their mean loss. AdamW (Loshchilov and Hutter, 2019), the rate rising at
    first, then falling as a cosine.
    """
    device = str(next(model.parameters()).device)
    rng = Random(schedule.seed)
    optimiser = torch.optim.AdamW(model.parameters(), lr=schedule.rate, weight_decay=schedule.decay)
    steps = schedule.epochs * math.ceil(len(samples) / schedule.batch)
    rates = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    average, step = copy.deepcopy(model), 0
    for epoch in range(1, schedule.epochs + 1):
        model.train()
        losses = []
        for batch in batches(samples, schedule.batch, rng):
            losses.append(_step(model, batch.to(device), optimiser))
            rates.step()
            step += 1
            _average(average, model, min(schedule.inertia, 1 - _FAST_START / (_FAST_START + step)))
            step_done(len(batch.known), float(losses[-1].sum()))
        told(epoch, torch.stack(losses).mean(0).tolist(), average)
    return average


def _step(model: ExtractorModel, batch: Batch, optimiser: torch.optim.Optimizer) -> Tensor:
    """Mean loss of each tag, after one step down its sum."""
    loss = loss_of(model(batch.chars, batch.places), batch.targets, batch.known).mean(0)
    optimiser.zero_grad()
    torch.autograd.backward(loss.sum())
    torch.nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
    optimiser.step()
    return loss.detach()


def _rate(step: int, steps: int) -> float:
    warm = max(steps * _WARM_UP, 1.0)
    return min((step + 1) / warm, 0.5 + 0.5 * math.cos(math.pi * min(step / max(steps, 1), 1.0)))


def _average(average: ExtractorModel, model: ExtractorModel, inertia: float) -> None:
    with torch.no_grad():
        for mean, now in zip(average.parameters(), model.parameters(), strict=True):
            mean.lerp_(now, 1 - inertia)


def scores_of(
    model: ExtractorModel, samples: Sequence[Sample]
) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    """Scores of each sample's words, float32 [words, tags], one receipt at a time."""
    device = str(next(model.parameters()).device)
    found = []
    model.train(False)
    with torch.no_grad():
        for sample in samples:
            batch = batch_of([sample]).to(device)
            found.append(model(batch.chars, batch.places)[0, : len(sample.chars)].cpu().numpy())
    return found
