"""The processors a graph is run on: this one, and others that QEMU emulates program by program."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import BackendError, UsageError

Array = NDArray[Any]
CHILD = Path(__file__).parent / "child.py"
TIMEOUT = 3600.0
"""Seconds: a page on an emulated processor takes up to a minute, and the machine may be busy."""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
HERE = "this machine"
MEND = "make the folder with benchmarks/emulated/root.sh"


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


def run(processor: Processor, root: Path, graph: bytes, feeds: Sequence[Array]) -> list[tuple[Array, ...]]:
    """The outputs for each input. root: the folder made by ``root.sh``.

    Raises UsageError where ``root`` is not such a folder, BackendError where the emulated program fails.
    """
    with tempfile.TemporaryDirectory() as work:
        place, given, out = (Path(work, name) for name in ("graph.onnx", "feeds.npz", "out.npz"))
        place.write_bytes(graph)
        names = [f"{i:06}" for i in range(len(feeds))]
        np.savez(given, **dict(zip(names, feeds, strict=True)))  # type: ignore[arg-type]
        command = [*_python(processor, root), str(CHILD), str(place), str(given), str(out)]
        _call(command, _environment(processor, root), processor.title)
        with np.load(out) as found:
            return [_outputs(found, name) for name in names]


def _outputs(found: Any, name: str) -> tuple[Array, ...]:
    count = sum(key.startswith(f"{name}.") for key in found.files)
    return tuple(found[f"{name}.{i}"] for i in range(count))


def _python(processor: Processor, root: Path) -> list[str]:
    if processor.model is None:
        return [sys.executable]
    emulator = root / "emulators" / f"qemu-{processor.architecture}"
    if not emulator.is_file():
        raise UsageError(
            f"{root}: has no {emulator.relative_to(root)}; make the folder with benchmarks/emulated/root.sh"
        )
    start = [str(emulator), "-cpu", processor.model]
    if processor.architecture == "x86_64":
        return [*start, os.path.realpath(sys.executable)]
    found = sorted((root / "root" / "usr" / "bin").glob("python3.*[0-9]"))
    if not found:
        raise UsageError(f"{root}: has no Python in root/usr/bin; {MEND}")
    return [*start, "-L", str(root / "root"), str(found[0])]


def _environment(processor: Processor, root: Path) -> Mapping[str, str]:
    """An emulated x86-64 Python is this one without its environment, so that it is told where the packages are."""
    site = str(root / "site") if processor.architecture == "aarch64" else os.pathsep.join(filter(None, sys.path))
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": site}


def _call(command: Sequence[str], environment: Mapping[str, str], title: str) -> None:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BackendError(f"{title}: cannot be run ({error}); try fewer inputs") from error
    if done.returncode != 0:
        said = done.stderr.strip().splitlines()
        raise BackendError(f"{title}: ended with {done.returncode} ({said[-1] if said else 'without a word'})")
