"""What a measurement was made on: figures without their machine mean nothing."""

from __future__ import annotations

import os
import platform
import re
from typing import Any

from edgekit.bench import cpu, emulation
from edgekit.bench.files import Host
from edgekit.machine import cpu_quota

_GETPROP = "/system/bin/getprop"
_NO_LIMIT = 2**60
"""Bytes: the first version of control groups writes a number near 2**63 where there is no limit."""


def describe(host: Host) -> dict[str, Any]:
    """The schema's ``device``."""
    signs = emulation.signs(host)
    return {
        "model": model(host),
        "emulated": bool(signs),
        "emulation": signs,
        "virtual": is_virtual(host),
        "cpu": cpu.describe(host),
        "memory_bytes": memory(host),
        "system": system(host),
        "kernel": f"{host.system} {platform.release()}".strip() or None,
        "container": container(host),
        "limits": {"cores": cpu_quota(host.root), "memory_bytes": _memory_limit(host)},
    }


def model(host: Host) -> str | None:
    """The board, phone or computer by its maker's name."""
    names = ("proc/device-tree/model", "sys/firmware/devicetree/base/model", "sys/class/dmi/id/product_name")
    named = next(filter(None, map(host.text, names)), None)
    return named or _android(host, "ro.product.model") or host.sysctl("hw.model") or None


def is_virtual(host: Host) -> bool | None:
    """Whether a hypervisor stands between this system and the machine; None where it is not told."""
    if host.system == "Darwin":
        return {"1": True, "0": False}.get(host.sysctl("kern.hv_vmm_present") or "")
    if host.has("sys/hypervisor/type") or host.has("proc/device-tree/hypervisor"):
        return True
    if cpu.is_arm(host.machine):
        maker = host.text("sys/class/dmi/id/sys_vendor") or ""
        return True if maker in ("QEMU", "Amazon EC2", "Google", "Microsoft Corporation") else None
    flags = cpu.flags(host)
    return None if flags is None else "hypervisor" in flags


def memory(host: Host) -> int | None:
    """Bytes of the machine's memory."""
    found = re.search(r"^MemTotal:\s+(\d+) kB$", host.text("proc/meminfo") or "", re.MULTILINE)
    if found:
        return int(found[1]) * 1024
    told = host.sysctl("hw.memsize") or ""
    return int(told) if told.isdigit() else None


def system(host: Host) -> str | None:
    """The system by its own name, with its version."""
    release = _android(host, "ro.build.version.release")
    if release:
        return f"Android {release}"
    if host.system == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    named = re.search(r'^PRETTY_NAME="?([^"\n]+)"?$', host.text("etc/os-release") or "", re.MULTILINE)
    if named:
        return named[1]
    return platform.platform() or None if host.system == "Windows" else None


def container(host: Host) -> str | None:
    """What kind of container this is; None where no sign of one was seen."""
    if host.has("run/.containerenv"):
        return "podman"
    if host.has(".dockerenv"):
        return "docker"
    return host.text("run/systemd/container") or os.environ.get("container") or None


def _memory_limit(host: Host) -> int | None:
    names = ("sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes")
    limit = next((number for number in map(host.number, names) if number is not None), None)
    return limit if limit is not None and limit < _NO_LIMIT else None


def _android(host: Host, name: str) -> str | None:
    """A property of Android, also from inside another system's root that was laid over it."""
    return host.run((_GETPROP, name)) or None if host.has(_GETPROP.lstrip("/")) else None
