"""Training a published network further: AdamW (Loshchilov and Hutter, 2019), and an average of the weights.

The networks are in deploy form, so their few batch normalisations keep their published statistics, and only their scale
and shift are learned. What is kept is an exponential average of the weights.
"""

from __future__ import annotations

import copy
import io
import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


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


class Trainer(Generic[Network]):
    """A network being trained, its average, and the optimiser; ``state`` and ``restore`` make a run resumable."""

    def __init__(self, network: Network, schedule: Schedule) -> None:
        evaluated: Any = network.eval()
        self.network: Network = evaluated.to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network)
        self.schedule = schedule
        self.step = 0
        self._optimiser = torch.optim.AdamW(_groups(network, schedule.decay), lr=schedule.rate)

    def learn(self, loss_of: Callable[[Network], Tensor]) -> float:
        """One step towards less of the loss, which ``loss_of`` computes; gives the loss."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.schedule.at(self.step)
        with torch.autocast("cpu", torch.bfloat16, enabled=self.schedule.bfloat16):
            loss = loss_of(self.network)
        self._optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.schedule.clip)
        if torch.isfinite(norm):
            self._optimiser.step()
            self._blend()
        self.step += 1
        return float(loss.detach())

    def _blend(self) -> None:
        keep = min(self.schedule.average, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for mean, value in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(value, 1 - keep)

    def state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self._optimiser.load_state_dict(state["optimiser"])


def _groups(network: nn.Module, decay: float) -> list[dict[str, Any]]:
    """Matrices and kernels decay; biases, scales and shifts do not."""
    parameters = list(network.parameters())
    return [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": decay},
        {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
    ]


def note(out: Path, row: dict[str, Any]) -> None:
    """Prints a row of a run's log, and adds it to ``log.jsonl``. Raises OSError."""
    text = json.dumps(row)
    print(text, flush=True)
    with (out / "log.jsonl").open("a", encoding="utf-8") as file:
        file.write(text + "\n")


def save(out: Path, packed: bytes, state: dict[str, Any]) -> None:
    """Writes ``receipt.npz`` and ``state.pt``, each whole or not at all. Raises OSError."""
    with io.BytesIO() as file:
        torch.save(state, file)
        _replace(out / "state.pt", file.getvalue())
    _replace(out / "receipt.npz", packed)


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(".new")
    temporary.write_bytes(data)
    os.replace(temporary, path)
