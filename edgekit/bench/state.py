"""The machine at one moment: clocks, temperatures, and whether something holds it back."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

from edgekit.bench import cpu
from edgekit.bench.files import Host

CPU = "sys/devices/system/cpu"
PI_NOW = 0b1111
"""Bits of ``vcgencmd get_throttled``: too little voltage, clock capped, throttled, soft limit of temperature; the same
16 bits up: since boot (Raspberry Pi's documentation of vcgencmd)."""
PI_SINCE_BOOT = PI_NOW << 16


def describe(host: Host) -> dict[str, Any]:
    """The schema's ``state``."""
    return {
        "governors": governors(host),
        "clocks_mhz": clocks(host),
        "temperatures_c": temperatures(host),
        "throttling": throttling(host),
        "load": load(),
        "battery": on_battery(host),
    }


def load() -> float | None:
    """Runnable processes, a mean over the last minute: well above zero before a run, the machine was not quiet."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def governors(host: Host) -> list[str] | None:
    """What sets the clocks: "performance", "ondemand"; each once."""
    told = [host.text(path) for path in host.find(f"{CPU}/cpu[0-9]*/cpufreq/scaling_governor")]
    return sorted({text for text in told if text}) or None


def clocks(host: Host) -> list[float] | None:
    """MHz of each core: as its governor sees it, else as the kernel lists it, else the one a Pi's firmware tells."""
    told = [host.number(path) for path in host.find(f"{CPU}/cpu[0-9]*/cpufreq/scaling_cur_freq")]
    found = [kilohertz / 1000 for kilohertz in told if kilohertz]
    if not found:
        found = [value for value in (_number(block.get("cpu MHz")) for block in cpu.blocks(host)) if value]
    if not found:
        hertz = _number((host.run(("vcgencmd", "measure_clock", "arm")) or "").rpartition("=")[2])
        found = [hertz / 1e6] if hertz else []
    return [round(value, 1) for value in found] or None


def temperatures(host: Host) -> dict[str, float] | None:
    """Degrees Celsius by sensor."""
    found: dict[str, float] = {}
    for name, value in (*_zones(host), *_sensors(host)):
        count = sum(known == name or known.startswith(f"{name} ") for known in found)
        found[f"{name} {count + 1}" if count else name] = value
    if not found:
        told = re.search(r"temp=([\d.]+)", host.run(("vcgencmd", "measure_temp")) or "")
        found = {"vcgencmd": float(told[1])} if told else {}
    return found or None


def throttling(host: Host) -> dict[str, Any]:
    """The schema's ``throttling``, from a Raspberry Pi's firmware, Linux's counters, or macOS's speed limit."""
    raw = host.run(("vcgencmd", "get_throttled"))
    bits = re.fullmatch(r"throttled=0x([0-9a-fA-F]+)", raw or "")
    flags = int(bits[1], 16) if bits else None
    counts = [host.number(path) for path in host.find(f"{CPU}/cpu[0-9]*/thermal_throttle/core_throttle_count")]
    known = [count for count in counts if count is not None]
    return {
        "now": _apple_throttled(host) if flags is None else bool(flags & PI_NOW),
        "since_boot": None if flags is None else bool(flags & PI_SINCE_BOOT),
        "events": sum(known) if known else None,
        "raw": raw if bits else None,
    }


def on_battery(host: Host) -> bool | None:
    """Whether a battery is being drained; None where there is none, or it is not told."""
    if host.system == "Darwin":
        source = host.run(("pmset", "-g", "batt")) or ""
        return "Battery Power" in source if "InternalBattery" in source else None
    folders = [path.rpartition("/")[0] for path in host.find("sys/class/power_supply/*/type")]
    batteries = [folder for folder in folders if host.text(f"{folder}/type") == "Battery"]
    told = [host.text(f"{folder}/status") for folder in batteries if host.text(f"{folder}/scope") != "Device"]
    return "Discharging" in told if any(told) else None


def _zones(host: Host) -> Iterator[tuple[str, float]]:
    for path in host.find("sys/class/thermal/thermal_zone*/temp"):
        value = host.number(path)
        if value is not None:
            yield host.text(path.replace("/temp", "/type")) or path.split("/")[-2], value / 1000


def _sensors(host: Host) -> Iterator[tuple[str, float]]:
    """The processor's own: not every PC has zones."""
    for path in host.find("sys/class/hwmon/hwmon*/temp1_input"):
        name, value = host.text(path.replace("temp1_input", "name")), host.number(path)
        if name in ("coretemp", "k10temp", "zenpower") and value is not None:
            yield name, value / 1000


def _apple_throttled(host: Host) -> bool | None:
    if host.system != "Darwin":
        return None
    told = re.search(r"CPU_Speed_Limit\s*=\s*(\d+)", host.run(("pmset", "-g", "therm")) or "")
    return int(told[1]) < 100 if told else None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
