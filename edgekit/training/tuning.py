"""Fine-tunes an extractor on samples: the points of its candidates, then how far its confidences can be believed.

Every step is judged on receipts of shops it was not fitted on, and taken only where it gains there. The points are
pulled towards those of the base, so that few receipts change little.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from edgekit.calibration import Calibration
from edgekit.evaluation import SCORED, judge, prediction
from edgekit.extract import Extractor, ExtractParams, How
from edgekit.extract.mending import mended
from edgekit.extract.network import Session
from edgekit.extract.rungs import JOINT, params_of
from edgekit.extract.segments import joined, name_spans, top_segments
from edgekit.extract.totals import total_candidates, total_features
from edgekit.extract.vendor import name_features
from edgekit.strict import to_plain
from edgekit.training.calibrating import composed, fit_field
from edgekit.training.counting import Counted
from edgekit.training.fitting import Choice, fit_choices
from edgekit.training.samples import FOLDS, NAME_READ, Sample, letters
from edgekit.types import Fields, Receipt

STRENGTH = 0.1
"""Pull towards the base's points: that of the fit of the default bundle, the best of 0.003 to 0.1 there."""
GAIN = 0.01
"""Log-loss that a change of confidences must gain: on fifty receipts, less is chance."""
_DIGITS = 3
"""Decimals of a weight that are written down."""


@dataclass(frozen=True, slots=True)
class Base:
    """What is tuned: constants of the stage ``extract``, and what an extractor of them needs."""

    params: ExtractParams
    how: How
    session: Session | None


@dataclass(frozen=True, slots=True)
class FieldReport:
    """Of one field, on receipts of shops that nothing was fitted on.

    known: labels. right_before, right_after: answers. loss_before, loss_after: log-loss of their confidences; None
    without answers. calibrated: how the confidence was changed ("raw": not at all).
    """

    known: int
    right_before: int
    right_after: int
    loss_before: float | None
    loss_after: float | None
    calibrated: str


@dataclass(frozen=True, slots=True)
class Tuned:
    """The constants to replace, by name, and what they do. parts: names of the weights that were taken."""

    constants: dict[str, Any]
    parts: tuple[str, ...]
    fields: dict[str, FieldReport]

    @property
    def is_better(self) -> bool:
        """More right answers; or as many, and confidences that say more truly which they are."""
        gained = sum(field.right_after - field.right_before for field in self.fields.values())
        return gained > 0 or (gained == 0 and any(field.calibrated != "raw" for field in self.fields.values()))


def tune(samples: Sequence[Sample], base: Base) -> Tuned:
    """Fits what gains. The figures are cross-fitted; the constants are then fitted on all samples."""
    start = [base.params] * FOLDS
    crossed, before = start, _right(samples, base, start)
    after, parts = before, []
    for name, choose in _PARTS.items():
        found = [(sample.fold, choice) for sample in samples if (choice := choose(sample, base.params)) is not None]
        fitted = [_fit([c for at, c in found if at != f], base, name) for f in range(FOLDS)]
        tried = [_with(params, base, name, weights) for params, weights in zip(crossed, fitted, strict=True)]
        right = _right(samples, base, tried)
        if sum(right.values()) > sum(after.values()):
            crossed, after = tried, right
            parts.append((name, _fit([choice for _, choice in found], base, name)))
    calibration, reports = _calibrate(samples, base, crossed)
    constants = _constants(base, parts)
    constants["calibration"] = {**to_plain(base.params.calibration), base.how.rung: calibration}
    fields = {
        name: FieldReport(_known(samples, name), before[name], after[name], *reports.get(name, (None, None, "raw")))
        for name in SCORED
        if _known(samples, name)
    }
    return Tuned(constants, tuple(name for name, _ in parts), fields)


def total_choice(sample: Sample, params: ExtractParams) -> Choice | None:
    """The amounts that may be the total; None where the label is unknown or was not read."""
    candidates = total_candidates(sample.paper.found)
    features = total_features(sample.paper.found, len(sample.paper.page.rows), params)
    return _choice(features, [_is_right("total", sample, f"{c.amount.value:f}") for c in candidates])


def name_choice(sample: Sample, params: ExtractParams) -> Choice | None:
    """The runs of lines that may be the name; the right ones are those most like the label."""
    if sample.row.get("vendor") is None:
        return None
    page, lexicon = sample.paper.page, sample.paper.lexicon
    segments = top_segments(page, lexicon, params)
    wanted = letters(str(sample.row["vendor"]))
    texts = [mended(joined(segments[span]), lexicon) for span in name_spans(segments)]
    ratios = [SequenceMatcher(None, letters(text), wanted).ratio() for text in texts]
    best = max(ratios, default=0.0)
    return _choice(name_features(segments, page), [best >= NAME_READ and ratio == best for ratio in ratios])


