"""Paired ratios."""

from __future__ import annotations

from collections.abc import Sequence

from edgekit.bench.stats import median


def paired_ratio(ours: Sequence[float | None], theirs: Sequence[float | None]) -> float | None:
    """Median over pictures of ours / theirs, so that a large picture weighs no more than a small one.

    The two sequences follow the same order of pictures; one that either failed on (None) is left out. None without any.
    """
    ratios = [a / b for a, b in zip(ours, theirs, strict=True) if a is not None and b]
    return median(ratios) if ratios else None


def ratio(ours: float | None, theirs: float | None) -> float | None:
    """ours / theirs; None where either is not known."""
    return ours / theirs if ours is not None and theirs else None
