"""Answers of receipts that never were, to fit confidences on."""

from __future__ import annotations

import random

from edgekit.training.counting import Counted


def counted(raw: float, right: bool, weight: float = 1.0, name: str = "", source: str = "a") -> Counted:
    return Counted(raw, right, weight, name, name, source)


def drawn(seed: int, size: int, kept: float = 1.0, source: str = "a") -> list[Counted]:
    """Answers that are right as often as their raw confidence to the power of ``kept`` says."""
    chance = random.Random(seed)
    raws = [chance.uniform(0.3, 0.999) for _ in range(size)]
    return [counted(raw, chance.random() < raw**kept, 1.0, f"{source}{i}", source) for i, raw in enumerate(raws)]
