from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from drawn import counted, drawn
from hypothesis import given, settings
from hypothesis import strategies as st

from edgekit.calibration import Calibration
from edgekit.strict import to_plain
from edgekit.training.calibrating import GAIN, fit_field, isotonic_map, logistic_map, mean_map, pool, raw_map
from edgekit.training.counting import Knots


def test_violators_are_pooled_by_hand() -> None:
    items = [(0.1, 0.0, 1.0), (0.2, 1.0, 1.0), (0.3, 0.0, 1.0), (0.4, 0.0, 1.0), (0.5, 1.0, 2.0)]
    first, second, third = pool(items)
    assert (first, third) == ((0.1, 0.0, 1.0), (0.5, 1.0, 2.0))
    assert second == pytest.approx((0.3, 1 / 3, 3.0))


def test_weights_count_and_one_raw_value_is_one_item() -> None:
    assert pool([(0.5, 0.0, 1.0), (0.5, 1.0, 3.0)]) == [(0.5, 0.75, 4.0)]
    (step,) = pool([(0.1, 1.0, 3.0), (0.9, 0.0, 1.0)])
    assert step == pytest.approx((0.3, 0.75, 4.0))


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans(), st.integers(1, 5)), min_size=1, max_size=40))
def test_pooling_keeps_the_mean_and_rises(items: list[tuple[int, bool, int]]) -> None:
    steps = pool(sorted((raw / 20, float(right), float(weight)) for raw, right, weight in items))
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(steps))
    total = sum(weight for *_, weight in items)
    assert sum(weight for *_, weight in steps) == pytest.approx(total)
    assert sum(value * weight for _, value, weight in steps) == pytest.approx(sum(r * w for _, r, w in items))


def test_true_confidences_are_left_as_they_are() -> None:
    fit = fit_field(drawn(2, 1500))
    assert fit is not None
    assert fit.kind == "raw"
    assert fit.calibration.probability(0.7) == pytest.approx(0.7, abs=0.001)
    assert fit.losses["raw"] < fit.losses["isotonic"] + GAIN


def test_confidences_that_promise_too_much_are_taken_down() -> None:
    fit = fit_field(drawn(3, 1500, kept=3.0))
    assert fit is not None
    assert fit.kind != "raw"
    for raw in (0.6, 0.8, 0.95):
        assert fit.calibration.probability(raw) == pytest.approx(raw**3, abs=0.07)


def test_a_map_is_judged_on_sets_it_was_not_fitted_on() -> None:
    """Within each set the map would gain; from one set to the other it would lose."""
    shy = [counted(0.6, i % 20 != 0, 1.0, f"s{i}", "shy") for i in range(200)]
    bold = [counted(0.6, i % 4 == 0, 1.0, f"b{i}", "bold") for i in range(200)]
    fit = fit_field([*shy, *bold])
    assert fit is not None
    assert fit.kind == "raw"


def at(knots: Knots, raw: float) -> float:
    return float(np.interp(raw, [place for place, _ in knots], [said for _, said in knots]))


def test_the_mean_map_lies_between_the_others() -> None:
    answers = drawn(6, 400, 2.5)
    for raw, said in mean_map(answers):
        others = [at(make(answers), raw) for make in (raw_map, logistic_map, isotonic_map)]
        assert min(*others, 0.999) - 1e-9 <= said <= max(*others, 0.001) + 1e-9


def test_the_mean_is_taken_where_the_others_disagree() -> None:
    fit = fit_field([*drawn(10, 120, 4.0, "a"), *drawn(60, 120, 1.0, "b")])
    assert fit is not None
    assert fit.kind == "mean"
    assert fit.losses["mean"] < min(fit.losses[kind] for kind in ("raw", "logistic", "isotonic")) - GAIN


def test_a_raw_confidence_is_only_clipped() -> None:
    fit = fit_field([counted(0.7, i % 10 < 7, 1.0, str(i)) for i in range(18)])
    assert fit is not None
    assert fit.kind == "raw"
    for raw, said in ((0.0, 0.05), (0.05, 0.05), (0.3, 0.3), (0.77, 0.77), (0.95, 0.95), (1.0, 0.95)):
        assert fit.calibration.probability(raw) == pytest.approx(said, abs=1e-4)


def test_few_answers_promise_little() -> None:
    fit = fit_field([counted(0.99, True, 1.0, str(i)) for i in range(8)])
    assert fit is not None
    assert fit.answers == 8
    assert fit.calibration.probability(1.0) <= 0.9
    assert fit.calibration.review_threshold(0.02) > 1
    assert fit_field([]) is None


def test_a_fit_repeats_itself_whatever_the_order() -> None:
    answers = [*drawn(4, 200, 2.0), *drawn(5, 60, 1.5, "b")]
    first, second = fit_field(answers), fit_field(random.Random(1).sample(answers, len(answers)))
    assert first is not None
    assert second is not None
    assert first.calibration == second.calibration


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 50), st.integers(1, 60), st.floats(0.2, 4.0))
def test_every_map_rises_and_is_never_certain(seed: int, size: int, kept: float) -> None:
    answers = drawn(seed, size, kept)
    for knots in (logistic_map(answers), mean_map(answers), isotonic_map(answers)):
        assert all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(knots))
    fit = fit_field(answers)
    assert fit is not None
    parsed = Calibration.parse({"total": to_plain(fit.calibration)}, "fit")
    said = [parsed.probability("total", raw / 50) for raw in range(51)]
    assert said == sorted(said)
    assert 0 < said[0]
    assert said[-1] < 1
