"""What a step learns from: parts of pages of one shape, and a page at a glance, drawn ahead by a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch.utils.data import Dataset

from edgekit.detect import DetectParams
from edgekit.image import Pixels
from models.detector.drawing import SHAPES, Sample, part_of_page, whole_page
from models.detector.pages import Page
from models.recognizer.batches import Pictures


@dataclass(frozen=True, slots=True)
class Batch:
    """samples: of one shape. glance: a whole page, uint8 RGB [H, W, 3]."""

    samples: tuple[Sample, ...]
    glance: Pixels


class Drawn(Dataset[Batch]):
    """Batches by number; what is in one follows from the seed and the number alone.

    shares: how often pages of a kind are drawn, by kind; 1 where it is not named. size: samples of a batch.
    """

    def __init__(
        self, pages: Sequence[Page], shares: Mapping[str, float], params: DetectParams, size: int, seed: int
    ) -> None:
        self._pages = list(pages)
        kinds = [page.kind for page in pages]
        weights = np.array([shares.get(kind, 1.0) / kinds.count(kind) for kind in kinds])
        self._chances = weights / weights.sum()
        self._params, self._size, self._seed = params, size, seed
        self._numbers = range(0)
        self._pictures = Pictures()

    def plan(self, first: int, last: int) -> None:
        """Take the batches from ``first`` on, less ``last``."""
        self._numbers = range(first, last)

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, number: int) -> Batch:
        random = np.random.default_rng([self._seed, self._numbers[number]])
        shape = SHAPES[int(random.integers(0, len(SHAPES)))]
        chosen = [self._pages[i] for i in random.choice(len(self._pages), self._size + 1, p=self._chances)]
        pictures = [self._pictures[page.picture] for page in chosen]
        glance = whole_page(pictures[0], self._params.glance_pixels, self._params.multiple, random)
        pairs = zip(pictures[1:], chosen[1:], strict=True)
        return Batch(tuple(part_of_page(*pair, shape, random) for pair in pairs), glance)
