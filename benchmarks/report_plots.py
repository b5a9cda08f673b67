"""The drawings of ``benchmarks.report``. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.pareto import Point, front
from edgekit.errors import UsageError

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000")
"""Okabe and Ito, "Color Universal Design", 2008: told apart by the colour-blind, too."""
_LARGEST = 900.0  # square points, of the dot of the largest


def latency(path: Path, times: Mapping[str, Sequence[float]]) -> None:
    """Share of the reads that take at most so many milliseconds, a line for each name. Raises UsageError."""
    figure, axes = _figure(5.0)
    for i, (name, values) in enumerate(times.items()):
        ranked = np.sort(np.asarray(values, np.float64))
        shares = np.arange(1, len(ranked) + 1) / len(ranked)
        style = ("-", "--", ":")[i // len(COLOURS) % 3]
        axes.step(ranked, shares, where="post", color=COLOURS[i % len(COLOURS)], linestyle=style, label=name)
    axes.axhline(0.95, color="#888888", linewidth=0.8, linestyle="--")
    axes.set(xlabel="milliseconds of a read", ylabel="share of the reads", ylim=(0, 1.01), xscale="log")
    _plain_ticks(axes)
    _save(figure, axes, path, legend="lower right")


def stages(path: Path, means: Mapping[str, Mapping[str, float]]) -> None:
    """A bar for each name, of the mean milliseconds of its stages in order. Raises UsageError."""
    figure, axes = _figure(1.6 + 0.55 * len(means))
    names = list(dict.fromkeys(stage for found in means.values() for stage in found))
    left = np.zeros(len(means))
    for i, stage in enumerate(names):
        widths = np.array([found.get(stage, 0.0) for found in means.values()])
        axes.barh(range(len(means)), widths, left=left, color=COLOURS[i % len(COLOURS)], label=stage, height=0.6)
        left += widths
    axes.set_yticks(range(len(means)), list(means))
    axes.invert_yaxis()
    axes.set(xlabel="mean milliseconds of a read")
    _save(figure, axes, path, legend="best")


def pareto(path: Path, points: Sequence[Point], size: str) -> None:
    """F1 against the 95th percentile; a dot's area is the size; those on the front are filled. Raises UsageError.

    size: what the size is of.
    """
    figure, axes = _figure(5.0)
    best, most = front(points), max(point.size for point in points)
    for i, point in enumerate(points):
        colour, on_front = COLOURS[i % len(COLOURS)], point in best
        area = max(_LARGEST * point.size / most, 20.0)
        fill = colour if on_front else "none"
        label = f"{point.name}: {point.size:.1f} MB{', on the front' if on_front else ''}"
        axes.scatter(point.p95, point.f1, s=area, facecolors=fill, edgecolors=colour, alpha=0.7)
        axes.scatter([], [], s=40, facecolors=fill, edgecolors=colour, label=label)
    axes.set(xlabel="95th percentile of a read, milliseconds", ylabel="F1 over all fields", xscale="log")
    axes.set_title(f"area of a dot: megabytes {size}", fontsize="small")
    axes.margins(0.15)
    _plain_ticks(axes)
    _save(figure, axes, path, legend="best")


def _figure(height: float) -> tuple[Any, Any]:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise UsageError("matplotlib is not installed; run pip install 'edgekit[plots]'") from error
    figure = Figure(figsize=(9.0, height), layout="constrained")
    return figure, figure.subplots()


def _plain_ticks(axes: Any) -> None:
    """200, not 2 x 10^2."""
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("{x:g}")


def _save(figure: Any, axes: Any, path: Path, legend: str) -> None:
    import matplotlib

    axes.grid(color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small", loc=legend)
    try:
        with matplotlib.rc_context({"svg.hashsalt": "edgekit"}):  # the same figures give the same bytes
            figure.savefig(path, metadata={"Date": None})
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}); choose another place") from error
