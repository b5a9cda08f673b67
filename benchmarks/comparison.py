"""Two results of ``edgekit bench`` side by side: what differs, by how much, and whether that is more than noise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np

from benchmarks.resampling import ByPicture, Estimate, slowest, together, typical
from edgekit.errors import UsageError

Result = dict[str, Any]
Variant = dict[str, Any]
SETTING = ("backend", "precision", "threads")
"""What has to be the same of two variants that are compared."""
JUDGED = ("time", "time p95", "cold start", "peak memory", "bundle", "installed")
"""Only these make a regression: a stage that is slower in a read that is not costs no one anything."""


@dataclass(frozen=True, slots=True)
class Row:
    """One thing compared. before, after: in ``unit``. noise: differences up to this share are those within one run."""

    name: str
    unit: str
    before: float
    after: float
    estimate: Estimate
    noise: float
    verdict: str
    regression: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """A variant in both results. noisy: which of the two were noisy, in words; empty: neither."""

    name: str
    rows: tuple[Row, ...]
    noisy: tuple[str, ...]
    repeat: bool


def check(before: Result, after: Result, other_pictures: bool, other_devices: bool) -> None:
    """Raises UsageError where the two cannot be compared, saying what would have to be asked for."""
    for name, result in (("first", before), ("second", after)):
        if result["device"]["emulated"]:
            signs = "; ".join(result["device"]["emulation"])
            raise UsageError(f"the {name} was measured under emulation ({signs}): its times are no device's")
    if not other_pictures and _pictures(before) != _pictures(after):
        raise UsageError("they read different pictures; measure the same, or say --other-pictures")
    if not other_devices and (differ := _differing(device(before), device(after))):
        raise UsageError(f"they are of different devices ({differ}); measure on one, or say --other-devices")


def device(result: Result) -> dict[str, Any]:
    """What makes two devices different ones."""
    about = result["device"]
    cpu = about["cpu"]
    names = ("model", "architecture", "parts", "cores", "usable")
    return {"model": about["model"], "memory": about["memory_bytes"], **{f"cpu {name}": cpu[name] for name in names}}


def program(result: Result, variant: Variant) -> dict[str, Any]:
    """What makes two programs different ones."""
    software = result["software"]
    about = {name: software[name] for name in ("edgekit", "runtime", "git")}
    return {**about, **software["packages"], "bundle": variant["bundle"]["digest"], "extractor": variant["extractor"]}


def pairs(before: Result, after: Result, tolerance: float, other_pictures: bool) -> list[Pair]:
    """Variants of the same setting in both. Raises UsageError where there are none.

    tolerance: share from which a difference that is none of noise is a regression, if it is for the worse.
    """
    found = []
    for one, other in _matched(before["variants"], after["variants"]):
        if not one["reads"] or not other["reads"]:
            raise UsageError(f"{one['id']}: one of the two has no reads; measure again")
        times = (_times(before, one), _times(after, other))
        noise = max(_drift(one), _drift(other))
        rows = [*_time_rows(one, other, times, noise, tolerance, other_pictures), *_plain_rows(one, other, tolerance)]
        same = program(before, one) == program(after, other) and device(before) == device(after)
        clean = all((result["software"]["git"] or {}).get("changed") is not True for result in (before, after))
        noisy = tuple(f"{name}: {said}" for name, v in (("first", one), ("second", other)) if (said := _noisy(v)))
        found.append(Pair(one["id"], tuple(rows), noisy, same and clean and not other_pictures))
    if not found:
        raise UsageError("they have no variant in common: backend, precision and threads have to be the same")
    return found


def _matched(ones: Sequence[Variant], others: Sequence[Variant]) -> Iterator[tuple[Variant, Variant]]:
    """By setting; where several of a file have the same one, those of the same name."""
    for one in ones:
        same = [other for other in others if all(one[name] == other[name] for name in SETTING)]
        named = [other for other in same if other["id"] == one["id"]]
        alone = sum(all(one[name] == rival[name] for name in SETTING) for rival in ones) == 1
        for other in named or (same if alone and len(same) == 1 else []):
            yield one, other


def _time_rows(
    one: Variant,
    other: Variant,
    times: tuple[dict[str, ByPicture], dict[str, ByPicture]],
    noise: float,
    tolerance: float,
    other_pictures: bool,
) -> Iterator[Row]:
    """The whole read, its slowest, then stage by stage."""
    before, after = times
    for stage in ("all", *(name for name in before if name != "all" and name in after)):
        one_ms, other_ms = one["latency_ms"][stage], other["latency_ms"][stage]
        usual = _pooled(before[stage], after[stage], typical, other_pictures)
        name = "time" if stage == "all" else stage
        yield _judged(name, "ms", one_ms["p50"], other_ms["p50"], usual, noise, tolerance)
        if stage == "all":
            slow = _pooled(before[stage], after[stage], slowest, other_pictures)
            yield _judged("time p95", "ms", one_ms["p95"], other_ms["p95"], slow, noise, tolerance)
    starts = (one["start"]["cold_s"], other["start"]["cold_s"])
    if all(starts):
        spread = max(max(start) / min(start) - 1 for start in starts)
        values = (median(starts[0]), median(starts[1]))
        told = min(map(len, starts)) > 1
        estimate = _plain(*values) if told else Estimate(values[1] / values[0], None, None)
        yield _judged("cold start", "s", *values, estimate, spread, tolerance)


def _pooled(
    before: ByPicture, after: ByPicture, estimate: Callable[[ByPicture, ByPicture], Estimate], other_pictures: bool
) -> Estimate:
    """Picture by picture, or all reads as if they were of one."""
    return estimate(*map(together, (before, after))) if other_pictures else estimate(before, after)


def _plain_rows(one: Variant, other: Variant, tolerance: float) -> Iterator[Row]:
    """Single numbers: bytes on disk do not vary, and what memory does is below any sensible tolerance."""
    for name, group, key in (
        ("peak memory", "memory", "peak_bytes"),
        ("steady memory", "memory", "steady_bytes"),
        ("bundle", "disk", "bundle_bytes"),
        ("installed", "disk", "installed_bytes"),
    ):
        values = (one[group][key], other[group][key])
        if all(values):
            noise = tolerance if group == "memory" else 0.0
            yield _judged(name, "MB", values[0] / 1e6, values[1] / 1e6, _plain(*values), noise, tolerance)


def _plain(before: float, after: float) -> Estimate:
    return Estimate(after / before, after / before, after / before)


def _judged(
    name: str, unit: str, before: float, after: float, estimate: Estimate, noise: float, tolerance: float
) -> Row:
    more, less = ("larger", "smaller") if unit == "MB" else ("slower", "faster")
    if estimate.low is None:
        verdict = "too few to tell"
    elif not estimate.differs:
        verdict = "the same within noise" if noise or estimate.low != estimate.high else "the same"
    elif abs(estimate.ratio - 1) <= noise:
        verdict = "the same within noise"
    else:
        verdict = more if estimate.ratio > 1 else less
    regression = name in JUDGED and verdict == more and estimate.ratio > 1 + tolerance
    return Row(name, unit, before, after, estimate, noise, verdict, regression)


def _drift(variant: Variant) -> float:
    """How far parts of one run are from each other: what two runs may be apart by without any cause."""
    return float(variant["noise"]["block_spread"] or 0.0)


def _noisy(variant: Variant) -> str:
    noise = variant["noise"]
    if not noise["noisy"]:
        return ""
    parts = (("passes", noise["p95_difference"]), ("parts of the run", noise["block_spread"]))
    return " and ".join(f"its {name} differ by {share:.0%}" for name, share in parts if share is not None)


def _times(result: Result, variant: Variant) -> dict[str, ByPicture]:
    """Stage to picture, by the digest of its bytes, to milliseconds."""
    digests = [item["sha256"] for item in result["pictures"]["items"]]
    samples = variant["samples"]
    pictures = np.asarray(samples["picture"])
    times = {stage: np.asarray(values, np.float64) for stage, values in samples["ms"].items()}
    if any(len(values) != len(pictures) for values in times.values()) or pictures.max() >= len(digests):
        raise UsageError(f"{variant['id']}: its samples do not fit together; measure again")
    return {
        stage: {digests[place]: values[pictures == place] for place in np.unique(pictures)}
        for stage, values in times.items()
    }


def _pictures(result: Result) -> list[str]:
    return sorted(item["sha256"] for item in result["pictures"]["items"])


def _differing(one: dict[str, Any], other: dict[str, Any]) -> str:
    return ", ".join(f"{name} {one[name]} and {other[name]}" for name in one if one[name] != other[name])


def changes(before: Result, after: Result) -> list[str]:
    """What else is not the same in the two, in words: versions, revision, state of the machine."""
    one, other = before["software"], after["software"]
    flat = [
        {"edgekit": it["edgekit"], "runtime": it["runtime"], "revision": _revision(it), **it["packages"]}
        for it in (one, other)
    ]
    names = [name for name in flat[0] if flat[0][name] != flat[1].get(name)]
    found = [f"{name}: {flat[0][name]} and {flat[1].get(name)}" for name in names]
    for name, result in (("first", before), ("second", after)):
        found += [f"the {name} run was not finished"] * (not result["complete"])
        found += [f"the {name} run was a quick one"] * bool(result["quick"])
        throttled = result["after"]["throttling"]["now"]
        found += [f"the {name} run ended with the clock held back"] * bool(throttled)
    return found


def _revision(software: dict[str, Any]) -> str | None:
    """With a sign where files differ from it."""
    git = software["git"]
    return None if git is None else f"{git['revision'][:12]}{' with changes' if git['changed'] else ''}"
