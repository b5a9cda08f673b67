"""Line items from words and what the network takes them for."""

from __future__ import annotations

from decimal import Decimal

import pytest
from scored import Said, paper_of, reading_of

from edgekit.extract.items import find_items
from edgekit.types import Item


def items(printed: str, said: Said, confidence: float = 0.98) -> tuple[Item, ...]:
    paper = paper_of(printed, confidence)
    return find_items(paper.page, reading_of(paper, said))


def brief(found: tuple[Item, ...]) -> list[tuple[str, str | None, str | None, str]]:
    def shown(value: Decimal | None) -> str | None:
        return None if value is None else str(value)

    return [(i.description, shown(i.quantity), shown(i.unit_price), str(i.amount)) for i in found]


def test_description_quantity_and_amount_of_a_row() -> None:
    said = {"description": ["Fish", "Tacos", "Tea"], "quantity": ["2", "1"], "amount": ["28.00", "4.00"]}
    found = items("Diner\n2 Fish Tacos | 14.00 | 28.00\n1 Tea | 4.00\nTOTAL | 32.00", said)
    assert brief(found) == [("Fish Tacos", "2", "14.00", "28.00"), ("Tea", "1", None, "4.00")]
    assert found[0].lines == (1, 3) and found[1].lines == (4, 5)
    assert all(isinstance(item.amount, Decimal) for item in found)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("Shop\nGreen Tea\n2 x 3.00 | 6.00\nTOTAL | 6.00", [("Green Tea", "2", "3.00", "6.00")]),
        ("Shop\n2 x 3.00 | 6.00\nGreen Tea\nTOTAL | 6.00", [("Green Tea", "2", "3.00", "6.00")]),
        ("Shop\nGreen\nTea\n2 x 3.00 | 6.00\nTOTAL | 6.00", [("Green Tea", "2", "3.00", "6.00")]),
        ("Shop\nGreen Tea | 6.00\nTOTAL | 6.00", [("Green Tea", None, None, "6.00")]),
        ("Shop\n6.00\nTOTAL | 6.00", []),
        ("Shop\nGreen Tea\nTOTAL | 6.50", []),
    ],
    ids=["above", "below", "two rows above", "beside", "no description", "no amount"],
)
def test_where_a_description_may_stand(printed: str, expected: list[tuple[str, str | None, str | None, str]]) -> None:
    said = {"description": ["Green", "Tea"], "quantity": ["2"], "amount": ["6.00"]}
    assert brief(items(printed, said)) == expected[: 1 if "TOTAL" in printed else None]


def test_a_second_row_of_description_belongs_to_the_item_above() -> None:
    said = {"description": ["Tea", "with", "milk", "Soup"], "amount": ["6.00", "7.00"]}
    found = brief(items("Shop\nTea | 6.00\nwith milk\nSoup | 7.00", said))
    assert found == [("Tea with milk", None, None, "6.00"), ("Soup", None, None, "7.00")]


def test_a_smudge_between_the_rows_of_an_item_is_passed_over() -> None:
    said = {"description": ["Tea"], "amount": ["6.00"]}
    assert brief(items("Shop\nTea\n- .\n6.00", said)) == [("Tea", None, None, "6.00")]


def test_one_description_is_of_one_item() -> None:
    said = {"description": ["Tea"], "amount": ["6.00", "7.00"]}
    assert brief(items("Shop\nTea\n6.00\n7.00", said)) == [("Tea", None, None, "6.00")]


@pytest.mark.parametrize(("text", "value"), [("2x", "2"), ("x2", "2"), ("1,250", "1.250"), ("@", None)])
def test_quantities_as_printed(text: str, value: str | None) -> None:
    found = items(f"Shop\n{text} Tea | 6.00", {"description": ["Tea"], "quantity": [text], "amount": ["6.00"]})
    assert (found[0].quantity and str(found[0].quantity)) == value


def test_discounts_stay_negative() -> None:
    found = items("Shop\nVoucher | -2.00", {"description": ["Voucher"], "amount": ["-2.00"]})
    assert found[0].amount == Decimal("-2.00")


def test_a_rate_is_no_amount() -> None:
    assert items("Shop\nTea 10.00%", {"description": ["Tea"], "amount": ["10.00", "10.00%"]}) == ()


def test_poor_print_lowers_confidence() -> None:
    said = {"description": ["Tea"], "amount": ["6.00"]}
    sharp, blurred = (items("Shop\nTea | 6.00", said, c)[0].confidence for c in (0.99, 0.5))
    assert 0 < blurred < sharp <= 1


def test_to_dict_keeps_every_cent() -> None:
    said = {"description": ["Tea"], "quantity": ["2"], "amount": ["6.00"]}
    shown = items("Shop\n2 Tea | 3.00 | 6.00", said)[0].to_dict()
    assert (shown["quantity"], shown["unit_price"], shown["amount"]) == ("2", "3.00", "6.00")
    plain = items("Shop\nTea | 6.00", said)[0].to_dict()
    assert plain["quantity"] is None and plain["unit_price"] is None
