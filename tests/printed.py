"""Receipts written as rows of text, laid out as lines with quads; cells of a row are parted by `` | ``."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from edgekit.extract import Extractor, ExtractParams, Lexicon
from edgekit.manifest import parse_params
from edgekit.types import Fields, Point, Quad, TextLine

DATA = Path(__file__).parent.parent / "export" / "data"
HEIGHT, PITCH, LETTER, WIDTH = 16.0, 24.0, 9.0, 600.0


@cache
def lexicon() -> Lexicon:
    return Lexicon.parse((DATA / "lexicon.json").read_bytes(), "lexicon.json")


@cache
def params() -> ExtractParams:
    return parse_params(ExtractParams, json.loads((DATA / "extract_params.json").read_text("utf-8")), "params")


@cache
def extractor() -> Extractor:
    return Extractor(params(), lexicon())


def laid_out(
    printed: str, confidence: float = 0.98, moved: Callable[[Point], Point] = lambda point: point
) -> tuple[list[TextLine], list[list[int]]]:
    """Lines and rows of a printed receipt: first cell left, last one right. ``*`` before a row prints it tall."""
    lines: list[TextLine] = []
    rows: list[list[int]] = []
    for number, row in enumerate(printed.strip().splitlines()):
        tall = row.strip().startswith("*")
        cells = [cell.strip() for cell in row.strip().removeprefix("*").split(" | ")]
        rows.append(list(range(len(lines), len(lines) + len(cells))))
        lines.extend(_cells(cells, number * PITCH, HEIGHT * (1.4 if tall else 1.0), (confidence, moved)))
    return lines, rows


def _cells(
    cells: Sequence[str], top: float, height: float, how: tuple[float, Callable[[Point], Point]]
) -> list[TextLine]:
    found = []
    for i, text in enumerate(cells):
        width = LETTER * max(len(text), 1)
        left = 0.0 if i == 0 else (WIDTH - width if i == len(cells) - 1 else WIDTH * i / len(cells))
        box = Quad((left, top), (left + width, top), (left + width, top + height), (left, top + height))
        found.append(TextLine(text, box.map(how[1]), how[0]))
    return found


def read(printed: str, confidence: float = 0.98) -> Fields:
    return extractor().extract(*laid_out(printed, confidence))
