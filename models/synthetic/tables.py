"""What receipts lie on: made of noise."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import numpy as np
from PIL import Image

from models.synthetic.wear import Floats, clouds, shadow

_COLOURS = (
    (92, 60, 38), (60, 40, 28), (140, 100, 66), (35, 33, 34), (70, 72, 78), (180, 176, 170), (120, 124, 120),
    (30, 36, 52), (205, 200, 190), (110, 70, 60), (48, 62, 50), (160, 130, 95), (20, 20, 22), (220, 220, 222),
)  # fmt: skip


def table(random: Random, size: tuple[int, int]) -> Image.Image:
    """A picture (``RGB``) of a table of some kind."""
    shape = (max(size[1] // 2, 2), max(size[0] // 2, 2))
    colour = np.array(random.choice(_COLOURS), dtype=np.float32)
    pattern = random.choice((_wood, _wood, _cloth, _stone, _plain, _plain))(random, shape)
    level = pattern * (shadow(random, shape) if random.random() < 0.3 else 1)
    pixels = np.clip(colour[None, None, :] * level[:, :, None], 0, 255).astype(np.uint8)
    return Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR)


Pattern = Callable[[Random, tuple[int, int]], Floats]


def _wood(random: Random, shape: tuple[int, int]) -> Floats:
    """Grain along one axis, and joints between planks."""
    along = random.random() < 0.5
    grain = clouds(random, shape, (4, shape[1] // 3) if along else (shape[0] // 3, 4))
    rings = np.sin(6 * clouds(random, shape, (3, 9) if along else (9, 3)) * random.uniform(2, 5))
    level = 1 + np.float32(0.12) * grain + np.float32(0.1) * rings.astype(np.float32)
    if random.random() < 0.5:
        for _ in range(random.randrange(1, 5)):
            if along:
                level[:, random.randrange(shape[1])] *= np.float32(0.5)
            else:
                level[random.randrange(shape[0])] *= np.float32(0.5)
    return np.asarray(level, dtype=np.float32)


def _cloth(random: Random, shape: tuple[int, int]) -> Floats:
    """A weave."""
    pitch = random.uniform(2, 7)
    rows = np.sin(np.arange(shape[0], dtype=np.float32) * np.float32(6.283 / pitch))[:, None]
    columns = np.sin(np.arange(shape[1], dtype=np.float32) * np.float32(6.283 / pitch))[None, :]
    weave = np.float32(random.uniform(0.03, 0.15)) * rows * columns
    return np.asarray(1 + weave + np.float32(0.1) * clouds(random, shape, (6, 6)), dtype=np.float32)


def _stone(random: Random, shape: tuple[int, int]) -> Floats:
    """Speckles and veins."""
    speckles = clouds(random, shape, (shape[0] // 3, shape[1] // 3)) * np.float32(random.uniform(0.05, 0.3))
    veins = np.abs(clouds(random, shape, (6, 6))) < 0.03
    return np.asarray(1 + speckles - np.float32(0.2) * veins, dtype=np.float32)


def _plain(random: Random, shape: tuple[int, int]) -> Floats:
    return np.asarray(1 + np.float32(random.uniform(0.02, 0.15)) * clouds(random, shape, (4, 3)), dtype=np.float32)
