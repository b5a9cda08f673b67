"""edgekit.bench: a whole run, and what an interrupted one leaves behind; invented readers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from bench_fakes import Fake, check, variant
from places import EXAMPLE

from edgekit.bench import benchmark, throughput
from edgekit.bench.energy import NoMeter
from edgekit.bench.files import Host
from edgekit.bench.passes import Rules, Setting
from edgekit.bundle import Bundle
from edgekit.errors import BackendError


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open()


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(tmp_path)


def plan(bundle: Bundle, python: Sequence[str], **changed: Any) -> benchmark.Plan:
    made: dict[str, Any] = {
        "variants": [variant(bundle), variant(bundle, "int8")],
        "left_out": [("other", "no graph")],
        "pictures": [EXAMPLE],
        "synthetic": False,
        "rules": Rules(1, 4, 60, 2),
        "quick": True,
        "probe": False,
        "workers": 2,
        "burst_s": 0.1,
        "label": "a test",
        "python": python,
    }
    return benchmark.Plan(**{**made, **changed})


def outcome(made: benchmark.Plan, watcher: benchmark.Watcher | None = None, host: Host | None = None) -> Any:
    quiet = benchmark.Watcher(lambda _: None, lambda _: None)
    found = benchmark.run(made, host or Host(run=lambda _: None), watcher or quiet)
    check(found.result)
    return found


# the whole run


def test_a_whole_run_follows_the_schema(bundle: Bundle, fake: Fake) -> None:
    names: list[str] = []
    result = outcome(plan(bundle, fake.command()), benchmark.Watcher(names.append, lambda _: None)).result
    assert (result["complete"], result["quick"], result["label"]) == (True, True, "a test")
    first = result["variants"][0]
    assert (first["reads"], first["extractor"], first["affinity"], first["os_threads"]) == (4, "joint", [0], 3)
    assert first["start"]["import_s"] == [0.1, 0.1]
    assert set(first["latency_ms"]) == {"all", "decode", "detect"}
    assert first["runs"] == [{"stage": "detect", "shapes": [[1, 32, 32, 3]], "count": 4, "seconds": 0.02}]
    assert first["memory"] == {"peak_bytes": 2004, "steady_bytes": 1004}
    assert first["disk"]["bundle_bytes"] == bundle.size
    assert first["disk"]["installed_bytes"] > bundle.size
    assert [row["reads_per_s"] for row in result["throughput"]] == [10.0, 10.0]
    assert {row["kind"] for row in result["throughput"]} == {"processes"}
    assert (result["probe"], result["energy"]) == (None, None)
    assert names == ["reads a second with 2 processes"]


def test_what_a_system_does_not_tell_is_null(bundle: Bundle, fake: Fake, tmp_path: Path) -> None:
    silent = Host(tmp_path / "nothing", lambda _: None, "Other", "other")
    result = outcome(plan(bundle, fake.command(silent=True), workers=0), host=silent).result
    assert result["variants"][0]["memory"] == {"peak_bytes": None, "steady_bytes": None}
    assert result["variants"][0]["os_threads"] is None
    assert result["throughput"] == []
    assert result["before"]["temperatures_c"] is None


def test_ctrl_c_leaves_what_there_was(bundle: Bundle, fake: Fake) -> None:
    def reach(share: float) -> None:
        if share >= 0.5:
            raise KeyboardInterrupt

    found = outcome(plan(bundle, fake.command()), benchmark.Watcher(lambda _: None, reach))
    assert isinstance(found.stopped, KeyboardInterrupt)
    assert found.result["complete"] is False
    assert [one["reads"] for one in found.result["variants"]] == [2, 2]


def test_ctrl_c_before_the_first_read_leaves_no_figures(bundle: Bundle, fake: Fake) -> None:
    def reach(_: float) -> None:
        raise KeyboardInterrupt

    result = outcome(plan(bundle, fake.command()), benchmark.Watcher(lambda _: None, reach)).result
    second = result["variants"][1]
    assert (second["reads"], second["latency_ms"], second["cpu_ms"]) == (0, {}, None)


def test_a_process_that_dies_leaves_what_there_was(bundle: Bundle, fake: Fake) -> None:
    found = outcome(plan(bundle, fake.command(die_at=4)))
    assert isinstance(found.stopped, BackendError)
    assert "out of memory" in str(found.stopped)
    assert found.result["variants"][0]["reads"] == 1


def test_a_burst_that_fails_says_which_picture(bundle: Bundle) -> None:
    with pytest.raises(BackendError, match="gone.jpg: cannot be read"):
        throughput.measure([variant(bundle)], 1, 0.1, Setting(["gone.jpg"], Rules(0, 1, 1, 1), NoMeter()))


def test_a_variant_that_cannot_be_opened_is_left_out(bundle: Bundle, fake: Fake) -> None:
    found = outcome(plan(bundle, fake.command(refuse=["int81"])))
    assert found.stopped is None
    assert [one["id"] for one in found.result["variants"]] == ["fp32 1"]
    assert [one["id"] for one in found.result["left_out"]] == ["other", "int8 1"]
    assert "this engine is not installed" in found.result["left_out"][1]["reason"]


def test_where_none_can_be_opened_the_reason_is_told(bundle: Bundle, fake: Fake) -> None:
    found = outcome(plan(bundle, fake.command(refuse=["int81", "fp321"])))
    assert isinstance(found.stopped, BackendError)
    assert "this engine is not installed" in str(found.stopped)
    assert (found.result["variants"], found.result["complete"]) == ([], False)
