"""Measures of text in a font, in the way it will be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from models.synthetic.fonts import Font, load

_SIDE = 24  # of the squares in which shapes of letters are compared
_TEXT = "TOTAL 0123456789 Quantity"


@dataclass(frozen=True, slots=True)
class Letters:
    """A font, and whether it is drawn without grey (``sharp``): its hinting, and so its widths, are others then."""

    font: Font
    sharp: bool

    @property
    def mode(self) -> str:
        """Pillow's name of the way."""
        return "1" if self.sharp else "L"

    def length(self, text: str) -> float:
        """Dots from where a text starts to where the next would."""
        return self.font.getlength(text, self.mode)

    def column(self, mono: bool) -> float:
        """Dots of a character: of any, or of most where they differ."""
        return self.length("0") if mono else self.length(_TEXT) / len(_TEXT) * 1.08

    def rise(self, text: str) -> float:
        """Dots of ink above the base line."""
        return -self.font.getbbox(text, self.mode, anchor="ls")[1]

    def extent(self, text: str) -> tuple[float, float]:
        """Where its ink begins and ends, in dots from where the text starts."""
        before, _ = _bearings(self, text[0])
        _, behind = _bearings(self, text[-1])
        return before, max(self.length(text) - behind, before + 1)

    def band(self, text: str) -> tuple[float, float]:
        """Dots of ink above the base line and below it, at least those of a small letter."""
        _, top, _, bottom = self.font.getbbox(text, self.mode, anchor="ls")
        return max(-top, self.rise("x")), max(bottom, 0.0)


@lru_cache(maxsize=16384)
def _bearings(letters: Letters, character: str) -> tuple[float, float]:
    """Blank dots to the left and to the right of a character's ink, within its advance."""
    mask, (left, _) = letters.font.getmask2(character, letters.mode)
    ink = mask.getbbox()
    if ink is None:
        return 0.0, 0.0
    return float(left + ink[0]), letters.length(character) - left - ink[2]


@lru_cache(maxsize=512)
def has_one_case(path: str) -> bool:
    """Whether a file's small letters look like its capitals, smaller or not."""
    return sum(_alike(path, letter) for letter in "aegrtn") >= 4


def _alike(path: str, letter: str) -> bool:
    small, large = (np.asarray(_shape(path, character), np.float32) for character in (letter, letter.upper()))
    return float(np.abs(small - large).mean()) < 0.13 * 255


def _shape(path: str, character: str) -> Image.Image:
    """A character's ink, stretched over a square."""
    font = load(path, 64)
    left, top, right, bottom = (int(side) for side in font.getbbox(character))
    plate = Image.new("L", (max(right - left, 1), max(bottom - top, 1)), 0)
    ImageDraw.Draw(plate).text((-left, -top), character, 255, font)
    return plate.resize((_SIDE, _SIDE), Image.Resampling.BOX)
