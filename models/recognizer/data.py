"""Training lines: where each stands in which picture, and what it says. Kept as JSON Lines, one line of text a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.types import Quad

TRAIN, HELD = "train", "held"
"""Parts: what is learned from, and what tells how well."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text.

    picture: its file. quads: where it stands, one or more ways to frame it, in pixels of the upright picture.
    kind: where the line comes from. part: TRAIN or HELD.
    """

    picture: str
    quads: tuple[Quad, ...]
    text: str
    kind: str
    part: str


def quad_of(numbers: Sequence[float]) -> Quad:
    """From eight numbers ``x1 y1 ... x4 y4``."""
    return Quad(*zip(numbers[::2], numbers[1::2], strict=True))


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """Raises OSError."""
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            row = {
                "picture": line.picture,
                "quads": [quad.to_list() for quad in line.quads],
                "text": line.text,
                "kind": line.kind,
                "part": line.part,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def read_lines(path: Path) -> list[Line]:
    """Raises UsageError where the file is not one that ``write_lines`` wrote."""
    try:
        rows = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
        return [_line(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: no file of lines ({error}); make one with models.recognizer.prepare") from error


def _line(row: dict[str, Any]) -> Line:
    quads = tuple(quad_of(numbers) for numbers in row["quads"])
    return Line(row["picture"], quads, row["text"], row["kind"], row["part"])
