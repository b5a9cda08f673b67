"""How much energy a measurement took, where a sensor tells."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from edgekit.bench.files import Host

RAPL = "sys/class/powercap/intel-rapl:[0-9]*"
PMIC_PERIOD = 0.5
"""Seconds between two looks at a sensor that tells power, not energy."""
_RAIL = re.compile(r"^\s*(\S+)_([AV])\s+\w+\(\d+\)=([\d.]+)[AV]$", re.MULTILINE)


class Meter(Protocol):
    """sensor, covers: what is read, and what it includes. fine: whether it can tell a single read."""

    @property
    def sensor(self) -> str | None: ...
    @property
    def covers(self) -> str: ...
    @property
    def fine(self) -> bool: ...

    def joules(self) -> float | None:
        """Energy since the meter was made; None where it is not told."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class NoMeter:
    """Of machines that do not tell, which are most."""

    sensor: str | None = None
    covers: str = ""
    fine: bool = False

    def joules(self) -> float | None:
        return None

    def close(self) -> None:
        pass


@dataclass(slots=True)
class Rapl:
    """Counters of x86 packages ("running average power limit"). They wrap around, and may be root's alone.

    ranges: microjoules at which each counter, by path, begins again.
    """

    host: Host
    ranges: Mapping[str, int]
    sensor: str | None = "RAPL"
    covers: str = "the processor's packages, all programs together"
    fine: bool = True
    _last: dict[str, int] = field(default_factory=dict)
    _total: int = 0

    def joules(self) -> float | None:
        for path, wraps_at in self.ranges.items():
            now = self.host.number(path)
            if now is None:
                return None
            grown = now - self._last.get(path, now)
            self._total += grown if grown >= 0 else grown + wraps_at
            self._last[path] = now
        return self._total / 1e6

    def close(self) -> None:
        pass


class Pmic:
    """A Raspberry Pi 5's power chip: current and voltage of each rail, added up by a thread every half second."""

    sensor = "Raspberry Pi 5 PMIC"
    covers = "the rails of the board, all programs together; not what hangs on USB"
    fine = False

    def __init__(self, watts: Callable[[], float | None], period: float = PMIC_PERIOD) -> None:
        self._watts = watts
        self._period = period
        self._total: float | None = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def joules(self) -> float | None:
        return self._total

    def close(self) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        last = time.monotonic()
        while self._total is not None:
            power = self._watts()
            now = time.monotonic()
            self._total = None if power is None else self._total + power * (now - last)
            last = now
            if self._stop.wait(self._period):
                return


def open_meter(host: Host) -> Meter:
    """The meter of this machine; close it when done."""
    packages = [path for path in host.find(f"{RAPL}/energy_uj") if path.count(":") == 1]
    ranges = {path: host.number(path.replace("energy_uj", "max_energy_range_uj")) for path in packages}
    if packages and all(host.number(path) is not None and ranges[path] is not None for path in packages):
        rapl = Rapl(host, {path: limit for path, limit in ranges.items() if limit is not None})
        rapl.joules()
        return rapl
    if pmic_watts(host) is not None:
        return Pmic(lambda: pmic_watts(host))
    return NoMeter()


def pmic_watts(host: Host) -> float | None:
    """Power of all rails of which current and voltage are told, from ``vcgencmd pmic_read_adc``."""
    told = {(rail, unit): float(value) for rail, unit, value in _RAIL.findall(_adc(host))}
    rails = [rail for rail, unit in told if unit == "A" and (rail, "V") in told]
    return sum(told[rail, "A"] * told[rail, "V"] for rail in rails) if rails else None


def _adc(host: Host) -> str:
    return host.run(("vcgencmd", "pmic_read_adc")) or ""
