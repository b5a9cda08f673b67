from __future__ import annotations

from decimal import Decimal

from edgekit.cli.tables import card
from edgekit.types import Field, Fields, Item, Receipt

FIELDS = Fields(
    vendor=Field("Corner Shop", "CORNER SHOP", 0.97, (0,), False),
    total=Field(Decimal("12.50"), "12.50", 0.6, (4,), True),
)


def test_a_card_shows_items_below_the_fields() -> None:
    items = (
        Item("Flat white", Decimal(2), Decimal("3.25"), Decimal("6.50"), (1, 2), 0.9),
        Item("Cake \x1b[31mslice", None, None, Decimal("6.00"), (3,), 0.8),
    )
    lines = card("a.jpg", Receipt((), (), 1, 1, FIELDS, items=items)).splitlines()
    shown = [line.split() for line in lines if line.split()[0] == "item"]
    assert shown == [["item", "6.50", "2", "x", "Flat", "white"], ["item", "6.00", "Cake", "[31mslice"]]
    assert next(i for i, line in enumerate(lines) if "total" in line) < lines.index(
        next(line for line in lines if "Flat white" in line)
    )


def test_a_card_without_items_has_no_row_for_them() -> None:
    assert "item" not in card("a.jpg", Receipt((), (), 1, 1, FIELDS))
