"""What is kept of each page: of its lines, and of what each system made of it. Counts and groups; no texts."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.layout import LayoutParams
from models import logs
from models.evaluate.detection import judge
from models.evaluate.errors import Errors
from models.evaluate.groups import height_group, script_group, sharpness
from models.evaluate.receipts import receipt_errors
from models.evaluate.scanning import System
from models.evaluate.truth import Page, Rules

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one page: its language, and of each of its lines a value."""

    language: str
    heights: Sequence[str]
    sharpness: Sequence[float]
    scripts: Sequence[str]
    characters: Sequence[int]
    words: Sequence[int]


@dataclass(frozen=True, slots=True)
class LinesRead:
    """By one system, of one page's annotated lines: wrong characters and words of each, and seconds for them all."""

    wrong: Sequence[int]
    wrong_words: Sequence[int]
    seconds: float


@dataclass(frozen=True, slots=True)
class PageRead:
    """By one system, of one page, found and read. hit to precise: as in ``detection.Found``.

    wrong: characters of the receipt, of ``characters`` printed. finding, seconds: as in ``scanning.Scanned``.
    """

    hit: Sequence[bool]
    covered: Sequence[int]
    count: int
    weight: float
    precise: float
    wrong: int
    characters: int
    finding: float | None
    seconds: float


def facts(page: Page) -> Facts:
    """Of a page whose texts are as they are compared."""
    return Facts(
        page.language,
        [height_group(quad) for quad in page.quads],
        [round(sharpness(page.image, quad), 4) for quad in page.quads],
        [script_group(text) for text in page.texts],
        [len(text) for text in page.texts],
        [len(text.split()) for text in page.texts],
    )


def read_lines(system: System, page: Page, rules: Rules) -> LinesRead:
    started = time.perf_counter()
    texts = system.read(page.image, page.quads)
    seconds = time.perf_counter() - started
    wrong, wrong_words = [], []
    for text, printed in zip(texts, page.texts, strict=True):
        errors = Errors()
        wrong.append(errors.add(rules.apply(text), printed))
        wrong_words.append(errors.wrong_words)
    return LinesRead(wrong, wrong_words, round(seconds, 4))


def read_page(system: System, page: Page, rules: Rules, layout: LayoutParams) -> PageRead:
    scanned = system.scan(page.image)
    found = judge(scanned.quads, page)
    errors = receipt_errors(scanned.lines, page, rules, layout)
    return PageRead(
        found.hit,
        found.covered,
        found.count,
        round(found.weight, 2),
        round(found.precise, 2),
        errors.wrong_characters,
        errors.characters,
        None if scanned.finding is None else round(scanned.finding, 4),
        round(scanned.seconds, 4),
    )


class Log:
    """Rows in a file, a JSON object a line, each with its key, so that a run can go on; or in memory alone."""

    def __init__(self, path: Path | None) -> None:
        """Raises UsageError for a file that is none, or cannot be read."""
        self._path = path
        self._rows: dict[Key, Mapping[str, Any]] = {}
        if path is not None and path.exists():
            self._load(path)

    def get(self, key: Key) -> Mapping[str, Any] | None:
        return self._rows.get(key)

    def add(self, key: Key, row: Facts | LinesRead | PageRead) -> None:
        """Raises UsageError where it cannot be written."""
        self._rows[key] = asdict(row)
        if self._path is not None:
            with contextlib.suppress(OSError):  # what is wrong with the folder, the file's own error says
                self._path.parent.mkdir(parents=True, exist_ok=True)
            logs.append(self._path, {"key": key, "row": self._rows[key]})

    def _load(self, path: Path) -> None:
        try:
            self._rows = {tuple(row["key"]): row["row"] for row in logs.rows(path)}
        except (KeyError, TypeError) as error:
            raise UsageError(f"--log {path}: cannot be read ({error}); name another file") from error
