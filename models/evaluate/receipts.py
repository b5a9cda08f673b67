"""Errors of whole receipts, found and read: which lines belong together is told by their places, not by their order.

A found line belongs to an annotated one where at least half of the smaller of the two lies in the other. Lines that
hang together so, one or many on either side (the matches of TedEval, Lee et al., 2019), are compared as one text, each
side in the order of layout. What has no other side counts with all its characters: a line not found, or one where none
is. The error is the sum of these edit distances (Levenshtein, 1966) over the characters printed, so it may exceed 1.
"""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.layout import LayoutParams, rows
from edgekit.types import Quad, TextLine
from models.evaluate.detection import is_ignored
from models.evaluate.errors import Errors
from models.evaluate.polygons import area, shared
from models.evaluate.truth import Page, Rules

TOGETHER = 0.5
"""Least share of the smaller of two quads that lies in the other."""


def receipt_errors(found: Sequence[TextLine], page: Page, rules: Rules, layout: LayoutParams) -> Errors:
    """Of one page; each group of lines counts as a line. ``found``: in pixels of the page."""
    read = [line for line in found if not is_ignored(line.quad, page.ignored)]
    printed = [TextLine(text, quad, 1.0) for text, quad in zip(page.texts, page.quads, strict=True)]
    errors = Errors()
    for mine, theirs in groups([line.quad for line in printed], [line.quad for line in read]):
        texts = (_joined([lines[i] for i in members], layout) for lines, members in ((read, theirs), (printed, mine)))
        errors.add(*map(rules.apply, texts))
    return errors


def groups(annotated: Sequence[Quad], found: Sequence[Quad]) -> list[tuple[list[int], list[int]]]:
    """Indices of annotated and of found quads that hang together; each is in one group."""
    root = list(range(len(annotated) + len(found)))

    def top(i: int) -> int:
        while root[i] != i:
            i = root[i]
        return i

    for i, a in enumerate(annotated):
        for j, b in enumerate(found, len(annotated)):
            if _belong(a, b):
                root[top(j)] = top(i)
    members: dict[int, tuple[list[int], list[int]]] = {}
    for i in range(len(root)):
        both = members.setdefault(top(i), ([], []))
        both[i >= len(annotated)].append(i - len(annotated) * (i >= len(annotated)))
    return list(members.values())


def _belong(a: Quad, b: Quad) -> bool:
    both = shared(a, b)
    return both > 0 and both >= TOGETHER * min(area(a.points), area(b.points))


def _joined(lines: Sequence[TextLine], layout: LayoutParams) -> str:
    return " ".join(lines[i].text for row in rows(lines, layout) for i in row)
