"""Is another kind of processor imitating this one? Times taken so say nothing about any device."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from edgekit.bench import cpu
from edgekit.bench.files import Host

BINFMT = "proc/sys/fs/binfmt_misc"


def signs(host: Host, environment: Mapping[str, str] | None = None) -> list[str]:
    """All that gives an emulator away; empty on real hardware, and under a hypervisor, which imitates no processor.

    QEMU's emulation of single programs answers ``uname`` for the program, and lets files of the real system through.
    """
    return list(_signs(host, os.environ if environment is None else environment))


def _signs(host: Host, environment: Mapping[str, str]) -> Iterator[str]:
    kernel = host.text("proc/sys/kernel/arch")
    if kernel and not _same(kernel, host.machine):
        yield f"uname says {host.machine}, the kernel is of {kernel}"
    kind = _modalias(host)
    if kind and not _same(kind, host.machine):
        yield f"uname says {host.machine}, the processor calls itself {kind}"
    yield from _cpuinfo(host)
    name = host.text("proc/self/comm") or ""
    if name.startswith("qemu-"):
        yield f"the process is called {name}"
    if (host.text(f"{BINFMT}/qemu-{host.machine}") or "").startswith("enabled"):
        yield f"the kernel hands programs of {host.machine} to QEMU (binfmt_misc)"
    yield from (f"{name} is set" for name in ("QEMU_CPU", "QEMU_LD_PREFIX") if environment.get(name))
    if host.sysctl("sysctl.proc_translated") == "1":
        yield "Rosetta translates this process"


def _cpuinfo(host: Host) -> Iterator[str]:
    blocks = cpu.blocks(host)
    keys = {key for block in blocks for key in block}
    if cpu.is_arm(host.machine) and "vendor_id" in keys:
        yield f"uname says {host.machine}, /proc/cpuinfo is that of an x86"
    if not cpu.is_arm(host.machine) and "CPU implementer" in keys:
        yield f"uname says {host.machine}, /proc/cpuinfo is that of an ARM"
    model = next((block["model name"] for block in blocks if "model name" in block), "")
    if "QEMU TCG" in model or "VirtualApple" in model:
        yield f"the processor is called {model}"


def _modalias(host: Host) -> str | None:
    """``cpu:type:x86,ven...`` -> ``x86``; Linux makes it from the real processor."""
    text = host.text("sys/devices/system/cpu/modalias") or ""
    parts = text.split(":")
    return parts[2].partition(",")[0] if text.startswith("cpu:type:") and len(parts) > 2 else None


def _same(one: str, other: str) -> bool:
    """Whether two names of architectures mean processors that run each other's programs themselves."""
    return _family(one) == _family(other)


def _family(name: str) -> str:
    lower = name.lower()
    if lower in ("x86", "x86_64", "amd64", "i386", "i486", "i586", "i686"):
        return "x86"
    return "arm" if cpu.is_arm(lower) else lower
