"""Evidence for confidences: how many characters are likely misread, and that it makes an answer less sure."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import extractor, laid_out, lexicon

from edgekit.extract.page import Page, build_page

PRINTED = "CORNER SHOP LIMITED\n12 Long Road\n2026-03-04\nTOTAL 12.00"


def page(confidences: list[float]) -> Page:
    lines, rows = laid_out(PRINTED)
    read = [replace(line, confidence=sure) for line, sure in zip(lines, confidences, strict=True)]
    return build_page(read, rows, lexicon(), (1990, 2035))


def test_a_long_line_is_more_in_doubt_than_a_short_one() -> None:
    found = page([0.95, 0.95, 0.95, 0.95])
    assert found.doubt([0]) == pytest.approx(0.05 * 19)
    assert found.doubt([2]) == pytest.approx(0.05 * 10)
    assert found.doubt([0, 2, 0]) == pytest.approx(0.05 * 29)


def test_no_line_is_in_no_doubt_and_much_is_not_told_from_more() -> None:
    found = page([0.1, 1.0, 0.2, 0.9])
    assert found.doubt([]) == 0.0
    assert found.doubt([1]) == 0.0
    assert found.doubt([0]) == found.doubt([0, 2]) == 3.0


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4), st.sets(st.integers(0, 3)))
def test_more_lines_are_never_less_in_doubt(confidences: list[float], lines: set[int]) -> None:
    found = page(confidences)
    assert 0.0 <= found.doubt(sorted(lines)) <= found.doubt([0, 1, 2, 3]) <= 3.0


@pytest.mark.parametrize(("field", "line"), [("vendor", 0), ("date", 2), ("total", 3)])
def test_a_line_in_doubt_makes_its_answer_less_sure(field: str, line: int) -> None:
    found = extractor()
    lines, rows = laid_out(PRINTED, 0.99)
    before = getattr(found.extract(lines, rows), field)
    lines[line] = replace(lines[line], confidence=0.9)
    after = getattr(found.extract(lines, rows), field)
    assert after.value == before.value
    assert after.confidence < before.confidence
