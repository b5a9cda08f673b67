"""Invented machines: trees of /proc and /sys, and what small programs answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from edgekit.bench.files import Host

PI = """\
processor	: 0
BogoMIPS	: 108.00
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
CPU architecture: 8
CPU variant	: 0x4
CPU part	: 0xd0b
CPU revision	: 1

processor	: 1
Features	: fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm lrcpc dcpop asimddp
CPU implementer	: 0x41
CPU part	: 0xd0b

Revision	: d04170
Model		: Raspberry Pi 5 Model B Rev 1.0
"""
PC = """\
processor	: 0
vendor_id	: GenuineIntel
model name	: Intel(R) Core(TM) i7
cpu MHz		: 2400.5
flags		: fpu sse2 avx2 avx512f avx512_vnni

processor	: 1
vendor_id	: GenuineIntel
model name	: Intel(R) Core(TM) i7
cpu MHz		: 1800.0
flags		: fpu sse2 avx2 avx512f avx512_vnni
"""
CPU0, CPU1 = "sys/devices/system/cpu/cpu0", "sys/devices/system/cpu/cpu1"
Make = Callable[..., Host]


def make_host(
    root: Path,
    tree: Mapping[str, str] | None = None,
    answers: Mapping[str, str] | None = None,
    system: str = "Linux",
    machine: str = "aarch64",
) -> Host:
    """A machine of these files below ``root``, where these commands answer so and no other is there."""
    for name, text in (tree or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return Host(root, lambda words: (answers or {}).get(" ".join(words)), system, machine)
