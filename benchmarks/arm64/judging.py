"""What must be the same on two processors, and how far apart the rest may be.

fp32 differs in the last digits, as each processor's kernels add in another order. int8 of the picture graphs may fall
to the next of its 256 steps, as docs/quantization.md shows; the extraction network's int8 is in its weights alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.arm64.graphs import Feed
from models.evaluate.errors import distance

CLOSE = 1e-3
"""Largest difference of an output in float."""
STEP = 0.1
SAME_SHARE = 0.97
"""Of an int8 graph's outputs: this share is within STEP, and is of the same class. Measured: 0.99 and more."""
TEXT_SHARE = 0.02
"""Characters of all receipts that int8 may read otherwise; docs/quantization.md expects 0.4 % of many."""


@dataclass(frozen=True, slots=True)
class Finding:
    """what: was compared ("recognize int8"). figure: for people. passed: whether it is as close as it must be."""

    what: str
    figure: str
    passed: bool
    largest: float | None = None


def tensors(name: str, expected: Sequence[Feed], found: Sequence[Feed], exact: bool) -> Finding:
    """Whole numbers are classes and must be equal, floats close; of an int8 graph (not ``exact``), most of them."""
    gaps = [
        np.abs(a.astype(np.float64) - b.astype(np.float64)).ravel()
        for one, other in zip(expected, found, strict=True)
        for a, b in zip(one, other, strict=True)
        if a.dtype.kind == "f"
    ]
    same = [
        (a == b).ravel()
        for one, other in zip(expected, found, strict=True)
        for a, b in zip(one, other, strict=True)
        if a.dtype.kind != "f"
    ]
    gap = np.concatenate(gaps)
    largest = float(gap.max())
    classes = float(np.concatenate(same).mean()) if same else 1.0
    near = float((gap <= STEP).mean())
    passed = (largest <= CLOSE and classes == 1.0) if exact else (near >= SAME_SHARE and classes >= SAME_SHARE)
    said = f"largest difference {largest:.1e}" + (f", {classes:.2%} of classes the same" if same else "")
    return Finding(name, said, bool(passed and np.isfinite(largest)), largest)


def reads(name: str, expected: Sequence[Mapping[str, Any]], found: Sequence[Mapping[str, Any]], exact: bool) -> Finding:
    """Field values must be equal, and so must text; int8 may differ in a few characters that no field is read from."""
    pairs = list(zip(expected, found, strict=True))
    wrong = [
        f"{i + 1}: {key} {_value(one, key)!r}, here {_value(other, key)!r}"
        for i, (other, one) in enumerate(pairs)
        for key in other["fields"]
        if _value(one, key) != _value(other, key)
    ]
    if wrong:
        return Finding(name, f"fields differ: receipt {'; '.join(wrong)}", False)
    edits = sum(distance(_text(one), _text(other)) for one, other in pairs)
    characters = sum(len(_text(one)) for one, _ in pairs)
    values = sum(_value(one, key) is not None for one, _ in pairs for key in one["fields"])
    said = f"{len(pairs)} receipts, {values} fields the same, {edits} of {characters} characters differ"
    passed = values > 0 and edits <= (0 if exact else TEXT_SHARE * characters)
    return Finding(name, said, passed)


def golden(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[Finding]:
    """All cases must be right. Where this machine has some wrong, too, that is said: then it is not the processor."""
    wrong = found["wrong"]
    said = f"{found['cases'] - len(wrong)} of {found['cases']} right"
    if wrong:
        said += f"; {wrong[0]}" + (" (wrong on this machine, too)" if wrong[0] in expected["wrong"] else "")
    return [Finding("golden cases", said, not wrong and found["cases"] == expected["cases"] > 0)]


def _value(receipt: Mapping[str, Any], key: str) -> str | None:
    field = receipt["fields"][key]
    return None if field is None else str(field["value"])


def _text(receipt: Mapping[str, Any]) -> str:
    return "\n".join(line["text"] for line in receipt["lines"])
