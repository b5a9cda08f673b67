"""What lines are grouped by: their height, how sharp they are, and the script of their text."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import numpy as np
from PIL import Image

from edgekit.geometry import quad_size
from edgekit.image import crop
from edgekit.types import Quad

HEIGHTS = (12.0, 20.0, 32.0)
"""Pixels that part the groups by line height."""
THIRDS = ("blurred", "middle", "sharp")
"""Names of the three equal parts of a set's lines, by sharpness."""
_HEIGHT, _WIDEST = 48, 960


def height_group(quad: Quad) -> str:
    """By the thickness of a line in pixels."""
    thickness = quad_size(quad)[1]
    low = max((limit for limit in HEIGHTS if limit <= thickness), default=0.0)
    high = min((limit for limit in HEIGHTS if limit > thickness), default=None)
    return f"{low:g}-{high:g}" if high else f"{low:g}+"


def script_group(text: str) -> str:
    """By the letters of a line: none, those of ASCII, other Latin ones too, or those of another script."""
    letters = [char for char in text if char.isalpha()]
    if not letters:
        return "digits and signs"
    if all(char.isascii() for char in letters):
        return "plain letters"
    latin = all("LATIN" in unicodedata.name(char, "") for char in letters)
    return "accented letters" if latin else "other scripts"


def sharpness(image: Image.Image, quad: Quad) -> float:
    """Variance of the Laplacian by the variance of the grey levels, of the line drawn 48 pixels high.

    The first is a measure of focus (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy: a comparative
    study", 2000); it grows with the square of the contrast, as the second does, so that faint print does not count as
    blurred. At one height the letters of all lines are about as large. 0 where the line is of one grey.
    """
    length, thickness = quad_size(quad)
    width = min(max(round(length * _HEIGHT / max(thickness, 1e-6)), 3), _WIDEST)
    grey = crop(image, quad, width, _HEIGHT).astype(np.float64).mean(axis=2)
    inner = grey[1:-1, 1:-1]
    laplacian = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner
    contrast = float(inner.var())
    return float(laplacian.var()) / contrast if contrast else 0.0


def limits(values: Sequence[float]) -> tuple[float, float]:
    """Sharpness that parts the lines of a set in three equal parts; zeros without lines."""
    low, high = np.quantile(values, (1 / 3, 2 / 3)).tolist() if values else (0.0, 0.0)
    return low, high


def third(value: float, parts: tuple[float, float]) -> str:
    """The name of the part that a sharpness belongs to."""
    return THIRDS[sum(value > part for part in parts)]
