"""benchmarks: figures, tables, and how fields are judged."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from peer_fakes import LABEL, RECEIPT, still

from benchmarks import (
    figures,
    host,
    rules,
    stats,
    tables,
)
from benchmarks.accuracy import edgekit_fields, evaluate
from benchmarks.dataset import DataSet
from benchmarks.measure import Read
from edgekit.bench.stats import median, percentile
from edgekit.bundle import Bundle


@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=30), st.floats(0, 1))
def test_percentile_is_numpys(values: list[float], share: float) -> None:
    assert percentile(values, share) == pytest.approx(float(np.percentile(values, share * 100)), abs=1e-6)


def test_median_of_an_even_number_lies_between() -> None:
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5


def test_paired_ratio_weighs_each_picture_the_same() -> None:
    assert stats.paired_ratio([1.0, 1.0, 90.0], [2.0, 4.0, 100.0]) == 0.5


def test_paired_ratio_leaves_out_failures_of_either_side() -> None:
    assert stats.paired_ratio([1.0, None, 3.0], [2.0, 1.0, None]) == 0.5
    assert stats.paired_ratio([None], [1.0]) is None


def test_paired_ratio_wants_the_same_pictures() -> None:
    with pytest.raises(ValueError, match="longer"):
        stats.paired_ratio([1.0], [1.0, 2.0])


@pytest.mark.parametrize(("ours", "theirs", "expected"), [(1.0, 4.0, 0.25), (None, 4.0, None), (1.0, None, None)])
def test_ratio(ours: float | None, theirs: float | None, expected: float | None) -> None:
    assert stats.ratio(ours, theirs) == expected


def test_summary_counts_only_reads_that_succeeded() -> None:
    found = figures.summary(still([0.1, None, 0.3], cold=[3.0, 1.0, 2.0], peak_mb=50.0))
    assert (found["reads"], found["failed"]) == (2, ["ValueError: too dark"])
    assert found["median_s"] == pytest.approx(0.2)
    assert found["p95_s"] == pytest.approx(0.29)
    assert (found["cold_start_s"], found["peak_mb"], found["installed_mb"]) == (2.0, 50.0, None)
    assert found["seconds"] == [0.1, None, 0.3]


def test_summary_of_a_system_that_failed_on_everything() -> None:
    found = figures.summary(still([None, None]))
    assert [found[name] for name in ("median_s", "p95_s", "median_cpu_s", "cold_start_s")] == [None] * 4


def test_compare_divides_ours_by_theirs() -> None:
    ours = figures.summary(still([1.0, 1.0], peak_mb=100.0))
    theirs = figures.summary(still([4.0, 2.0], "slow", peak_mb=400.0))
    ratios = figures.compare(ours, theirs)
    assert (ratios["peer"], ratios["paired"], ratios["peak_mb"]) == ("slow", 0.375, 0.25)
    assert ratios["median_s"] == pytest.approx(1 / 3)
    assert ratios["cold_start_s"] is None


def test_table_aligns_numbers_to_the_right() -> None:
    assert tables.aligned([("", "ms"), ("EdgeKit", "7"), ("other", "1234")]).split("\n") == [
        "           ms",
        "EdgeKit     7",
        "other    1234",
    ]


def test_another_engine_in_one_environment_is_pointed_out() -> None:
    runs = [figures.summary(still([1.0], key)) for key in ("edgekit", "peer")]
    runs[0]["versions"], runs[1]["versions"] = {"onnxruntime": "1.31.1"}, {"onnxruntime": "1.20.0"}
    warning = figures.engine_warning(runs)
    assert warning is not None
    assert "Edgekit 1.31.1, Peer 1.20.0" in warning
    runs[1]["versions"] = {"onnxruntime": "1.31.1"}
    assert figures.engine_warning(runs) is None


def test_host_names_its_machine() -> None:
    about = host.describe()
    assert about["cores"] >= 1
    assert about["processor"]
    assert about["python"] == ".".join(map(str, sys.version_info[:3]))


def test_each_system_is_judged_by_both_extractions() -> None:
    data = DataSet("shop", ("dev",), (LABEL,), (Path("a.jpg"),))
    own = {"file": "a.jpg", "vendor": "Corner Shop", "date": None, "total": "10.50", "tax": "9.00"}
    ours = still([1.0])
    ours.reads = [Read(1.0, 1.0, tuple(RECEIPT), own)]
    peer = still([1.0], "peer")
    peer.reads = [Read(1.0, 1.0, tuple(RECEIPT), None)]

    def extract(lines: Any) -> dict[str, str | None]:
        return {"vendor": None, "date": None, "total": "10.50" if lines else None, "tax": None}

    judged = evaluate([ours, peer], data, extract)
    right = {
        (entry["system"], entry["extraction"]): [entry["report"][name]["recall"] for name in ("date", "total", "tax")]
        for entry in judged
    }
    assert right == {
        ("edgekit", "EdgeKit"): [0, 1, 0],
        ("edgekit", "keyword rules"): [1, 1, 1],
        ("peer", "EdgeKit"): [0, 1, 0],
        ("peer", "keyword rules"): [1, 1, 1],
    }


def test_a_picture_that_failed_is_an_abstention() -> None:
    data = DataSet("shop", ("dev",), (LABEL,), (Path("a.jpg"),))
    for entry in evaluate([still([None])], data, rules.fields):
        assert entry["report"]["micro4"] == {"n": 4, "precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_our_extraction_takes_lines_of_any_order() -> None:
    extract = edgekit_fields(Bundle.open(None))
    found = extract(RECEIPT)
    assert (found["total"], found["tax"]) == ("10.50", "0.50")
    assert extract(RECEIPT[::-1]) == found
    assert extract([])["total"] is None
