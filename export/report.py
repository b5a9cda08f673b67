"""What a bundle's graphs are and how they fared: one table, for the terminal, as Markdown and as HTML."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from edgekit.manifest import Graph, Manifest
from edgekit.session import PACKAGE

HEADER = ("stage", "engine", "precision", "file", "bytes", "differs by", "field F1", "character error", "speed")
NUMBERS = 4
"""Columns from here are set to the right."""
NOT_RUN = "-"
Row = tuple[str, ...]


def rows(manifest: Manifest, sizes: Mapping[str, int]) -> list[Row]:
    """One per graph, under HEADER. sizes: bytes by file name."""
    return [
        (name, graph.backend, graph.precision, *_file(graph.file, sizes), *_figures(graph))
        for name, stage in sorted(manifest.stages.items())
        for graph in stage.graphs
    ]


def table(header: Row, body: Sequence[Row]) -> str:
    """Columns of equal width; no newline at the end."""
    widths = [max(len(row[i]) for row in (header, *body)) for i in range(len(header))]

    def line(row: Row) -> str:
        cells = (
            text.ljust(w) if i < NUMBERS else text.rjust(w) for i, (text, w) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join(cells).rstrip()

    return "\n".join(map(line, (header, *body)))


def notes(manifest: Manifest) -> list[str]:
    """What the figures were measured on, and why a graph stands in for another."""
    found = []
    for name, stage in sorted(manifest.stages.items()):
        for graph in stage.graphs:
            evidence, what = graph.evidence, f"{name} {graph.backend} {graph.precision}"
            if evidence.reason is not None:
                found.append(f"{what}: {evidence.reason}")
            if evidence.trial is not None:
                trial = evidence.trial
                speed = "not timed" if trial.latency_ratio is None else "speed beside fp32, one thread"
                found.append(
                    f"{what}: read from {trial.pictures} pictures of {trial.data}; character error against "
                    f"{trial.character_reference}; {speed}; on {evidence.machine}"
                )
            if evidence.delegated is not None:
                found.append(f"{what}: {evidence.delegated:.1%} of the operators accelerated")
    return found


def files(manifest: Manifest, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """``report.md`` and ``report.html`` of a bundle whose graphs have more to say than that they equal the original."""
    return documents(manifest, sizes) if notes(manifest) else {}


def documents(manifest: Manifest, sizes: Mapping[str, int]) -> dict[str, bytes]:
    """``report.md`` and ``report.html``."""
    remarks, body = notes(manifest), rows(manifest, sizes)
    title = f"{manifest.name} {manifest.version}"
    return {"report.md": _markdown(title, body, remarks).encode(), "report.html": _html(title, body, remarks).encode()}


def _file(name: str, sizes: Mapping[str, int]) -> Row:
    """Its name and bytes; of a model that is a folder, the folder's."""
    folder = PurePosixPath(name).parent
    if folder.suffix != PACKAGE:
        return name, f"{sizes[name]:,}"
    parts = (size for part, size in sizes.items() if folder in PurePosixPath(part).parents)
    return str(folder), f"{sum(parts):,}"


def _figures(graph: Graph) -> Row:
    evidence = graph.evidence
    gap = NOT_RUN if evidence.max_abs_difference is None else f"{evidence.max_abs_difference:.0e}"
    if evidence.trial is None:
        return gap, NOT_RUN, NOT_RUN, NOT_RUN
    trial = evidence.trial
    f1, error = trial.field_f1, trial.character_error
    return (
        gap,
        f"{f1.before:.4f} -> {f1.after:.4f}",
        f"{error.before:.4f} -> {error.after:.4f}",
        NOT_RUN if trial.latency_ratio is None else f"{trial.latency_ratio:.2f}x",
    )


def _markdown(title: str, body: Sequence[Row], remarks: Sequence[str]) -> str:
    rule = ("---",) * NUMBERS + ("---:",) * (len(HEADER) - NUMBERS)
    lines = [f"| {' | '.join(row)} |" for row in (HEADER, rule, *body)]
    return "\n".join([f"# {title}", "", *lines, "", *(f"- {remark}" for remark in remarks), ""])


def _html(title: str, body: Sequence[Row], remarks: Sequence[str]) -> str:
    def cells(row: Row, tag: str) -> str:
        return "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in row)

    lines = [f"<tr>{cells(HEADER, 'th')}</tr>", *(f"<tr>{cells(row, 'td')}</tr>" for row in body)]
    said = [f"<li>{html.escape(remark)}</li>" for remark in remarks]
    name = html.escape(title)
    head = f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
    style = "<style>body{font-family:sans-serif}td,th{padding:.2em .8em;text-align:left}</style></head>"
    return "\n".join(
        [
            head + style,
            f"<body><h1>{name}</h1>",
            "<table>",
            *lines,
            "</table>",
            "<ul>",
            *said,
            "</ul>",
            "</body></html>",
            "",
        ]
    )
