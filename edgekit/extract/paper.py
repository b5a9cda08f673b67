"""What is known of a receipt before its fields are chosen, and the form of the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

from edgekit.extract.labels import Entry, entries
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, build_page
from edgekit.extract.params import ExtractParams
from edgekit.extract.region import RegionFound, find_region
from edgekit.types import TextLine

Value = TypeVar("Value", str, Decimal)


@dataclass(frozen=True, slots=True)
class Found(Generic[Value]):
    """An answer before calibration; its members are those of ``edgekit.types.Field``."""

    value: Value
    text: str
    confidence: float
    lines: tuple[int, ...]
    alternatives: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of a rung; None where there is none."""

    vendor: Found[str] | None
    date: Found[str] | None
    time: Found[str] | None
    currency: Found[str] | None
    subtotal: Found[Decimal] | None
    tax: Found[Decimal] | None
    total: Found[Decimal] | None


@dataclass(frozen=True, slots=True)
class Paper:
    """A page, the amounts on it, where it comes from, and what it is looked at with."""

    page: Page
    found: tuple[Entry, ...]
    region: RegionFound
    lexicon: Lexicon
    params: ExtractParams


def build_paper(
    lines: Sequence[TextLine], rows: Sequence[Sequence[int]], lexicon: Lexicon, params: ExtractParams
) -> Paper:
    """Everything that all rungs look at. rows: indices into ``lines`` by printed row, in reading order."""
    page = build_page(lines, rows, lexicon, (params.first_year, params.last_year))
    return Paper(page, entries(page, params), find_region(page, lexicon), lexicon, params)
