"""The rungs of the ladder: four ways to choose a receipt's fields, from points set by hand to all together."""

from __future__ import annotations

from dataclasses import replace

from edgekit.extract.params import ExtractParams, JointWeights, RuleWeights

RULES, CLASSICAL, NETWORK, JOINT = "rules", "classical", "network", "joint"
RUNGS = (RULES, CLASSICAL, NETWORK, JOINT)
"""rules: points set by hand. classical: points fitted on labelled receipts. network: what the extraction network says
of each word, alone. joint: network, points and arithmetic together."""
NETWORKED = (NETWORK, JOINT)
"""Rungs that need the network."""


def params_of(rung: str, params: ExtractParams) -> ExtractParams:
    """The constants that a rung works with: its own weights stand in for those of "classical"."""
    if rung == RULES:
        rules = params.rules
        params = replace(params, total_weights=rules.total_weights, name_weights=rules.name_weights)
        return _with_confidences(params, rules)
    if rung == JOINT:
        joint = params.joint
        params = replace(params, total_weights=joint.total_rules, name_weights=joint.name_rules)
        params = replace(params, total_none=joint.total_none, name_none=joint.name_none)
        return _with_confidences(params, joint)
    return params


def _with_confidences(params: ExtractParams, weights: RuleWeights | JointWeights) -> ExtractParams:
    return replace(
        params,
        total_confidence=weights.total_confidence,
        vendor_confidence=weights.vendor_confidence,
        date_confidence=weights.date_confidence,
        tax_confidence=weights.tax_confidence,
    )
