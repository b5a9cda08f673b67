"""What is asked of a system that is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from edgekit.types import Quad, TextLine


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a system makes of a picture.

    quads: all that were found, in pixels of the picture. lines: what was read. finding: seconds of finding alone; None
    where that is no step of its own. seconds: of it all.
    """

    quads: tuple[Quad, ...]
    lines: tuple[TextLine, ...]
    finding: float | None
    seconds: float


class System(Protocol):
    """One that is compared. about: which it is, to the version and the weights."""

    about: str

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[str]:
        """The text of each quad. Raises BackendError."""
        ...

    def scan(self, image: Image.Image) -> Scanned:
        """Finds the lines of a picture, and reads them. Raises BackendError."""
        ...
