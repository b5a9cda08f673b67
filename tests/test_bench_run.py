"""edgekit.bench: figures, the order of reads, and what an interrupted run leaves behind; fake children read."""

from __future__ import annotations

import io
import itertools
import json
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import EXAMPLE, ROOT

from edgekit.bench import benchmark, child, passes, probe, receipts, rows, throughput, variants
from edgekit.bench.energy import NoMeter
from edgekit.bench.files import Host
from edgekit.bench.passes import Rules, Run, Setting
from edgekit.bench.stats import Sample, noise, summary
from edgekit.bench.variants import Asked, Variant, combine, rotated
from edgekit.bundle import Bundle
from edgekit.errors import BackendError, MissingGraphError

SCHEMA = json.loads((ROOT / "edgekit" / "bench" / "schema.json").read_text(encoding="utf-8"))
FAKE = """
import json, os, sys, time
settings = json.loads(sys.argv[1])
name, reads = None, 0
def log(what):
    with open(settings["log"], "a") as file:
        print(name, what, file=file)
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        name = request["open"]["precision"] + str(request["open"]["threads"])
        log("start")
        answer = {"import_s": 0.1, "load_s": 0.2, "extractor": "joint", "affinity": [0]}
        if name in settings.get("refuse", ()):
            answer = {"error": "this engine is not installed"}
    elif "burst" in request:
        answer = {"reads": 10, "seconds": 2.0}
    else:
        reads += 1
        log(os.path.basename(request["read"]))
        if reads == settings.get("die_at"):
            sys.exit("out of memory")
        answer = {"seconds": 0.01 * reads, "cpu_seconds": 0.02, "stages": {"decode": 0.002, "detect": 0.008},
                  "runs": [["detect", [[1, 32, 32, 3]], 0.005]],
                  "memory": {"rss": 1000 + reads, "peak": 2000 + reads, "threads": 3}}
        if os.path.basename(request["read"]) in settings.get("fail_on", ()):
            answer = {"failed": "too dark"}
        if settings.get("silent"):
            answer["memory"] = {"rss": None, "peak": None, "threads": None}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open()


@pytest.fixture
def fake(tmp_path: Path) -> Any:
    """A command that starts a fake reader, and a function that tells what it did."""
    script, log = tmp_path / "fake.py", tmp_path / "log.txt"
    script.write_text(FAKE, encoding="utf-8")
    log.touch()

    def make(**settings: Any) -> tuple[str, ...]:
        return sys.executable, str(script), json.dumps({"log": str(log), **settings})

    def told() -> list[str]:
        return log.read_text(encoding="utf-8").split("\n")[:-1]

    make.told = told  # type: ignore[attr-defined]
    return make


def variant(bundle: Bundle, precision: str = "fp32", threads: int = 1) -> Variant:
    return Variant(f"{precision} {threads}", bundle, "onnxruntime", precision, threads)


def measured(bundle: Bundle, python: Sequence[str], rules: Rules, pictures: Sequence[str] = ("a", "b")) -> list[Run]:
    runs = [Run(variant(bundle)), Run(variant(bundle, threads=2)), Run(variant(bundle, "int8"))]
    passes.measure(runs, Setting(pictures, rules, NoMeter(), python), lambda _: None)
    return runs


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


def check(result: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(result)
    json.dumps(result, allow_nan=False)


# the schema


def test_the_schema_is_one_and_its_example_follows_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    check(json.loads((ROOT / "tests" / "bench_example.json").read_text(encoding="utf-8")))


def test_every_object_of_the_schema_is_closed() -> None:
    def objects(node: Any) -> Any:
        if isinstance(node, Mapping):
            if "properties" in node:
                yield node
            for value in node.values():
                yield from objects(value)
        elif isinstance(node, list):
            for value in node:
                yield from objects(value)

    found = list(objects(SCHEMA))
    assert len(found) > 15
    for one in found:
        assert one["additionalProperties"] is False
        assert set(one["required"]) == set(one["properties"])


@pytest.mark.parametrize("change", [{"schema": "edgekit.bench/2"}, {"more": 1}, {"device": {}}, {"variants": [{}]}])
def test_the_schema_refuses_what_it_does_not_know(change: dict[str, Any]) -> None:
    example = json.loads((ROOT / "tests" / "bench_example.json").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        check({**example, **change})


# figures


def sample(part: int, picture: int, whole: float) -> Sample:
    return Sample(part, picture, {"all": whole}, whole)


def test_figures_of_a_few_reads() -> None:
    found = summary([1.0, 2.0, 3.0, 4.0])
    assert found == {"mean": 2.5, "min": 1.0, "p50": 2.5, "p90": 3.7, "p95": 3.85, "p99": 3.97, "max": 4.0}


@given(st.lists(st.floats(0.1, 1e4), min_size=1, max_size=50))
def test_figures_are_numpys_and_rise(values: list[float]) -> None:
    found = summary(values)
    assert found["p95"] == pytest.approx(float(np.percentile(values, 95)), abs=1e-3)
    assert found["min"] <= found["p50"] <= found["p90"] <= found["p95"] <= found["p99"] <= found["max"]


def test_passes_that_agree_are_quiet() -> None:
    found = noise([sample(part, i % 2, 100 + 50 * (i % 2)) for part in (0, 1) for i in range(40)], 0.05)
    assert found == {
        "noisy": False,
        "pass_p95_ms": [150.0, 150.0],
        "p95_difference": 0.0,
        "blocks": 8,
        "block_spread": 0.0,
    }


def test_a_pass_that_is_slower_is_noise() -> None:
    found = noise([sample(part, 0, 100 + 6 * part) for part in (0, 1) for _ in range(40)], 0.05)
    assert (found["noisy"], found["p95_difference"]) == (True, 0.06)


def test_a_slow_stretch_is_noise_though_the_percentiles_agree() -> None:
    times = [100.0] * 10 + [130.0] * 10
    found = noise([sample(part, 0, time) for part in (0, 1) for time in times], 0.05)
    assert (found["p95_difference"], found["noisy"]) == (0.0, True)
    assert found["block_spread"] > 0.2


def test_too_few_reads_tell_nothing() -> None:
    few = noise([sample(0, 0, 1.0), sample(0, 0, 9.0), sample(1, 0, 99.0)], 0.05)
    assert (few["noisy"], few["p95_difference"], few["block_spread"], few["blocks"]) == (None, None, None, 0)
    assert noise([], 0.05)["pass_p95_ms"] == []


# variants


@given(st.lists(st.integers(), max_size=6), st.integers(0, 20))
def test_everyone_is_first_in_turn(items: list[int], turn: int) -> None:
    found = rotated(items, turn)
    assert sorted(found) == sorted(items)
    assert not items or found[0] == items[turn % len(items)]


def test_all_combinations_are_measured_and_what_is_missing_is_named(bundle: Bundle) -> None:
    found, left_out = combine(Asked([bundle], ["onnxruntime", "other"], ["fp32"], [1, 2]))
    assert [(one.backend, one.threads) for one in found] == [("onnxruntime", 1), ("onnxruntime", 2)]
    assert [name for name, _ in left_out] == [
        "receipt 0.1.0, other fp32, 1 thread",
        "receipt 0.1.0, other fp32, 2 threads",
    ]
    assert "no graph for other fp32" in left_out[0][1]
    assert len({one.id for one in found}) == 2


def test_bundles_of_one_name_are_told_apart(bundle: Bundle) -> None:
    found, _ = combine(Asked([bundle, bundle], ["onnxruntime"], ["fp32"], [1]))
    assert bundle.digest[:8] in found[0].id


def test_nothing_to_measure_is_an_error(bundle: Bundle) -> None:
    with pytest.raises(MissingGraphError, match="no graph for onnxruntime int3"):
        combine(Asked([bundle], ["onnxruntime"], ["int3"], [1]))


# the order of reads


def test_variants_read_in_turn_and_none_is_always_first(bundle: Bundle, fake: Any) -> None:
    measured(bundle, fake(), Rules(0, 3, 60, 1))
    first = ["fp321 start", "fp321 a", "fp322 start", "fp322 a", "int81 start", "int81 a"]
    in_turn = ["fp321 a", "fp322 a", "int81 a", "fp322 b", "int81 b", "fp321 b", "int81 a", "fp321 a", "fp322 a"]
    assert fake.told() == first + in_turn


def test_each_pass_has_fresh_processes_and_another_one_first(bundle: Bundle, fake: Any) -> None:
    runs = measured(bundle, fake(), Rules(1, 4, 60, 2))
    starts = [line.split()[0] for line in fake.told() if line.endswith("start")]
    assert starts == ["fp321", "fp322", "int81", "fp322", "int81", "fp321"]
    assert [len(run.start.cold) for run in runs] == [2, 2, 2]
    assert [one.part for one in runs[0].samples] == [0, 0, 1, 1]
    assert [one.picture for one in runs[0].samples] == [0, 1, 0, 1]


def test_first_reads_and_warm_up_do_not_count(bundle: Bundle, fake: Any) -> None:
    (run, *_) = measured(bundle, fake(), Rules(3, 2, 60, 1))
    assert [one.whole for one in run.samples] == [50.0, 60.0]  # the fake's fifth and sixth read
    assert run.runs == {("detect", ((1, 32, 32, 3),)): [2, 0.01]}
    assert (run.steady, run.peaks, run.os_threads) == ([1006], [2006], 3)


def test_time_ends_the_first_pass_and_the_second_reads_as_often(bundle: Bundle, fake: Any) -> None:
    runs = measured(bundle, fake(), Rules(0, 10**6, 0.2, 2))
    for run in runs:
        first, second = (sum(one.part == part for one in run.samples) for part in (0, 1))
        assert 1 <= first == second < 10**5


def test_progress_rises_to_one(bundle: Bundle, fake: Any) -> None:
    shares: list[float] = []
    setting = Setting(["a"], Rules(0, 6, 60, 2), NoMeter(), fake())
    passes.measure([Run(variant(bundle)), Run(variant(bundle, threads=2))], setting, shares.append)
    assert shares == sorted(shares)
    assert math.isclose(shares[-1], 1.0)
    assert len(shares) == 12


def test_a_meter_that_can_tell_a_read_is_asked_around_each(bundle: Bundle, fake: Any) -> None:
    spent = itertools.count(0.0, 1.5)

    class Meter(NoMeter):
        def joules(self) -> float:
            return next(spent)

    run = Run(variant(bundle))
    passes.measure([run], Setting(["a"], Rules(0, 4, 60, 1), Meter(fine=True), fake()), lambda _: None)
    assert run.joules == 6.0
    assert rows.variant_row(run, 1)["joules_per_read"] == 1.5


def test_a_variant_that_cannot_be_opened_is_left_out(bundle: Bundle, fake: Any) -> None:
    found = outcome(plan(bundle, fake(refuse=["int81"])))
    assert found.stopped is None
    assert [one["id"] for one in found.result["variants"]] == ["fp32 1"]
    assert [one["id"] for one in found.result["left_out"]] == ["other", "int8 1"]
    assert "this engine is not installed" in found.result["left_out"][1]["reason"]


def test_where_none_can_be_opened_the_reason_is_told(bundle: Bundle, fake: Any) -> None:
    found = outcome(plan(bundle, fake(refuse=["int81", "fp321"])))
    assert isinstance(found.stopped, BackendError)
    assert "this engine is not installed" in str(found.stopped)
    assert (found.result["variants"], found.result["complete"]) == ([], False)


# the whole run


def test_a_whole_run_follows_the_schema(bundle: Bundle, fake: Any) -> None:
    names: list[str] = []
    result = outcome(plan(bundle, fake()), benchmark.Watcher(names.append, lambda _: None)).result
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


def test_what_a_system_does_not_tell_is_null(bundle: Bundle, fake: Any, tmp_path: Path) -> None:
    silent = Host(tmp_path / "nothing", lambda _: None, "Other", "other")
    result = outcome(plan(bundle, fake(silent=True), workers=0), host=silent).result
    assert result["variants"][0]["memory"] == {"peak_bytes": None, "steady_bytes": None}
    assert result["variants"][0]["os_threads"] is None
    assert result["throughput"] == []
    assert result["before"]["temperatures_c"] is None


def test_ctrl_c_leaves_what_there_was(bundle: Bundle, fake: Any) -> None:
    def reach(share: float) -> None:
        if share >= 0.5:
            raise KeyboardInterrupt

    found = outcome(plan(bundle, fake()), benchmark.Watcher(lambda _: None, reach))
    assert isinstance(found.stopped, KeyboardInterrupt)
    assert found.result["complete"] is False
    assert [one["reads"] for one in found.result["variants"]] == [2, 2]


def test_ctrl_c_before_the_first_read_leaves_no_figures(bundle: Bundle, fake: Any) -> None:
    def reach(_: float) -> None:
        raise KeyboardInterrupt

    result = outcome(plan(bundle, fake()), benchmark.Watcher(lambda _: None, reach)).result
    second = result["variants"][1]
    assert (second["reads"], second["latency_ms"], second["cpu_ms"]) == (0, {}, None)


def test_a_process_that_dies_leaves_what_there_was(bundle: Bundle, fake: Any) -> None:
    found = outcome(plan(bundle, fake(die_at=4)))
    assert isinstance(found.stopped, BackendError)
    assert "out of memory" in str(found.stopped)
    assert found.result["variants"][0]["reads"] == 1


def test_a_picture_that_fails_is_named_once_and_not_counted(bundle: Bundle, fake: Any) -> None:
    runs = measured(bundle, fake(fail_on=["b"]), Rules(0, 6, 60, 1))
    assert runs[0].failures == {1: "too dark"}
    assert [one.picture for one in runs[0].samples] == [0, 0, 0]
    row = rows.variant_row(runs[0], 1)
    assert row["failures"] == [{"picture": 1, "error": "too dark"}]


def test_a_burst_that_fails_says_which_picture(bundle: Bundle) -> None:
    with pytest.raises(BackendError, match="gone.jpg: cannot be read"):
        throughput.measure([variant(bundle)], 1, 0.1, Setting(["gone.jpg"], Rules(0, 1, 1, 1), NoMeter()))


# the child


def test_the_child_opens_and_reads() -> None:
    opening = {"bundle": None, "backend": "onnxruntime", "precision": "fp32", "threads": 1}
    requests = [
        {"open": opening},
        {"read": str(EXAMPLE)},
        {"read": "gone.jpg"},
        {"burst": [str(EXAMPLE)], "seconds": 0.01},
    ]
    answers = io.StringIO()
    child.serve(io.StringIO("".join(json.dumps(one) + "\n" for one in requests)), answers)
    opened, read, failed, burst = map(json.loads, answers.getvalue().splitlines())
    assert opened["extractor"] == "joint"
    assert opened["load_s"] > 0
    assert list(read["stages"]) == ["decode", "detect", "recognize", "layout", "extract"]
    assert sum(read["stages"].values()) == pytest.approx(read["seconds"], rel=0.05)
    assert {stage for stage, _, _ in read["runs"]} == {"detect", "recognize", "extract"}
    detected, *_ = [shapes for stage, shapes, _ in read["runs"] if stage == "detect"]
    assert detected[0][0] == 1
    assert detected[0][3] == 3
    assert sum(seconds for _, _, seconds in read["runs"]) < read["seconds"]
    assert "gone.jpg" in failed["failed"]
    assert burst["reads"] >= 1


def test_the_child_says_what_cannot_be_opened() -> None:
    opening = {"bundle": "no/such", "backend": "onnxruntime", "precision": "fp32", "threads": 1}
    assert "no such bundle" in child.Child().answer({"open": opening})["error"]


def test_processes_run_this_edgekit_wherever_they_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "edgekit").mkdir()
    (tmp_path / "edgekit" / "__init__.py").write_text("raise SystemExit('another EdgeKit')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    told = probe._call((*variants.command("probe"), "1"))
    assert told is not None
    assert json.loads(told)["gflops"] > 0.01


# the probe


def test_the_probe_asks_a_process_for_each_number_of_threads() -> None:
    asked: list[Sequence[str]] = []

    def run(words: Sequence[str]) -> str:
        asked.append(words)
        return json.dumps({"gflops": 5.0, "copy_gb_s": 2.0})

    found = probe.probe([1, 4], ("python",), run)
    assert [words[-1] for words in asked] == ["1", "4"]
    assert found["rows"][1] == {"threads": 4, "gflops": 5.0, "copy_gb_s": 2.0}


@pytest.mark.parametrize("told", [None, "", "loading", "{}", "[]", "3"])
def test_a_probe_that_fails_is_null(told: str | None) -> None:
    assert probe.probe([1], (), lambda _: told)["rows"] == [{"threads": 1, "gflops": None, "copy_gb_s": None}]


def test_the_probe_measures_something() -> None:
    assert probe.gflops(0.01) > 0.01
    assert probe.copy_gb_s(2, 0.01, 2**16) > 0.001
    calls: list[int] = []
    assert probe.best(lambda: calls.append(1), 0.0) >= 0
    assert len(calls) == 2


# receipts drawn


def test_drawn_receipts_are_the_same_every_time_and_can_be_read(tmp_path: Path, reader: Any) -> None:
    small = receipts.PLANS[:1]
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        receipts.write(folder, small)
    first, second = (receipts.describe(tmp_path / name / small[0].name) for name in "ab")
    assert first == second
    assert (first["width"], first["height"]) == (small[0].width, small[0].height)
    receipt = reader.read(tmp_path / "a" / small[0].name)
    assert len(receipt.lines) > 10
    assert receipt.total is not None


def test_sizes_are_those_of_the_plan() -> None:
    assert len({plan.name for plan in receipts.PLANS}) == len(receipts.PLANS)
    plan = receipts.Plan("x.jpg", 1800, 2400, 3, 1.0)
    assert receipts.draw(plan).size == (1800, 2400)


def test_a_file_that_is_no_picture_has_no_size(tmp_path: Path) -> None:
    (tmp_path / "x.jpg").write_bytes(b"no picture")
    found = receipts.describe(tmp_path / "x.jpg")
    assert (found["width"], found["height"], found["bytes"]) == (None, None, 10)
