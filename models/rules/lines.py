"""The lines of training receipts: read by EdgeKit itself, taken from files of such lines, or as annotated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit import __version__
from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from edgekit.layout import LayoutParams, rows
from edgekit.manifest import parse_params
from edgekit.reader import Reader
from edgekit.types import Quad, TextLine

_READING_STAGES = ("image", "detect", "recognize", "layout")


@dataclass(frozen=True, slots=True)
class Lines:
    """What a receipt says. rows: indices into ``lines`` by printed row."""

    lines: tuple[TextLine, ...]
    rows: tuple[tuple[int, ...], ...]


def layout_params() -> LayoutParams:
    """Those of the default bundle."""
    bundle = Bundle.open()
    return parse_params(LayoutParams, bundle.stage("layout").params, f"{bundle.path}: stages.layout.params")


def parse_lines(items: Sequence[Mapping[str, Any]], params: LayoutParams) -> Lines:
    """Objects with ``text``, ``quad`` (8 numbers) and, where read, ``confidence`` (else 1)."""
    lines = tuple(
        TextLine(item["text"], Quad(*zip(item["quad"][::2], item["quad"][1::2], strict=True)), _confidence(item))
        for item in items
    )
    return Lines(lines, rows(lines, params))


def from_files(paths: Sequence[Path], params: LayoutParams) -> dict[str, Lines]:
    """Lines by file name, of JSON Lines files with objects of ``file`` and ``lines``. Raises UsageError."""
    found = {}
    for path in paths:
        try:
            for text in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(text)
                found[Path(row["file"]).name] = parse_lines(row["lines"], params)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}: no file of lines ({error}); write objects with 'file' and 'lines'") from error
    return found


def read_pictures(folder: Path, files: Sequence[str], cache: Path, step: Callable[[], None]) -> dict[str, Lines]:
    """Lines by file name, as the default bundle reads them; those read before come from a file in ``cache``.

    That file's name tells the reader it is of. ``step`` is called for each picture. Raises ImageError, UsageError.
    """
    bundle, params = Bundle.open(), layout_params()
    path = cache / f"{folder.resolve().name}-{reader_digest(bundle)}.jsonl"
    found = from_files([path], params) if path.exists() else {}
    cache.mkdir(parents=True, exist_ok=True)
    reader: Reader | None = None
    with path.open("a", encoding="utf-8") as written:
        for file in files:
            if Path(file).name not in found:
                reader = reader or Reader.open()
                items = [line.to_dict() for line in reader.read(folder / file).lines]
                written.write(json.dumps({"file": file, "lines": items}, ensure_ascii=False) + "\n")
                written.flush()
                found[Path(file).name] = parse_lines(items, params)
            step()
    return found


def reader_digest(bundle: Bundle) -> str:
    """Tells apart readers whose lines may differ: by version, constants of the reading stages, and graphs."""
    stages = {name: bundle.stage(name) for name in _READING_STAGES}
    graphs = {graph.file for stage in stages.values() for graph in stage.graphs}
    facts = [__version__, *(f"{name} {dict(stage.params)}" for name, stage in stages.items())]
    facts += [f"{name} {bundle.manifest.files[name].sha256}" for name in sorted(graphs)]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]


def _confidence(item: Mapping[str, Any]) -> float:
    return float(item.get("confidence", 1.0))
