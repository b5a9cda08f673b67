"""What a read returns. Frozen, slotted, standard library only.

Coordinates are pixels of the picture as a viewer shows it (EXIF orientation applied): x to the right, y down, the
centre of the first pixel at (0.5, 0.5). Whatever way up the receipt lies in it, a quad starts at the corner where its
text starts.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, Literal, TypeVar

Value = TypeVar("Value", str, Decimal)
Point = tuple[float, float]

FIELD_NAMES = ("vendor", "date", "time", "currency", "subtotal", "tax", "total")
"""The fields of a receipt, in the order they are shown."""


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners, clockwise from the corner where the text starts (top-left in reading direction)."""

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point

    @property
    def points(self) -> tuple[Point, Point, Point, Point]:
        return (self.top_left, self.top_right, self.bottom_right, self.bottom_left)

    def map(self, place: Callable[[Point], Point]) -> Quad:
        """The quad whose corners are those of this one, each put through ``place``."""
        return Quad(*map(place, self.points))

    def flipped(self) -> Quad:
        """The same area read the other way up."""
        return Quad(self.bottom_right, self.bottom_left, self.top_left, self.top_right)

    def to_list(self) -> list[float]:
        """Eight numbers ``x1 y1 ... x4 y4``, rounded to a tenth of a pixel."""
        return [round(c, 1) for point in self.points for c in point]


@dataclass(frozen=True, slots=True)
class TextLine:
    """One run of text as read: its characters, where it stands, and the recogniser's confidence in 0..1."""

    text: str
    quad: Quad
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        return {"text": self.text, "quad": self.quad.to_list(), "confidence": round(self.confidence, 4)}


@dataclass(frozen=True, slots=True)
class Field(Generic[Value]):
    """One answer.

    value: an amount as ``Decimal``; a date as ISO ``YYYY-MM-DD``; a time as ``HH:MM`` or ``HH:MM:SS``; a currency as
    its ISO 4217
        code; a vendor as printed.
    text: the characters on the receipt that the value was read from; empty where the value was inferred.
    confidence: 0..1, comparable between fields.
    lines: indices into ``Receipt.lines``.
    needs_review: whether a person should look before the value is used.
    alternatives: other readings of the same print, best first, without ``value`` ("03/04/2018" has two).
    source: "local" as read here, "escalated" where the caller's own function gave or confirmed it.
    """

    value: Value
    text: str
    confidence: float
    lines: tuple[int, ...]
    needs_review: bool
    alternatives: tuple[Value, ...] = ()
    source: Literal["local", "escalated"] = "local"

    def to_dict(self) -> dict[str, Any]:
        return {
            "value": str(self.value),
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "lines": list(self.lines),
            "needs_review": self.needs_review,
            "alternatives": [str(value) for value in self.alternatives],
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Item:
    """One thing bought, as printed.

    quantity, unit_price: None where they are not printed. amount: of the whole line. lines: indices into
    ``Receipt.lines``. confidence: 0..1, what the network says of its words; not calibrated.
    """

    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal
    lines: tuple[int, ...]
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        return {
            "description": self.description,
            "quantity": None if self.quantity is None else str(self.quantity),
            "unit_price": None if self.unit_price is None else str(self.unit_price),
            "amount": str(self.amount),
            "lines": list(self.lines),
            "confidence": round(self.confidence, 4),
        }


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields found; None where the receipt does not show one (or it could not be read)."""

    vendor: Field[str] | None = None
    date: Field[str] | None = None
    time: Field[str] | None = None
    currency: Field[str] | None = None
    subtotal: Field[Decimal] | None = None
    tax: Field[Decimal] | None = None
    total: Field[Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was read from one picture. A picture without text is ``Receipt(lines=(), ...)`` with every field None.

    lines: in reading order (top row first, left to right within a row).
    rows: indices into ``lines``, one tuple per printed row.
    width, height: of the picture the quads refer to, in pixels.
    rotation: degrees (0, 90, 180, 270) the picture must be turned clockwise for the text to stand upright.
    skew: remaining tilt in degrees, clockwise positive.
    warnings: what the reader did that the caller may want to know ("has 3 pages: only the first was read").
    items: what was bought, top to bottom; empty where the reader was opened without the extraction network.
    """

    lines: tuple[TextLine, ...]
    rows: tuple[tuple[int, ...], ...]
    width: int
    height: int
    fields: Fields = Fields()
    rotation: int = 0
    skew: float = 0.0
    warnings: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()

    @property
    def vendor(self) -> Field[str] | None:
        return self.fields.vendor

    @property
    def date(self) -> Field[str] | None:
        return self.fields.date

    @property
    def time(self) -> Field[str] | None:
        return self.fields.time

    @property
    def currency(self) -> Field[str] | None:
        return self.fields.currency

    @property
    def subtotal(self) -> Field[Decimal] | None:
        return self.fields.subtotal

    @property
    def tax(self) -> Field[Decimal] | None:
        return self.fields.tax

    @property
    def total(self) -> Field[Decimal] | None:
        return self.fields.total

    @property
    def text(self) -> str:
        """The whole receipt as text, a printed row a line."""
        return "\n".join(" ".join(self.lines[i].text for i in row) for row in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types; amounts stay decimal strings so that no cent is lost to binary floats."""
        found = {name: getattr(self.fields, name) for name in FIELD_NAMES}
        return {
            "fields": {name: field.to_dict() if field else None for name, field in found.items()},
            "items": [item.to_dict() for item in self.items],
            "lines": [line.to_dict() for line in self.lines],
            "rows": [list(row) for row in self.rows],
            "width": self.width,
            "height": self.height,
            "rotation": self.rotation,
            "skew": round(self.skew, 2),
            "warnings": list(self.warnings),
        }

    def to_json(self, indent: int | None = None) -> str:
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)
