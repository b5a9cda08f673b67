"""What happens to a print: ink fades, heads fail, paper yellows, folds and throws shadows. Grey pictures as numpy."""

from __future__ import annotations

from random import Random

import numpy as np
import numpy.typing as npt
from PIL import Image

Floats = npt.NDArray[np.float32]


def clouds(random: Random, shape: tuple[int, int], cells: tuple[int, int]) -> Floats:
    """Smooth noise in -1..1 of a shape (height, width), with so many cells down and across."""
    noise = np.random.default_rng(random.getrandbits(63))
    coarse = noise.uniform(-1, 1, (max(cells[0], 2), max(cells[1], 2))).astype(np.float32)
    picture = Image.fromarray(coarse, mode=None).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.asarray(picture, dtype=np.float32)


def worn_ink(random: Random, grey: Floats) -> Floats:
    """How dark the ink is, 0..1, of a clean print (255 is white): faded, patchy, with lines missing."""
    ink = 1 - grey / 255
    height, width = ink.shape
    strength = random.choice((1.0, 1.0, 0.9, 0.8, random.uniform(0.45, 0.8)))
    ink = ink * np.float32(strength)
    if random.random() < 0.45:
        patches = clouds(random, (height, width), (random.randrange(2, 9), random.randrange(2, 5)))
        ink = ink * (1 - np.float32(random.uniform(0.1, 0.5)) * np.clip(patches, 0, 1))
    if random.random() < 0.12:
        ink = ink * _dots(random, (height, width))
    if random.random() < 0.1:
        for _ in range(random.randrange(1, 4)):
            column = random.randrange(width)
            ink[:, column : column + random.choice((1, 1, 2))] *= np.float32(random.uniform(0, 0.5))
    if random.random() < 0.15:
        ink *= np.linspace(1, random.uniform(0.4, 0.8), height, dtype=np.float32)[:: random.choice((1, -1)), None]
    if random.random() < 0.3:
        speckles = np.random.default_rng(random.getrandbits(63)).random((height, width), dtype=np.float32)
        ink = ink * (speckles > random.uniform(0.01, 0.12))
    return np.asarray(ink, dtype=np.float32)


def _dots(random: Random, shape: tuple[int, int]) -> Floats:
    """The dots of a printer with needles, or of a coarse head."""
    pitch = random.choice((3, 3, 4))
    rows = np.abs(np.arange(shape[0]) % pitch - pitch / 2) / pitch
    columns = np.abs(np.arange(shape[1]) % pitch - pitch / 2) / pitch
    dots = 1 - np.float32(random.uniform(0.6, 1.3)) * (rows[:, None] + columns[None, :]).astype(np.float32)
    return np.asarray(np.clip(dots * 1.5, 0.15, 1), dtype=np.float32)


def paper(random: Random, shape: tuple[int, int], flat: bool) -> Floats:
    """How bright bare paper is, 0..1. flat: as a scanner sees it."""
    sheet = np.ones(shape, dtype=np.float32) if flat else 1 + np.float32(0.06) * clouds(random, shape, (5, 3))
    if random.random() < (0.15 if flat else 0.6):
        sheet *= _light(random, shape, 0.12 if flat else 0.4)
    for _ in range(random.choice((0, 0, 1, 2, 3)) if not flat else random.choice((0, 0, 0, 1))):
        _fold(random, sheet, random.uniform(0.03, 0.1) if flat else random.uniform(0.05, 0.3))
    if random.random() < (0.1 if flat else 0.35):
        creases = clouds(random, shape, (shape[0] // random.randrange(25, 90), shape[1] // random.randrange(25, 90)))
        sheet *= 1 + np.float32(random.uniform(0.01, 0.07)) * creases
    if not flat and random.random() < 0.25:
        sheet *= shadow(random, shape)
    return sheet


def _light(random: Random, shape: tuple[int, int], depth: float) -> Floats:
    """Light that falls off to one side."""
    down = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    slope = random.uniform(-1, 1) * down + random.uniform(-1, 1) * across
    return np.asarray(1 - np.float32(random.uniform(0.1, 1) * depth) * (slope / 2 + 0.5), dtype=np.float32)


def _fold(random: Random, sheet: Floats, depth: float) -> None:
    """A crease across or along: brighter on one side, darker on the other, a thin line between."""
    along = random.random() < 0.3
    size = sheet.shape[1] if along else sheet.shape[0]
    at = random.uniform(0.1, 0.9) * size
    distance = (np.arange(size, dtype=np.float32) - np.float32(at)) / np.float32(size)
    side = np.sign(distance) * np.exp(-np.abs(distance) * random.uniform(4, 25))
    line = np.exp(-((distance * size / random.uniform(1.2, 3.5)) ** 2))
    change = (1 + random.choice((1, -1)) * depth * side - random.choice((0.0, 1.0, -0.5)) * depth * line).astype(
        np.float32
    )
    sheet *= change[None, :] if along else change[:, None]


def shadow(random: Random, shape: tuple[int, int]) -> Floats:
    """The shadow of a hand or a telephone: half a plane or a blot, with a soft edge."""
    down = np.linspace(-1, 1, shape[0], dtype=np.float32)[:, None] * (shape[0] / shape[1])
    across = np.linspace(-1, 1, shape[1], dtype=np.float32)[None, :]
    angle = random.uniform(0, 6.283)
    if random.random() < 0.6:
        edge = down * np.sin(angle) + across * np.cos(angle) - random.uniform(-0.6, 0.9)
    else:
        x, y = random.uniform(-1, 1), random.uniform(-1, 1) * shape[0] / shape[1]
        edge = random.uniform(0.3, 0.9) - np.hypot(across - x, (down - y) * random.uniform(0.5, 1))
    soft = np.clip(edge / random.uniform(0.02, 0.5) + 0.5, 0, 1)
    return np.asarray(1 - np.float32(random.uniform(0.12, 0.45)) * soft, dtype=np.float32)
