"""Constants of the extractor. They live in the bundle's manifest; this module only names them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleWeights:
    """Points and logistic weights set by hand: each stands in for the fitted one of its name in ``ExtractParams``."""

    total_weights: tuple[float, ...]
    name_weights: tuple[float, ...]
    total_confidence: tuple[float, ...]
    vendor_confidence: tuple[float, ...]
    date_confidence: tuple[float, ...]
    tax_confidence: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class JointWeights:
    """Of network, rules and arithmetic together.

    total_rules, name_rules: stand in for ``total_weights`` and ``name_weights`` of ``ExtractParams``; fitted on shops
    that the network was trained on. *_weights: in the order of *_POINTS of points.py. total_none, name_none: as in
    ``ExtractParams``. *_confidence: logistic weights; of total, vendor, date and tax in the order of the *_EVIDENCE of
    confidence.py and then of POINTED_EVIDENCE or NAME_EVIDENCE, else of PLAIN_EVIDENCE.
    """

    total_rules: tuple[float, ...]
    total_weights: tuple[float, ...]
    total_none: float
    name_rules: tuple[float, ...]
    name_weights: tuple[float, ...]
    name_none: float
    date_weights: tuple[float, ...]
    tax_weights: tuple[float, ...]
    total_confidence: tuple[float, ...]
    vendor_confidence: tuple[float, ...]
    date_confidence: tuple[float, ...]
    tax_confidence: tuple[float, ...]
    time_confidence: tuple[float, ...]
    currency_confidence: tuple[float, ...]
    subtotal_confidence: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ExtractParams:
    """Weights are points added to a candidate's score; confidences and shares are 0..1.

    review_threshold: confidence below which a field needs review. answer_threshold: below which there is no answer.
    first_year, last_year: of plausible dates.
    total_weights, name_weights: in the order of totals.TOTAL_FEATURES and vendor.NAME_FEATURES.
    total_none, name_none: the score at which no answer is as likely as this one.
    *_confidence: logistic weights in the order of the *_EVIDENCE of confidence.py.
    mixed_share: share of the largest amount above which a label with "total" and "tax" means the total.
    tall: text height, in median heights, that counts as tall. name_rows: segments at the top that may be the name.
    tax_lines: most tax lines summed. rate_least, rate_most: plausible tax rates.
    date_*: points for and against a date; date_guess: factor on the confidence where nothing decides between readings.
    time_rows: rows around the date within which a time is near it. The rest: confidences of the simpler fields.
    rung: the one that opens by default where the bundle has the network. rules, joint: weights of those rungs.
    calibration: by rung, what ``edgekit.calibration.Calibration.parse`` takes.
    """

    rung: str
    review_threshold: float
    answer_threshold: float
    first_year: int
    last_year: int
    total_weights: tuple[float, ...]
    total_none: float
    total_confidence: tuple[float, ...]
    mixed_share: float
    tall: float
    tax_lines: int
    rate_least: float
    rate_most: float
    tax_confidence: tuple[float, ...]
    subtotal_proved: float
    subtotal_alone: float
    date_anchor: float
    date_other: float
    date_time: float
    date_long: float
    date_damaged: float
    date_late: float
    date_twin: float
    date_order_vote: float
    date_same_day_vote: float
    date_guess: float
    date_confidence: tuple[float, ...]
    time_rows: int
    time_near: float
    time_far: float
    currency_printed: float
    currency_inferred: float
    name_rows: int
    name_weights: tuple[float, ...]
    name_none: float
    vendor_confidence: tuple[float, ...]
    rules: RuleWeights
    joint: JointWeights
    calibration: Mapping[str, Any]
