"""The weights of the joint rung, fitted on receipts that the network was not trained on.

The points of its rules first, from those set by hand, on the shops that the network was trained on: so the network and
the rules meet the held-back shops as equals. There, their say in a score is fitted, then the confidences of the answers
that the scores choose. A fit is taken only where it does better than its prior on the half it was not fitted on.
Confidences are fitted on answers chosen with the weights of the other half.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.params import JointWeights
from edgekit.training.fitting import Array, Choice, fit_choices
from models.rules import priors
from models.rules import samples as on_sample
from models.rules.fitting import Answer, accuracy, balanced, fit_answers, log_loss
from models.rules.heldback import Seen, answer, date_choice, is_held_back, name_choice, tax_choice, total_choice
from models.rules.samples import Sample
from models.rules.weights import GAIN, Line, rounded, weighted

RULE_STRENGTH = {"total": 0.1, "name": 0.1}
SCORE_STRENGTH = 0.01
CONFIDENCE_STRENGTH = {"total": 2.0, "vendor": 2.0, "date": 5.0, "tax": 2.0}
"""How hard each fit is pulled towards its prior. Of the rules: the best of 0.003 to 3 on a set not fitted on.

Of the tax: of 0.5 to 20, among the best on shops not fitted on.
"""
_CHOICES: dict[str, Callable[[Seen], Choice | None]] = {"total": total_choice, "name": name_choice, "date": date_choice}

Halves = tuple[JointWeights, JointWeights, JointWeights]
"""Weights for half 0 and for half 1, each fitted on the other, and for all."""


def fit_rules(samples: Sequence[Sample], lexicon: Lexicon, params: ExtractParams) -> JointWeights:
    """The joint weights with points of the rules fitted on shops that are not held back."""
    trained_on = [sample for sample in samples if not is_held_back(sample.row)]
    totals = weighted([(s, on_sample.total_choice(s, params)) for s in trained_on])
    names = weighted([(s, on_sample.name_choice(s, lexicon, params)) for s in trained_on])
    fitted = {}
    for what, choices, prior in (
        ("total", totals, params.rules.total_weights),
        ("name", names, params.rules.name_weights),
    ):
        weights = fit_choices(choices, np.array(prior), RULE_STRENGTH[what]) if choices else np.array(prior)
        fitted[what] = rounded(weights)
    return replace(params.joint, total_rules=fitted["total"], name_rules=fitted["name"])


def fit_joint(seen: Sequence[Seen], start: JointWeights, taxed: Sequence[Seen] = ()) -> tuple[Halves, tuple[Line, ...]]:
    """Scores and confidences fitted on ``seen``, the confidence of the tax on ``taxed`` besides.

    start: whose hand-set constants hold; its fitted weights are not looked at.
    """
    report: list[Line] = []
    counted = _balanced(seen)
    halves: Halves = (start, start, start)
    for what, choice_of in _CHOICES.items():
        halves = _with_scores(what, halves, [choice_of(s) for s in counted], report)
    taxes = [tax_choice(s, halves[s.half]) for s in counted]
    halves = _with_scores("tax", halves, taxes, report)
    for field in priors.JOINT_CONFIDENCE:  # total first: the tax's evidence has it
        receipts = _balanced([*seen, *taxed]) if field == "tax" else counted
        halves = _with_confidence(field, halves, receipts, report)
    return halves, tuple(report)


def _balanced(seen: Sequence[Seen]) -> list[Seen]:
    """A set counts by the root of its size: of a dozen receipts, each counting as twenty, one would decide too much."""
    weights = np.sqrt(balanced([s.name for s in seen]))
    weights *= len(weights) / weights.sum()
    return [replace(s, weight=s.weight * float(w)) for s, w in zip(seen, weights, strict=True)]


def _with_scores(what: str, halves: Halves, found: Sequence[Choice | None], report: list[Line]) -> Halves:
    choices = [choice for choice in found if choice is not None]
    prior = priors.JOINT_SCORES[what]
    split = [[c for c in choices if c.fold == half] for half in (0, 1)]
    if not all(split):
        return _too_few(f"{what} chosen", len(choices), _replaced(halves, f"{what}_weights", [prior] * 3), report)
    fitted = [fit_choices(taken, prior, SCORE_STRENGTH) for taken in (split[1], split[0], choices)]
    sizes = [sum(c.weight for c in part) for part in split]
    before = accuracy(choices, prior)
    after = float(np.average([accuracy(split[i], fitted[i]) for i in (0, 1)], weights=sizes))
    taken = after > before + GAIN
    report.append(Line(f"joint {what} chosen, {'fitted' if taken else 'prior kept'}", len(choices), before, after))
    return _replaced(halves, f"{what}_weights", fitted if taken else [prior] * 3)


def _with_confidence(field: str, halves: Halves, seen: Sequence[Seen], report: list[Line]) -> Halves:
    answers = [a for s in seen if (a := answer(field, s, halves[s.half])) is not None]
    prior = priors.JOINT_CONFIDENCE[field]
    parts = [[a for a in answers if a.fold != 0], [a for a in answers if a.fold != 1], answers]
    if not all(parts):
        return _too_few(
            f"{field} log-loss", len(answers), _replaced(halves, f"{field}_confidence", [prior] * 3), report
        )
    fitted = [fit_answers(part, prior, CONFIDENCE_STRENGTH[field]) for part in parts]
    before, after = _loss(answers, [prior, prior]), _loss(answers, fitted)
    taken = after < before - GAIN
    end = "fitted" if taken else "prior kept"
    report.append(Line(f"joint {field} log-loss, {end}", len(answers), before, after))
    return _replaced(halves, f"{field}_confidence", fitted if taken else [prior] * 3)


def _too_few(what: str, count: int, halves: Halves, report: list[Line]) -> Halves:
    """A half without any: nothing can be compared, and the priors are kept."""
    report.append(Line(f"joint {what}, too few", count, math.nan, math.nan))
    return halves


def _loss(answers: Sequence[Answer], halves: Sequence[Array]) -> float:
    return float(np.average([log_loss([a], halves[a.fold]) for a in answers], weights=[a.weight for a in answers]))


def _replaced(halves: Halves, key: str, values: Sequence[Array]) -> Halves:
    changes: list[dict[str, Any]] = [{key: rounded(one)} for one in values]
    first, second, both = (replace(half, **change) for half, change in zip(halves, changes, strict=True))
    return first, second, both
