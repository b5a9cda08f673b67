"""``edgekit read --annotate OUT``: which annotated picture goes where, and never over an input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgekit.bundle import Bundle
from edgekit.cli.drawing import draw
from edgekit.cli.inputs import STDIN, Reading
from edgekit.decode import DecodeParams, load
from edgekit.errors import UsageError
from edgekit.manifest import parse_params

FILE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
"""What OUT may end with to name a single annotated picture; any other OUT is a folder."""
_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Annotator:
    """Where each picture's annotated copy goes."""

    targets: Mapping[str, Path]

    @classmethod
    def plan(cls, out: str, pictures: Sequence[str]) -> Annotator:
        """Decides all places before anything is read, and makes the folder.

        Raises UsageError where OUT cannot be used, or a copy would replace one of the pictures.
        """
        targets = _targets(Path(out), pictures)
        inputs = {os.path.realpath(picture): picture for picture in pictures if picture != STDIN}
        for target in targets.values():
            if os.path.realpath(target) in inputs:
                raise UsageError(f"{target}: --annotate would overwrite this picture: choose another folder or name")
        folder = next(iter(targets.values())).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{folder}: cannot be made ({error.strerror}): choose another place") from error
        return cls(targets)

    def draw_each(self, readings: Iterable[Reading], bundle: Bundle) -> Iterator[Reading]:
        """The same readings; the copy of each that succeeded is written before it is passed on."""
        params = parse_params(DecodeParams, bundle.stage("image").params, str(bundle.path))
        for reading in readings:
            if reading.receipt is not None:
                copy = draw(load(reading.source, params), reading.receipt)
                target = self.targets[reading.picture]
                try:
                    copy.save(target, quality=_QUALITY)
                except OSError as error:
                    reason = error.strerror or error
                    raise UsageError(f"{target}: cannot be written ({reason}): choose another place") from error
            yield reading


def _targets(out: Path, pictures: Sequence[str]) -> dict[str, Path]:
    if out.suffix.lower() in FILE_SUFFIXES and not out.is_dir():
        if len(pictures) > 1:
            raise UsageError(f"{out}: names one picture, and {len(pictures)} are read: give a folder")
        return {pictures[0]: out}
    targets: dict[str, Path] = {}
    taken: set[str] = set()
    for picture in dict.fromkeys(pictures):
        stem = "stdin" if picture == STDIN else Path(picture).stem
        names = (f"{stem}{f'-{n}' if n > 1 else ''}" for n in range(1, len(pictures) + 1))
        name = next(name for name in names if name.lower() not in taken)
        taken.add(name.lower())
        targets[picture] = out / f"{name}.jpg"
    return targets
