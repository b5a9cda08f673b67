import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.geometry import skew
from edgekit.layout import LayoutParams, rows
from edgekit.types import Point, Quad, TextLine

PARAMS = LayoutParams(
    reach=0.5, overlap=0.3, probe_lines=6, probe_length=6.0, upright_confidence=0.8, upright_margin=0.1
)
ROWS = [["SHOP"], ["Bread", "1.20"], ["Milk 2 l", "2", "0.95"], ["TOTAL", "2.15"], ["Thank you"]]
COLUMNS = [20.0, 160.0, 240.0]


def page(degrees: float = 0.0, pitch: float = 24.0, jitter: float = 0.0, seed: int = 0) -> list[TextLine]:
    rng = random.Random(seed)
    lines = []
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turned(point: Point) -> Point:
        return 300 + point[0] * cos - point[1] * sin, 300 + point[0] * sin + point[1] * cos

    for r, row in enumerate(ROWS):
        for text, x in zip(row, COLUMNS, strict=False):
            y = r * pitch + rng.uniform(-jitter, jitter)
            box = Quad((x, y), (x + 9 * len(text), y), (x + 9 * len(text), y + 16), (x, y + 16))
            lines.append(TextLine(text, box.map(turned), 0.9))
    return lines


@given(st.floats(-44, 44), st.integers(0, 99), st.floats(0, 3))
def test_rows_are_found_at_any_tilt_in_any_order(degrees: float, seed: int, jitter: float) -> None:
    lines = page(degrees, jitter=jitter, seed=seed)
    random.Random(seed).shuffle(lines)
    assert [[lines[i].text for i in row] for row in rows(lines, PARAMS)] == ROWS
    assert skew([found.quad for found in lines]) == pytest.approx(degrees, abs=1e-6)


@given(st.lists(st.tuples(*[st.floats(-900, 900)] * 8), max_size=30))
def test_every_line_is_in_exactly_one_row(corners: list[tuple[float, ...]]) -> None:
    lines = [TextLine("x", Quad(*zip(c[::2], c[1::2], strict=True)), 0.5) for c in corners]
    found = rows(lines, PARAMS)
    assert sorted(i for row in found for i in row) == list(range(len(lines)))
    assert rows(lines, PARAMS) == found


def test_lines_that_lie_over_one_another_are_different_rows() -> None:
    quads = [Quad((0, y), (200, y), (200, y + 20), (0, y + 20)) for y in (0.0, 8.0)]
    assert rows([TextLine("x", quad, 0.9) for quad in quads], PARAMS) == ((0,), (1,))


def test_no_lines_no_rows() -> None:
    assert rows([], PARAMS) == ()
