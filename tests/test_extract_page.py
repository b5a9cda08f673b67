"""Rows of a page: a price that was read as two lines is one price, columns stay apart."""

from __future__ import annotations

import pytest
from printed import lexicon

from edgekit.extract.page import Page, build_page
from edgekit.types import Quad, TextLine

HEIGHT = 20.0


def page(left: str, right: str, gap: float) -> Page:
    """Two lines side by side; gap: in text heights."""
    lines, x = [], 0.0
    for text in (left, right):
        end = x + 12.0 * len(text)
        lines.append(TextLine(text, Quad((x, 0.0), (end, 0.0), (end, HEIGHT), (x, HEIGHT)), 0.98))
        x = end + gap * HEIGHT
    return build_page(lines, [[0, 1]], lexicon(), (1990, 2035))


@pytest.mark.parametrize(
    ("left", "right", "gap", "amounts"),
    [
        ("Eat in 18", ".00", -0.4, ["18.00"]),
        ("TAX 1", ".44", 0.9, ["1.44"]),
        ("TAX 1", ",44", 0.0, ["1.44"]),
        ("Amount Due $19", ".44", -0.3, ["19.44"]),
        ("Tea 2", ".50", 3.0, ["2", "0.50"]),
        ("Tea 2", ".501", 0.0, ["2", "501"]),
        ("Tea 2.00", ".12", 0.0, ["2.00", "0.12"]),
        ("Tea x", ".50", 0.0, ["0.50"]),
    ],
)
def test_a_price_cut_before_its_point_is_one(left: str, right: str, gap: float, amounts: list[str]) -> None:
    (row,) = page(left, right, gap).rows
    assert [str(amount.value) for amount in row.amounts] == amounts
    assert [row.text[piece.start : piece.end] for piece in row.pieces] == [left, right]


def test_a_cut_price_is_of_both_its_lines() -> None:
    (row,) = page("TAX 1", ".44", 0.2).rows
    (amount,) = row.amounts
    assert amount.noisy and row.lines_of(amount.start, amount.end) == (0, 1)
