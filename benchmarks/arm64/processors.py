"""The processors a program is run on: this one, and others that QEMU emulates program by program."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from edgekit.errors import BackendError, UsageError

INSIDE = Path(__file__).parent / "inside"
TIMEOUT = 3600.0
"""Seconds: a page on an emulated processor takes up to a minute, and the machine may be busy."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
HERE = "this machine"
MEND = "take it out of the cache, so that it is made anew"


@dataclass(frozen=True, slots=True)
class Processor:
    """model: QEMU's name of it, None for this machine. architecture: QEMU's, too."""

    title: str
    architecture: str = ""
    model: str | None = None


ALL = (
    Processor(HERE),
    Processor("x86-64 with AVX2, without VNNI", "x86_64", "Haswell-noTSX"),
    Processor("Cortex-A53 (Raspberry Pi 3)", "aarch64", "cortex-a53"),
    Processor("Cortex-A72 (Raspberry Pi 4)", "aarch64", "cortex-a72"),
    Processor("Cortex-A76 (Raspberry Pi 5)", "aarch64", "cortex-a76"),
)
ARM = {one.model: one for one in ALL if one.model is not None and one.architecture == "aarch64"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where programs run. root: as ``benchmarks.arm64.root`` makes it. packages: folders that Python looks into first.

    emulator: of 64-bit ARM, with its arguments; None: the one of ``root``.
    """

    root: Path
    packages: tuple[Path, ...] = ()
    emulator: tuple[str, ...] | None = None


def run(processor: Processor, place: Place, script: str, *arguments: Path | str) -> str:
    """What a script of ``inside`` prints on a processor, on one thread.

    Raises UsageError where the root is none, BackendError where the program fails.
    """
    done = start(processor, place, INSIDE / script, *arguments)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        last = said[-1] if said else "without a word"
        raise BackendError(f"{processor.title}: {script} ended with {done.returncode} ({last})")
    return done.stdout


def start(processor: Processor, place: Place, script: Path, *arguments: Path | str) -> subprocess.CompletedProcess[str]:
    """Runs a Python program to its end, whatever that is. Raises UsageError and BackendError."""
    command = [*_python(processor, place), str(script), *map(str, arguments)]
    environment = _environment(processor, place)
    try:
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackendError(f"{processor.title}: cannot be run ({error}); try fewer inputs") from error


def chosen(models: Sequence[str]) -> list[Processor]:
    """Emulated ones by QEMU's name; all for none."""
    return [one for one in ALL if one.model is not None and (not models or one.model in models)]


def _python(processor: Processor, place: Place) -> list[str]:
    if processor.model is None:
        return [sys.executable]
    emulator = place.root / "emulators" / f"qemu-{processor.architecture}"
    if not emulator.is_file():
        raise UsageError(f"{place.root}: has no {emulator.relative_to(place.root)}; {MEND}")
    if processor.architecture == "x86_64":
        return [str(emulator), "-cpu", processor.model, os.path.realpath(sys.executable)]
    found = sorted((place.root / "root" / "usr" / "bin").glob("python3.*[0-9]"))
    if not found:
        raise UsageError(f"{place.root}: has no Python in root/usr/bin; {MEND}")
    start = place.emulator or (str(emulator),)
    return [*start, "-cpu", processor.model, "-L", str(place.root / "root"), str(found[0])]


def _environment(processor: Processor, place: Place) -> Mapping[str, str]:
    """An emulated x86-64 Python is this one without its environment, so that it is told where the packages are."""
    own = {"": [], "x86_64": list(filter(None, sys.path))}.get(processor.architecture, [str(place.root / "site")])
    path = os.pathsep.join([*map(str, place.packages), *own])
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
