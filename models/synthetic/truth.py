"""What a synthetic receipt says, and where: the full truth of text, places, roles and sums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from PIL import Image

from edgekit.types import Quad


class Role(str, Enum):
    """What a word stands for. Words that carry a value have the value's role, words that name it are LABEL."""

    VENDOR = "vendor"
    VENDOR_OTHER = "vendor_other"  # the other name of a shop that prints two: neither right nor wrong
    DATE = "date"
    TIME = "time"
    CURRENCY = "currency"  # a mark that stands alone
    SUBTOTAL = "subtotal"
    TAX = "tax"  # the whole of it
    TAX_PART = "tax_part"  # one of several, whose sum is the tax
    TOTAL = "total"
    SERVICE = "service"
    TIP = "tip"
    DISCOUNT = "discount"
    ROUNDING = "rounding"
    UNROUNDED = "unrounded"  # the sum before rounding, or before a tip is added
    PAYMENT = "payment"
    CHANGE = "change"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"  # of an item
    ITEM_CODE = "item_code"
    ITEM_NOTE = "item_note"
    ITEM_DISCOUNT = "item_discount"
    TAX_RATE = "tax_rate"
    TAX_BASE = "tax_base"
    LABEL = "label"
    COLUMN = "column"
    OTHER_DATE = "other_date"
    OTHER_AMOUNT = "other_amount"
    NUMBER = "number"
    ADDRESS = "address"
    PHONE = "phone"
    TAX_ID = "tax_id"
    HEADER = "header"
    STAFF = "staff"
    LOYALTY = "loyalty"
    THANKS = "thanks"
    FOOTER = "footer"
    CARD = "card"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Style:
    """How a line is printed. width, height: of its characters, in those of the body text. hand: written by hand.

    anchor: ``l``, ``c`` or ``r``: what of the line stays in place where characters are not all as wide.
    """

    width: float = 1.0
    height: float = 1.0
    bold: bool = False
    hand: bool = False
    inverse: bool = False
    anchor: str = "l"


BODY = Style()


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without a space. item: index into ``Facts.items``, -1 where it belongs to none."""

    text: str
    role: Role
    quad: Quad
    item: int = -1


@dataclass(frozen=True, slots=True)
class Line:
    """What a text detector finds: the words of a printed row up to a wide gap. row: of the receipt, 0 at the top."""

    text: str
    quad: Quad
    words: tuple[Word, ...]
    row: int
    style: Style

    @property
    def role(self) -> Role:
        """The role of most of its characters."""
        counts: dict[Role, int] = {}
        for word in self.words:
            counts[word.role] = counts.get(word.role, 0) + len(word.text)
        return max(counts, key=lambda role: counts[role])


@dataclass(frozen=True, slots=True)
class Item:
    """A thing bought. description: as printed. amount: quantity times unit price, before ``discount`` (0 or less)."""

    description: str
    quantity: Decimal
    unit_price: Decimal
    amount: Decimal
    discount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Tax of one rate. rate: in percent. base: without the tax."""

    name: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Sale:
    """The sums of a receipt, printed or not.

    goods: of all amounts and item discounts. inclusive: prices hold the tax. discount and rounding are signed; total is
    goods + discount + service + rounding + tip, and + taxes unless they are inclusive; payment - change is total.
    """

    items: tuple[Item, ...]
    goods: Decimal
    discount: Decimal
    service: Decimal
    taxes: tuple[TaxLine, ...]
    inclusive: bool
    unrounded: Decimal
    rounding: Decimal
    tip: Decimal
    total: Decimal
    payment: Decimal
    change: Decimal

    @property
    def tax(self) -> Decimal:
        """All taxes together."""
        return sum((line.amount for line in self.taxes), Decimal(0))

    @property
    def net(self) -> Decimal:
        """What the taxes are reckoned on."""
        return self.unrounded - self.tax


@dataclass(frozen=True, slots=True)
class Facts:
    """The fields as printed; None, or empty, where the receipt does not print one.

    vendor: as printed, parts of several rows joined by a space. vendor_also: its other names on the receipt.
    date_readings: every ISO date the printed one can mean. time: ``HH:MM`` or ``HH:MM:SS`` in 24 hours.
    currency: ISO 4217, known even where no mark is printed.
    """

    vendor: str | None
    vendor_parts: tuple[str, ...]
    vendor_also: tuple[str, ...]
    date: date | None
    date_text: str
    date_readings: tuple[str, ...]
    time: str | None
    currency: str
    currency_printed: bool
    items: tuple[Item, ...]
    subtotal: Decimal | None
    taxes: tuple[TaxLine, ...]
    tax: Decimal | None
    service: Decimal | None
    tip: Decimal | None
    discount: Decimal | None
    rounding: Decimal | None
    total: Decimal | None
    payment: Decimal | None
    change: Decimal | None


@dataclass(frozen=True, slots=True)
class SyntheticReceipt:
    """A receipt as text with places.

    lines: in reading order, upright; quads in nominal pixels (about 10 to a character). mono: printed with characters
    that are all as wide. sale: the whole arithmetic, printed or not.
    """

    seed: int
    language: str
    country: str
    style: str
    mono: bool
    width: float
    height: float
    lines: tuple[Line, ...]
    facts: Facts
    sale: Sale


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A receipt as a picture. lines: those of the receipt, with their quads in the picture's pixels."""

    image: Image.Image
    lines: tuple[Line, ...]
