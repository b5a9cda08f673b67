"""OCR noise as our own recogniser makes it: lines as printed in, lines as they would be read out."""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from types import MappingProxyType
from typing import Any

from edgekit.geometry import bounding_quad, quad_size, skew
from edgekit.types import Quad

MEASURED = Path(__file__).parent / "noise.json"
"""What ``python -m models.extractor.noise_fit`` measured on training receipts."""
SHORT, MIDDLE = 2, 5
"""Lines of at most so many characters are lost more often than longer ones."""
GAPS = (1.0, 2.0)
"""Gaps between two lines of a row, in text heights, that part them into near, wider and wide ones."""
_STRANGE = 0.02  # chance that a character never seen in the measuring is misread
_WORST = 0.5  # no character is misread more often than this, however bad the line
_PLAIN = str.maketrans("ÄÖÜÉÈÊÀÂÇÑÍÓÚÁÔÎÛ", "AOUEEEAACNIOUAOIU")
_SMUDGES = "-.,:;|_~'=*"


@dataclass(frozen=True, slots=True)
class TaggedLine:
    """A line with what each of its characters is of (any numbers), its row, and how sure it was read."""

    text: str
    tags: tuple[int, ...]
    quad: Quad
    row: int
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Noise:
    """What was measured. Probabilities unless said.

    characters: by character (upper case), what it is read as when misread (possibly nothing, or several) and how often.
    receipts: quantiles of how much more or less than usual is misread on a receipt. calm, rough: factors on that for a
    usual line and for a bad one; is_rough: share of the bad ones. lost: of a line, by its length. merged: of two
    neighbours in a row, by the gap. split: of a line, at each space. smudges: lines read where nothing is printed, mean
    number per receipt. jitter: standard deviation of a quad's sides, in text heights. sure: quantiles of the
    confidence of lines with none, one, and more characters misread.
    """

    characters: Mapping[str, tuple[tuple[str, float], ...]]
    receipts: tuple[float, ...]
    calm: float
    rough: float
    is_rough: float
    lost: tuple[float, float, float]
    merged: tuple[float, float, float]
    split: float
    smudges: float
    jitter: float
    sure: tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]

    @classmethod
    def load(cls, path: Path = MEASURED) -> Noise:
        """As ``to_json`` wrote it."""
        facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        characters = {c: tuple((str(a), float(p)) for a, p in read) for c, read in facts.pop("characters").items()}
        numbers = {key: _frozen(value) for key, value in facts.items()}
        return cls(characters=characters, **numbers)


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def read_noisily(
    lines: Sequence[TaggedLine],
    noise: Noise,
    rng: Random,
    worse: float = 1.0,
    rows: Mapping[int, float] = MappingProxyType({}),
) -> list[TaggedLine]:
    """Lines as our reader might read them, in the order given; their rows are kept.

    worse: factor on how much is misread; what was measured are scans. rows: further factors, by number of the row.
    """
    level = _drawn(noise.receipts, rng) * worse
    kept = [line for line in _joined(lines, noise, rng) if line.text and rng.random() >= _loss(line, noise)]
    parts = [part for line in kept for part in _parted(line, noise, rng)]
    read = [_misread(line, level * rows.get(line.row, 1.0), noise, rng) for line in parts]
    count = sum(rng.random() < noise.smudges / 4 for _ in range(4))
    smudges = [_smudge(rng.choice(lines), rng) for _ in range(count) if lines]
    return [_shaken(line, noise.jitter, rng) for line in (*read, *smudges) if line.text.strip()]


def _drawn(quantiles: Sequence[float], rng: Random) -> float:
    """A number drawn from a distribution given by evenly spaced quantiles."""
    at = rng.random() * (len(quantiles) - 1)
    low = int(at)
    return quantiles[low] + (quantiles[min(low + 1, len(quantiles) - 1)] - quantiles[low]) * (at - low)


def _loss(line: TaggedLine, noise: Noise) -> float:
    return noise.lost[(len(line.text) > SHORT) + (len(line.text) > MIDDLE)]


