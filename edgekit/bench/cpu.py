"""The processor: its name, the kinds of its cores, and what instructions it has."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from edgekit.bench.files import Host
from edgekit.machine import allowed_cores

ARM_PARTS = {
    0xD03: "Cortex-A53",
    0xD04: "Cortex-A35",
    0xD05: "Cortex-A55",
    0xD07: "Cortex-A57",
    0xD08: "Cortex-A72",
    0xD09: "Cortex-A73",
    0xD0A: "Cortex-A75",
    0xD0B: "Cortex-A76",
    0xD0C: "Neoverse-N1",
    0xD0D: "Cortex-A77",
    0xD40: "Neoverse-V1",
    0xD41: "Cortex-A78",
    0xD44: "Cortex-X1",
    0xD46: "Cortex-A510",
    0xD47: "Cortex-A710",
    0xD48: "Cortex-X2",
    0xD49: "Neoverse-N2",
    0xD4D: "Cortex-A715",
    0xD4E: "Cortex-X3",
    0xD4F: "Neoverse-V2",
    0xD80: "Cortex-A520",
    0xD81: "Cortex-A720",
    0xD82: "Cortex-X4",
}
"""Arm's own cores by the part number of their MIDR (Linux, arch/arm64/include/asm/cputype.h)."""
_ARM = 0x41
ARM_FLAGS = {"dotprod": "asimddp", "i8mm": "i8mm", "fp16": "asimdhp", "bf16": "bf16", "sve": "sve", "sme": "sme"}
X86_FLAGS = {
    "avx2": ("avx2",),
    "avx512": ("avx512f",),
    "vnni": ("avx512_vnni", "avx_vnni"),
    "amx": ("amx_int8", "amx_bf16"),
    "fp16": ("avx512_fp16",),
    "bf16": ("avx512_bf16",),
}
APPLE_FLAGS = {
    "dotprod": "hw.optional.arm.FEAT_DotProd",
    "i8mm": "hw.optional.arm.FEAT_I8MM",
    "fp16": "hw.optional.arm.FEAT_FP16",
    "bf16": "hw.optional.arm.FEAT_BF16",
    "sme": "hw.optional.arm.FEAT_SME",
    "avx2": "hw.optional.avx2_0",
    "avx512": "hw.optional.avx512f",
}
FEATURES = ("dotprod", "i8mm", "fp16", "bf16", "sve", "sme", "avx2", "avx512", "vnni", "amx")


def describe(host: Host) -> dict[str, Any]:
    """The schema's ``cpu``."""
    kinds = parts(host)
    return {
        "model": _model(host, kinds),
        "architecture": host.machine,
        "parts": kinds,
        "features": features(host),
        "cores": os.cpu_count(),
        "usable": allowed_cores(),
    }


def blocks(host: Host) -> list[dict[str, str]]:
    """``/proc/cpuinfo`` as ``key : value``, a block a core; a block without cores at its end on some boards."""
    text = host.text("proc/cpuinfo") or ""
    found = []
    for block in text.split("\n\n"):
        pairs = (line.partition(":") for line in block.splitlines() if ":" in line)
        found.append({key.strip(): value.strip() for key, _, value in pairs})
    return [block for block in found if block]


def flags(host: Host) -> set[str] | None:
    """What every core has; None where the system does not tell."""
    told = [block.get("flags") or block.get("Features") for block in blocks(host)]
    sets = [set(text.split()) for text in told if text]
    return set.intersection(*sets) if sets else None


def features(host: Host) -> dict[str, bool | None]:
    """The schema's ``features``: None where not told, and for what other architectures have."""
    found: dict[str, bool | None] = dict.fromkeys(FEATURES)
    if host.system == "Darwin":
        return found | {name: _switch(host.sysctl(key)) for name, key in APPLE_FLAGS.items()}
    has = flags(host)
    if has is None:
        return found
    if is_arm(host.machine):
        return found | {name: flag in has for name, flag in ARM_FLAGS.items()}
    return found | {name: any(flag in has for flag in some) for name, some in X86_FLAGS.items()}


def parts(host: Host) -> list[str]:
    """Kinds of ARM cores, each once, in the order of the cores."""
    found = [_part(block) for block in blocks(host) if "CPU part" in block]
    return list(dict.fromkeys(found))


def is_arm(machine: str) -> bool:
    return machine.lower().startswith(("aarch64", "arm"))


def _part(block: Mapping[str, str]) -> str:
    maker, part = block.get("CPU implementer", "?"), block["CPU part"]
    try:
        if int(maker, 16) == _ARM:
            return ARM_PARTS[int(part, 16)]
    except (ValueError, KeyError):
        pass
    return f"implementer {maker} part {part}"


def _model(host: Host, kinds: list[str]) -> str | None:
    """Linux calls every ARM processor "ARMv8 Processor rev ..." where it names them at all: its cores say more."""
    named = next((block["model name"] for block in blocks(host) if "model name" in block), None)
    return " + ".join(kinds) or named or host.sysctl("machdep.cpu.brand_string") or None


def _switch(text: str | None) -> bool | None:
    return {"1": True, "0": False}.get(text or "")
