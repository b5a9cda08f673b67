"""Values of the runtime as plain JSON, and the comparison that every port uses: floats near, all else exact."""

from __future__ import annotations

import base64
import dataclasses
import math
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
from PIL import Image

from edgekit.types import Quad, TextLine

TOLERANCE = 1e-6
"""A float may be off by this, or by this share of it where it is above 1."""


def plain(value: Any) -> Any:
    """Plain JSON: dataclasses as objects, quads as eight numbers, amounts and days as strings, sets sorted."""
    if isinstance(value, Quad):
        return [float(c) for point in value.points for c in point]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(member) for key, member in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(plain(member) for member in value)
    if isinstance(value, (list, tuple)):
        return [plain(member) for member in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def difference(found: Any, expected: Any, where: str = "") -> str | None:
    """Where two plain values differ, and how; None where they are equal."""
    if isinstance(expected, float) and isinstance(found, float):
        near = math.isclose(found, expected, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        return None if near else f"{where}: {found!r} is not {expected!r}"
    if type(found) is not type(expected):
        return f"{where}: {_short(found)} is not {_short(expected)}"
    if isinstance(expected, dict):
        if found.keys() != expected.keys():
            return f"{where}: keys {sorted(found)} are not {sorted(expected)}"
        return _first(difference(found[key], expected[key], f"{where}.{key}") for key in expected)
    if isinstance(expected, list):
        if len(found) != len(expected):
            return f"{where}: {len(found)} items are not {len(expected)}"
        pairs = enumerate(zip(found, expected, strict=True))
        return _first(difference(a, b, f"{where}[{i}]") for i, (a, b) in pairs)
    return None if found == expected else f"{where}: {_short(found)} is not {_short(expected)}"


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 120 else shown[:117] + "..."


def _first(found: Any) -> str | None:
    return next((problem for problem in found if problem is not None), None)


def quad_of(numbers: list[float]) -> Quad:
    a, b, c, d = zip(numbers[::2], numbers[1::2], strict=True)
    return Quad(a, b, c, d)


def line_of(row: dict[str, Any]) -> TextLine:
    return TextLine(row["text"], quad_of(row["quad"]), row["confidence"])


def picture_of(value: dict[str, Any]) -> Image.Image:
    """From ``{"width", "height", "rgb"}``: base64 of the rows' bytes."""
    return Image.frombytes("RGB", (value["width"], value["height"]), base64.b64decode(value["rgb"]))


def picture_to(pixels: Any) -> dict[str, Any]:
    """``{"width", "height", "rgb"}`` of a picture or its pixels, uint8 [height, width, 3]."""
    array = np.ascontiguousarray(np.asarray(pixels))
    height, width, _ = array.shape
    return {"width": width, "height": height, "rgb": base64.b64encode(array.tobytes()).decode("ascii")}
