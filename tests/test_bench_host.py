"""edgekit.bench: what a machine tells of itself, from invented trees of /proc and /sys."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit import __version__
from edgekit.bench import cpu, device, disk, emulation, energy, files, software, state
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
Answers = Mapping[str, str]
Make = Callable[..., Host]


@pytest.fixture
def host(tmp_path: Path) -> Make:
    """A machine of these files, where these commands answer so and no other is there."""

    def make(
        tree: Mapping[str, str] | None = None,
        answers: Answers | None = None,
        system: str = "Linux",
        machine: str = "aarch64",
    ) -> Host:
        for name, text in (tree or {}).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return Host(tmp_path, lambda words: (answers or {}).get(" ".join(words)), system, machine)

    return make


# files and programs


def test_a_file_is_read_without_trust(host: Make) -> None:
    here = host({"a": " x\0\n", "empty": "\n", "many": "1 2", "one": "12\n"})
    assert [here.text(name) for name in ("a", "empty", "absent", "")] == ["x", None, None, None]
    assert [here.number(name) for name in ("one", "many", "absent")] == [12, None, None]
    assert here.has("a")
    assert not here.has("absent")


def test_cores_come_in_the_order_of_their_numbers(host: Make) -> None:
    here = host({f"sys/cpu{i}/x": "" for i in (10, 2, 0)})
    assert here.find("sys/cpu[0-9]*/x") == ["sys/cpu0/x", "sys/cpu2/x", "sys/cpu10/x"]


def test_a_program_that_is_missing_fails_or_hangs_tells_nothing() -> None:
    python = sys.executable
    assert files.call((python, "-c", "print(' 5 ')")) == "5"
    assert files.call((python, "-c", "import sys; print(5); sys.exit(1)")) is None
    assert files.call((python, "-c", "import time; time.sleep(60)"), patience=0.2) is None
    assert files.call(("no-such-program-here",)) is None


# the processor


def test_a_raspberry_pi_names_its_cores_and_what_they_can(host: Make) -> None:
    found = cpu.describe(host({"proc/cpuinfo": PI}))
    assert (found["model"], found["architecture"], found["parts"]) == ("Cortex-A76", "aarch64", ["Cortex-A76"])
    told = {"dotprod": True, "i8mm": False, "fp16": True, "bf16": False, "sve": False, "sme": False}
    assert found["features"] == {**dict.fromkeys(cpu.FEATURES), **told}
    assert found["usable"] >= 1


def test_a_pc_names_its_processor_and_what_it_can(host: Make) -> None:
    found = cpu.describe(host({"proc/cpuinfo": PC}, machine="x86_64"))
    assert (found["model"], found["parts"]) == ("Intel(R) Core(TM) i7", [])
    told = {"avx2": True, "avx512": True, "vnni": True, "amx": False, "fp16": False, "bf16": False}
    assert found["features"] == {**dict.fromkeys(cpu.FEATURES), **told}


def test_cores_of_two_kinds_have_what_both_have(host: Make) -> None:
    both = PI.replace(
        "asimddp\nCPU implementer	: 0x41\nCPU part	: 0xd0b", "\nCPU implementer	: 0x41\nCPU part	: 0xd05"
    )
    found = cpu.describe(host({"proc/cpuinfo": both}))
    assert found["model"] == "Cortex-A76 + Cortex-A55"
    assert found["features"]["dotprod"] is False
    assert found["features"]["fp16"] is True


@pytest.mark.parametrize(("maker", "part"), [("0x51", "0x801"), ("0x41", "0xfff"), ("?", "?")])
def test_a_core_that_is_not_known_is_told_by_its_numbers(host: Make, maker: str, part: str) -> None:
    text = PI.replace("0x41", maker).replace("0xd0b", part)
    assert cpu.parts(host({"proc/cpuinfo": text})) == [f"implementer {maker} part {part}"]


def test_a_mac_tells_by_sysctl(host: Make) -> None:
    answers = {
        "sysctl -n machdep.cpu.brand_string": "Apple M2",
        "sysctl -n hw.optional.arm.FEAT_DotProd": "1",
        "sysctl -n hw.optional.arm.FEAT_SME": "0",
    }
    found = cpu.describe(host({}, answers, "Darwin", "arm64"))
    assert found["model"] == "Apple M2"
    assert found["features"] == {**dict.fromkeys(cpu.FEATURES), "dotprod": True, "sme": False}


def test_a_machine_without_a_word_has_no_features_rather_than_false_ones(host: Make) -> None:
    found = cpu.describe(host())
    assert (found["model"], found["parts"]) == (None, [])
    assert set(found["features"].values()) == {None}


# its state


def test_what_a_pi_tells_of_its_state(host: Make) -> None:
    tree = {
        f"{CPU0}/cpufreq/scaling_governor": "ondemand\n",
        f"{CPU1}/cpufreq/scaling_governor": "ondemand\n",
        f"{CPU0}/cpufreq/scaling_cur_freq": "1500000\n",
        f"{CPU1}/cpufreq/scaling_cur_freq": "2400000\n",
        "sys/class/thermal/thermal_zone0/temp": "48312\n",
        "sys/class/thermal/thermal_zone0/type": "cpu-thermal\n",
        "sys/class/thermal/thermal_zone1/temp": "40000\n",
        "sys/class/thermal/thermal_zone1/type": "cpu-thermal\n",
    }
    found = state.describe(host(tree, {"vcgencmd get_throttled": "throttled=0x50000"}))
    assert (found["governors"], found["clocks_mhz"]) == (["ondemand"], [1500.0, 2400.0])
    assert found["temperatures_c"] == {"cpu-thermal": 48.312, "cpu-thermal 2": 40.0}
    assert found["throttling"] == {"now": False, "since_boot": True, "events": None, "raw": "throttled=0x50000"}
    assert found["battery"] is None


@pytest.mark.parametrize(
    ("raw", "now", "since"),
    [("0x0", False, False), ("0x4", True, False), ("0x50005", True, True), ("0x80000", False, True)],
)
def test_bits_of_the_firmware(host: Make, raw: str, now: bool, since: bool) -> None:
    found = state.throttling(host({}, {"vcgencmd get_throttled": f"throttled={raw}"}))
    assert (found["now"], found["since_boot"]) == (now, since)


def test_firmware_that_answers_with_something_else_tells_nothing(host: Make) -> None:
    found = state.throttling(host({}, {"vcgencmd get_throttled": "VCHI initialization failed"}))
    assert set(found.values()) == {None}


def test_a_pi_without_files_tells_by_its_firmware(host: Make) -> None:
    here = host({}, {"vcgencmd measure_temp": "temp=51.5'C", "vcgencmd measure_clock arm": "frequency(0)=1800404352"})
    assert state.temperatures(here) == {"vcgencmd": 51.5}
    assert state.clocks(here) == [1800.4]


def test_what_a_pc_tells_of_its_state(host: Make) -> None:
    tree = {
        "proc/cpuinfo": PC,
        f"{CPU0}/thermal_throttle/core_throttle_count": "3\n",
        f"{CPU1}/thermal_throttle/core_throttle_count": "4\n",
        "sys/class/hwmon/hwmon1/name": "coretemp\n",
        "sys/class/hwmon/hwmon1/temp1_input": "61000\n",
        "sys/class/hwmon/hwmon2/name": "nvme\n",
        "sys/class/hwmon/hwmon2/temp1_input": "30000\n",
        "sys/class/power_supply/BAT0/type": "Battery\n",
        "sys/class/power_supply/BAT0/status": "Discharging\n",
        "sys/class/power_supply/AC/type": "Mains\n",
    }
    found = state.describe(host(tree, machine="x86_64"))
    assert found["clocks_mhz"] == [2400.5, 1800.0]
    assert found["temperatures_c"] == {"coretemp": 61.0}
    assert found["throttling"]["events"] == 7
    assert found["battery"] is True


def test_the_battery_of_a_mouse_does_not_count(host: Make) -> None:
    tree = {"type": "Battery", "status": "Discharging", "scope": "Device"}
    assert state.on_battery(host({f"sys/class/power_supply/mouse/{key}": text for key, text in tree.items()})) is None


def test_a_battery_that_charges_is_none_that_is_drained(host: Make) -> None:
    tree = {"sys/class/power_supply/BAT0/type": "Battery", "sys/class/power_supply/BAT0/status": "Full"}
    assert state.on_battery(host(tree)) is False


@pytest.mark.parametrize(
    ("told", "battery"),
    [
        ("Now drawing from 'Battery Power'\n -InternalBattery-0", True),
        ("Now drawing from 'AC Power'\n -InternalBattery-0", False),
        ("Now drawing from 'AC Power'", None),
    ],
)
def test_a_mac_tells_its_battery_and_its_limit(host: Make, told: str, battery: bool | None) -> None:
    answers = {"pmset -g batt": told, "pmset -g therm": "CPU_Speed_Limit \t= 80"}
    here = host({}, answers, "Darwin", "arm64")
    assert state.on_battery(here) is battery
    assert state.throttling(here)["now"] is True


def test_a_machine_without_a_word_has_no_state_rather_than_a_guessed_one(host: Make) -> None:
    found = state.describe(host())
    assert {key for key, value in found.items() if value is None} >= {"governors", "clocks_mhz", "temperatures_c"}
    assert set(found["throttling"].values()) == {None}
    assert found["battery"] is None


def test_files_of_nonsense_are_as_good_as_none(host: Make) -> None:
    tree = {
        f"{CPU0}/cpufreq/scaling_cur_freq": "fast",
        "sys/class/thermal/thermal_zone0/temp": "warm",
        "proc/cpuinfo": "cpu MHz : fast",
        "proc/meminfo": "MemTotal: much",
    }
    here = host(tree)
    assert (state.clocks(here), state.temperatures(here), device.memory(here)) == (None, None, None)


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
    answers = {"getprop ro.product.model": "Pixel 8", "getprop ro.build.version.release": "16"}
    here = host({"system/build.prop": ""}, answers)
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


# energy


def rapl(*packages: tuple[int, int]) -> dict[str, str]:
    """Counter and range of each package; each has a part whose energy is in its package's already."""
    tree = {}
    for i, (counter, wraps_at) in enumerate(packages):
        for name in (f"intel-rapl:{i}", f"intel-rapl:{i}:0"):
            tree[f"sys/class/powercap/{name}/energy_uj"] = str(counter)
            tree[f"sys/class/powercap/{name}/max_energy_range_uj"] = str(wraps_at)
    return tree


