"""How many fields come out right: each system's lines through the same two extractions, and the same scorer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import rules
from benchmarks.dataset import DataSet
from benchmarks.measure import Run
from edgekit.bundle import Bundle
from edgekit.evaluation import prediction, score
from edgekit.reader import Reader
from edgekit.types import Quad, TextLine

Lines = Sequence[dict[str, Any]]
FieldsOf = Callable[[Lines], dict[str, str | None]]


def edgekit_fields(bundle: Bundle) -> FieldsOf:
    """EdgeKit's layout and extraction, as a bundle does them, for lines that anyone read. Raises BundleError."""
    reader = Reader.open(bundle.path, threads=1)
    return lambda lines: prediction("", reader.extract([text_line(line) for line in lines], 0, 0))


def text_line(line: dict[str, Any]) -> TextLine:
    quad = line["quad"]
    corners = [(quad[i], quad[i + 1]) for i in range(0, 8, 2)]
    return TextLine(line["text"], Quad(*corners), line["confidence"])


def evaluate(runs: Sequence[Run], data: DataSet, ours: FieldsOf) -> list[dict[str, Any]]:
    """Per system and extraction: ``system``, ``extraction`` and the scorer's ``report``. data: what the runs read.

    ours: ``edgekit_fields``, for the lines of those that only read lines; EdgeKit is judged by its own receipts.
    """
    judged = []
    for run in runs:
        for name, extract in (("EdgeKit", ours), ("keyword rules", rules.fields)):
            predictions = []
            for row, read in zip(data.rows, run.reads, strict=True):
                own = read.fields if name == "EdgeKit" else None
                predictions.append({**(own or extract(read.lines)), "file": row["file"]})
            report = score(data.rows, predictions, data.contains)
            judged.append({"system": run.system.key, "extraction": name, "report": report})
    return judged
