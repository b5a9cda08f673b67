"""What ``benchmarks.report`` says of each result: headings, sentences, tables and drawings, in no format yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import peers_tables, report_plots
from benchmarks.pareto import Point, Scored, front, of_bench, of_peers
from benchmarks.results import BENCH
from benchmarks.tables import Rows, number

Result = dict[str, Any]


@dataclass(slots=True)
class Part:
    """A section. marks: warnings that have to be seen. tables: rows, the head first, and how many columns are words.

    drawings: names of files beside the report, and what each shows.
    """

    title: str
    marks: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    tables: list[tuple[Rows, int]] = field(default_factory=list)
    drawings: list[tuple[str, str]] = field(default_factory=list)


def parts_of(result: Result, name: str, scored: Sequence[Scored], folder: Path) -> list[Part]:
    """Sections of a result, its drawings written into ``folder`` with file names that begin with ``name``."""
    if result["schema"] == BENCH:
        return [_bench(result, name, scored, folder)]
    return [_peers(result, part, f"{name}-{i}", folder) for i, part in enumerate(result["sets"], 1)]


def _bench(result: Result, name: str, scored: Sequence[Scored], folder: Path) -> Part:
    device, software = result["device"], result["software"]
    cpu = device["cpu"]
    part = Part(f"{device['model'] or cpu['model'] or 'Unnamed device'}{_label(result)}", _marks(result))
    about = (
        f"{cpu['model']}, {cpu['usable']} of {cpu['cores']} cores, {number(device['memory_bytes'], 1, 1e-9)} GB, "
        f"{device['system']}, {device['kernel']}; EdgeKit {software['edgekit']}, {software['runtime']}, "
        f"{', '.join(f'{package} {version}' for package, version in software['packages'].items() if version)}; "
        f"{result['started']}."
    )
    pictures = result["pictures"]
    part.sentences += [about, f"{len(pictures['items'])} pictures: {pictures['note']}."]
    part.sentences += [f"Left out: {one['id']}: {one['reason']}." for one in result["left_out"]]
    read = [variant for variant in result["variants"] if variant["reads"]]
    part.tables += [(_latency_rows(read), 1), (_cost_rows(read), 1), (_stage_rows(read), 1)]
    if result["throughput"]:
        part.tables.append((_throughput_rows(result), 2))
    if read:
        report_plots.latency(folder / f"{name}-latency.svg", {one["id"]: one["samples"]["ms"]["all"] for one in read})
        part.drawings.append((f"{name}-latency.svg", "Share of the reads that take at most so long"))
        means = {one["id"]: {s: f["mean"] for s, f in one["latency_ms"].items() if s != "all"} for one in read}
        report_plots.stages(folder / f"{name}-stages.svg", means)
        part.drawings.append((f"{name}-stages.svg", "Mean time of each stage"))
    for i, one in enumerate(scored, 1):
        points = of_bench(result, one)
        _add_pareto(part, points, f"{name}-pareto-{i}.svg", f"F1 on {one.data}", "of the bundle", folder)
    if not any("pareto" in file for file, _ in part.drawings):
        part.sentences.append("No F1 is known of these variants (--f1), so there is no front of size, F1 and time.")
    return part


def _peers(result: Result, found: Result, name: str, folder: Path) -> Part:
    part = Part(f"Peers on {peers_tables.title(found)}, {found['pictures']} receipts", [])
    part.sentences += [peers_tables.about(result), *peers_tables.left_out(result)]
    part.tables = [(peers_tables.cost(found), 1), (peers_tables.ratios(found), 1), (peers_tables.accuracy(found), 2)]
    read = [one for one in found["systems"] if one["reads"]]
    times = {one["title"]: [s * 1000 for s in one["seconds"] if s is not None] for one in read}
    report_plots.latency(folder / f"{name}-latency.svg", times)
    part.drawings.append((f"{name}-latency.svg", "Share of the receipts that take at most so long"))
    where = "F1 with EdgeKit's extraction"
    _add_pareto(part, of_peers(found), f"{name}-pareto.svg", where, "installed, dependencies included", folder)
    return part


def _add_pareto(part: Part, points: list[Point], file: str, what: str, size: str, folder: Path) -> None:
    if not points:
        return
    report_plots.pareto(folder / file, points, size)
    part.drawings.append((file, f"Size, {what}, and time: filled dots are on the front, no other is better in all"))
    best = front(points)
    head = ("", f"MB {size}", what, "p95 ms", "on the front")
    rows = [(p.name, f"{p.size:.1f}", f"{p.f1:.3f}", f"{p.p95:.0f}", "yes" if p in best else "no") for p in points]
    part.tables.append(([head, *rows], 1))


def _label(result: Result) -> str:
    return f", {result['label']}" if result["label"] else ""


def _marks(result: Result) -> list[str]:
    """What makes the figures worth less."""
    marks = []
    for one in result["variants"]:
        noise = one["noise"]
        if noise["noisy"]:
            shares = (("passes", noise["p95_difference"]), ("parts of the run", noise["block_spread"]))
            told = " and ".join(f"{name} {share:.0%}" for name, share in shares if share is not None)
            marks.append(f"NOISY: {one['id']}: differences between {told}.")
        if noise["noisy"] is None:
            marks.append(f"{one['id']}: too few reads to tell how noisy it was.")
    throttling = (result["before"]["throttling"], result["after"]["throttling"])
    if any(state["now"] for state in throttling) or _grew(throttling):
        marks.append("THROTTLED: the clock was held back by heat or too little voltage.")
    if result["quick"]:
        marks.append("QUICK: fewer reads than the rules ask for.")
    if not result["complete"]:
        marks.append("INCOMPLETE: the run was broken off.")
    if result["device"]["virtual"]:
        marks.append("A virtual machine: neighbours may have disturbed it.")
    return marks


def _grew(throttling: tuple[Result, Result]) -> bool:
    before, after = (state["events"] for state in throttling)
    return before is not None and after is not None and after > before


def _latency_rows(read: Sequence[Result]) -> Rows:
    head = ("milliseconds of a read", "reads", "p50", "p90", "p95", "p99", "max", "CPU p50", "noise")
    words = {True: "NOISY", False: "quiet", None: "not known"}
    return [
        head,
        *(
            (
                one["id"],
                str(one["reads"]),
                *(number(one["latency_ms"]["all"][share], 1) for share in ("p50", "p90", "p95", "p99", "max")),
                number(one["cpu_ms"] and one["cpu_ms"]["p50"], 1),
                words[one["noise"]["noisy"]],
            )
            for one in read
        ),
    ]


def _cost_rows(read: Sequence[Result]) -> Rows:
    head = (
        "",
        "cold start s",
        "load s",
        "first read s",
        "peak MB",
        "steady MB",
        "bundle MB",
        "installed MB",
        "J a read",
    )
    rows = []
    for one in read:
        start = [_middle(one["start"][name]) for name in ("cold_s", "load_s", "first_read_s")]
        amounts = (
            *(one["memory"][name] for name in ("peak_bytes", "steady_bytes")),
            *(one["disk"][name] for name in ("bundle_bytes", "installed_bytes")),
        )
        megabytes = [number(amount, 1, 1e-6) for amount in amounts]
        rows.append((one["id"], *(number(s, 2) for s in start), *megabytes, number(one["joules_per_read"], 2)))
    return [head, *rows]


def _stage_rows(read: Sequence[Result]) -> Rows:
    stages = list(dict.fromkeys(stage for one in read for stage in one["latency_ms"] if stage != "all"))
    rows = []
    for one in read:
        whole = one["latency_ms"]["all"]["mean"]
        means = (one["latency_ms"].get(stage, {}).get("mean") for stage in stages)
        rows.append((one["id"], *("-" if mean is None else f"{mean:.1f} ({mean / whole:.0%})" for mean in means)))
    return [("mean milliseconds of a stage", *stages), *rows]


def _throughput_rows(result: Result) -> Rows:
    head = ("reads a second", "kind", "workers", "threads each", "reads a second")
    return [
        head,
        *(
            (
                f"{one['backend']} {one['precision']}",
                one["kind"],
                str(one["workers"]),
                str(one["threads_each"]),
                number(one["reads_per_s"], 2),
            )
            for one in result["throughput"]
        ),
    ]


def _middle(values: Sequence[float]) -> float | None:
    return sorted(values)[len(values) // 2] if values else None
