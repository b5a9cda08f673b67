"""How well fields were read: labels and predictions in, precision, recall and F1 out. Standard library only.

A label row is an object of ``labels.jsonl``: ``file``, ``split``, ``vendor`` (as printed or null), ``norm``
(``date_readings``: every ISO date the printed one can mean; ``total``, ``tax``: numbers or null), and optionally
``all`` (``vendor``: the parts of a name) and ``alt_total`` (a second printed total). A row without ``norm`` says it
plainly: ``date`` (ISO), ``total`` and ``tax`` (like 12.50). A prediction is an object with
``file`` and the four fields; null is an abstention, which costs recall and not precision. Fields whose label is null
do not count.
"""

from __future__ import annotations

import difflib
import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from edgekit.reliability import Answer
from edgekit.types import Quad, Receipt, TextLine

SCORED = ("vendor", "date", "total", "tax")
MICRO = {"micro3": SCORED[:3], "micro4": SCORED}
"""Averages to the fields they pool."""
SHORT_NAME_SETS = ("german",)
"""Sets whose vendor label is a chain's short name: a vendor as printed is right where it contains it."""
SAME_AMOUNT = 0.005
SIMILAR = 0.8
"""difflib ratio from which a vendor counts as loosely right: reading errors forgiven."""

Row = Mapping[str, Any]

_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PLAIN_AMOUNT = re.compile(r"-?\d+(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of one field whose label is known. loose: right, or a vendor close to right."""

    said: bool
    right: bool
    loose: bool


@dataclass(slots=True)
class Tally:
    """Counts of one field over many receipts."""

    known: int = 0
    said: int = 0
    right: int = 0
    loose: int = 0

    def add(self, verdict: Verdict) -> None:
        self.known += 1
        self.said += verdict.said
        self.right += verdict.right
        self.loose += verdict.loose


def score(labels: Sequence[Row], predictions: Sequence[Row], contains: bool = False) -> dict[str, dict[str, float]]:
    """Rates per field that has labels, the micro averages, and the share of receipts all right (vendors loosely).

    contains: the vendor labels are short names (see SHORT_NAME_SETS). A label without a prediction is an abstention.
    """
    by_file = {Path(row["file"]).name: row for row in predictions}
    tallies = {name: Tally() for name in SCORED}
    all_right = 0
    for row in labels:
        predicted = by_file.get(Path(row["file"]).name, {})
        verdicts = {name: judge(name, row, predicted.get(name), contains) for name in SCORED}
        known = {name: verdict for name, verdict in verdicts.items() if verdict is not None}
        for name, verdict in known.items():
            tallies[name].add(verdict)
        all_right += all(verdict.loose for verdict in known.values())
    report = {
        name: {**_rates(tally), "loose": round(tally.loose / tally.known, 4)}
        for name, tally in tallies.items()
        if tally.known
    }
    report |= {name: _rates(_pooled([tallies[part] for part in parts])) for name, parts in MICRO.items()}
    report["receipts"] = {"n": len(labels), "all_right": round(all_right / max(len(labels), 1), 4)}
    return report


def judge(name: str, row: Row, predicted: Any, contains: bool) -> Verdict | None:
    """One field of one receipt; None where its label is not known."""
    if name == "vendor":
        return _judge_vendor(row, predicted, contains)
    norm = row.get("norm") or {}
    if name == "date":
        readings = norm.get("date_readings") or []
        right = predicted in readings
        return Verdict(predicted is not None, right, right) if readings else None
    truth = norm.get(name)
    if truth is None:
        return None
    truths = [truth, _number(row["alt_total"])] if name == "total" and row.get("alt_total") is not None else [truth]
    got = _number(predicted)
    right = got is not None and any(t is not None and abs(got - t) < SAME_AMOUNT for t in truths)
    return Verdict(got is not None, right, right)


def prediction(file: str, receipt: Receipt | None) -> dict[str, str | None]:
    """A receipt in the form that ``score`` takes; None (the picture could not be read) abstains throughout."""
    row: dict[str, str | None] = {"file": file}
    for name in SCORED:
        found = getattr(receipt, name) if receipt is not None else None
        value = found.value if found else None
        row[name] = value if value is None or isinstance(value, str) else f"{value:f}"
    return row


def answers(
    labels: Sequence[Row], receipts: Sequence[Receipt | None], contains: bool = False
) -> dict[str, tuple[list[Answer], int]]:
    """Per field that has labels: its answers, and how many labels there are. receipts: one per label, None unread."""
    found: dict[str, tuple[list[Answer], int]] = {}
    for name in SCORED:
        given, known = [], 0
        for row, receipt in zip(labels, receipts, strict=True):
            verdict = judge(name, row, prediction(row["file"], receipt)[name], contains)
            field = getattr(receipt, name) if receipt is not None else None
            known += verdict is not None
            if verdict is not None and field is not None:
                given.append(Answer(field.confidence, verdict.right, not field.needs_review))
        if known:
            found[name] = (given, known)
    return found


def given_lines(row: Row) -> tuple[TextLine, ...]:
    """The lines of a label, as people or another OCR read them; they count as certain. Empty where it has none.

    A line is an object with ``text`` and ``quad``, 8 numbers in pixels. Raises UsageError for anything else.
    """
    try:
        return tuple(_line(item) for item in row.get("lines") or ())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{row['file']}: the lines of its label cannot be used ({error!r}): write 'text' and 'quad' (8 numbers)"
        ) from error


