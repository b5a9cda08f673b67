"""Logistic weights that tell right answers from wrong ones, pulled towards a prior. Nothing is random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit.training.fitting import Array, Choice

_NEWTON_STEPS = 60
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. evidence: [weights]. right: whether it was. weight: how much it counts. fold: 0 or 1."""

    evidence: tuple[float, ...]
    right: bool
    weight: float
    fold: int


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
