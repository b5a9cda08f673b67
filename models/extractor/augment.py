"""Receipts altered as photos and readers alter them: lines lost, tilted, cropped, spaces and case changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from edgekit.extract.places import PLACES
from edgekit.extract.words import CHAR_IDS, char_ids
from edgekit.geometry import quad_size, rotated
from edgekit.types import Point, Quad, TextLine
from models.extractor.noise import TaggedLine
from models.extractor.samples import Sample

_TILT = 1.5  # degrees, standard deviation
_STRAYED = 0.25  # share of receipts with lines that are no print of the receipt: logos, its back, what lies beside it
_STRAY_LETTERS = "aceilmnorstuxABEHIKLMNOSTUX0135789.'/*"
_RESPELT = 0.08  # share of words whose letters are drawn anew
_ZERO, _UPPER, _LOWER = (char_ids(c)[0] for c in "0Aa")
_MEASURES = [PLACES.index(name) for name in ("left", "right", "centre", "height", "tallest", "gap_left", "gap_right")]
_LABELS = [i for i, name in enumerate(PLACES) if name.startswith("entry ")]
_SUMS = [PLACES.index(name) for name in ("sum", "paid", "above", "product", "twins")]


def untagged(lines: Sequence[TextLine]) -> list[TaggedLine]:
    """Lines as read, for ``altered``."""
    return [TaggedLine(line.text, (-1,) * len(line.text), line.quad, -1, line.confidence) for line in lines]


def read_lines(lines: Sequence[TaggedLine]) -> list[TextLine]:
    """Lines as the extractor takes them."""
    return [TextLine(line.text, line.quad, line.confidence) for line in lines]


def altered(lines: Sequence[TaggedLine], rng: Random) -> list[TaggedLine]:
    """Some of the lines, moved and spelt otherwise; never none of them. Now and then with lines that say nothing."""
    kept = _thinned(_cropped(lines, rng), rng) or lines
    strays = _strays(kept, rng) if kept and rng.random() < _STRAYED else []
    return _placed([*strays, *_spelt(kept, rng)], rng)


def _strays(lines: Sequence[TaggedLine], rng: Random) -> list[TaggedLine]:
    """One to three lines of random letters, above all others more often than among them."""
    found, top = [], min(lines, key=lambda line: line.quad.top_left[1]).quad
    for _ in range(rng.choice((1, 1, 2, 3))):
        near = top if rng.random() < 0.7 else rng.choice(lines).quad
        size = quad_size(near)[1]
        height = size * rng.choice((0.5, 1.0, 1.0, 1.5, 2.5))
        text = " ".join(_stray_word(rng) for _ in range(rng.choice((1, 1, 2, 3))))
        x = near.top_left[0] + rng.uniform(-2.0, 8.0) * size
        y = near.top_left[1] - height * rng.uniform(1.1, 4.0 if near is top else 1.1)
        far = x + 0.5 * height * len(text)
        box = Quad((x, y), (far, y), (far, y + height), (x, y + height))
        found.append(TaggedLine(text, (-1,) * len(text), box, -1, rng.uniform(0.3, 0.97)))
    return found


def _stray_word(rng: Random) -> str:
    return "".join(rng.choice(_STRAY_LETTERS) for _ in range(rng.choice((1, 2, 3, 4, 6, 9))))


def _cropped(lines: Sequence[TaggedLine], rng: Random) -> Sequence[TaggedLine]:
    """Without the top or the bottom of the page, now and then."""
    top, bottom = rng.random() < 0.08, rng.random() < 0.1
    first, last = rng.uniform(0, 0.12) * top, 1 - rng.uniform(0, 0.25) * bottom
    ys = sorted(line.quad.top_left[1] for line in lines)
    if not ys or not (top or bottom):
        return lines
    low, high = ys[0] + (ys[-1] - ys[0]) * first, ys[0] + (ys[-1] - ys[0]) * last
    return [line for line in lines if low <= line.quad.top_left[1] <= high]


def _thinned(lines: Sequence[TaggedLine], rng: Random) -> list[TaggedLine]:
    """Without single lines, now and then, and without up to three printed rows."""
    rate = rng.choice((0.0, 0.0, 0.0, 0.03, 0.08))
    kept = [line for line in lines if rng.random() >= rate]
    for _ in range(rng.randint(1, 3) if kept and rng.random() < 0.15 else 0):
        gone = rng.choice(kept).quad
        height = gone.bottom_left[1] - gone.top_left[1]
        kept = [k for k in kept if abs(k.quad.top_left[1] - gone.top_left[1]) > height / 2] or kept
    return kept


def _spelt(lines: Sequence[TaggedLine], rng: Random) -> list[TaggedLine]:
    """Without spaces, all or some of them, and in another case, now and then."""
    spaces = rng.choices((0.0, 0.4, 1.0), (0.8, 0.1, 0.1))[0]
    case = rng.choices(("", "upper", "lower", "title"), (0.8, 0.12, 0.04, 0.04))[0]
    found = []
    for line in lines:
        pairs = list(zip(line.text, line.tags, strict=True))
        if spaces:
            pairs = [(c, tag) for c, tag in pairs if c != " " or rng.random() >= spaces]
        text = "".join(c for c, _ in pairs)
        cased: str = getattr(text, case)() if case else text
        if len(cased) == len(text):  # "ß" in upper case is two letters
            text = cased
        sure = min(max(line.confidence + rng.gauss(0, 0.01), 0.0), 1.0)
        found.append(replace(line, text=text, tags=tuple(tag for _, tag in pairs), confidence=sure))
    return [line for line in found if line.text.strip()]


def _placed(lines: Sequence[TaggedLine], rng: Random) -> list[TaggedLine]:
    """The page tilted, and wider or narrower."""
    angle = rng.gauss(0, _TILT) if rng.random() < 0.5 else 0.0
    stretch = rng.uniform(0.85, 1.2) if rng.random() < 0.3 else 1.0

    def moved(point: Point) -> Point:
        return rotated((point[0] * stretch, point[1]), angle)

    return [replace(line, quad=line.quad.map(moved)) for line in lines]


def scrambled(sample: Sample, rng: np.random.Generator) -> Sample:
    """A sample whose digits stand for others, with some words spelt at random and places a little off.

    So that no price or name can be learnt by heart. What the rules know of the words stays, or is forgotten.
    """
    chars, places = sample.chars, sample.places.copy()
    if rng.random() < 0.6:
        table = np.arange(CHAR_IDS, dtype=np.int16)
        table[_ZERO : _ZERO + 10] = _ZERO + rng.permutation(10)
        chars = table[chars]
    chars = _respelt(chars, rng)
    known = chars[:, :1] > 0
    places[:, _MEASURES] += (rng.normal(0, 0.02, (len(chars), len(_MEASURES))) * known).astype(np.float16)
    for columns in (_LABELS, _SUMS):
        if rng.random() < 0.1:
            places[:, columns] = 0
    return replace(sample, chars=chars, places=places)


def _respelt(chars: NDArray[np.int16], rng: np.random.Generator) -> NDArray[np.int16]:
    """Some words with other letters of the same case."""
    chosen = rng.random((len(chars), 1)) < _RESPELT
    drawn = rng.integers(0, 26, chars.shape)
    for first in (_UPPER, _LOWER):
        letters = chosen & (chars >= first) & (chars < first + 26)
        chars = np.where(letters, first + drawn, chars).astype(np.int16)
    return chars
