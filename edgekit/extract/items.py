"""Line items: words that the network takes for descriptions, quantities and amounts, put together row by row."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from edgekit.extract.network import Reading
from edgekit.extract.page import Page, PageRow
from edgekit.extract.sums import near
from edgekit.parsing.amounts import Amount
from edgekit.types import Item

_NUMBER = re.compile(r"\d{1,4}(?:[.,]\d{1,3})?")
_MOST_ROWS = 2  # rows of description above or below the row of an amount


@dataclass(frozen=True, slots=True)
class _ItemRow:
    """A row by what its words are taken for; amount is None where no word is one."""

    row: PageRow
    amount: Amount | None
    amount_words: tuple[int, ...]
    description: tuple[int, ...]
    quantity: tuple[int, ...]


def find_items(page: Page, reading: Reading) -> tuple[Item, ...]:
    """What was bought, top to bottom: each row with an amount, and the rows of description that belong to it."""
    rows = [_item_row(row, reading) for row in page.rows]
    rows = [row for row in rows if row.amount or row.description]  # smudges and codes between the rows of an item
    owners = _owners(rows)
    found = []
    for place, row in enumerate(rows):
        if row.amount is not None:
            group = [other for i, other in enumerate(rows) if owners.get(i) == place]
            found.append(_item(page, reading, row, group))
    return tuple(item for item in found if item is not None)


def _owners(rows: Sequence[_ItemRow]) -> dict[int, int]:
    """The place of the amount that each row belongs to.

    An amount without a description on its row takes the rows above, else those below; what is left then belongs to the
    amount above it.
    """
    owners = {place: place for place, row in enumerate(rows) if row.amount is not None}
    for place in list(owners):
        if not rows[place].description:
            above = _free(rows, owners, range(place - 1, place - 1 - _MOST_ROWS, -1))
            owners |= dict.fromkeys(above or _free(rows, owners, range(place + 1, place + 2)), place)
    for place in list(owners):
        if owners[place] == place:
            owners |= dict.fromkeys(_free(rows, owners, range(place + 1, place + 1 + _MOST_ROWS)), place)
    return owners


def _free(rows: Sequence[_ItemRow], owners: Mapping[int, int], places: range) -> list[int]:
    """The places up to the first row without description, or that has an owner."""
    free = []
    for place in places:
        if not 0 <= place < len(rows) or place in owners or not rows[place].description:
            break
        free.append(place)
    return free


def _item_row(row: PageRow, reading: Reading) -> _ItemRow:
    kinds: dict[str, list[int]] = {"description": [], "quantity": [], "amount": []}
    columns = [(reading.odds[tag], words) for tag, words in kinds.items()]
    for word in reading.by_row.get(row.index, ()):
        said = [odds[word] for odds, _ in columns]
        most = max(said)
        if most > 0:
            columns[said.index(most)][1].append(word)
    priced = [(amount, words) for amount in row.amounts if (words := _touching(row, amount, reading, kinds["amount"]))]
    amount, words = priced[-1] if priced else (None, ())
    return _ItemRow(row, amount, words, tuple(kinds["description"]), tuple(kinds["quantity"]))


def _touching(row: PageRow, amount: Amount, reading: Reading, words: Sequence[int]) -> tuple[int, ...]:
    touching = reading.words(row.index, amount.start, amount.end)
    return tuple(word for word in touching if word in words and not amount.percent)


def _item(page: Page, reading: Reading, own: _ItemRow, group: Sequence[_ItemRow]) -> Item | None:
    described = [word for row in group for word in row.description]
    counted = [word for row in group for word in row.quantity]
    if own.amount is None or not described:
        return None
    lines = sorted({reading.spans[word].line for word in (*described, *counted, *own.amount_words)})
    quantity = _quantity(page, reading, counted)
    said = [max(reading.said("amount", own.amount_words)), _mean(reading.said("description", described))]
    confidence = min(1.0 / (1.0 + math.exp(-odds)) for odds in said) * page.confidence(lines)
    return Item(
        description=" ".join(_text(page, reading, word) for word in described),
        quantity=quantity,
        unit_price=_unit_price(group, own.amount, quantity),
        amount=own.amount.value,
        lines=tuple(lines),
        confidence=confidence,
    )


def _text(page: Page, reading: Reading, word: int) -> str:
    span = reading.spans[word]
    return page.rows[span.row].text[span.start : span.end]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _quantity(page: Page, reading: Reading, words: Sequence[int]) -> Decimal | None:
    """The first number among the words of a quantity: ``2``, ``2x``, ``x2``, ``1,250``."""
    for word in words:
        if number := _NUMBER.search(_text(page, reading, word)):
            return Decimal(number.group().replace(",", "."))
    return None


def _unit_price(group: Sequence[_ItemRow], total: Amount, quantity: Decimal | None) -> Decimal | None:
    """Another price of the item's rows which the quantity turns into its amount."""
    if quantity is None:
        return None
    prices = [a.value for row in group for a in row.row.amounts if a is not total and not a.percent]
    return next((price for price in prices if near(price * quantity, total.value)), None)
