"""How many fields come out right: each system's lines through the same two extractions, and the same scorer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks import rules
from benchmarks.dataset import DataSet
from benchmarks.measure import Run
from edgekit.bundle import Bundle
from edgekit.evaluation import prediction, score
from edgekit.extract import Extractor, ExtractParams, Lexicon
from edgekit.layout import LayoutParams, rows
from edgekit.manifest import parse_params
from edgekit.types import Quad, Receipt, TextLine

Lines = Sequence[dict[str, Any]]
FieldsOf = Callable[[Lines], dict[str, str | None]]


def edgekit_rules(bundle: Bundle) -> FieldsOf:
    """EdgeKit's layout and extraction with a bundle's constants, for lines that anyone read. Raises BundleError."""

    def params(cls: type[Any], stage: str) -> Any:
        return parse_params(cls, bundle.stage(stage).params, f"{bundle.path}: stages.{stage}.params")

    layout = params(LayoutParams, "layout")
    lexicon = Lexicon.parse(bundle.read_text("lexicon.json"), f"{bundle.path}: lexicon.json")
    extractor = Extractor(params(ExtractParams, "extract"), lexicon)

    def fields(lines: Lines) -> dict[str, str | None]:
        found = tuple(text_line(line) for line in lines)
        printed = rows(found, layout)
        order = [i for row in printed for i in row]  # the extractor is used to lines in reading order
        place = {old: new for new, old in enumerate(order)}
        result = extractor.extract([found[i] for i in order], [[place[i] for i in row] for row in printed])
        return prediction("", Receipt(found, printed, 0, 0, result))

    return fields


def text_line(line: dict[str, Any]) -> TextLine:
    quad = line["quad"]
    corners = [(quad[i], quad[i + 1]) for i in range(0, 8, 2)]
    return TextLine(line["text"], Quad(*corners), line["confidence"])


def evaluate(runs: Sequence[Run], data: DataSet, ours: FieldsOf) -> list[dict[str, Any]]:
    """Per system and extraction: ``system``, ``extraction`` and the scorer's ``report``. data: what the runs read.

    ours: ``edgekit_rules``, for the lines of those that only read lines; EdgeKit is judged by its own receipts.
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
