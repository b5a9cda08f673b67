"""Tables for a terminal and for Markdown, from the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Rows = Sequence[Sequence[str]]
Draw = Callable[[Rows, int], str]
"""Rows, the head first, and how many columns are words: they stand to the left, numbers to the right."""


def aligned(rows: Rows, left: int = 1) -> str:
    """Columns padded to their widest cell."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def markdown(rows: Rows, left: int = 1) -> str:
    """A table of GitHub's Markdown."""
    head, *body = rows
    rule = ["---" if i < left else "--:" for i in range(len(head))]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in (head, rule, *body))


def number(value: float | None, digits: int, factor: float = 1.0) -> str:
    """A dash for what was not measured."""
    return "-" if value is None else f"{value * factor:.{digits}f}"
