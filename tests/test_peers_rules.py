"""benchmarks: fields by plain keyword rules."""

from __future__ import annotations

import pytest
from peer_fakes import RECEIPT, line

from benchmarks import (
    rules,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RM 1,234.50", ["1234.50"]),
        ("3,20 EUR", ["3.20"]),
        ("2 x 4.00 8.00", ["4.00", "8.00"]),
        ("6.00% of 5", []),
        ("12.03.2018", []),
        ("no amount", []),
    ],
)
def test_amounts(text: str, expected: list[str]) -> None:
    assert rules.amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/2018 12:30", "2018-04-03"),
        ("5-18-2019", "2019-05-18"),
        ("2018-11-16", "2018-11-16"),
        ("17.11.18", "2018-11-17"),
        ("17 Nov 2018", "2018-11-17"),
        ("Dec 2, 2018", "2018-12-02"),
        ("December 29th, 2018", "2018-12-29"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert rules.dates(text)[0] == expected


@pytest.mark.parametrize("text", ["99/99/2018", "tel 555 123 4567", "30 Feb 2018", "12 foo 2018"])
def test_what_is_no_date(text: str) -> None:
    assert rules.dates(text) == []


def test_rules_read_a_receipt() -> None:
    assert rules.fields(RECEIPT) == {"vendor": "CORNER SHOP", "date": "2018-04-03", "total": "10.50", "tax": "0.50"}


def test_rules_of_no_lines() -> None:
    assert rules.fields([]) == {"vendor": None, "date": None, "total": None, "tax": None}


def test_rows_join_lines_at_the_same_height_left_to_right() -> None:
    lines = [line("9.00", 103, 300), line("Total", 100), line("Thanks", 130)]
    assert rules.text_rows(lines) == ["Total 9.00", "Thanks"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Subtotal 90.00", "Total 9.00"], "9.00"),
        (["Total 9.00", "Cash 50.00"], "9.00"),
        (["TOTAL", "9.00", "Cash 50.00"], "9.00"),
        (["Bread 2.00", "Milk 3.00"], "3.00"),
    ],
)
def test_total(texts: list[str], expected: str) -> None:
    assert rules.fields([line(text, 30 * i) for i, text in enumerate(texts)])["total"] == expected


@pytest.mark.parametrize("text", ["TAX INVOICE 5.00", "GST ID 1.00", "Total incl. GST 5.00", "Taxi 5.00"])
def test_what_is_no_tax(text: str) -> None:
    assert rules.fields([line(text, 0)])["tax"] is None
