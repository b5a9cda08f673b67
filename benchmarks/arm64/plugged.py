"""QEMU with plug-ins, which Debian's packages lack: built from Debian's source, with the one that counts blocks.

Takes four minutes of a core and a C compiler. Headers come from Debian's packages and the build tools from pip; nothing
is installed. The folder has ``qemu-aarch64``, the libraries it needs in ``lib``, and ``blocks.so``; 7 MB.
"""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.arm64 import mirror as mirrors
from benchmarks.arm64.cache import Cache
from benchmarks.arm64.packages import Apt
from benchmarks.arm64.system import UnavailableError, call, say
from edgekit.machine import allowed_cores

PLUGIN = Path(__file__).parent / "plugin" / "blocks.c"
ARCHIVES = ("deb-src trixie main", "deb bookworm main")
"""QEMU 10's source; headers and libraries that a system as old as Debian 12 can run."""
HEADERS: tuple[str, ...] = ("libglib2.0-dev", "libpcre2-dev", "libffi-dev", "zlib1g-dev")
HEADERS += ("libmount-dev", "libselinux1-dev", "libsepol-dev", "libblkid-dev")
LIBRARIES = ("libglib2.0-0", "libpcre2-8-0")
TOOLS = ("meson==1.9.1", "ninja", "pycotap==1.3.1")
CONFIGURE: tuple[str, ...] = (
    "--target-list=aarch64-linux-user",
    "--without-default-features",
    "--enable-plugins",
    "--disable-docs",
)
CONFIGURE += ("--disable-system", "--disable-tools", "--disable-install-blobs", "--disable-werror")
COMPILERS = {"gcc": "gcc libc6-dev", "pkg-config": "pkg-config", "strip": "binutils"}
"""What is called, and Debian's packages of it."""
MEND = "see whether a C compiler, its headers (libc6-dev), pkg-config and binutils are installed"


@contextmanager
def ready(cache: Cache, mirror: str | None) -> Iterator[Path]:
    """The folder, built where it is not in the cache. mirror: as for ``root.ready``. Raises UnavailableError."""
    contents = [ARCHIVES, HEADERS, LIBRARIES, TOOLS, CONFIGURE, PLUGIN.read_text("utf-8")]
    with cache.folder("qemu-plugins", contents, lambda folder: _make(folder, mirror or mirrors.configured())) as folder:
        yield folder


def _make(folder: Path, mirror: str) -> None:
    missing = [tool for tool in COMPILERS if shutil.which(tool) is None]
    if missing:
        packages = " ".join(COMPILERS[tool] for tool in missing)
        raise UnavailableError(
            f"{', '.join(missing)}: not installed, and counting builds QEMU with a plug-in; apt-get install {packages}"
        )
    say("gets QEMU's source, and headers, from Debian")
    work = folder / "work"
    apt = Apt(work / "apt", call(["dpkg", "--print-architecture"], "this needs Debian").strip(), mirror, ARCHIVES)
    apt.update()
    apt.unpack((*HEADERS, *LIBRARIES), work / "system", alone=True)
    with tarfile.open(apt.source("qemu")) as archive:
        archive.extractall(work)  # Debian's, whose digest apt has checked
    source = next(path.parent for path in work.glob("*/configure"))
    call([sys.executable, "-m", "venv", str(work / "tools")], "see whether python3-venv is installed")
    pip = [str(work / "tools" / "bin" / "pip"), "--disable-pip-version-check", "install", "--quiet"]
    call([*pip, *TOOLS], "see what pip says; this needs its package index")
    _build(folder, work, source)
    shutil.rmtree(work)


def _build(folder: Path, work: Path, source: Path) -> None:
    system = work / "system"
    libraries = next(system.glob("usr/lib/*-linux-gnu"))
    environment = {
        **os.environ,
        "PATH": f"{work / 'tools' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PKG_CONFIG_SYSROOT_DIR": str(system),
        "PKG_CONFIG_PATH": f"{libraries / 'pkgconfig'}:{system / 'usr' / 'share' / 'pkgconfig'}",
        "LIBRARY_PATH": str(libraries),
        "CPATH": str(system / "usr" / "include"),
    }
    build = work / "build"
    build.mkdir()
    python = f"--python={work / 'tools' / 'bin' / 'python'}"
    own = "--extra-ldflags=-Wl,-rpath,$ORIGIN/lib"  # the libraries beside it, wherever the folder lies
    say("builds QEMU with a plug-in, four minutes of one core")
    call([str(source / "configure"), python, own, *CONFIGURE], MEND, build, environment)
    jobs = str(allowed_cores())
    call(["nice", str(work / "tools" / "bin" / "ninja"), "-j", jobs, "qemu-aarch64"], MEND, build, environment)
    call(["strip", "-o", str(folder / "qemu-aarch64"), str(build / "qemu-aarch64")], MEND)
    (folder / "lib").mkdir()
    for pattern in ("libglib-2.0.so.0", "libgmodule-2.0.so.0", "libpcre2-8.so.0"):
        shutil.copy(libraries / pattern, folder / "lib")
    _plugin(folder / "blocks.so", source, environment)
    call([str(folder / "qemu-aarch64"), "--version"], MEND)


def _plugin(target: Path, source: Path, environment: dict[str, str]) -> None:
    headers = call(["pkg-config", "--cflags", "glib-2.0"], MEND, environment=environment).split()
    start = ["gcc", "-shared", "-fPIC", "-O2", *headers, "-I", str(source / "include" / "qemu")]
    call([*start, str(PLUGIN), "-o", str(target)], MEND, environment=environment)
