"""The same receipts read by several engines of one bundle, in turn, each reading noted at once so that a run can go on
where it was broken off."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from benchmarks.dataset import DataSet
from edgekit.bundle import Bundle
from edgekit.errors import BackendError, EdgeKitError, UsageError
from edgekit.evaluation import prediction
from edgekit.reader import Reader
from edgekit.types import Receipt
from models import logs

BASE = ("onnxruntime", "fp32")
"""Engine and precision that the others are compared with."""
WARM_UP = 1
"""Reads of the first picture by each engine before the clock counts."""
Variant = tuple[str, str]
"""Backend and precision."""


class Reads(Protocol):
    """What a measurement needs of a reader."""

    def read(self, source: Path) -> Receipt: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """One picture read by one variant. text: all characters of its lines, without spaces. failed: why there is none."""

    file: str
    variant: str
    seconds: float | None
    fields: dict[str, str | None]
    text: str
    failed: str | None = None


def variants(bundle: Bundle) -> list[Variant]:
    """Engines and precisions that all stages have which leave the choice, BASE first.

    Raises UsageError where BASE is missing.
    """
    having = [
        {(graph.backend, graph.precision): None for graph in stage.graphs}
        for stage in bundle.manifest.stages.values()
        if stage.is_free
    ]
    found = [one for one in (having[0] if having else {}) if all(one in others for others in having)]
    if BASE not in found:
        raise UsageError(f"{bundle.path}: has no {name(BASE)} for all stages; it is what the others are compared with")
    return [BASE, *(one for one in found if one != BASE)]


def name(variant: Variant) -> str:
    return " ".join(variant)


def open_readers(
    bundle: Bundle, wanted: Sequence[Variant], threads: int
) -> tuple[dict[str, Reads], list[tuple[str, str]]]:
    """A reader per variant that runs here, and the names of the others, each with the reason. Raises BackendError where
    BASE does not run."""
    readers: dict[str, Reads] = {}
    left_out = []
    for variant in wanted:
        try:
            readers[name(variant)] = Reader.open(bundle.path, variant[0], threads, variant[1])
        except BackendError as error:
            if variant == BASE:
                raise
            left_out.append((name(variant), str(error)))
    return readers, left_out


def read_all(readers: dict[str, Reads], data: DataSet, log: Log, step: Callable[[], None]) -> list[Reading]:
    """Every picture by every reader; who is first changes from picture to picture. What ``log`` has is not read anew.

    ``step`` is called for each reading, also for those that were there.
    """
    names = list(readers)
    warm = False
    found = []
    for turn, (row, picture) in enumerate(zip(data.rows, data.pictures, strict=True)):
        start = turn % len(names)
        for variant in names[start:] + names[:start]:
            reading = log.get(data.name, row["file"], variant)
            if reading is None:
                if not warm:
                    _warm_up(readers, data.pictures[0])
                    warm = True
                reading = _read(readers[variant], row["file"], variant, picture)
                log.add(data.name, reading)
            found.append(reading)
            step()
    return found


class Log:
    """Readings in a file, a JSON object a line, the first one saying what they are readings of; or nowhere."""

    def __init__(self, path: Path | None, about: dict[str, Any]) -> None:
        """``about`` has to be what the file was begun with. Raises UsageError for another, or a file that is none."""
        self._path = path
        self._known: dict[tuple[str, str, str], Reading] = {}
        if path is None:
            return
        if path.exists():
            self._load(path, about)
        else:
            logs.append(path, about)

    def get(self, data: str, file: str, variant: str) -> Reading | None:
        return self._known.get((data, file, variant))

    def add(self, data: str, reading: Reading) -> None:
        if self._path is not None:
            logs.append(self._path, {"set": data, **asdict(reading)})

    def _load(self, path: Path, about: dict[str, Any]) -> None:
        rows = logs.rows(path)
        if not rows or rows[0] != about:
            raise UsageError(
                f"--log {path}: was begun with another bundle, other data, engines or threads; name another file"
            )
        for row in rows[1:]:
            data = row.pop("set", "")
            try:
                reading = Reading(**row)
            except TypeError as error:
                raise UsageError(f"--log {path}: has a line that is no reading ({error}); delete it") from error
            self._known[data, reading.file, reading.variant] = reading


def _warm_up(readers: dict[str, Reads], picture: Path) -> None:
    for reader in readers.values():
        for _ in range(WARM_UP):
            _read(reader, "", "", picture)


def _read(reader: Reads, file: str, variant: str, picture: Path) -> Reading:
    start = time.perf_counter()
    try:
        receipt = reader.read(picture)
    except EdgeKitError as error:
        return Reading(file, variant, None, prediction(file, None), "", str(error))
    seconds = time.perf_counter() - start
    text = "".join("".join(line.text.split()) for line in receipt.lines)
    return Reading(file, variant, seconds, prediction(file, receipt), text)
