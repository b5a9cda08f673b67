"""Training pages: which picture, and where its lines of text are. Kept as JSON Lines, a page a row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.types import Quad
from models.recognizer.data import quad_of


@dataclass(frozen=True, slots=True)
class Page:
    """picture: its file. quads: of its lines, tight, in pixels of the upright picture. unsure: quads that may be lines.

    kind: where the page comes from. part: TRAIN or HELD, as in models.recognizer.data.
    """

    picture: str
    quads: tuple[Quad, ...]
    unsure: tuple[Quad, ...]
    kind: str
    part: str


def write_pages(path: Path, pages: Iterable[Page]) -> None:
    """Raises OSError."""
    with path.open("w", encoding="utf-8") as file:
        for page in pages:
            row = {
                "picture": page.picture,
                "quads": _numbers(page.quads),
                "unsure": _numbers(page.unsure),
                "kind": page.kind,
                "part": page.part,
            }
            file.write(json.dumps(row) + "\n")


def read_pages(path: Path) -> list[Page]:
    """Raises UsageError where the file is not one that ``write_pages`` wrote."""
    try:
        rows = [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines()]
        return [_page(row) for row in rows]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path}: no file of pages ({error}); make one with models.detector.prepare") from error


def _numbers(quads: Sequence[Quad]) -> list[list[float]]:
    return [[round(value, 2) for value in quad.to_list()] for quad in quads]


def _page(row: dict[str, Any]) -> Page:
    quads, unsure = (tuple(map(quad_of, row[key])) for key in ("quads", "unsure"))
    return Page(row["picture"], quads, unsure, row["kind"], row["part"])
