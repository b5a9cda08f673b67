"""Size against F1 against time: which variants or systems no other one beats in all three."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError

Key = tuple[str, str, str]
"""Digest of a bundle, backend, precision."""
_EVALUATED = re.compile(r"digest ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Point:
    """size: megabytes (10^6 bytes). f1: 0..1. p95: milliseconds of a read."""

    name: str
    size: float
    f1: float
    p95: float


@dataclass(frozen=True, slots=True)
class Scored:
    """F1 on one set of receipts, by what was read with."""

    data: str
    f1: Mapping[Key, float]


def front(points: Sequence[Point]) -> list[Point]:
    """Those that no other point equals or betters in size, F1 and time, and betters in one (Pareto's front)."""
    return [point for point in points if not any(_beats(other, point) for other in points)]


def _beats(one: Point, other: Point) -> bool:
    no_worse = one.size <= other.size and one.f1 >= other.f1 and one.p95 <= other.p95
    return no_worse and (one.size, one.f1, one.p95) != (other.size, other.f1, other.p95)


def of_bench(result: Mapping[str, Any], scored: Scored) -> list[Point]:
    """Variants of ``edgekit bench`` whose F1 is known; their size is the bundle's."""
    points = []
    for variant in result["variants"]:
        f1 = scored.f1.get((variant["bundle"]["digest"], variant["backend"], variant["precision"]))
        if f1 is not None and variant["reads"]:
            p95 = variant["latency_ms"]["all"]["p95"]
            points.append(Point(variant["id"], variant["bundle"]["bytes"] / 1e6, f1, p95))
    return points


def of_peers(part: Mapping[str, Any]) -> list[Point]:
    """Systems of one set of ``benchmarks.peers``, with EdgeKit's extraction; their size is all that is installed."""
    f1 = {one["system"]: one["report"]["micro4"]["f1"] for one in part["accuracy"] if one["extraction"] == "EdgeKit"}
    return [
        Point(one["title"], one["installed_mb"], f1[one["system"]], one["p95_s"] * 1000)
        for one in part["systems"]
        if one["installed_mb"] is not None and one["p95_s"] is not None and one["system"] in f1
    ]


def load_f1(path: Path) -> list[Scored]:
    """What ``edgekit eval --json`` printed, or ``benchmarks.backends --json`` wrote. Raises UsageError for others."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return _of_backends(found) if "sets" in found else [_of_eval(found)]
    except OSError as error:
        raise UsageError(f"--f1 {path}: cannot be read ({error.strerror}); give a file of F1") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        made_by = "'edgekit eval --json' or 'benchmarks.backends --json'"
        raise UsageError(f"--f1 {path}: is not what {made_by} writes ({error!r}); give such a file") from error


def _of_eval(found: Mapping[str, Any]) -> Scored:
    digest = _EVALUATED.search(found["setting"]["bundle"])
    if digest is None:
        raise ValueError("no digest of the bundle")
    backend, precision = found["setting"]["backend"].partition(",")[0].split()
    name = f"{Path(found['data']).name} {found['split'] or ''}".strip()
    return Scored(name, {(digest[1], backend, precision): float(found["scores"]["micro4"]["f1"])})


def _of_backends(found: Mapping[str, Any]) -> list[Scored]:
    return [
        Scored(
            f"{part['name']} {' '.join(part['splits'])}",
            {(found["bundle"], *one["variant"].split()): float(one["f1"]) for one in part["variants"]},
        )
        for part in found["sets"]
    ]


def merged(scored: Sequence[Scored]) -> list[Scored]:
    """Files about the same receipts put together."""
    found: dict[str, dict[Key, float]] = {}
    for one in scored:
        found.setdefault(one.data, {}).update(one.f1)
    return [Scored(data, f1) for data, f1 in found.items()]