def _line(item: Row) -> TextLine:
    x = [float(number) for number in item["quad"]]
    if len(x) != 8:
        raise ValueError(f"a quad of {len(x)} numbers")
    return TextLine(str(item["text"]), Quad((x[0], x[1]), (x[2], x[3]), (x[4], x[5]), (x[6], x[7])), 1.0)


def load_labels(folder: Path, split: str | None = None) -> list[dict[str, Any]]:
    """Rows of a folder's ``labels.jsonl``, of one split or of all. Raises UsageError where they cannot be had."""
    path = folder / "labels.jsonl"
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise UsageError(f"{path}: cannot be read ({reason}): give a folder with labels.jsonl and images/") from error
    rows = [_row(line, f"{path}, line {number}") for number, line in enumerate(lines, 1) if line.strip()]
    chosen = [row for row in rows if split is None or row.get("split") == split]
    if not chosen:
        splits = ", ".join(sorted({str(row.get("split")) for row in rows})) or "none"
        raise UsageError(f"{path}: no row of split {split!r}: it has {splits}" if rows else f"{path}: has no rows")
    return chosen


def _row(line: str, where: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise UsageError(f"{where}: not JSON ({error}): write one object a line") from error
    if not isinstance(row, dict) or not isinstance(row.get("file"), str):
        raise UsageError(f"{where}: no object with a 'file': name the picture, relative to the folder")
    if not isinstance(row.get("vendor"), (str, type(None))):
        raise UsageError(f"{where}: vendor {row['vendor']!r} is no text: write it as printed, or null")
    return row if "norm" in row else {**row, "norm": _norm(row, where)}


def _norm(row: Row, where: str) -> dict[str, Any]:
    """What a plain row means: an ISO date, and amounts with a decimal point."""
    day = row.get("date")
    if day is not None and not (isinstance(day, str) and _is_day(day)):
        raise UsageError(f"{where}: date {day!r} is no day: write it as YYYY-MM-DD, or null")
    amounts = {name: row.get(name) for name in ("total", "tax")}
    for name, value in amounts.items():
        if not (value is None or (isinstance(value, str) and _PLAIN_AMOUNT.fullmatch(value)) or _is_number(value)):
            raise UsageError(f"{where}: {name} {value!r} is no amount: write it like 1234.50, or null")
    numbers = {name: None if value is None else float(value) for name, value in amounts.items()}
    return {"date_readings": [day] if day else [], **numbers}


def _is_day(text: str) -> bool:
    try:
        return bool(_ISO_DAY.fullmatch(text)) and date.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _judge_vendor(row: Row, predicted: Any, contains: bool) -> Verdict | None:
    if row.get("vendor") is None:
        return None
    got, names = _squash(predicted), _vendor_names(row)
    right = got in names or (contains and any(name in got for name in names))
    loose = right or any(difflib.SequenceMatcher(None, got, name).ratio() >= SIMILAR for name in names)
    return Verdict(bool(got), right, loose)


def _vendor_names(row: Row) -> set[str]:
    """A vendor printed in parts may be given whole or by any one part."""
    parts = (row.get("all") or {}).get("vendor") or []
    names = {_squash(row["vendor"]), _squash("".join(parts)), *map(_squash, parts)}
    return names - {""}


def _squash(text: object) -> str:
    """Upper-case letters and digits only, accents dropped."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKD", str(text or "")).upper())


def _number(value: Any) -> float | None:
    if value is None or isinstance(value, (int, float)):
        return value
    try:
        return float(re.sub(r"[^0-9.\-]", "", str(value)))
    except ValueError:
        return None


def _pooled(tallies: Sequence[Tally]) -> Tally:
    return Tally(*(sum(getattr(tally, name) for tally in tallies) for name in ("known", "said", "right", "loose")))


def _rates(tally: Tally) -> dict[str, float]:
    precision, recall = tally.right / max(tally.said, 1), tally.right / max(tally.known, 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return {"n": tally.known, "precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}
