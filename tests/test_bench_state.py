"""edgekit.bench: clocks, temperatures, throttling and energy, on invented machines."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from bench_hosts import CPU0, CPU1, PC, Make

from edgekit.bench import device, energy, state

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
