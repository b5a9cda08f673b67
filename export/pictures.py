"""Receipts on disk: to calibrate with, and to judge a graph by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.evaluation import SHORT_NAME_SETS, load_labels

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")
CALIBRATION_PICTURES = 32
"""Enough for ranges: more changed them little, and each takes its time."""
HELD_OUT = ("dev", "test")
"""Splits to judge by where none is named, in this order."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Rows of a folder's ``labels.jsonl``; name: of the folder and the split, for people."""

    folder: Path
    rows: Sequence[dict[str, Any]]
    name: str

    @property
    def has_short_names(self) -> bool:
        return self.folder.resolve().name in SHORT_NAME_SETS

    def picture(self, row: dict[str, Any]) -> Path:
        return Path(self.folder, row["file"])


def calibration_pictures(folder: Path) -> list[Path]:
    """At most CALIBRATION_PICTURES, evenly spaced: of a labelled folder those that are not held out, else any picture
    below it. Raises UsageError where there is none."""
    if (folder / "labels.jsonl").is_file():
        rows = [row for row in load_labels(folder) if row.get("split") not in HELD_OUT]
        found = [folder / row["file"] for row in rows]
    else:
        found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not found:
        raise UsageError(f"{folder}: no picture to calibrate with; give a folder of receipts, labelled or not")
    count = min(len(found), CALIBRATION_PICTURES)
    return [found[i * len(found) // count] for i in range(count)]


def labelled(spec: str, limit: int | None = None) -> Labelled:
    """From ``DIR`` or ``DIR:SPLIT``; without a split the first of HELD_OUT that there is. Raises UsageError."""
    place, _, split = spec.rpartition(":") if _names_split(spec) else (spec, "", "")
    folder = Path(place)
    if not split:
        splits = {row.get("split") for row in load_labels(folder)}
        split = next((name for name in HELD_OUT if name in splits), "")
        if not split:
            raise UsageError(f"{folder}: has no split {' or '.join(HELD_OUT)}; name one: {place}:SPLIT")
    return Labelled(folder, load_labels(folder, split)[:limit], f"{folder.resolve().name}, split {split}")


def _names_split(spec: str) -> bool:
    return ":" in spec and not Path(spec).exists() and spec.rpartition(":")[2].isalnum()
