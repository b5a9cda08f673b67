"""Receipts as the extraction network sees them, with the default bundle's word lists and constants."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edgekit.extract import ExtractParams, Lexicon
from edgekit.extract.labels import entries
from edgekit.extract.page import build_page
from edgekit.extract.words import encode
from edgekit.manifest import parse_params
from edgekit.types import TextLine

DATA = Path(__file__).parent / "data"


def encoded(lines: Sequence[TextLine], rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Letters and places of the words, as ``edgekit.extract.words`` describes them. rows: as the reader gives them."""
    params, lexicon = _constants()
    page = build_page(lines, rows, lexicon, (params.first_year, params.last_year))
    words = encode(page, entries(page, params), lexicon)
    return words.chars, words.places


@cache
def _constants() -> tuple[ExtractParams, Lexicon]:
    texts = [(DATA / name).read_text("utf-8") for name in ("extract_params.json", "lexicon.json")]
    params: ExtractParams = parse_params(ExtractParams, json.loads(texts[0]), "export/data/extract_params.json")
    return params, Lexicon.parse(texts[1], "export/data/lexicon.json")
