"""All weights of the rules, fitted one after another: scores first, then the confidences of the answers they choose.

A fit is taken only where it does better than its prior on the fold it was not fitted on. Confidences are fitted on
answers chosen with the weights of the other fold, as unseen receipts would get them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.confidence import TOTAL_EVIDENCE
from edgekit.training.fitting import Array, Choice, fit_choices
from models.rules import priors
from models.rules.fitting import Answer, accuracy, balanced, fit_answers, log_loss
from models.rules.samples import Sample, date_answer, name_choice, tax_answer, total_answer, total_choice, vendor_answer

Item = TypeVar("Item", Choice, Answer)

SCORE_STRENGTH = 0.1
CONFIDENCE_STRENGTH = {"total": 2.0, "vendor": 2.0, "date": 5.0, "tax": 20.0}
"""How hard each fit is pulled towards its prior: SCORE_STRENGTH was the best of 0.003 to 0.1 on the training folds."""
GAIN = 0.01
"""Share of receipts, or log-loss, that a fit must gain over its prior to be taken.

Less is chance: of the joint rung's names, where sets count alike, the standard error of a gain is 0.0066, shops apart.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the report: what was measured, on how many receipts, with the prior and with the fit.

    The prior has seen all of these receipts; the fit is that of the other fold.
    """

    what: str
    receipts: int
    prior: float
    fit: float


@dataclass(frozen=True, slots=True)
class Fitted:
    """The new weights by name of the constant, and what they do to receipts of a fold they were not fitted on."""

    weights: dict[str, tuple[float, ...]]
    report: tuple[Line, ...]


def fit(samples: Sequence[Sample], lexicon: Lexicon, params: ExtractParams) -> Fitted:
    """``params``: whose hand-set constants hold; its weights are not looked at."""
    totals = weighted([(s, total_choice(s, params)) for s in samples])
    names = weighted([(s, name_choice(s, lexicon, params)) for s in samples])
    total, total_line = _score("total", totals, priors.TOTAL)
    name, name_line = _score("vendor", names, priors.NAME)
    weights = {"total_weights": total[-1], "name_weights": name[-1]}
    by_fold = [replace(params, total_weights=total[fold], name_weights=name[fold]) for fold in (0, 1)]
    report = [total_line, name_line]
    for field in priors.CONFIDENCE:
        answers = weighted([(s, _answer(field, s, lexicon, by_fold[s.fold])) for s in samples])
        found, lines = _confidence(field, answers)
        weights[f"{field}_confidence"] = found
        report += lines
        if field == "total":  # the tax's evidence has it
            by_fold = [replace(p, total_confidence=found) for p in by_fold]
    return Fitted(weights, tuple(report))


def _score(what: str, choices: Sequence[Choice], prior: Array) -> tuple[list[tuple[float, ...]], Line]:
    """Weights for fold 0 and fold 1, each fitted on the other, and for all; the prior where the fit is no gain."""
    folds = [[c for c in choices if c.fold == fold] for fold in (0, 1)]
    fitted = [rounded(fit_choices(taken, prior, SCORE_STRENGTH)) for taken in (folds[1], folds[0], choices)]
    sizes = [sum(choice.weight for choice in fold) for fold in folds]
    hits = [accuracy(folds[i], np.array(fitted[i])) for i in (0, 1)]
    before, after = accuracy(choices, prior), float(np.average(hits, weights=sizes))
    if after > before + GAIN:
        return fitted, Line(f"{what} chosen, fitted", len(choices), before, after)
    return [rounded(prior)] * 3, Line(f"{what} chosen, prior kept", len(choices), before, after)


def _confidence(field: str, answers: Sequence[Answer]) -> tuple[tuple[float, ...], list[Line]]:
    """The weights of a confidence; the prior where the fit is no gain on the fold it was not fitted on."""
    prior = priors.CONFIDENCE[field]
    folds = [_logistic(field, [a for a in answers if a.fold != fold]) for fold in (0, 1)]
    before, after = _loss(answers, [prior, prior]), _loss(answers, folds)
    taken = after < before - GAIN
    size, end = len(answers), "fitted" if taken else "prior kept"
    lines = [
        Line(f"{field} log-loss, {end}", size, before, after),
        Line(f"{field} said less right", size, _excess(answers, [prior, prior]), _excess(answers, folds)),
    ]
    return rounded(_logistic(field, answers) if taken else prior), lines


def _logistic(field: str, answers: Sequence[Answer]) -> Array:
    """A misread total must never be the surer one for it: where its weight comes out positive, it gets none."""
    prior, strength = priors.CONFIDENCE[field], CONFIDENCE_STRENGTH[field]
    weights = fit_answers(answers, prior, strength)
    noisy = TOTAL_EVIDENCE.index("noisy")
    if field == "total" and weights[noisy] > 0:
        silent = [replace(a, evidence=(*a.evidence[:noisy], 0.0, *a.evidence[noisy + 1 :])) for a in answers]
        weights = fit_answers(silent, prior, strength)
    return weights


def _answer(field: str, item: Sample, lexicon: Lexicon, params: ExtractParams) -> Answer | None:
    if field == "vendor":
        return vendor_answer(item, lexicon, params)
    if field == "date":
        return date_answer(item, lexicon, params)
    return total_answer(item, params) if field == "total" else tax_answer(item, params)


def weighted(found: Sequence[tuple[Sample, Item | None]]) -> list[Item]:
    """What was found, each set counting as much as any other."""
    known = [(sample, item) for sample, item in found if item is not None]
    weights = balanced([sample.name for sample, _ in known])
    return [replace(item, weight=item.weight * weight) for (_, item), weight in zip(known, weights, strict=True)]


def _loss(answers: Sequence[Answer], folds: Sequence[Array]) -> float:
    return float(np.average([log_loss([a], folds[a.fold]) for a in answers], weights=[a.weight for a in answers]))


def _excess(answers: Sequence[Answer], folds: Sequence[Array]) -> float:
    said = [1 / (1 + np.exp(-np.dot(a.evidence, folds[a.fold]))) - a.right for a in answers]
    return float(np.average(said, weights=[a.weight for a in answers]))


def rounded(weights: Array) -> tuple[float, ...]:
    """As they are written down: two decimals, and no minus zero."""
    return tuple(round(float(weight), 2) + 0.0 for weight in weights)
