"""Constants of the extractor. They live in the bundle's manifest; this module only names them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExtractParams:
    """Weights are points added to a candidate's score; shares are 0..1.

    review_threshold: confidence below which a field needs review. years: first and last plausible year.
    total_*: what speaks for an amount being the total. tall: text height, in median heights, that counts as tall.
    tax_lines: most tax lines summed. rate_least, rate_most: plausible tax rates.
    date_*: what speaks for a date. name_*: what speaks for a line being the vendor's name.
    """

    review_threshold: float
    first_year: int
    last_year: int
    total_weights: tuple[float, ...]
    mixed_share: float
    tall: float
    tax_lines: int
    rate_least: float
    rate_most: float
    date_anchor: float
    date_other: float
    date_time: float
    date_long: float
    date_damaged: float
    date_late: float
    date_twin: float
    name_rows: int
    name_weights: tuple[float, ...]
