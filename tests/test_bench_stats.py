"""edgekit.bench: the schema, and figures of reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema
import numpy as np
import pytest
from bench_fakes import SCHEMA, check, example
from hypothesis import given
from hypothesis import strategies as st

from edgekit.bench.stats import Sample, noise, summary

# the schema


def test_the_schema_is_one_and_its_example_follows_it() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    check(example())


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
    with pytest.raises(jsonschema.ValidationError):
        check({**example(), **change})


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
