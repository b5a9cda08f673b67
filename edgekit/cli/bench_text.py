"""What ``edgekit bench`` measured, as text for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from edgekit.bench.stats import median
from edgekit.cli.tables import clean

Figures = Mapping[str, Any]
SHARES = ("p50", "p90", "p95", "p99", "max", "mean")
EMULATED = "EMULATED: another kind of processor imitates this one, so times say nothing of a device and are not shown."
LEGEND = """\
ms: wall time of one read, photo to fields, reads one after another; p95: 95 of 100 reads took at most this.
cold: from starting a process to its first receipt; files were in the system's cache. load: opening the bundle.
noise: how far passes differ at p95, and blocks of the run at their median; "noisy" above {limit:.0%}.
installed: EdgeKit and all it requires, without Python. MB are 10^6 bytes."""


def result_text(result: Figures) -> str:
    """The tables, and what their words mean. Of an emulated machine no times are shown."""
    emulated = result["device"]["emulated"]
    blocks = [_machine(result), list(_warnings(result))]
    for variant in result["variants"]:
        blocks.append(list(_variant(variant, emulated)))
    blocks += [list(_together(result)) if not emulated else [], [_left_out(one) for one in result["left_out"]]]
    if not emulated:
        blocks.append([LEGEND.format(limit=result["rules"]["noise_limit"])])
    return "\n\n".join(clean_lines(block) for block in blocks if block)


def clean_lines(lines: Sequence[str]) -> str:
    """What a board, a bundle or a file calls itself must not steer the terminal."""
    return "\n".join(clean(line).rstrip() for text in lines for line in text.split("\n"))


def _machine(result: Figures) -> list[str]:
    device, cpu = result["device"], result["device"]["cpu"]
    has = [name for name, told in cpu["features"].items() if told]
    size = f"{device['memory_bytes'] / 1e9:.1f} GB" if device["memory_bytes"] else None
    pictures = result["pictures"]
    known = [device["model"], cpu["model"], f"{cpu['usable']} of {cpu['cores']} cores", size]
    rows = [
        ("device", ", ".join(text for text in known if text)),
        ("features", " ".join(has) or "none told"),
        ("system", ", ".join(filter(None, (device["system"], device["kernel"], device["container"])))),
        ("software", _software(result["software"])),
        ("pictures", f"{len(pictures['items'])}, {pictures['source']}: {pictures['note']}"),
        ("machine", ", ".join(_state(result)) or "tells neither clock nor temperature"),
    ]
    return [f"{name:9} {text}" for name, text in rows]


def _software(software: Figures) -> str:
    packages = [f"{name} {version}" for name, version in software["packages"].items() if version]
    git = f"revision {software['git']['revision'][:12]}" if software["git"] else None
    return ", ".join(filter(None, (f"edgekit {software['edgekit']}", git, software["runtime"], *packages)))


def _state(result: Figures) -> Iterator[str]:
    before, after = result["before"], result["after"]
    if before["governors"]:
        yield f"governor {'/'.join(before['governors'])}"
    for key, unit in (("clocks_mhz", "MHz"), ("temperatures_c", "C")):
        if before[key] and after[key]:
            yield f"{_highest(before[key]):.0f} -> {_highest(after[key]):.0f} {unit}"
    if before["load"] is not None:
        yield f"load {before['load']} -> {after['load']}"


def _highest(values: Any) -> float:
    return float(max(values.values() if isinstance(values, Mapping) else values))


def _warnings(result: Figures) -> Iterator[str]:
    before, after = (result[key]["throttling"] for key in ("before", "after"))
    if result["device"]["emulated"]:
        yield f"{EMULATED} ({'; '.join(result['device']['emulation'])})"
    if not result["complete"]:
        yield "INCOMPLETE: the run ended early."
    if result["quick"]:
        yield "QUICK: a first look. For figures to publish run it without --quick."
    if after["now"] or (after["events"] or 0) > (before["events"] or 0):
        yield "THROTTLED: the clock was held back by heat or too little voltage. Cool the device, check its supply."
    if result["after"]["battery"]:
        yield "ON BATTERY: the clock may be held back. Plug it in."
    if any(one["noise"]["noisy"] for one in result["variants"]) and not result["device"]["emulated"]:
        yield "NOISY: figures differ more from pass to pass than they may. Close other programs and run it again."


def _variant(variant: Figures, emulated: bool) -> Iterator[str]:
    yield f"{variant['id']}  (bundle {variant['bundle']['digest'][:12]}, extractor {variant['extractor']})"
    if variant["latency_ms"] and not emulated:
        yield f"  {'ms':10}" + "".join(f"{name:>9}" for name in SHARES)
        for stage, figures in _whole_last(variant["latency_ms"]):
            yield f"  {stage:10}" + "".join(f"{figures[name]:9.1f}" for name in SHARES)
        yield f"  {'CPU':10}" + "".join(f"{variant['cpu_ms'][name]:9.1f}" for name in SHARES)
        yield f"  {_starts(variant['start'])}"
        yield f"  {_noise(variant['noise'], variant['reads'])}"
    memory, disk = variant["memory"], variant["disk"]
    yield (
        f"  memory    peak {_megabytes(memory['peak_bytes'])}, steady {_megabytes(memory['steady_bytes'])}; "
        f"disk: bundle {_megabytes(disk['bundle_bytes'])}, installed {_megabytes(disk['installed_bytes'])}"
    )
    if variant["joules_per_read"] is not None and not emulated:
        yield f"  energy    {variant['joules_per_read']:.2f} J a read"
    if variant["failures"]:
        yield f"  failed    {len(variant['failures'])} pictures could not be read"


def _whole_last(stages: Figures) -> list[tuple[str, Figures]]:
    return [*((name, row) for name, row in stages.items() if name != "all"), ("all", stages["all"])]


def _starts(start: Figures) -> str:
    names = (("cold", "cold_s"), ("load", "load_s"), ("first read", "first_read_s"))
    told = [f"{name} {median(start[key]):.2f} s" for name, key in names if start[key]]
    return f"start     {', '.join(told)}"


def _noise(noise: Figures, reads: int) -> str:
    shares = (("passes", noise["p95_difference"]), ("blocks", noise["block_spread"]))
    told = [f"{name} {share:.1%}" for name, share in shares if share is not None]
    verdict = {True: "noisy", False: "quiet", None: "too few reads to tell"}[noise["noisy"]]
    return f"noise     {', '.join([*told, verdict])}; {reads} reads"


def _together(result: Figures) -> Iterator[str]:
    for row in result["throughput"]:
        yield (
            f"together  {row['reads_per_s']:.2f} reads a second: {row['workers']} {row['kind']} of "
            f"{row['threads_each']} thread, {row['backend']} {row['precision']}, bundle {row['bundle'][:12]}"
        )
    for row in (result["probe"] or {"rows": []})["rows"]:
        plural = "thread" if row["threads"] == 1 else "threads"
        yield (
            f"at most   {_or_dash(row['gflops'])} GFLOP/s, {_or_dash(row['copy_gb_s'])} GB/s copied, "
            f"with {row['threads']} {plural} of numpy"
        )
    energy = result["energy"]
    if energy and energy["joules"]:
        spent = f"{energy['joules']:.0f} J in {energy['seconds']:.0f} s"
        yield f"energy    {spent} by {energy['sensor']}: {energy['covers']}"


def _left_out(one: Figures) -> str:
    return f"left out  {one['id']}: {one['reason']}"


def _megabytes(size: int | None) -> str:
    return "-" if size is None else f"{size / 1e6:.1f} MB"


def _or_dash(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"
