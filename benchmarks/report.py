"""From runs to figures, and from figures to a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.measure import Run
from benchmarks.stats import paired_ratio, ratio
from edgekit.bench.stats import median, percentile

Figures = dict[str, Any]


def summary(run: Run) -> Figures:
    """Seconds of the reads that succeeded, MB (10^6 bytes), versions, and each picture's reading; None: not known."""
    seconds = [read.seconds for read in run.reads if read.seconds is not None]
    cpu = [read.cpu_seconds for read in run.reads if read.cpu_seconds is not None]
    return {
        "system": run.system.key,
        "title": run.system.title,
        "versions": run.versions,
        "reads": len(seconds),
        "failed": [read.failed for read in run.reads if read.failed],
        "median_s": median(seconds) if seconds else None,
        "p95_s": percentile(seconds, 0.95) if seconds else None,
        "median_cpu_s": median(cpu) if cpu else None,
        "peak_mb": run.peak_mb,
        "cold_start_s": median(run.cold) if run.cold else None,
        "installed_mb": run.installed_mb,
        "seconds": [read.seconds for read in run.reads],
        "cold_starts_s": run.cold,
    }


def compare(ours: Figures, theirs: Figures) -> Figures:
    """Our figures divided by a peer's: below 1 we are quicker or smaller. paired: median over pictures of the ratio."""
    names = ("median_s", "p95_s", "median_cpu_s", "peak_mb", "cold_start_s", "installed_mb")
    paired = {"paired": paired_ratio(ours["seconds"], theirs["seconds"])}
    return {"peer": theirs["system"]} | paired | {name: ratio(ours[name], theirs[name]) for name in names}


def text(result: Figures) -> str:
    """Tables for people: cost, ratios, and accuracy where there are labels to judge by."""
    parts = []
    for part in result["sets"]:
        splits = " ".join(part["splits"])
        before, after = part["load"]
        parts.append(
            f"{part['name']} {splits}: {part['pictures']} receipts, {result['threads']} threads, "
            f"load {_number(before, 2)} before, {_number(after, 2)} after"
        )
        warning = engine_warning(part["systems"])
        parts += [*([warning] if warning else []), _cost(part), _ratios(part), _accuracy(part)]
    machine = result["machine"]
    parts.append(
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}. "
        "MB are 10^6 bytes; cold start is from starting a process to its first result."
    )
    return "\n\n".join(parts)


def engine_warning(runs: Sequence[Figures]) -> str | None:
    """What to say where the systems did not run on the same onnxruntime: then more than the systems is compared."""
    found = {run["title"]: run["versions"].get("onnxruntime", "unknown") for run in runs}
    if len(set(found.values())) == 1:
        return None
    return f"NOT THE SAME onnxruntime: {', '.join(f'{title} {version}' for title, version in found.items())}"


def _cost(part: Figures) -> str:
    head = ("", "median ms", "p95 ms", "CPU ms", "peak MB", "cold start s", "installed MB", "failed")
    rows = [
        (
            run["title"],
            *(_number(run[name], 0, 1000) for name in ("median_s", "p95_s", "median_cpu_s")),
            _number(run["peak_mb"], 0),
            _number(run["cold_start_s"], 2),
            _number(run["installed_mb"], 0),
            str(len(run["failed"])),
        )
        for run in part["systems"]
    ]
    return table([head, *rows])


def _ratios(part: Figures) -> str:
    titles = {run["system"]: run["title"] for run in part["systems"]}
    head = ("EdgeKit divided by", "time, paired", "median", "p95", "CPU", "peak", "cold start", "installed")
    names = ("paired", "median_s", "p95_s", "median_cpu_s", "peak_mb", "cold_start_s", "installed_mb")
    rows = [(titles[ratios["peer"]], *(_number(ratios[name], 2) for name in names)) for ratios in part["ratios"]]
    return table([head, *rows])


def _accuracy(part: Figures) -> str:
    titles = {run["system"]: run["title"] for run in part["systems"]}
    fields = ("vendor", "date", "total", "tax", "micro4")
    head = ("F1, text by", "fields by", "vendor", "date", "total", "tax", "all four", "receipts all right")
    rows = [
        (
            titles[judged["system"]],
            judged["extraction"],
            *(_number(judged["report"].get(name, {}).get("f1"), 3) for name in fields),
            _number(judged["report"]["receipts"]["all_right"], 3),
        )
        for judged in part["accuracy"]
    ]
    return table([head, *rows], left=2)


def table(rows: Sequence[Sequence[str]], left: int = 1) -> str:
    """Columns padded to their widest cell: the first ``left`` to the left, numbers to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if i < left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _number(value: float | None, digits: int, factor: float = 1.0) -> str:
    return "-" if value is None else f"{value * factor:.{digits}f}"
