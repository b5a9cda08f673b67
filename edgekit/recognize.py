"""Text recognition: crops of lines in, their characters out.

The network reads a line left to right and gives, per step, its likeliest class and that class's probability; decoding
is CTC's greedy rule (Graves et al., "Connectionist Temporal Classification", 2006): repeats merge, blanks vanish.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.geometry import quad_size
from edgekit.image import Pixels, crop
from edgekit.session import Session
from edgekit.strict import MAY_LACK
from edgekit.types import Quad, TextLine

Batch: TypeAlias = "tuple[int, list[int]]"
"""Width of a bucket, and indices of the quads that are read together at that width."""

_TOGETHER = 1 << 20
"""Bytes of pixels that a worker draws before the network runs: half a receipt. More saves no more time."""


@dataclass(frozen=True, slots=True)
class RecognizeParams:
    """Constants of recognition.

    height: of a crop in pixels. widths: a crop is padded on its right to the next of these; a longer line is squeezed
    to the last. padding: grey level of that padding. batch: most crops in one run. blank: the CTC blank's class;
    class ``i`` above it is the charset's character ``i - 1``. precision: see ``Stage.precision``.
    """

    height: int
    widths: tuple[int, ...]
    padding: int
    batch: int
    blank: int
    precision: str | None = field(default=None, metadata=MAY_LACK)

    def __post_init__(self) -> None:
        if self.precision == "":
            raise ValueError("precision has to be a name")


class Recognizer:
    """Reads the text of lines, several batches at once.

    The network is too small to gain much from threads inside it; batches side by side, each on a session thread of its
    own, scale with the cores. What a line reads as does not depend on the number of workers.
    """

    def __init__(self, session: Session, params: RecognizeParams, charset: Sequence[str], workers: int = 1) -> None:
        self._session = session
        self._params = params
        self._charset = tuple(charset)
        self._pool = ThreadPoolExecutor(workers, "edgekit-recognize") if workers > 1 else None
        self._together = _TOGETHER * workers  # batches enough that no worker waits long for the others

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[TextLine]:
        """One line per quad, in the same order; a quad without text gives an empty one with confidence 0."""
        image.load()  # workers share the picture: none of them may be the one that decodes it
        lines: dict[int, TextLine] = {}
        for batches in self._grouped(self.plan(quads)):
            lines.update(self._read_batches(image, quads, batches))
        return [lines[i] for i in range(len(quads))]

    def _grouped(self, batches: Sequence[Batch]) -> Iterator[list[Batch]]:
        """The batches in their order, as many at once as the bytes for all workers hold, one at least."""
        some: list[Batch] = []
        size = 0
        for bucket, members in batches:
            more = len(members) * self._params.height * bucket * 3
            if some and size + more > self._together:
                yield some
                some, size = [], 0
            some.append((bucket, members))
            size += more
        if some:
            yield some

    def _read_batches(
        self, image: Image.Image, quads: Sequence[Quad], batches: Sequence[Batch]
    ) -> Iterator[tuple[int, TextLine]]:
        """Index and line of each quad.

        All are drawn before the network runs, and decoded after it: in turns, each would find its code and data gone
        from the processor's caches, and take a quarter longer.
        """
        run_each = map if self._pool is None else self._pool.map
        drawn = list(run_each(lambda batch: self._crops(image, [quads[i] for i in batch[1]], batch[0]), batches))
        said = list(run_each(self._session.run, drawn))
        for (_, members), (indices, scores) in zip(batches, said, strict=True):
            for i, steps, chances in zip(members, indices, scores, strict=True):
                text, confidence = decode(steps, chances, self._charset, self._params.blank)
                yield i, TextLine(text, quads[i], confidence)

    def plan(self, quads: Sequence[Quad]) -> list[Batch]:
        """Batches, wide lines first: the long runs start early, so that workers end together."""
        widths = [self._width(quad) for quad in quads]
        wide = sorted(range(len(quads)), key=lambda i: (-widths[i], i))
        batches: list[Batch] = []
        for i in wide:
            bucket = next(w for w in self._params.widths if w >= widths[i])
            if not batches or batches[-1][0] != bucket or len(batches[-1][1]) == self._params.batch:
                batches.append((bucket, []))
            batches[-1][1].append(i)
        return batches

    def _width(self, quad: Quad) -> int:
        length, thickness = quad_size(quad)
        width = round(length * self._params.height / max(thickness, 1e-6))
        return min(max(width, 1), self._params.widths[-1])

    def _crops(self, image: Image.Image, quads: Sequence[Quad], bucket: int) -> Pixels:
        """uint8 [quads, height, bucket, 3]: each line drawn at the left end of its own."""
        height = self._params.height
        lines = np.empty((len(quads), height, bucket, 3), np.uint8)
        for line, quad in zip(lines, quads, strict=True):
            width = self._width(quad)
            line[:, :width] = crop(image, quad, width, height)
            line[:, width:] = self._params.padding
        return lines


def decode(steps: NDArray[Any], chances: NDArray[Any], charset: Sequence[str], blank: int) -> tuple[str, float]:
    """Characters of one line and the mean probability of those kept.

    steps: int [T], class per step. chances: float [T], its probability.
    """
    kept, characters, last = [], [], blank
    for step, chance in zip(steps.tolist(), chances.tolist(), strict=True):  # too few for arrays to pay
        if step != last:
            last = step
            if step != blank:
                kept.append(chance)
                characters.append(charset[step - 1])
    if not kept:
        return "", 0.0
    return "".join(characters).strip(), sum(kept) / len(kept)
