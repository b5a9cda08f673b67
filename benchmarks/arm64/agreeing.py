"""Does a graph give the same on other processors, bit for bit, on lines or pages of receipts?

Integer sums are exact, so an int8 graph may give the same everywhere, if nothing overflows; that is what this checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.arm64.graphs import ENGINE, Array, Feed, Which, outputs
from benchmarks.arm64.processors import ALL, HERE, Place, Processor
from benchmarks.arm64.system import say
from benchmarks.dataset import load
from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from edgekit.recognize import decode
from export import calibration
from export.report import table

HEADER = ("precision", "processor", "inputs", "bit for bit", "same classes", "same text", "largest difference")


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Of a recogniser: what it needs to be decoded."""

    charset: Sequence[str]
    blank: int


def measure(
    bundle: Bundle,
    stage: str,
    precisions: Sequence[str],
    processors: Sequence[Processor],
    place: Place,
    feeds: Sequence[Array],
) -> dict[str, Any]:
    """A row per processor and precision of the graphs that are taken where these are asked for, as plain JSON types.

    Raises EdgeKitError.
    """
    rows, alphabet = [], _alphabet(bundle) if stage == "recognize" else None
    given = [(feed,) for feed in feeds]
    for precision in dict.fromkeys(bundle.graph(stage, ENGINE, asked).precision for asked in precisions):
        which = Which(stage, precision)
        expected = outputs(ALL[0], place, bundle.path, {which: given})[which]
        for processor in processors:
            say(f"{precision} on {processor.title}")
            found = outputs(processor, place, bundle.path, {which: given})[which]
            rows.append({"precision": precision, "processor": processor.title} | compare(alphabet, expected, found))
    return {"bundle": bundle.digest, "stage": stage, "rows": rows}


def inputs(bundle: Bundle, stage: str, spec: str, count: int) -> list[Array]:
    """What the reader feeds to a stage, ``count`` of it: lines one by one, or pages. Raises UsageError for none."""
    place, colon, split = spec.rpartition(":")
    named = bool(colon) and not Path(spec).exists()
    data = load(Path(place if named else spec), [split] if named else [], count)
    batches = [feed[0] for feed in calibration.record(bundle, data.pictures)[stage]]
    fed = [batch[i : i + 1] for batch in batches for i in range(len(batch))]
    if not fed:
        raise UsageError(f"{spec}: nothing was found on these pictures; give receipts")
    kept = min(count, len(fed))
    return [fed[i * len(fed) // kept] for i in range(kept)]


def compare(alphabet: Alphabet | None, expected: Sequence[Feed], found: Sequence[Feed]) -> dict[str, Any]:
    """How many inputs give the same: all outputs bit for bit, the classes, and the text that they decode to."""
    pairs = list(zip(expected, found, strict=True))
    classes = None if alphabet is None else sum(np.array_equal(a[0], b[0]) for a, b in pairs)
    texts = None if alphabet is None else sum(_text(alphabet, a) == _text(alphabet, b) for a, b in pairs)
    return {
        "inputs": len(pairs),
        "bits": sum(all(x.tobytes() == y.tobytes() for x, y in zip(a, b, strict=True)) for a, b in pairs),
        "classes": classes,
        "texts": texts,
        "largest": max(float(np.abs(a[-1].astype(np.float64) - b[-1]).max()) for a, b in pairs),
    }


def text(result: dict[str, Any]) -> str:
    """The table for people."""
    rows = [
        (
            row["precision"],
            row["processor"],
            str(row["inputs"]),
            *("-" if row[key] is None else str(row[key]) for key in ("bits", "classes", "texts")),
            f"{row['largest']:.1e}",
        )
        for row in result["rows"]
    ]
    return f"{result['stage']}, bundle {result['bundle'][:12]}, beside {HERE}\n{table(HEADER, rows)}"


def _text(alphabet: Alphabet, outputs: Feed) -> str:
    return decode(outputs[0][0], outputs[1][0], alphabet.charset, alphabet.blank)[0]


def _alphabet(bundle: Bundle) -> Alphabet:
    charset = bundle.read_text("charset.txt").removesuffix("\n").split("\n")
    return Alphabet(charset, int(bundle.stage("recognize").params["blank"]))
