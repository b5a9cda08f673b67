"""Amounts: every style of print parses back, and no text raises."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.parsing.amounts import Amount, find_amounts

MARKS = {"RM": "MYR", "$": "USD", "€": "EUR", "EUR": "EUR", "CHF": "CHF", "RP": "IDR", "£": "GBP", "S$": "SGD"}
cents = st.decimals(min_value=0, max_value=9_999_999, places=2, allow_nan=False, allow_infinity=False)


def one(text: str) -> Amount:
    found = find_amounts(text, MARKS)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1,234.50", "1234.50"),
        ("1.234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("1’234.50", "1234.50"),
        ("1 234,50 €", "1234.50"),
        ("12.-", "12"),
        ("12.--", "12"),
        ("12,-", "12"),
        ("RM9.00", "9.00"),
        ("$ 9.00", "9.00"),
        ("$.50", "0.50"),
        (".50", "0.50"),
        ("TOTAL9.00", "9.00"),
        ("6.55SR", "6.55"),
        ("12.40Z", "12.40"),
        ("1,234.50S", "1234.50"),
        ("35.00B", "35.00"),
        ("5.00RM", "5.00"),
        ("TOTAL: EUR 9,00", "9.00"),
        ("4x1.50", None),
        ("9.99 A", "9.99"),
        ("Rp 25.000", "25000"),
        ("Rp 1.250.000", "1250000"),
    ],
)
def test_printed_styles(text: str, value: str | None) -> None:
    if value is None:
        assert [a.value for a in find_amounts(text, MARKS) if a.is_money] == [Decimal("1.50")]
    else:
        assert one(text).value == Decimal(value)
        assert one(text).is_money


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9.OO", "9.00"),
        ("1O.00", "10.00"),
        ("l2.50", "12.50"),
        ("S9.00", "9.00"),
        ("9 .00", "9.00"),
        ("9. 00", "9.00"),
        ("RMO.02", "0.02"),
        ("120.0G", "120.06"),
        ("15.U0", "15.00"),
        ("$1.234.50", "1234.50"),
    ],
)
def test_reading_errors_are_forgiven_and_marked(text: str, value: str) -> None:
    amount = one(text)
    assert amount.value == Decimal(value)
    assert amount.noisy or text == "$1.234.50"


def test_a_misread_dollar_is_a_mark_not_a_digit() -> None:
    assert (one("S9.00").code, one("S9.00").mark) == ("USD", "S")


@pytest.mark.parametrize("text", ["-0.02", "- 0.02", "-RM 0.02", "RM-0.02", "0.02-", "(0.02)", "$-0.02", "(RM 0.02)"])
def test_negative_styles(text: str) -> None:
    assert one(text).value == Decimal("-0.02")


def test_brackets_of_a_negative_are_taken_in() -> None:
    amount = one("x (5.00) y")
    assert (amount.start, amount.end) == (2, 8)


@pytest.mark.parametrize(
    "text",
    [
        "12.01.2019",
        "25/12/2018",
        "10:30",
        "03-4162-2318",
        "9556939040116",
        "#12",
        "B12345",
        "EZ10HD05",
        "1.2.3.4",
        "1,23,456.7",
        "",
        "TOTAL",
        "$",
        ".",
    ],
)
def test_what_is_no_amount(text: str) -> None:
    assert find_amounts(text, MARKS) == ()


def test_a_rate_is_marked_as_percent() -> None:
    rate, tax = find_amounts("GST 6.00% 0.54", MARKS)
    assert (rate.percent, rate.is_money) == (True, False)
    assert (tax.value, tax.is_money) == (Decimal("0.54"), True)


def test_one_separator_with_three_digits_is_thousands_and_says_so() -> None:
    amount = one("25.000")
    assert (amount.value, amount.decimals, amount.grouped, amount.is_money) == (Decimal(25000), 0, True, False)


def test_several_amounts_stay_apart_and_keep_their_marks() -> None:
    found = find_amounts("RM10.00   €2,50   3.75 CHF", MARKS)
    assert [(str(a.value), a.code) for a in found] == [("10.00", "MYR"), ("2.50", "EUR"), ("3.75", "CHF")]


def test_quantity_before_a_price_is_not_its_thousands() -> None:
    assert [a.value for a in find_amounts("2 100.00", MARKS)] == [Decimal(2), Decimal("100.00")]


def test_the_longer_mark_wins() -> None:
    assert one("S$9.00").code == "SGD"


def grouped(value: Decimal, thousands: str, point: str) -> str:
    return f"{value:,.2f}".replace(",", "\0").replace(".", point).replace("\0", thousands)


@given(
    cents,
    st.sampled_from([(",", "."), (".", ","), ("'", "."), ("", "."), ("", ",")]),
    st.sampled_from(["", "RM", "$", "$ ", "EUR ", "€ "]),
    st.sampled_from(["", " €", " EUR", " A"]),
)
def test_any_amount_in_any_style_parses_back(value: Decimal, style: tuple[str, str], before: str, after: str) -> None:
    text = f"{before}{grouped(value, *style)}{after}"
    found = find_amounts(text, MARKS)
    assert [a.value for a in found] == [value]
    assert found[0].is_money


@given(st.text(max_size=60) | st.text(alphabet="0123456789.,-' $€RMSOl%()/:", max_size=40))
def test_no_text_raises_and_spans_are_in_order(text: str) -> None:
    found = find_amounts(text, MARKS)
    spans = [i for a in found for i in (a.start, a.end)]
    assert all(0 <= a.start < a.end <= len(text) for a in found)
    assert [a.start for a in found] == sorted(a.start for a in found)
    assert len(spans) == 2 * len(found)


def test_letters_of_a_currency_are_not_digits() -> None:
    (amount,) = find_amounts("SGD111.90", {"SGD": "SGD", "S$": "SGD"})
    assert (amount.value, amount.code) == (Decimal("111.90"), "SGD")
