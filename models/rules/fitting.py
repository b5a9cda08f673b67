"""Two small fits, both pulled towards a prior. Nothing is random: the same samples give the same weights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

_STEPS, _RATE = 400, 0.05
_NEWTON_STEPS = 60
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Choice:
    """One receipt's candidates.

    features: [candidates, weights]. right: [candidates], 1 for the right ones (one at least), else 0. weight: how much
    the receipt counts. fold: 0 or 1.
    """

    features: Array
    right: Array
    weight: float
    fold: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. evidence: [weights]. right: whether it was. weight: how much it counts. fold: 0 or 1."""

    evidence: tuple[float, ...]
    right: bool
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


def accuracy(choices: Sequence[Choice], weights: Array) -> float:
    """The share of receipts whose best candidate is a right one, each receipt counted by its weight."""
    hits = [choice.right[np.argmax(choice.features @ weights)] * choice.weight for choice in choices]
    return float(sum(hits) / sum(choice.weight for choice in choices))


def fit_answers(answers: Sequence[Answer], prior: Array, strength: float) -> Array:
    """Logistic weights [n] that tell right answers from wrong ones, by Newton's method; a step too long is halved.

    Minimises the weighted negative log-likelihood + strength / 2 * |weights - prior|^2.
    """
    evidence = np.array([answer.evidence for answer in answers])
    right = np.array([answer.right for answer in answers], float)
    counts = np.array([answer.weight for answer in answers])
    signed = evidence * (1 - 2 * right)[:, None]

    def cost(weights: Array) -> float:
        wrong = counts @ np.logaddexp(0, signed @ weights)
        return float(wrong + strength / 2 * np.sum((weights - prior) ** 2))

    weights = prior.copy()
    for _ in range(_NEWTON_STEPS):
        said = 1 / (1 + np.exp(-evidence @ weights))
        slope = evidence.T @ (counts * (said - right)) + strength * (weights - prior)
        curve = (evidence * (counts * said * (1 - said))[:, None]).T @ evidence + strength * np.eye(len(prior))
        step = np.linalg.solve(curve, slope)
        while cost(weights - step) > cost(weights) and np.abs(step).max() > _TINY:
            step = step / 2
        weights = weights - step
    return weights


def log_loss(answers: Sequence[Answer], weights: Array) -> float:
    """Mean negative log-likelihood of the answers, each counted by its weight."""
    total = sum(answer.weight * np.log1p(np.exp(-_signed(answer, weights))) for answer in answers)
    return float(total / sum(answer.weight for answer in answers))


def _signed(answer: Answer, weights: Array) -> float:
    logit = float(np.dot(answer.evidence, weights))
    return logit if answer.right else -logit


def balanced(names: Sequence[str]) -> list[float]:
    """A weight for each name of a list so that all count alike, and together as many as there are."""
    counts = {name: names.count(name) for name in names}
    return [len(names) / (len(counts) * counts[name]) for name in names]
