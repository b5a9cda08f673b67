"""The report as tables for people: shares in per cent, times in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from models.evaluate.report import ALL

Row = Sequence[str]
Report = Mapping[str, Any]


def text(report: Report) -> str:
    """``report``: the "sets" of what the command measures."""
    parts = [
        _titled("Annotated lines, read", ("lines", "cer %", "wer %", "wrong %", "ms a line"), _lines(report)),
        _titled(
            "Lines found",
            ("recall %", "precis. %", "F1 %", "covered %", "precise %", "F1 %", "ms a page"),
            _found(report),
        ),
        _titled("Lines found, by group", ("lines", "recall %", "covered %"), _found_by(report)),
        _titled("Receipts, found and read", ("cer %", "mean %", "median %", "ms a page"), _receipts(report)),
    ]
    return "\n\n".join(part for part in parts if part)


def _titled(title: str, columns: Row, rows: Iterator[tuple[Row, Row]]) -> str:
    """A table of names to the left and figures to the right; nothing where it has no row."""
    body = list(rows)
    if not body:
        return ""
    names = ("set", "system") if len(body[0][0]) == 2 else ("set", "group", "system")
    table = [(*names, *columns), *((*left, *right) for left, right in body)]
    widths = [max(len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i < len(names) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
    return "\n".join([title, *lines])


def _systems(report: Report, part: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for name, one in report.items():
        for system, figures in one["systems"].items():
            if part in figures:
                yield name, system, figures[part]


def _groups(report: Report, part: str) -> Iterator[tuple[Row, Mapping[str, Any], Mapping[str, Any]]]:
    """Set, group and system with the group's rates, and all of the system's figures; one group's systems together.

    What is one group in all says no more than the whole, and is left out.
    """
    rows = [
        (name, kind, group, system, rates, figures)
        for name, system, figures in _systems(report, part)
        for kind, groups in figures["by"].items()
        for group, rates in groups.items()
        if kind == ALL or len(groups) > 1
    ]
    places = {key: i for i, key in reversed(list(enumerate((row[0], row[1], row[2]) for row in rows)))}
    for name, kind, group, system, rates, figures in sorted(rows, key=lambda row: places[row[0], row[1], row[2]]):
        yield (name, group if kind == ALL else f"{kind} {group}", system), rates, figures


def _lines(report: Report) -> Iterator[tuple[Row, Row]]:
    for names, rates, figures in _groups(report, "lines"):
        each = f"{1000 * figures['seconds'] / max(rates['lines'], 1):.1f}" if names[1] == ALL else ""
        yield names, (f"{rates['lines']:,}", *(_percent(rates[key]) for key in ("cer", "wer", "ler")), each)


def _found(report: Report) -> Iterator[tuple[Row, Row]]:
    for name, system, figures in _systems(report, "detection"):
        shares = [figures[kind][key] for kind in ("iou", "coverage") for key in ("recall", "precision", "f1")]
        yield (name, system), (*map(_percent, shares), _milliseconds(figures["seconds_median"]))


def _found_by(report: Report) -> Iterator[tuple[Row, Row]]:
    for names, rates, _ in _groups(report, "detection"):
        if names[1] != ALL:
            yield names, (f"{rates['lines']:,}", _percent(rates["recall"]), _percent(rates["covered"]))


def _receipts(report: Report) -> Iterator[tuple[Row, Row]]:
    for name, system, figures in _systems(report, "receipts"):
        shares = [_percent(figures[key]) for key in ("cer", "cer_mean", "cer_median")]
        yield (name, system), (*shares, _milliseconds(figures["seconds_median"]))


def _percent(share: float) -> str:
    return f"{100 * share:.2f}"


def _milliseconds(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:.0f}"
