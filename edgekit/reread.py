"""Reading again: the first lines of a page, where the recogniser is unsure of them, by a larger one.

Names of shops stand at the top, in any lettering, and that is what a small recogniser reads worst; a larger one for all
lines would take several times as long. This is a cascade (Viola and Jones, 2001) of two recognisers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from edgekit.recognize import Recognizer
from edgekit.types import TextLine


@dataclass(frozen=True, slots=True)
class RereadParams:
    """Constants of reading again.

    lines: how many lines, in reading order from the top, may be read again. confidence: of a line from which it is
    not. most: the most that are. batch: most crops in one run: the network is large, and so is what it keeps in memory
    of a long line. precision: see ``Stage.precision``.
    """

    lines: int
    confidence: float
    most: int
    batch: int
    precision: str

    def __post_init__(self) -> None:
        if min(self.lines, self.most, self.batch - 1) < 0 or not self.precision:
            raise ValueError("lines and most have to be at least 0, batch at least 1, and precision a name")


class Rereader:
    """Reads doubtful lines again, and keeps of both readings the one that is surer."""

    def __init__(self, recognizer: Recognizer, params: RereadParams) -> None:
        self._recognizer = recognizer
        self._params = params

    def read(self, image: Image.Image, lines: Sequence[TextLine], order: Sequence[int]) -> list[TextLine]:
        """The lines, some with another text and confidence. lines: with quads in pixels of the picture. order: their
        indices in reading order."""
        doubtful = [i for i in order[: self._params.lines] if lines[i].confidence < self._params.confidence]
        doubtful = doubtful[: self._params.most]
        again = self._recognizer.read(image, [lines[i].quad for i in doubtful]) if doubtful else []
        read = list(lines)
        for i, line in zip(doubtful, again, strict=True):
            if line.text and line.confidence > read[i].confidence:
                read[i] = line
        return read