_PARTS: dict[str, Callable[[Sample, ExtractParams], Choice | None]] = {
    "total_weights": total_choice,
    "name_weights": name_choice,
}
"""Weights by their name in ``ExtractParams``; "classical" ranks by them, "joint" by its own of _JOINED."""
_JOINED = {"total_weights": "total_rules", "name_weights": "name_rules"}


def _choice(features: Sequence[tuple[float, ...]], right: Sequence[bool]) -> Choice | None:
    return Choice(np.array(features), np.array(right, float), 1.0, 0) if any(right) else None


def _fit(choices: Sequence[Choice], base: Base, name: str) -> tuple[float, ...]:
    prior = np.array(getattr(params_of(base.how.rung, base.params), name), dtype=np.float64)
    fitted = fit_choices(choices, prior, STRENGTH) if choices else prior
    return tuple(round(float(weight), _DIGITS) + 0.0 for weight in fitted)


def _with(params: ExtractParams, base: Base, name: str, weights: tuple[float, ...]) -> ExtractParams:
    """The constants with other weights where the base's rung takes them from."""
    changed: Mapping[str, Any] = {name: weights}
    if base.how.rung == JOINT:
        joined: Mapping[str, Any] = {_JOINED[name]: weights}
        changed = {"joint": replace(params.joint, **joined)}
    return replace(params, **changed)


def _constants(base: Base, parts: Sequence[tuple[str, tuple[float, ...]]]) -> dict[str, Any]:
    """The constants that hold the weights taken, as plain JSON."""
    params = base.params
    for name, weights in parts:
        params = _with(params, base, name, weights)
    names = ("joint",) if base.how.rung == JOINT and parts else tuple(name for name, _ in parts)
    return {name: to_plain(getattr(params, name)) for name in names}


def _extract(samples: Sequence[Sample], base: Base, by_fold: Sequence[ExtractParams]) -> list[Fields]:
    """Fields of each sample, with the constants of its fold."""
    lexicon = samples[0].paper.lexicon
    extractors = [Extractor(params, lexicon, base.how, base.session) for params in by_fold]
    return [extractors[sample.fold].extract(sample.receipt.lines, sample.receipt.rows) for sample in samples]


def _right(samples: Sequence[Sample], base: Base, by_fold: Sequence[ExtractParams]) -> dict[str, int]:
    """Right answers by field."""
    right = dict.fromkeys(SCORED, 0)
    for sample, fields in zip(samples, _extract(samples, base, by_fold), strict=True):
        for name in SCORED:
            right[name] += _is_right(name, sample, value_of(fields, name))
    return right


def _calibrate(
    samples: Sequence[Sample], base: Base, by_fold: Sequence[ExtractParams]
) -> tuple[dict[str, Any], dict[str, tuple[float, float, str]]]:
    """The rung's calibration, and by field the log-losses before and after, and the kind of change.

    Answers that are too doubtful to be given count too: the new map may be surer of them.
    """
    by_fold = [replace(params, answer_threshold=0.0) for params in by_fold]
    known: dict[str, Any] = to_plain(base.params.calibration.get(base.how.rung, {}))
    calibration, reports = Calibration.parse(known, base.how.rung), {}
    answers: dict[str, list[Counted]] = {name: [] for name in SCORED}
    for sample, fields in zip(samples, _extract(samples, base, by_fold), strict=True):
        for name in SCORED:
            field = getattr(fields, name)
            if field is not None and _is_known(name, sample):
                right = _is_right(name, sample, value_of(fields, name))
                answers[name].append(Counted(field.confidence, right, 1.0, sample.row["file"], sample.shop, ""))
    for name, found in answers.items():
        fit = fit_field(found, GAIN)
        if fit is not None:
            reports[name] = (fit.losses["raw"], fit.losses[fit.kind], fit.kind)
            if fit.kind != "raw":
                known[name] = to_plain(composed(calibration.fields.get(name), fit.calibration))
    return known, reports


def value_of(fields: Fields, name: str) -> str | None:
    """A field's value as the scorer takes it."""
    return prediction("", Receipt((), (), 0, 0, fields))[name]


def _is_known(name: str, sample: Sample) -> bool:
    return judge(name, sample.row, None, False) is not None


def _is_right(name: str, sample: Sample, value: str | None) -> bool:
    verdict = judge(name, sample.row, value, False)
    return verdict is not None and verdict.right


def _known(samples: Sequence[Sample], name: str) -> int:
    return sum(_is_known(name, sample) for sample in samples)
