"""How many weights each part of the extractor needs: as many as it has features, points or evidence to weigh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from edgekit.errors import ManifestError
from edgekit.extract.confidence import DATE_EVIDENCE, TAX_EVIDENCE, TOTAL_EVIDENCE, VENDOR_EVIDENCE
from edgekit.extract.params import ExtractParams, JointWeights, RuleWeights
from edgekit.extract.points import (
    DATE_POINTS,
    NAME_EVIDENCE,
    NAME_POINTS,
    PLAIN_EVIDENCE,
    POINTED_EVIDENCE,
    TAX_POINTS,
    TOTAL_POINTS,
)
from edgekit.extract.totals import TOTAL_FEATURES
from edgekit.extract.vendor import NAME_FEATURES

Needed = Mapping[str, Sequence[str]]

RULED: Needed = MappingProxyType(
    {
        "total_weights": TOTAL_FEATURES,
        "name_weights": NAME_FEATURES,
        "total_confidence": TOTAL_EVIDENCE,
        "vendor_confidence": VENDOR_EVIDENCE,
        "date_confidence": DATE_EVIDENCE,
        "tax_confidence": TAX_EVIDENCE,
    }
)
"""What the weights of ``ExtractParams`` and ``RuleWeights`` weigh, by their name."""
JOINED: Needed = MappingProxyType(
    {
        "total_rules": TOTAL_FEATURES,
        "total_weights": TOTAL_POINTS,
        "name_rules": NAME_FEATURES,
        "name_weights": NAME_POINTS,
        "date_weights": DATE_POINTS,
        "tax_weights": TAX_POINTS,
        "total_confidence": TOTAL_EVIDENCE + POINTED_EVIDENCE,
        "vendor_confidence": VENDOR_EVIDENCE + NAME_EVIDENCE,
        "date_confidence": DATE_EVIDENCE + POINTED_EVIDENCE,
        "tax_confidence": TAX_EVIDENCE + POINTED_EVIDENCE,
        "time_confidence": PLAIN_EVIDENCE,
        "currency_confidence": PLAIN_EVIDENCE,
        "subtotal_confidence": PLAIN_EVIDENCE,
    }
)
"""What the weights of ``JointWeights`` weigh, by their name."""


def check_lengths(params: ExtractParams, where: str) -> None:
    """Raises ManifestError where weights, of any rung, are more or fewer than what they weigh.

    where: names ``params`` in the error.
    """
    _check(params, RULED, where)
    _check(params.rules, RULED, f"{where}.rules")
    _check(params.joint, JOINED, f"{where}.joint")


def _check(
    weights: ExtractParams | RuleWeights | JointWeights, needed: Mapping[str, Sequence[str]], where: str
) -> None:
    for name, weighed in needed.items():
        given = len(getattr(weights, name))
        if given != len(weighed):
            raise ManifestError(f"{where}.{name}: has {given} weights; write {len(weighed)}")
