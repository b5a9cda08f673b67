"""Fields from rows of text, by rules: no graph, no state, the same answer every time."""

from edgekit.extract.extractor import Extractor
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.params import ExtractParams

__all__ = ["ExtractParams", "Extractor", "Lexicon"]
