"""edgekit.bench: what a processor tells of itself, on invented machines."""

from __future__ import annotations

import sys

import pytest
from bench_hosts import PC, PI, Make

from edgekit.bench import cpu, files

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