def _joined(lines: Sequence[TaggedLine], noise: Noise, rng: Random) -> list[TaggedLine]:
    found: list[TaggedLine] = []
    for line in lines:
        last = found[-1] if found else None
        if last and last.row == line.row and rng.random() < noise.merged[bisect(GAPS, gap(last.quad, line.quad))]:
            text, tags = f"{last.text} {line.text}", (*last.tags, -1, *line.tags)
            found[-1] = replace(last, text=text, tags=tags, quad=_around(last.quad, line.quad))
        else:
            found.append(line)
    return found


def gap(left: Quad, right: Quad) -> float:
    """From the end of one line to the start of the next, in text heights."""
    return (right.top_left[0] - left.top_right[0]) / max(quad_size(left)[1], 1e-6)


def _around(left: Quad, right: Quad) -> Quad:
    return bounding_quad([left, right], skew([left, right]), 0.0)


def _parted(line: TaggedLine, noise: Noise, rng: Random) -> list[TaggedLine]:
    cuts = [i for i, c in enumerate(line.text) if c == " " and rng.random() < noise.split]
    found, start = [], 0
    for end in (*cuts, len(line.text)):
        share = (start / len(line.text), end / len(line.text))
        quad = _slice(line.quad, *share)
        found.append(replace(line, text=line.text[start:end], tags=line.tags[start:end], quad=quad))
        start = end + 1
    return [part for part in found if part.text]


def _slice(quad: Quad, start: float, end: float) -> Quad:
    a, b, c, d = quad.points

    def between(p: tuple[float, float], q: tuple[float, float], at: float) -> tuple[float, float]:
        return p[0] + (q[0] - p[0]) * at, p[1] + (q[1] - p[1]) * at

    return Quad(between(a, b, start), between(a, b, end), between(d, c, end), between(d, c, start))


def _misread(line: TaggedLine, level: float, noise: Noise, rng: Random) -> TaggedLine:
    factor = level * (noise.rough if rng.random() < noise.is_rough else noise.calm)
    text, tags, errors = "", [], 0
    for c, tag in zip(line.text, line.tags, strict=True):
        read = _read_as(c, factor, noise, rng)
        errors += read != c
        text += read
        tags += [tag] * len(read)
    sure = _drawn(noise.sure[min(errors, 2)], rng)
    return replace(line, text=text, tags=tuple(tags), confidence=round(sure, 4))


def _read_as(c: str, factor: float, noise: Noise, rng: Random) -> str:
    known = noise.characters.get(c.upper())
    if known is None:
        return c if rng.random() >= _STRANGE * factor else c.translate(_PLAIN)
    rates = list(accumulate(rate for _, rate in known))
    if not rates or rng.random() >= min(rates[-1] * factor, _WORST):
        return c
    read = known[min(bisect(rates, rng.random() * rates[-1]), len(known) - 1)][0]
    return read.lower() if c.islower() else read


def _smudge(near: TaggedLine, rng: Random) -> TaggedLine:
    text = "".join(rng.choice(_SMUDGES) for _ in range(rng.randint(1, 4)))
    height = quad_size(near.quad)[1]
    x, y = near.quad.bottom_left[0] + rng.uniform(-3, 12) * height, near.quad.bottom_left[1]
    box = Quad((x, y), (x + height, y), (x + height, y + height / 2), (x, y + height / 2))
    return TaggedLine(text, (-1,) * len(text), box, -1, rng.uniform(0.5, 0.9))


def _shaken(line: TaggedLine, jitter: float, rng: Random) -> TaggedLine:
    reach = quad_size(line.quad)[1] * jitter
    left, top, right, bottom = (rng.gauss(0, reach) for _ in range(4))
    a, b, c, d = line.quad.points
    quad = Quad(
        (a[0] + left, a[1] + top / 2),
        (b[0] + right, b[1] + top / 2),
        (c[0] + right, c[1] + bottom / 2),
        (d[0] + left, d[1] + bottom / 2),
    )
    return replace(line, quad=quad)
