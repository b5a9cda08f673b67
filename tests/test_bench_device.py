"""edgekit.bench: what a device is, whether it is a real one, and which versions run, on invented machines."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest
from bench_hosts import PC, PI, Make
from hypothesis import given
from hypothesis import strategies as st

from edgekit import __version__
from edgekit.bench import device, disk, emulation, software

# the device


def test_what_a_pi_tells_of_itself(host: Make) -> None:
    tree = {
        "proc/cpuinfo": PI,
        "proc/device-tree/model": "Raspberry Pi 5 Model B Rev 1.0\0",
        "proc/meminfo": "MemTotal:        8245232 kB\nMemFree: 1 kB\n",
        "etc/os-release": 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
        "sys/devices/system/cpu/modalias": "cpu:type:aarch64:feature:,0000",
        "proc/sys/kernel/arch": "aarch64\n",
    }
    found = device.describe(host(tree))
    assert found["model"] == "Raspberry Pi 5 Model B Rev 1.0"
    assert (found["memory_bytes"], found["system"]) == (8245232 * 1024, "Debian GNU/Linux 12 (bookworm)")
    assert (found["emulated"], found["emulation"], found["virtual"]) == (False, [], None)
    assert found["limits"] == {"cores": None, "memory_bytes": None}
    assert found["kernel"].startswith("Linux ")


def test_a_machine_without_a_word_is_described_by_nothing(host: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("container", raising=False)
    found = device.describe(host(machine="riscv64"))
    names = ("model", "virtual", "memory_bytes", "system", "container")
    assert [found[name] for name in names] == [None] * 5
    assert not found["emulated"]


def test_limits_of_a_control_group(host: Make) -> None:
    found = device.describe(host({"sys/fs/cgroup/cpu.max": "150000 100000", "sys/fs/cgroup/memory.max": "1073741824"}))
    assert found["limits"] == {"cores": 1.5, "memory_bytes": 2**30}


@pytest.mark.parametrize(
    ("name", "text", "limit"),
    [
        ("memory.max", "max", None),
        ("memory/memory.limit_in_bytes", str(2**63 - 4096), None),
        ("memory/memory.limit_in_bytes", "1024", 1024),
    ],
)
def test_no_limit_is_null(host: Make, name: str, text: str, limit: int | None) -> None:
    assert device.describe(host({f"sys/fs/cgroup/{name}": text}))["limits"]["memory_bytes"] == limit


@pytest.mark.parametrize(
    ("tree", "kind"),
    [({"run/.containerenv": ""}, "podman"), ({".dockerenv": ""}, "docker"), ({"run/systemd/container": "lxc"}, "lxc")],
)
def test_signs_of_a_container(host: Make, tree: Mapping[str, str], kind: str) -> None:
    assert device.container(host(tree)) == kind


@pytest.mark.parametrize(
    ("tree", "machine", "virtual"),
    [
        ({"proc/cpuinfo": PC}, "x86_64", False),
        ({"proc/cpuinfo": PC.replace("fpu", "fpu hypervisor")}, "x86_64", True),
        ({"sys/hypervisor/type": "xen"}, "x86_64", True),
        ({"sys/class/dmi/id/sys_vendor": "Amazon EC2"}, "aarch64", True),
        ({"proc/cpuinfo": PI}, "aarch64", None),
        ({}, "x86_64", None),
    ],
)
def test_a_hypervisor_is_no_emulator(host: Make, tree: Mapping[str, str], machine: str, virtual: bool | None) -> None:
    here = host(tree, machine=machine)
    assert device.is_virtual(here) is virtual
    assert emulation.signs(here, {}) == []


def test_an_android_phone_tells_by_its_properties(host: Make) -> None:
    getprop = "/system/bin/getprop"
    answers = {f"{getprop} ro.product.model": "Pixel 8", f"{getprop} ro.build.version.release": "16"}
    here = host({"system/bin/getprop": ""}, answers)
    assert (device.model(here), device.system(here)) == ("Pixel 8", "Android 16")


def test_a_mac_tells_what_it_is(host: Make) -> None:
    answers = {
        "sysctl -n hw.model": "Mac14,2",
        "sysctl -n hw.memsize": "8589934592",
        "sysctl -n kern.hv_vmm_present": "0",
    }
    here = host({}, answers, "Darwin", "arm64")
    assert (device.model(here), device.memory(here), device.is_virtual(here)) == ("Mac14,2", 2**33, False)
    assert (device.system(here) or "").startswith("macOS")


# emulation


@pytest.mark.parametrize(
    ("tree", "machine", "environment", "sign"),
    [
        ({"proc/sys/kernel/arch": "x86_64"}, "aarch64", {}, "the kernel is of x86_64"),
        ({"proc/sys/kernel/arch": "aarch64"}, "x86_64", {}, "the kernel is of aarch64"),
        ({"sys/devices/system/cpu/modalias": "cpu:type:x86,ven0002"}, "aarch64", {}, "calls itself x86"),
        ({"proc/cpuinfo": PC}, "aarch64", {}, "/proc/cpuinfo is that of an x86"),
        ({"proc/cpuinfo": PI}, "x86_64", {}, "/proc/cpuinfo is that of an ARM"),
        ({"proc/self/comm": "qemu-aarch64"}, "aarch64", {}, "the process is called qemu-aarch64"),
        ({"proc/sys/fs/binfmt_misc/qemu-aarch64": "enabled\n"}, "aarch64", {}, "binfmt_misc"),
        ({}, "aarch64", {"QEMU_CPU": "cortex-a72"}, "QEMU_CPU is set"),
        ({"proc/cpuinfo": "model name : QEMU TCG CPU version 2.5+"}, "x86_64", {}, "QEMU TCG"),
        ({"proc/cpuinfo": "model name : VirtualApple @ 2.50GHz"}, "x86_64", {}, "VirtualApple"),
    ],
)
def test_an_emulator_gives_itself_away(
    host: Make, tree: Mapping[str, str], machine: str, environment: Mapping[str, str], sign: str
) -> None:
    (found,) = emulation.signs(host(tree, machine=machine), environment)
    assert sign in found


def test_rosetta_gives_itself_away(host: Make) -> None:
    here = host({}, {"sysctl -n sysctl.proc_translated": "1"}, "Darwin", "x86_64")
    assert emulation.signs(here, {}) == ["Rosetta translates this process"]


@pytest.mark.parametrize(
    ("tree", "machine"),
    [
        ({"proc/sys/kernel/arch": "x86_64", "sys/devices/system/cpu/modalias": "cpu:type:x86,ven0002"}, "x86_64"),
        ({"proc/sys/kernel/arch": "x86_64"}, "i686"),
        ({"proc/sys/kernel/arch": "aarch64", "proc/cpuinfo": PI}, "armv7l"),
        (
            {"proc/sys/kernel/arch": "aarch64", "sys/devices/system/cpu/modalias": "cpu:type:aarch64:feature:"},
            "aarch64",
        ),
        ({"proc/sys/fs/binfmt_misc/qemu-aarch64": "enabled"}, "x86_64"),
        ({"proc/sys/fs/binfmt_misc/qemu-aarch64": "disabled"}, "aarch64"),
        ({"proc/sys/kernel/arch": "riscv64"}, "riscv64"),
    ],
)
def test_real_machines_are_not_taken_for_emulated(host: Make, tree: Mapping[str, str], machine: str) -> None:
    assert emulation.signs(host(tree, machine=machine), {}) == []


# software


def test_versions_of_what_ran() -> None:
    found = software.describe(lambda _: None)
    assert (found["producer"], found["edgekit"], found["git"]) == ("edgekit bench", __version__, None)
    assert found["packages"]["numpy"] == metadata.version("numpy")
    assert software.version("not-installed-here") is None


@pytest.mark.parametrize(("status", "changed"), [("", False), (" M a.py", True), (None, None)])
def test_the_revision_of_a_checkout(tmp_path: Path, status: str | None, changed: bool | None) -> None:
    (tmp_path / ".git").mkdir()
    answers = {"rev-parse": "abc123", "status": status}
    found = software.revision(tmp_path, lambda words: answers[words[3]])
    assert found == {"revision": "abc123", "changed": changed}


def test_what_is_installed_has_no_revision(tmp_path: Path) -> None:
    assert software.revision(tmp_path, lambda _: "abc") is None
    (tmp_path / ".git").mkdir()
    assert software.revision(tmp_path, lambda _: None) is None


@given(st.sampled_from(["numpy", "ruamel.yaml", "typing_extensions"]), st.sampled_from(["", ">=1.2", " ; x", "[a]<2"]))
def test_the_name_of_a_requirement(name: str, rest: str) -> None:
    extras = [(name, "a")] if "[a]" in rest else []
    assert disk.required(name + rest, "") == [(name, ""), *extras]