def test_packages_are_added_and_wrap_around(host: Make) -> None:
    meter = energy.open_meter(host(rapl((1_000_000, 10_000_000), (9_000_000, 10_000_000))))
    assert (meter.sensor, meter.fine, meter.joules()) == ("RAPL", True, 0.0)
    host(rapl((3_000_000, 10_000_000), (1_000_000, 10_000_000)))
    assert meter.joules() == pytest.approx(2.0 + 2.0)
    assert meter.joules() == pytest.approx(4.0)
    meter.close()


def test_a_counter_that_cannot_be_read_is_no_sensor(host: Make, tmp_path: Path) -> None:
    here = host(rapl((1, 10)))
    meter = energy.open_meter(here)
    (tmp_path / "sys/class/powercap/intel-rapl:0/energy_uj").unlink()
    assert meter.joules() is None
    assert energy.open_meter(here).sensor is None


PMIC = """\
  3V7_WL_SW_A current(0)=0.10000000A
   VDD_CORE_A current(7)=2.00000000A
  3V7_WL_SW_V volt(8)=3.70000000V
   VDD_CORE_V volt(15)=0.90000000V
     EXT5V_V volt(24)=5.15000000V
"""


def test_rails_of_a_pi_are_added_up(host: Make) -> None:
    assert energy.pmic_watts(host({}, {"vcgencmd pmic_read_adc": PMIC})) == pytest.approx(0.37 + 1.8)
    assert energy.pmic_watts(host({}, {"vcgencmd pmic_read_adc": "error=1"})) is None


def test_power_becomes_energy_by_and_by() -> None:
    meter = energy.Pmic(lambda: 100.0, period=0.01)
    deadline = time.monotonic() + 10
    while not (meter.joules() or 0) > 1 and time.monotonic() < deadline:
        time.sleep(0.01)
    meter.close()
    total = meter.joules()
    assert total is not None
    assert total > 1
    assert meter.joules() == total


def test_a_sensor_that_falls_silent_tells_no_energy() -> None:
    powers = iter([5.0, None])
    meter = energy.Pmic(lambda: next(powers), period=0.001)
    deadline = time.monotonic() + 10
    while meter.joules() is not None and time.monotonic() < deadline:
        time.sleep(0.001)
    meter.close()
    assert meter.joules() is None


def test_most_machines_tell_no_energy(host: Make) -> None:
    meter = energy.open_meter(host())
    assert (meter.sensor, meter.joules()) == (None, None)
    meter.close()


def test_a_pi_5_has_a_meter(host: Make) -> None:
    meter = energy.open_meter(host({}, {"vcgencmd pmic_read_adc": PMIC}))
    assert meter.sensor == "Raspberry Pi 5 PMIC"
    assert not meter.fine
    meter.close()


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
    assert disk.required(name + rest) == name
