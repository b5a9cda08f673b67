"""Asking the caller's own function where a field needs review, and taking over what it says.

The function may be a person at a form, a larger model, or a service; EdgeKit itself asks nobody.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

from PIL import Image

from edgekit.types import FIELD_NAMES, Field, Fields, Receipt

Escalate: TypeAlias = "Callable[[Image.Image, Receipt], Mapping[str, Any] | Fields | None]"
"""Gets the upright picture (RGB, at the size it was read at) and the receipt as read locally.

Answers with values by field name, or with ``Fields``. An amount may be a Decimal, an int, a float or a string of a
number; a date ISO ``YYYY-MM-DD`` or a ``datetime.date``; a time ``HH:MM`` or ``HH:MM:SS``; a currency its ISO 4217
code. None, or a name left out: the local answer stands.
"""
EXPECTED = ("vendor", "date", "total")
"""Fields that every receipt shows: where one was not found, that is as doubtful as one that needs review."""

_LONGEST = 200  # characters of a vendor's name
_LARGEST = Decimal(10) ** 12
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?")
_CODE = re.compile(r"[A-Z]{3}")


def doubtful(receipt: Receipt) -> tuple[str, ...]:
    """Names of the fields to ask about: those that need review, and those of EXPECTED that are missing.

    None of a picture without any text: it is no receipt.
    """
    if not receipt.lines:
        return ()
    found = {name: getattr(receipt.fields, name) for name in FIELD_NAMES}
    return tuple(name for name in FIELD_NAMES if (found[name].needs_review if found[name] else name in EXPECTED))


def escalated(receipt: Receipt, image: Image.Image, ask: Escalate) -> Receipt:
    """The receipt with what ``ask`` says of its doubtful fields; what it says of others is not looked at.

    An answer that is taken has ``source`` "escalated" and needs no review; its confidence is 1, unless the function
    answered with a ``Field`` that says otherwise. Whatever the function raises, and each answer that cannot be a value
    of its field, becomes a warning, and the local answer stands.
    """
    names = doubtful(receipt)
    try:
        answer = ask(image, receipt)
        given = _by_name(answer)
    except Exception as error:  # the caller's code may raise anything; the local answers are worth keeping
        return _warned(receipt, f"escalation failed ({_brief(error)}): the local answers stand")
    warnings = [f"escalation: unknown field {_shown(name)}: left out" for name in given if name not in FIELD_NAMES]
    taken: dict[str, Field[Any]] = {}
    for name in names:
        try:
            if given.get(name) is not None:
                taken[name] = _merged(name, given[name], receipt)
        except ValueError as error:
            warnings.append(f"escalation: {name}: {error}: the local answer stands")
    return _warned(replace(receipt, fields=replace(receipt.fields, **taken)), *warnings)


def _by_name(answer: object) -> Mapping[str, Any]:
    if answer is None:
        return {}
    if isinstance(answer, Fields):
        return {name: getattr(answer, name) for name in FIELD_NAMES}
    if isinstance(answer, Mapping):
        return dict(answer)
    raise TypeError(f"it answered with a {type(answer).__name__}, not a mapping or Fields")


def _merged(name: str, given: Any, receipt: Receipt) -> Field[Any]:
    """The field as answered. Text and lines of the local answer stay where the value is the same."""
    local: Field[Any] | None = getattr(receipt.fields, name)
    if isinstance(given, Field):
        value = _value(name, given.value)
        _check(given, receipt)
        return replace(given, value=value, source="escalated")
    value = _value(name, given)
    if local is not None and local.value == value:
        return replace(local, confidence=1.0, needs_review=False, alternatives=(), source="escalated")
    return Field(value, "", 1.0, (), False, (), "escalated")


def _check(given: Field[Any], receipt: Receipt) -> None:
    if not (isinstance(given.confidence, (int, float)) and 0 <= given.confidence <= 1):
        raise ValueError(f"confidence {_shown(given.confidence)} is not within 0 to 1")
    if not all(isinstance(line, int) and 0 <= line < len(receipt.lines) for line in given.lines):
        raise ValueError(f"lines {_shown(given.lines)} are not lines of the receipt")


def _value(name: str, given: Any) -> str | Decimal:
    """What was given as a value of the field. Raises ValueError."""
    if name in ("subtotal", "tax", "total"):
        return _amount(given)
    if name == "date":
        return _date(given)
    text = given.strip() if isinstance(given, str) else ""
    if name == "vendor" and 0 < len(text) <= _LONGEST and text.isprintable():
        return text
    if name == "time" and _TIME.fullmatch(text):
        return text
    if name == "currency" and _CODE.fullmatch(text):
        return text
    raise ValueError(f"{_shown(given)} is no {name}")


def _amount(given: Any) -> Decimal:
    if isinstance(given, bool) or not isinstance(given, (Decimal, int, float, str)):
        raise ValueError(f"{_shown(given)} is no amount")
    if isinstance(given, float) and not math.isfinite(given):
        raise ValueError(f"{given} is no amount")
    try:
        value = Decimal(str(given))
    except InvalidOperation:
        raise ValueError(f"{_shown(given)} is no amount") from None
    if not value.is_finite() or abs(value) >= _LARGEST:
        raise ValueError(f"{_shown(given)} is no amount")
    return value


def _date(given: Any) -> str:
    text = given.strip() if isinstance(given, str) else given.isoformat()[:10] if isinstance(given, date) else ""
    if not _ISO.fullmatch(text):
        raise ValueError(f"{_shown(given)} is no date: answer YYYY-MM-DD")
    date.fromisoformat(text)
    return text


def _warned(receipt: Receipt, *warnings: str) -> Receipt:
    return replace(receipt, warnings=(*receipt.warnings, *warnings))


def _brief(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:120]}" if lines else type(error).__name__


def _shown(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."
