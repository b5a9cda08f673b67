"""Fields and line items of rows of text, by rules, a small network, or both: no state, the same answer every time."""

from edgekit.calibration import REVIEW_ERROR
from edgekit.extract.extractor import Extractor, How
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.params import ExtractParams
from edgekit.extract.rungs import CLASSICAL, JOINT, NETWORK, NETWORKED, RULES, RUNGS

__all__ = [
    "CLASSICAL",
    "JOINT",
    "NETWORK",
    "NETWORKED",
    "REVIEW_ERROR",
    "RULES",
    "RUNGS",
    "ExtractParams",
    "Extractor",
    "How",
    "Lexicon",
]
