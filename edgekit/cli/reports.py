"""The report of ``edgekit eval`` as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from edgekit.reliability import MASS_BINS, WIDTH_BINS


def report_text(report: Mapping[str, Any]) -> str:
    """The scores as the scorer prints them, then how far confidences hold, what the OCR costs, times and memory."""
    blocks = [
        [f"{name:9} {_pairs(rates)}" for name, rates in report["scores"].items()],
        list(_confidence(report["confidence"])),
        list(_given(report["given"])) if report["given"] else [],
        list(_milliseconds(report["milliseconds"])),
        list(_setting(report)),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _confidence(fields: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Said and right: means over the answers. Accepted: share of the labelled fields that need no review."""
    if fields:
        names = ("answers", "said", "right", "ECE", "chance", "p", "ECE eq", "AURC", "accepted", "wrong")
        yield f"{'certainty':9} " + "  ".join(f"{name:>8}" for name in names)
    for name, figures in fields.items():
        keys = "confidence right ece_width ece_chance ece_p ece_mass aurc accepted accepted_error".split()
        cells = [f"{figures['answers']:8}", *(_share(figures[key]) for key in keys)]
        yield f"{name:9} " + "  ".join(cells)
    if fields:
        yield f"ECE: {WIDTH_BINS} bins of equal width; chance: what true confidences would show on so few answers;"
        yield "p: how often they would show as much (below 0.05: they are not true);"
        yield f"ECE eq: {MASS_BINS} bins of equal numbers; accepted: of the labels; wrong: of those accepted"


def _given(given: Mapping[str, Any]) -> Iterator[str]:
    yield f"{'F1':9} {'given':>8}  {'pixels':>8}  {'OCR cost':>8}  ({given['pictures']} labels have lines)"
    for name, rates in given["scores"].items():
        key = "f1" if "f1" in rates else "all_right"
        lines, pixels = rates[key], given["pixels"][name][key]
        yield f"{name:9} {lines:8.4f}  {pixels:8.4f}  {lines - pixels:+8.4f}"


def _milliseconds(stages: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    columns = next(iter(stages.values()), {})
    yield f"{'ms':9} " + "  ".join(f"{name:>7}" for name in columns)
    for stage, values in stages.items():
        yield f"{stage:9} " + "  ".join(f"{value:7.1f}" for value in values.values())


def _setting(report: Mapping[str, Any]) -> Iterator[str]:
    peak = report["peak_rss_bytes"]
    yield f"peak RSS  {peak / 2**20:.0f} MiB" if peak else "peak RSS  not told by this system"
    yield from (f"{name:9} {value}" for name, value in report["setting"].items())


def _pairs(rates: Mapping[str, float]) -> str:
    return "  ".join(f"{key} {value}" for key, value in rates.items())


def _share(value: float | None) -> str:
    return f"{'-':>8}" if value is None else f"{value:8.4f}"
