"""edgekit bench: what people are shown of a result."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from bench_fakes import check, example

from edgekit.cli.bench_text import result_text


@pytest.fixture
def result() -> Any:
    return example()


def test_the_text_of_an_invented_result(result: Any) -> None:
    text = result_text(result)
    assert "Raspberry Pi 5 Model B Rev 1.0, Cortex-A76, 4 of 4 cores, 8.4 GB" in text
    assert "dotprod fp16" in text
    assert "governor performance, 2400 -> 2400 MHz, 48 -> 62 C, load 0.05 -> 0.9" in text
    assert "cold 1.29 s, load 0.41 s, first read 0.30 s" in text
    assert "peak 182.0 MB, steady 171.0 MB; disk: bundle 5.0 MB, installed 160.0 MB" in text
    assert "14.00 reads a second: 4 processes of 1 thread" in text
    assert "at most   62.0 GFLOP/s, 14.0 GB/s copied, with 4 threads of numpy" in text
    assert "20 J in 4 s by Raspberry Pi 5 PMIC" in text
    assert "left out  receipt 0.1.0, executorch fp32, 1 thread: no graph for executorch fp32" in text
    assert "too few reads to tell" in text
    assert not any(word in text for word in ("EMULATED", "INCOMPLETE", "THROTTLED", "ON BATTERY", "NOISY"))


def test_no_time_of_an_emulated_machine_is_shown(result: Any) -> None:
    result["device"] |= {"emulated": True, "emulation": ["uname says aarch64, the kernel is of x86_64"]}
    text = result_text(result)
    assert "EMULATED" in text
    assert "the kernel is of x86_64" in text
    for word in ("p95", "cold", "reads a second", "GFLOP", " J "):
        assert word not in text
    assert "peak 182.0 MB" in text


@pytest.mark.parametrize(
    ("place", "value", "word"),
    [
        (("complete",), False, "INCOMPLETE"),
        (("after", "throttling", "now"), True, "THROTTLED"),
        (("after", "throttling", "events"), 3, "THROTTLED"),
        (("after", "battery"), True, "ON BATTERY"),
        (("variants", 0, "noise", "noisy"), True, "NOISY"),
    ],
)
def test_what_spoils_a_figure_is_said_first(result: Any, place: tuple[Any, ...], value: Any, word: str) -> None:
    node = result
    for key in place[:-1]:
        node = node[key]
    node[place[-1]] = value
    text = result_text(result)
    assert word in text.split("onnxruntime fp32")[0]


def test_nulls_are_dashes_or_left_out(result: Any) -> None:
    result["device"] |= {"model": None, "memory_bytes": None, "system": None, "kernel": None}
    result["device"]["cpu"]["features"] = dict.fromkeys(result["device"]["cpu"]["features"])
    for key in ("before", "after"):
        result[key] |= {"governors": None, "clocks_mhz": None, "temperatures_c": None, "load": None}
    result["probe"]["rows"][0] |= {"gflops": None, "copy_gb_s": None}
    result |= {"energy": None}
    result["variants"][0]["memory"] = {"peak_bytes": None, "steady_bytes": None}
    result["variants"][0]["disk"]["installed_bytes"] = None
    check(result)
    text = result_text(result)
    assert "features  none told" in text
    assert "machine   tells neither clock nor temperature" in text
    assert "peak -, steady -" in text
    assert "at most   - GFLOP/s, - GB/s copied, with 1 thread of numpy" in text
    assert "None" not in text


def test_a_variant_without_reads_has_no_figures(result: Any) -> None:
    empty = copy.deepcopy(result["variants"][0])
    empty |= {"reads": 0, "latency_ms": {}, "cpu_ms": None, "failures": [{"picture": 0, "error": "too dark"}]}
    result["variants"] = [empty]
    check(result)
    text = result_text(result)
    assert "recognize" not in text
    assert "1 pictures could not be read" in text


def test_names_do_not_steer_the_terminal(result: Any) -> None:
    result["device"]["model"] = "Pi\x1b[2J\rfake"
    result["left_out"][0]["reason"] = "bad\x07"
    text = result_text(result)
    assert not {"\x1b", "\r", "\x07"} & set(text)
