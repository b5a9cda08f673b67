"""Where the fits start and what they are pulled towards: points by feature.

They were set by hand, then moved by earlier fits on the same training receipts; so they do well there. Those of the
tax's confidence are set by hand, cautious on purpose: the training receipts print taxes in two countries' ways only. A
character that is likely misread ("doubt") divides the odds by e, as if each spoilt the answer independently of others.
"""

from __future__ import annotations

import numpy as np

from edgekit.extract.confidence import DATE_EVIDENCE, TAX_EVIDENCE, TOTAL_EVIDENCE, VENDOR_EVIDENCE
from edgekit.extract.totals import TOTAL_FEATURES
from edgekit.extract.vendor import NAME_FEATURES
from edgekit.training.fitting import Array

_TOTAL = {
    **{"final": 4.53, "strong": 2.89, "total": 2.51, "amount": 1.09, "payment": 2.04, "subtotal": 0.71},
    **{"other": -0.23, "adopted": -1.19, "errors": -0.15, "twins": 0.13, "kinds": 1.3, "largest": 1.21},
    **{"sum": 1.41, "paid": 1.95, "low": 1.41, "last": 0.68, "tall": 1.48, "mark": 0.42, "table": -2.14},
    **{"sibling": -1.41, "cents": -1.57, "change": -1.01, "superseded": -0.89, "noisy": -0.15},
    **{"confidence": 1.14},
}
_NAME = {
    **{"rank0": 1.65, "rank1": 0.45, "rank2": 0.45, "rank": -3.72, "height": -0.36, "tallest": 0.3},
    **{"legal_end": 1.74, "legal": 1.94, "company": 1.09, "address": -1.6, "contact": -2.32},
    **{"document": -3.22, "tax_id": -3.03, "place": -1.65, "digits": -3.56, "comma": -1.9, "short": -1.41},
    **{"long": -0.51, "rows2": -2.78, "rows3": -3.34, "open": 2.33, "similar": 0.4, "bare": -1.8},
    **{"bare_tail": 1.88, "cut_off": -0.82, "legal_next": -1.19, "barrier_next": 0.85},
    **{"barrier_before": -1.53, "money": -2.12, "dated": -2.21, "echoed": -0.08, "confidence": 2.41},
    **{"odd": -2.26},
}
_TOTAL_CONFIDENCE = {
    "one": -4.12,
    "share": 6.67,
    "proved": 1.66,
    "repeated": 1.7,
    "reader": 0.12,
    "noisy": 0.0,
    "doubt": -1.0,
}
_VENDOR_CONFIDENCE = {"one": -8.56, "share": 4.46, "reader": 6.68, "mended": -0.73, "doubt": -1.0}
_DATE_CONFIDENCE = {
    **{"one": -0.78, "lead": 1.34, "anchored": -0.3, "timed": 0.7, "reader": 2.29, "damaged": -0.89},
    **{"doubt": -1.0},
}
_TAX_CONFIDENCE = {"one": -2.0, "proved": 1.5, "total": 2.0, "reader": 1.5, "several": -0.5, "doubt": -1.0}


def _ordered(points: dict[str, float], names: tuple[str, ...] | list[str]) -> Array:
    return np.array([points[name] for name in names])


TOTAL = _ordered(_TOTAL, TOTAL_FEATURES)
NAME = _ordered(_NAME, NAME_FEATURES)
CONFIDENCE = {
    "total": _ordered(_TOTAL_CONFIDENCE, TOTAL_EVIDENCE),
    "vendor": _ordered(_VENDOR_CONFIDENCE, VENDOR_EVIDENCE),
    "date": _ordered(_DATE_CONFIDENCE, DATE_EVIDENCE),
    "tax": _ordered(_TAX_CONFIDENCE, TAX_EVIDENCE),
}

JOINT_SCORES = {
    "total": np.array([0.5, 0.2, 0.5, 1.0, 1.5]),
    "name": np.array([1.5, 0.15, 0.0, -0.7]),
    "date": np.array([1.0, 0.2, 0.3]),
    "tax": np.array([1.0, 1.5, 0.7]),
}
"""Of the joint rung, in the order of the *_POINTS of edgekit/extract/points.py; set by hand on held-back receipts."""
JOINT_CONFIDENCE = {
    "total": np.array([-4.0, 4.0, 1.5, 1.0, 0.5, 0.0, -1.0, 2.5, -1.0]),
    "vendor": np.array([-7.0, 3.0, 5.0, -0.5, -1.0, 2.5, -1.0]),
    "date": np.array([-2.0, 1.0, 0.0, 0.5, 2.0, -1.0, -1.0, 2.0, -1.0]),
    "tax": np.array([-3.0, 1.5, 1.5, 1.0, -0.5, -1.0, 3.0, -1.0]),
}
"""The same weights as CONFIDENCE, then those of what the network says."""
