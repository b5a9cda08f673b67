"""edgekit.bench: which combinations are read, and in what order; invented readers."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
from bench_fakes import Fake, variant
from hypothesis import given
from hypothesis import strategies as st

from edgekit.bench import passes, rows
from edgekit.bench.energy import NoMeter
from edgekit.bench.passes import Rules, Run, Setting
from edgekit.bench.variants import Asked, combine, rotated
from edgekit.bundle import Bundle
from edgekit.errors import MissingGraphError


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open()


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(tmp_path)


def measured(bundle: Bundle, python: Sequence[str], rules: Rules, pictures: Sequence[str] = ("a", "b")) -> list[Run]:
    runs = [Run(variant(bundle)), Run(variant(bundle, threads=2)), Run(variant(bundle, "int8"))]
    passes.measure(runs, Setting(pictures, rules, NoMeter(), python), lambda _: None)
    return runs


# variants


@given(st.lists(st.integers(), max_size=6), st.integers(0, 20))
def test_everyone_is_first_in_turn(items: list[int], turn: int) -> None:
    found = rotated(items, turn)
    assert sorted(found) == sorted(items)
    assert not items or found[0] == items[turn % len(items)]


def test_all_combinations_are_measured_and_what_is_missing_is_named(bundle: Bundle) -> None:
    found, left_out = combine(Asked([bundle], ["onnxruntime", "other"], ["fp32"], [1, 2]))
    assert [(one.backend, one.threads) for one in found] == [("onnxruntime", 1), ("onnxruntime", 2)]
    named = f"{bundle.name} {bundle.manifest.version}, other fp32"
    assert [name for name, _ in left_out] == [f"{named}, 1 thread", f"{named}, 2 threads"]
    assert "no graph for other fp32" in left_out[0][1]
    assert str(bundle.path) not in left_out[0][1]
    assert len({one.id for one in found}) == 2


def test_bundles_of_one_name_are_told_apart(bundle: Bundle) -> None:
    found, _ = combine(Asked([bundle, bundle], ["onnxruntime"], ["fp32"], [1]))
    assert bundle.digest[:8] in found[0].id


def test_nothing_to_measure_is_an_error(bundle: Bundle) -> None:
    with pytest.raises(MissingGraphError, match="no graph for onnxruntime int3"):
        combine(Asked([bundle], ["onnxruntime"], ["int3"], [1]))


# the order of reads


def test_variants_read_in_turn_and_none_is_always_first(bundle: Bundle, fake: Fake) -> None:
    measured(bundle, fake.command(), Rules(0, 3, 60, 1))
    first = ["fp321 start", "fp321 a", "fp322 start", "fp322 a", "int81 start", "int81 a"]
    in_turn = ["fp321 a", "fp322 a", "int81 a", "fp322 b", "int81 b", "fp321 b", "int81 a", "fp321 a", "fp322 a"]
    assert fake.told() == first + in_turn


def test_each_pass_has_fresh_processes_and_another_one_first(bundle: Bundle, fake: Fake) -> None:
    runs = measured(bundle, fake.command(), Rules(1, 4, 60, 2))
    starts = [line.split()[0] for line in fake.told() if line.endswith("start")]
    assert starts == ["fp321", "fp322", "int81", "fp322", "int81", "fp321"]
    assert [len(run.start.cold) for run in runs] == [2, 2, 2]
    assert [one.part for one in runs[0].samples] == [0, 0, 1, 1]
    assert [one.picture for one in runs[0].samples] == [0, 1, 0, 1]


def test_first_reads_and_warm_up_do_not_count(bundle: Bundle, fake: Fake) -> None:
    (run, *_) = measured(bundle, fake.command(), Rules(3, 2, 60, 1))
    assert [one.whole for one in run.samples] == [50.0, 60.0]  # the fake's fifth and sixth read
    assert run.runs == {("detect", ((1, 32, 32, 3),)): [2, 0.01]}
    assert (run.steady, run.peaks, run.os_threads) == ([1006], [2006], 3)


def test_time_ends_the_first_pass_and_the_second_reads_as_often(bundle: Bundle, fake: Fake) -> None:
    runs = measured(bundle, fake.command(), Rules(0, 10**6, 0.2, 2))
    for run in runs:
        first, second = (sum(one.part == part for one in run.samples) for part in (0, 1))
        assert 1 <= first == second < 10**5


def test_progress_rises_to_one(bundle: Bundle, fake: Fake) -> None:
    shares: list[float] = []
    setting = Setting(["a"], Rules(0, 6, 60, 2), NoMeter(), fake.command())
    passes.measure([Run(variant(bundle)), Run(variant(bundle, threads=2))], setting, shares.append)
    assert shares == sorted(shares)
    assert math.isclose(shares[-1], 1.0)
    assert len(shares) == 12


def test_a_meter_that_can_tell_a_read_is_asked_around_each(bundle: Bundle, fake: Fake) -> None:
    spent = itertools.count(0.0, 1.5)

    class Meter(NoMeter):
        def joules(self) -> float:
            return next(spent)

    run = Run(variant(bundle))
    passes.measure([run], Setting(["a"], Rules(0, 4, 60, 1), Meter(fine=True), fake.command()), lambda _: None)
    assert run.joules == 6.0
    assert rows.variant_row(run, 1)["joules_per_read"] == 1.5


def test_a_picture_that_fails_is_named_once_and_not_counted(bundle: Bundle, fake: Fake) -> None:
    runs = measured(bundle, fake.command(fail_on=["b"]), Rules(0, 6, 60, 1))
    assert runs[0].failures == {1: "too dark"}
    assert [one.picture for one in runs[0].samples] == [0, 0, 0]
    row = rows.variant_row(runs[0], 1)
    assert row["failures"] == [{"picture": 1, "error": "too dark"}]
