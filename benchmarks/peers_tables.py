"""The figures of ``benchmarks.peers`` for people: cost, ratios and accuracy, in a terminal or in Markdown."""

from __future__ import annotations

from typing import Any

from benchmarks.figures import engine_warning
from benchmarks.tables import Draw, Rows, aligned, markdown, number

Figures = dict[str, Any]
SET_NAMES = {"expressexpense": "ExpressExpense", "sroie": "SROIE", "wildreceipt": "WildReceipt", "german": "German"}


def text(result: Figures, draw: Draw = aligned) -> str:
    """All tables, and what has to be known to read them."""
    parts = []
    for part in result["sets"]:
        warning = engine_warning(part["systems"])
        head = f"{title(part)}: {part['pictures']} receipts"
        parts += [head, *([warning] if warning else []), draw(cost(part), 1), draw(ratios(part), 1)]
        parts.append(draw(accuracy(part), 2))
    return "\n\n".join([*parts, *left_out(result), about(result)])


def full(result: Figures) -> str:
    """``text`` in Markdown."""
    return text(result, markdown)


def short(result: Figures) -> str:
    """One Markdown table of what matters most, a group of columns for each set."""
    head, units = [""], [""]
    for part in result["sets"]:
        head += [title(part), "", ""]
        units += ["median / p95 ms", "peak MB", "F1"]
    rows = [[*head, "", ""], [*units, "cold start s", "installed MB"]]
    for i, system in enumerate(result["sets"][0]["systems"]):
        row = [f"**{system['title']}**" if i == 0 else system["title"]]
        for part in result["sets"]:
            figures, report = part["systems"][i], _reports(part)[system["system"], "EdgeKit"]
            times = f"{number(figures['median_s'], 0, 1000)} / {number(figures['p95_s'], 0, 1000)}"
            row += [times, number(figures["peak_mb"], 0), number(report["micro4"]["f1"], 3)]
        rows.append([*row, number(system["cold_start_s"], 2), number(system["installed_mb"], 0)])
    rows += _ratio_row(result)
    counts = ", ".join(f"{part['pictures']} receipts of {title(part)}" for part in result["sets"])
    missing = f" Not measured: {', '.join(one['system'] for one in result['left_out'])}." if result["left_out"] else ""
    return f"{markdown(rows, 1)}\n\n{counts}. {about(result)}{missing}"


def _ratio_row(result: Figures) -> list[list[str]]:
    """EdgeKit divided by the first peer; nothing where there is none."""
    parts = result["sets"]
    if not parts[0]["ratios"]:
        return []
    row = [f"EdgeKit divided by {parts[0]['systems'][1]['title']} (time: paired)"]
    for part in parts:
        row += [number(part["ratios"][0]["paired"], 2), number(part["ratios"][0]["peak_mb"], 2), ""]
    return [[*row, *(number(parts[0]["ratios"][0][name], 2) for name in ("cold_start_s", "installed_mb"))]]


def about(result: Figures) -> str:
    """The machine, how many threads, when, and how busy the machine was."""
    machine = result["machine"]
    loads = ", ".join(" to ".join(number(load, 2) for load in part["load"]) for part in result["sets"])
    return (
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}, {_threads(result)}, "
        f"{result['date']}; load of the machine {loads}. MB are 10^6 bytes; cold start is from starting a process "
        "to its first result."
    )


def _threads(result: Figures) -> str:
    """How many, and who had another number."""
    others = {
        run["title"]: run["threads"] for run in result["sets"][0]["systems"] if run["threads"] != result["threads"]
    }
    return f"{result['threads']} threads{''.join(f' ({title}: {threads})' for title, threads in others.items())}"


def left_out(result: Figures) -> list[str]:
    """A sentence for each system that was not measured."""
    return [f"Left out: {one['system']}. {one['reason']}." for one in result["left_out"]]


def title(part: Figures) -> str:
    """A set and its splits."""
    return f"{SET_NAMES.get(part['name'], part['name'])} {' '.join(part['splits'])}"


def _reports(part: Figures) -> dict[tuple[str, str], Figures]:
    return {(judged["system"], judged["extraction"]): judged["report"] for judged in part["accuracy"]}


def cost(part: Figures) -> Rows:
    """What each system takes."""
    head = ("", "median ms", "p95 ms", "CPU ms", "peak MB", "cold start s", "installed MB", "failed")
    rows = [
        (
            run["title"],
            *(number(run[name], 0, 1000) for name in ("median_s", "p95_s", "median_cpu_s")),
            number(run["peak_mb"], 0),
            number(run["cold_start_s"], 2),
            number(run["installed_mb"], 0),
            str(len(run["failed"])),
        )
        for run in part["systems"]
    ]
    return [head, *rows]


def ratios(part: Figures) -> Rows:
    """EdgeKit divided by each peer."""
    titles = {run["system"]: run["title"] for run in part["systems"]}
    head = ("EdgeKit divided by", "time, paired", "median", "p95", "CPU", "peak", "cold start", "installed")
    names = ("paired", "median_s", "p95_s", "median_cpu_s", "peak_mb", "cold_start_s", "installed_mb")
    rows = [(titles[one["peer"]], *(number(one[name], 2) for name in names)) for one in part["ratios"]]
    return [head, *rows]


def accuracy(part: Figures) -> Rows:
    """F1 by system and extraction."""
    titles = {run["system"]: run["title"] for run in part["systems"]}
    fields = ("vendor", "date", "total", "tax", "micro4")
    head = ("F1, text by", "fields by", "vendor", "date", "total", "tax", "all fields", "receipts all right")
    rows = [
        (
            titles[judged["system"]],
            judged["extraction"],
            *(number(judged["report"].get(name, {}).get("f1"), 3) for name in fields),
            number(judged["report"]["receipts"]["all_right"], 3),
        )
        for judged in part["accuracy"]
    ]
    return [head, *rows]
