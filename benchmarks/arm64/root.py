"""A 64-bit ARM system with Python, numpy, Pillow and onnxruntime, and QEMU's emulators of single programs.

No chroot, no binfmt, no rights of root: QEMU runs a program of another processor as an ordinary process. What is in the
folder, about 270 MB, is what this machine has, version by version, so that only the processor differs.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.arm64 import mirror as mirrors
from benchmarks.arm64.cache import Cache
from benchmarks.arm64.packages import Apt
from benchmarks.arm64.system import UnavailableError, call, say

SUITES = (("bookworm", (3, 11)), ("trixie", (3, 13)))
"""Debian's releases and their Python, oldest first."""
SYSTEM = ("python3-minimal", "libpython3-stdlib", "libstdc++6", "libgomp1", "zlib1g", "libc-bin")
QEMU_FROM = ("deb bookworm main", "deb bookworm-backports main")
"""QEMU 10, static: 7.2 of Debian 12 crashes with onnxruntime."""
EMULATORS = ("aarch64", "x86_64")
REQUIRED = ("numpy", "pillow", "onnxruntime")
PLATFORMS = ("2014", "_2_17", "_2_26", "_2_27", "_2_28", "_2_31", "_2_34", "_2_35")
"""Of manylinux: those of the wheels that such a system takes."""
MEND = "see what pip says; this needs its package index"


def suite(version: tuple[int, int]) -> tuple[str, tuple[int, int]]:
    """The first of Debian's releases with a Python as new as this, else the newest: packages exist for both."""
    return next((one for one in SUITES if one[1] >= version), SUITES[-1])


@contextmanager
def ready(cache: Cache, mirror: str | None) -> Iterator[Path]:
    """The folder, made where it is not in the cache: ``emulators``, ``root`` and ``site``.

    mirror: of Debian; None: the one that this machine is configured with. Raises UnavailableError.
    """
    if sys.platform != "linux":
        raise UnavailableError(f"{sys.platform}: emulation of single programs needs Linux")
    name, python = suite(sys.version_info[:2])
    pins = [f"{package}=={number}" for package, number in versions().items()]
    contents = [name, python, pins, SYSTEM, QEMU_FROM, EMULATORS]

    def make(folder: Path) -> None:
        _make(folder, mirror or mirrors.configured(), (name, python), pins)

    with cache.folder("root", contents, make) as folder:
        yield folder


def _make(folder: Path, mirror: str, release: tuple[str, tuple[int, int]], pins: list[str]) -> None:
    say("gets QEMU and a 64-bit ARM system from Debian, a minute")
    name, version = release
    work = folder / "work"
    qemu = Apt(work / "qemu", _architecture(), mirror, QEMU_FROM)
    qemu.update()
    qemu.unpack(["qemu-user/bookworm-backports"], work / "tools")
    (folder / "emulators").mkdir()
    for emulator in EMULATORS:
        shutil.move(work / "tools" / "usr" / "bin" / f"qemu-{emulator}", folder / "emulators")
    _system(Apt(work / "system", "arm64", mirror, [f"deb {name} main"]), folder / "root")
    _packages(folder, version, pins)
    shutil.rmtree(work)


def _architecture() -> str:
    """Debian's name of this machine's."""
    return call(["dpkg", "--print-architecture"], "this needs Debian").strip()


def _system(apt: Apt, root: Path) -> None:
    apt.update()
    apt.unpack(SYSTEM, root)
    if not (root / "lib").exists():  # later releases keep all in usr
        (root / "lib").symlink_to("usr/lib")


def _packages(folder: Path, version: tuple[int, int], pins: list[str]) -> None:
    platforms = [part for tag in PLATFORMS for part in ("--platform", f"manylinux{tag}_aarch64")]
    wanted = ["--implementation=cp", f"--python-version={version[0]}.{version[1]}", "--only-binary=:all:"]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    call([*pip, "--ignore-requires-python", "--target", str(folder / "site"), *platforms, *wanted, *pins], MEND)
    if sys.version_info[:2] == version:  # compiled here in seconds, emulated in minutes
        places = [str(folder / "site"), *map(str, (folder / "root" / "usr" / "lib").glob("python3.*"))]
        call([sys.executable, "-m", "compileall", "-q", "-f", *places], "see what compileall says")


def versions() -> dict[str, str]:
    """Of the required packages, the same on both sides."""
    return {package: importlib.metadata.version(package) for package in REQUIRED}
