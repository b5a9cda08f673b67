"""Labelled receipts on disk: ``labels.jsonl`` and the pictures it names."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.evaluation import SHORT_NAME_SETS, load_labels


@dataclass(frozen=True, slots=True)
class DataSet:
    """rows: the labels, one per picture, in the same order. splits: those taken. contains: as the scorer takes it."""

    name: str
    splits: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    pictures: tuple[Path, ...]

    @property
    def contains(self) -> bool:
        return self.name in SHORT_NAME_SETS


def load(folder: Path, splits: Sequence[str], limit: int | None) -> DataSet:
    """The receipts of some splits (none given: all), at most ``limit``, evenly spread over the file.

    Raises UsageError where the folder has no usable labels, a picture is missing, or nothing is left.
    """
    rows = load_labels(folder)
    taken = [row for row in rows if not splits or row.get("split") in splits]
    if not taken:
        there = ", ".join(sorted({str(row.get("split")) for row in rows}))
        raise UsageError(f"{folder}: no receipts of split {', '.join(splits)}; it has {there}")
    chosen = spread(taken, limit)
    pictures = tuple((folder / row["file"]).absolute() for row in chosen)
    for picture in pictures:
        if not picture.is_file():
            raise UsageError(f"{picture}: is missing, though the labels name it; get the data again")
    found = tuple(sorted({str(row.get("split")) for row in chosen}))
    return DataSet(folder.resolve().name, found, tuple(chosen), pictures)


def pictures_apart(folders: Sequence[Path], splits: Sequence[str], limit: int | None) -> list[Path]:
    """The pictures of ``load``, found by a process of its own: labels take memory that would count as the reader's."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return [picture for folder in folders for picture in pool.submit(_pictures, folder, splits, limit).result()]


def _pictures(folder: Path, splits: Sequence[str], limit: int | None) -> tuple[Path, ...]:
    return load(folder, splits, limit).pictures


def spread(rows: list[dict[str, Any]], limit: int | None) -> list[dict[str, Any]]:
    """At most ``limit`` rows at equal distances: neighbours in a file are often alike."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[i * len(rows) // limit] for i in range(limit)]
