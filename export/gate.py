"""Whether a graph of lesser precision may ship: judged by receipts, never by the difference of its tensors.

The bars are those a user would notice: characters, fields, and something in return for them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edgekit import evaluation
from edgekit.bundle import Bundle
from edgekit.errors import ImageError, UsageError
from edgekit.extract import JOINT, NETWORKED
from edgekit.layout import LayoutParams, rows
from edgekit.manifest import Change, Trial, parse_params
from edgekit.reader import Reader
from edgekit.session import Session
from edgekit.types import Quad, Receipt, TextLine
from export.calibration import Feed
from export.pictures import Labelled

MOST_LOST = 0.005
"""Of characters and of field F1, each: half a point."""
LEAST_SMALLER = 2.0
LEAST_FASTER = 1.3
ROUNDS = 3
AVERAGE = "micro4"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a bundle read from all pictures: the characters of each, in reading order, and the F1 of its fields."""

    texts: tuple[str, ...]
    field_f1: float


class Gate:
    """Pictures, what is printed on them, and how well they are read in fp32."""

    def __init__(self, data: Labelled, bundle: Bundle, threads: int | None = None) -> None:
        """``bundle``: fp32 graphs for ONNX Runtime. Raises UsageError where a picture cannot be read."""
        self._data = data
        self._threads = threads
        self._before = self._read(bundle, "onnxruntime", "fp32")
        layout = parse_params(LayoutParams, bundle.stage("layout").params, f"{bundle.path}: stages.layout.params")
        printed = [_printed(row, layout) for row in data.rows]
        self._truth: tuple[str, ...] = tuple(text for text in printed if text)
        self._has_lines = len(self._truth) == len(printed)
        if not self._has_lines:
            self._truth = self._before.texts

    def try_out(
        self, bundle: Bundle, backend: str, precision: str, sizes: tuple[int, int], ratio: float | None
    ) -> Trial:
        """Reads all pictures with another precision. sizes: bytes before and after. ratio: see ``latency_ratio``; None
        where the graphs were not timed."""
        after = self._read(bundle, backend, precision)
        return Trial(
            data=self._data.name,
            pictures=len(self._data.rows),
            character_reference="the labelled lines" if self._has_lines else "what the fp32 graphs read",
            character_error=Change(self._error(self._before), self._error(after)),
            field_f1=Change(self._before.field_f1, after.field_f1),
            bytes=Change(*sizes),
            latency_ratio=None if ratio is None else round(ratio, 2),
        )

    def _read(self, bundle: Bundle, backend: str, precision: str) -> Reading:
        reader = Reader.open(bundle.path, backend, self._threads, precision, extractor=rung(bundle))
        try:
            receipts = [reader.read(self._data.picture(row)) for row in self._data.rows]
        except ImageError as error:
            raise UsageError(f"{error}; the gate needs pictures that can all be read") from error
        said = [evaluation.prediction(row["file"], it) for row, it in zip(self._data.rows, receipts, strict=True)]
        scores = evaluation.score(self._data.rows, said, self._data.has_short_names)
        return Reading(tuple(map(_characters, receipts)), scores[AVERAGE]["f1"])

    def _error(self, reading: Reading) -> float:
        edits = sum(edit_distance(*pair) for pair in zip(self._truth, reading.texts, strict=True))
        return round(edits / max(sum(map(len, self._truth)), 1), 5)


def rung(bundle: Bundle) -> str | None:
    """How fields have to be chosen for a bundle's network on words to have a say: None where the bundle itself wants it
    so, or has no such network."""
    stage = bundle.stage("extract")
    return JOINT if stage.graphs and stage.params.get("rung") not in NETWORKED else None


def refusal(trial: Trial, has_to_pay: bool = True) -> str | None:
    """Why a graph may not ship, or None. has_to_pay: whether it has to be smaller or faster."""
    error, f1, size = trial.character_error, trial.field_f1, trial.bytes
    if error.after - error.before > MOST_LOST:
        return f"character error {error.before:.4f} -> {error.after:.4f}, more than {MOST_LOST} worse"
    if f1.before - f1.after > MOST_LOST:
        return f"field F1 {f1.before:.4f} -> {f1.after:.4f}, more than {MOST_LOST} worse"
    smaller, ratio = size.before / max(size.after, 1), trial.latency_ratio
    if not has_to_pay or smaller >= LEAST_SMALLER:
        return None
    if ratio is None:
        return f"{smaller:.2f} times smaller, not {LEAST_SMALLER}, and not timed"
    if ratio < LEAST_FASTER:
        return f"{smaller:.2f} times smaller and {ratio:.2f} times as fast, neither {LEAST_SMALLER} nor {LEAST_FASTER}"
    return None


def latency_ratio(before: Session, after: Session, feeds: Sequence[Feed]) -> float:
    """Time of one graph by time of another, run in turns so that a busy machine slows both; the best of a few rounds
    counts for each input."""
    best = np.full((2, len(feeds)), np.inf)
    for _ in range(ROUNDS):
        for i, feed in enumerate(feeds):
            for j, session in enumerate((before, after)):
                start = time.perf_counter()
                session.run(*feed)
                best[j, i] = min(best[j, i], time.perf_counter() - start)
    return float(best[0].sum() / best[1].sum())


def edit_distance(first: str, second: str) -> int:
    """Levenshtein's: a row of the table at a time, where a run of insertions is a running minimum."""
    here = np.frombuffer(second.encode("utf-32-le"), np.uint32)
    places = np.arange(len(here) + 1)
    row = places
    for i, letter in enumerate(np.frombuffer(first.encode("utf-32-le"), np.uint32), 1):
        changed = np.minimum(row[1:] + 1, row[:-1] + (here != letter))
        row = np.minimum.accumulate(np.concatenate([[i], changed]) - places) + places
    return int(row[-1])


def _characters(receipt: Receipt) -> str:
    return "".join(_folded(line.text) for line in receipt.lines)


def _folded(text: str) -> str:
    """Without spaces and case, which labels of public sets do not keep."""
    return "".join(text.upper().split())


def _printed(row: dict[str, object], layout: LayoutParams) -> str:
    """The characters of the labelled lines, brought into reading order as the reader does it; empty without lines."""
    labels = row.get("lines")
    if not isinstance(labels, list):
        return ""
    lines = [TextLine(_folded(line["text"]), _quad(line["quad"]), 1.0) for line in labels]
    return "".join(lines[i].text for order in rows(lines, layout) for i in order)


def _quad(numbers: Sequence[float]) -> Quad:
    return Quad(*zip(numbers[0::2], numbers[1::2], strict=True))
