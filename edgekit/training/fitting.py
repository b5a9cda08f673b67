"""Weights under which the right candidate of each receipt scores best. Nothing is random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_STEPS, _RATE = 400, 0.05
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Choice:
    """One receipt's candidates.

    features: [candidates, weights]. right: [candidates], 1 for the right ones (one at least), else 0. weight: how much
    the receipt counts. fold: the part of the receipts it belongs to; one shop is in one fold.
    """

    features: Array
    right: Array
    weight: float
    fold: int


def fit_choices(choices: Sequence[Choice], prior: Array, strength: float) -> Array:
    """Weights [n] under which the softmax over each receipt's candidates falls on the right ones.

    Minimises the mean negative log-likelihood + strength * |weights - prior|^2 by Adam (Kingma and Ba, 2015).
    """
    features = np.concatenate([choice.features for choice in choices])
    right = np.concatenate([choice.right for choice in choices])
    sizes = [len(choice.right) for choice in choices]
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    share = np.repeat([choice.weight for choice in choices], sizes) / sum(choice.weight for choice in choices)

    def gradient(weights: Array) -> Array:
        scores = features @ weights
        parts = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), sizes))
        hits = parts * right + _TINY * right  # a receipt whose right ones have no weight yet pulls on all of them
        wanted = hits / np.repeat(np.add.reduceat(hits, starts), sizes)
        said = parts / np.repeat(np.add.reduceat(parts, starts), sizes)
        step: Array = features.T @ (share * (said - wanted)) + 2 * strength * (weights - prior)
        return step

    weights, mean, square = prior.copy(), np.zeros_like(prior), np.zeros_like(prior)
    for step in range(1, _STEPS + 1):
        slope = gradient(weights)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8)
    return weights
