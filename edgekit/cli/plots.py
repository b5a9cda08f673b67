"""The drawing of ``edgekit eval --plot``: risk against coverage, and a reliability diagram. Needs matplotlib."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError

SUFFIXES = (".svg", ".png", ".pdf")
_COLOURS = {"vendor": "#0072b2", "date": "#009e73", "total": "#d55e00", "tax": "#cc79a7"}
"""Okabe and Ito, "Color Universal Design", 2008: told apart by the colour-blind, too."""
_GREY = "#888888"
_LARGEST_DOT = 220.0  # square points, of the bin with the most answers


def check_plot(path: str) -> None:
    """Whether a drawing can be made there, told before the long work. Raises UsageError."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise UsageError(f"{path}: cannot tell the kind of drawing: end its name in {', '.join(SUFFIXES)}")
    if not Path(path).absolute().parent.is_dir():
        raise UsageError(f"{path}: its folder does not exist: make it first")
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise UsageError("--plot needs matplotlib, which is not installed: pip install 'edgekit[plots]'") from error


def draw(path: str, confidence: Mapping[str, Mapping[str, Any]], error_target: float | None, title: str) -> None:
    """Writes the drawing. confidence: field to what ``edgekit.reliability.describe`` says of it.

    error_target: drawn as a line across the risks; None draws none. Raises UsageError where it cannot be written.
    """
    import matplotlib
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10.5, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    for name, figures in confidence.items():
        _draw_risk(left, name, figures)
        _draw_bins(right, name, figures)
    if error_target is not None:
        left.axhline(error_target, color=_GREY, linewidth=1, linestyle="--", label=f"target {error_target:g}")
    left.set(xlim=(0, 1), xlabel="coverage: share of the labelled fields", ylabel="risk: share wrong", title="Risk")
    left.set_ylim(bottom=0)
    right.plot((0, 1), (0, 1), color=_GREY, linewidth=1, linestyle="--")
    right.set(xlim=(0, 1), ylim=(0, 1.02), xlabel="confidence", ylabel="share right", title="Reliability")
    for axes in (left, right):
        axes.grid(color="#dddddd", linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small", loc="upper left")
    figure.suptitle(title, fontsize="medium")
    stable = {"Date": None} if Path(path).suffix.lower() == ".svg" else None
    try:
        with matplotlib.rc_context({"svg.hashsalt": "edgekit"}):  # the same figures give the same bytes
            figure.savefig(path, metadata=stable)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written ({error.strerror}): choose another place") from error


def _draw_risk(axes: Any, name: str, figures: Mapping[str, Any]) -> None:
    """A step per confidence: between two there is no threshold that would accept a part."""
    curve = figures["curve"]
    coverage, risk = [0.0, *(point[1] for point in curve)], [0.0, *(point[2] for point in curve)]
    label = f"{name}, AURC {figures['aurc']:.3f}"
    axes.plot(coverage, risk, color=_COLOURS[name], linewidth=1.6, drawstyle="steps-pre", label=label)


def _draw_bins(axes: Any, name: str, figures: Mapping[str, Any]) -> None:
    bins = figures["bins"]
    most = max((size for *_, size in bins), default=1)
    said, right = [one[0] for one in bins], [one[1] for one in bins]
    label = f"{name}, ECE {figures['ece_width']:.3f}"
    axes.plot(said, right, color=_COLOURS[name], linewidth=1, marker="o", markersize=3, label=label)
    sizes = [_LARGEST_DOT * size / most for *_, size in bins]
    axes.scatter(said, right, s=sizes, color=_COLOURS[name], alpha=0.25, linewidths=0)
