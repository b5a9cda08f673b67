"""Batches of drawn lines, each of one width bucket, made ahead by a process of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from PIL import Image
from torch.utils.data import DataLoader, Dataset

from edgekit.geometry import quad_size
from edgekit.image import Pixels, crop
from edgekit.recognize import RecognizeParams
from models.recognizer.augment import draw
from models.recognizer.data import Line

_COLUMNS = 64 * 256
"""Pixels of width in one batch: narrow lines come many at a time."""
_MOST, _LEAST = 128, 8
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Batch:
    """pixels: uint8 RGB [N, 48, W, 3]. targets: int64, the classes of all texts in a row. lengths: of each text."""

    pixels: Pixels
    targets: np.ndarray
    lengths: np.ndarray


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Characters to classes; class ``i`` is the charset's character ``i - 1``, as in the bundle."""

    classes: Mapping[str, int]

    @classmethod
    def of(cls, charset: Sequence[str]) -> Alphabet:
        return cls({character: number for number, character in enumerate(charset, start=1)})

    def encode(self, text: str) -> list[int] | None:
        """None where a character is not in the charset, or where there is none at all."""
        found = [self.classes.get(character) for character in text]
        return None if None in found or not found else [number for number in found if number is not None]


class Pictures:
    """Pictures by path, each decoded once and kept."""

    def __init__(self) -> None:
        self._open: dict[str, Image.Image] = {}

    def __getitem__(self, path: str) -> Image.Image:
        if path not in self._open:
            with Image.open(path) as image:
                self._open[path] = image.convert("RGB")
        return self._open[path]


@dataclass(frozen=True, slots=True)
class Sampling:
    """shares: by kind of line, how many of its lines an epoch has (1: each once; 0.5: half; 2: each twice)."""

    shares: Mapping[str, float]
    seed: int


class Drawn(Dataset[Batch]):
    """The batches of one epoch; which lines and how they are drawn follows from the seed and the epoch alone."""

    def __init__(self, lines: Sequence[Line], alphabet: Alphabet, params: RecognizeParams, pictures: Pictures) -> None:
        encoded = [(line, alphabet.encode(line.text)) for line in lines]
        self._lines = [(line, codes) for line, codes in encoded if codes]
        self.left_out = len(encoded) - len(self._lines)
        self._params = params
        self._pictures = pictures
        self._plan: list[list[int]] = []
        self._seeds: list[int] = []

    def plan(self, sampling: Sampling, epoch: int) -> None:
        """Choose and group the lines of an epoch: sorted by width with some noise, cut into batches, shuffled."""
        random = np.random.default_rng([sampling.seed, epoch])
        chosen = [i for i, (line, _) in enumerate(self._lines) for _ in range(_times(sampling, line, random))]
        widths = {i: self._bucket(self._lines[i][0]) * random.uniform(0.9, 1.1) for i in set(chosen)}
        chosen.sort(key=lambda i: (widths[i], i))
        plan: list[list[int]] = []
        while chosen:
            size = int(np.clip(_COLUMNS / widths[chosen[-1]], _LEAST, _MOST))
            chosen, last = chosen[:-size], chosen[-size:]
            plan.append(last)
        self._plan = [plan[i] for i in random.permutation(len(plan))]
        self._seeds = [int(seed) for seed in random.integers(0, 2**62, len(plan))]

    def __len__(self) -> int:
        return len(self._plan)

    def __getitem__(self, number: int) -> Batch:
        random = np.random.default_rng(self._seeds[number])
        found = [self._lines[i] for i in self._plan[number]]
        crops = [self._draw(line, random) for line, _ in found]
        bucket = next(width for width in self._params.widths if width >= max(each.shape[1] for each in crops))
        lengths = np.array([len(codes) for _, codes in found], np.int64)
        targets = np.array([code for _, codes in found for code in codes], np.int64)
        return Batch(padded(crops, bucket, self._params.padding), targets, lengths)

    def _draw(self, line: Line, random: np.random.Generator) -> Pixels:
        quad = line.quads[int(random.integers(0, len(line.quads)))]
        return draw(self._pictures[line.picture], quad, random, self._params.widths[-1])

    def _bucket(self, line: Line) -> float:
        length, thickness = quad_size(line.quads[0])
        return min(max(length * self._params.height / max(thickness, 1e-6), 64), self._params.widths[-1])


def _times(sampling: Sampling, line: Line, random: np.random.Generator) -> int:
    share = sampling.shares.get(line.kind, 1.0)
    return int(share) + int(random.random() < share % 1)


def padded(crops: Sequence[Pixels], width: int, grey: int) -> Pixels:
    """Crops of one height side by side in a batch, filled up on their right: uint8 [N, H, width, 3]."""
    batch = np.full((len(crops), crops[0].shape[0], width, 3), grey, np.uint8)
    for place, pixels in zip(batch, crops, strict=True):
        place[:, : pixels.shape[1]] = pixels
    return batch


def loader(drawn: Dataset[Made], workers: int = 1) -> Iterator[Made]:
    """The planned batches in order, several made ahead."""
    ahead = 8 if workers else None
    return iter(DataLoader(drawn, batch_size=None, num_workers=workers, collate_fn=_same, prefetch_factor=ahead))


def _same(batch: Any) -> Any:
    return batch


def plain(lines: Sequence[Line], pictures: Pictures, params: RecognizeParams) -> Iterator[tuple[list[int], Pixels]]:
    """Lines as the product crops them, in batches of one width: indices into ``lines``, and pixels."""
    sizes = []
    for i, line in enumerate(lines):
        length, thickness = quad_size(line.quads[0])
        width = min(max(round(length * params.height / max(thickness, 1e-6)), 1), params.widths[-1])
        sizes.append((next(w for w in params.widths if w >= width), width, i))
    sizes.sort()
    while sizes:
        bucket = sizes[0][0]
        members = [item for item in sizes[:32] if item[0] == bucket]
        sizes = sizes[len(members) :]
        crops = [crop(pictures[lines[i].picture], lines[i].quads[0], w, params.height) for _, w, i in members]
        yield [i for _, _, i in members], padded(crops, bucket, params.padding)
