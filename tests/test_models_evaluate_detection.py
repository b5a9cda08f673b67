"""Lines found, and receipts found and read: matches by place."""

from __future__ import annotations

import math

import pytest
from annotated import box
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edgekit.types import Quad, TextLine
from models.evaluate import readers
from models.evaluate.detection import centres, hits, judge, overlap
from models.evaluate.polygons import area, contains, shared
from models.evaluate.receipts import groups, receipt_errors
from models.evaluate.truth import Page, Rules

RULES = Rules(case=True, spaces=True)
sides = st.floats(1, 40)
places = st.floats(-30, 30)


@st.composite
def boxes(draw: st.DrawFn) -> Quad:
    left, top = draw(places), draw(places)
    return box(left, top, left + draw(sides), top + draw(sides))


def turned(quad: Quad, degrees: float) -> Quad:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return quad.map(lambda p: (p[0] * cos - p[1] * sin, p[0] * sin + p[1] * cos))


@given(boxes(), boxes(), st.floats(-180, 180))
def test_shared_area_is_that_of_rectangles_however_they_are_turned(a: Quad, b: Quad, degrees: float) -> None:
    wide = min(a.top_right[0], b.top_right[0]) - max(a.top_left[0], b.top_left[0])
    high = min(a.bottom_left[1], b.bottom_left[1]) - max(a.top_left[1], b.top_left[1])
    expected = max(wide, 0) * max(high, 0)
    assert shared(turned(a, degrees), turned(b, degrees)) == pytest.approx(expected, abs=1e-6)
    assert shared(a, b) == pytest.approx(shared(b, a), abs=1e-6)


def test_a_square_shares_its_middle_with_itself_turned() -> None:
    square = box(-1, -1, 1, 1)
    assert area(square.points) == 4
    assert shared(square, turned(square, 45)) == pytest.approx(8 * (math.sqrt(2) - 1))  # a regular octagon


def test_a_quad_contains_its_middle_and_edge() -> None:
    quad = turned(box(0, 0, 10, 4), 30)
    assert all(contains(quad, point) for point in centres(quad, 5))
    assert contains(box(0, 0, 10, 4), (0, 2)) and not contains(box(0, 0, 10, 4), (-0.1, 2))


def test_centres_stand_evenly() -> None:
    assert centres(box(0, 0, 8, 2), 4) == [(1, 1), (3, 1), (5, 1), (7, 1)]


def test_each_quad_counts_once_and_the_best_pair_first() -> None:
    line = box(0, 0, 100, 10)
    assert overlap(line, box(0, 0, 60, 10)) == pytest.approx(0.6)
    assert hits([box(0, 0, 60, 10), line], [line, box(0, 20, 100, 30)]) == (True, False)
    assert hits([line], [box(0, 0, 100, 9), line]) == (False, True)
    assert hits([box(0, 0, 49, 10)], [line]) == (False,)


def page(*lines: tuple[str, Quad], ignored: tuple[Quad, ...] = ()) -> Page:
    texts, quads = tuple(text for text, _ in lines), tuple(quad for _, quad in lines)
    return Page("a.png", Image.new("RGB", (400, 100)), quads, texts, ignored)


MILK = page(("MILK", box(0, 0, 40, 10)), ("1.20", box(60, 0, 100, 10)))


def test_a_joined_line_is_no_hit_and_yet_covers_all() -> None:
    found = judge([box(0, 0, 100, 10)], MILK)
    assert found.hit == (False, False) and found.covered == (4, 4)
    assert found.count == 1 and found.weight == found.precise == 10


def test_a_quad_as_large_as_the_page_covers_nothing() -> None:
    found = judge([box(0, 0, 400, 100)], MILK)
    assert found.covered == (0, 0) and found.precise == 0 < found.weight


def test_half_a_line_covers_half_its_characters() -> None:
    assert judge([box(0, 0, 20, 10)], MILK).covered == (2, 0)


def test_what_is_not_to_be_read_counts_neither_way() -> None:
    marked = page(("MILK", box(0, 0, 40, 10)), ignored=(box(0, 50, 100, 60),))
    found = judge([box(0, 0, 40, 10), box(0, 51, 100, 60)], marked)
    assert found.hit == (True,) and found.count == 1
    lines = [TextLine("MILK", box(0, 0, 40, 10), 1.0), TextLine("scribble", box(0, 51, 100, 60), 1.0)]
    assert receipt_errors(lines, marked, RULES, readers.layout(None)).wrong_characters == 0


def test_groups_hang_together_by_place() -> None:
    annotated = [box(0, 0, 40, 10), box(60, 0, 100, 10), box(0, 20, 40, 30)]
    assert groups(annotated, [box(0, 0, 100, 10), box(0, 80, 9, 90)]) == [([0, 1], [0]), ([2], []), ([], [1])]


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([("MILK", box(0, 0, 40, 10)), ("1.20", box(60, 0, 100, 10))], 0),
        ([("1.20", box(60, 0, 100, 10)), ("MILK", box(0, 0, 40, 10))], 0),  # the order plays no part
        ([("MILK 1.20", box(0, 0, 100, 10))], 0),  # joined
        ([("MI", box(0, 0, 20, 10)), ("LK", box(20, 0, 40, 10)), ("1.20", box(60, 0, 100, 10))], 1),  # parted: a space
        ([("MILK", box(0, 0, 40, 10))], 4),  # a line not found
        ([("MILK", box(0, 0, 40, 10)), ("1.20", box(60, 0, 100, 10)), ("xx", box(0, 70, 20, 80))], 2),  # one too many
        ([("M1LK", box(2, 1, 42, 11)), ("1.20", box(60, 0, 100, 10))], 1),
    ],
)
def test_errors_of_a_receipt(lines: list[tuple[str, Quad]], wrong: int) -> None:
    found = [TextLine(text, quad, 1.0) for text, quad in lines]
    errors = receipt_errors(found, MILK, RULES, readers.layout(None))
    assert errors.wrong_characters == wrong
    joined = errors.characters - 8  # a joined text has a space between its lines
    assert joined in (0, 1)
