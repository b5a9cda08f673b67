from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.calibration import LIKELIEST_ERROR, Calibration
from edgekit.errors import ManifestError

GOOD: dict[str, Any] = {
    "knots": [[0.2, 0.1], [0.6, 0.5], [0.9, 0.95]],
    "risks": [[0.3, 0.2], [0.8, 0.05], [0.93, 0.015]],
    "answers": 120,
}


def parsed(**changes: Any) -> Calibration:
    return Calibration.parse({"total": {**GOOD, **changes}}, "extract.calibration")


def test_a_map_is_linear_between_its_knots_and_level_beyond() -> None:
    calibration = parsed()
    for raw, probability in ((0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.7, 0.65), (0.9, 0.95), (1.0, 0.95)):
        assert calibration.probability("total", raw) == pytest.approx(probability)


def test_a_single_knot_says_the_same_of_everything() -> None:
    assert [parsed(knots=[[0.5, 0.7]]).probability("total", raw) for raw in (0.0, 0.5, 1.0)] == [0.7, 0.7, 0.7]


def test_a_field_without_a_map_stays_as_it_is() -> None:
    for calibration in (Calibration(), Calibration.parse({}, "x"), parsed()):
        assert calibration.probability("tax", 0.123) == 0.123
        assert calibration.review_threshold("tax", 0.02) is None


def test_the_threshold_is_the_least_that_keeps_the_target() -> None:
    calibration = parsed()
    assert calibration.review_threshold("total", 0.2) == 0.3
    assert calibration.review_threshold("total", 0.05) == 0.8
    assert calibration.review_threshold("total", 0.04) == 0.93
    assert calibration.review_threshold("total", 0.01) == math.inf


def test_no_single_accepted_answer_is_too_doubtful() -> None:
    calibration = parsed(risks=[[0.1, 0.001]])
    assert calibration.review_threshold("total", 0.02) == pytest.approx(1 - LIKELIEST_ERROR * 0.02)
    assert calibration.review_threshold("total", 0.5) == 0.1


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"knots": []}, "total.knots: no knot; write one pair at least"),
        ({"knots": [[0.5, 0.5], [0.5, 0.6]]}, "total.knots[1]: the map falls"),
        ({"knots": [[0.2, 0.5], [0.5, 0.4]]}, "total.knots[1]: the map falls"),
        ({"knots": [[0.2, 0.5], [0.5, 1.0]]}, "total.knots: a probability that is certain"),
        ({"knots": [[0.0, 0.0], [0.5, 0.4]]}, "total.knots: a probability that is certain"),
        ({"knots": [[0.2, 0.5, 0.7]]}, "total.knots[0]: has 3 items; write 2"),
        ({"knots": [[0.2, 1.5]]}, "total.knots[0][1]: 1.5 is too large"),
        ({"knots": [[-0.2, 0.5]]}, "total.knots[0][0]: -0.2 is too small"),
        ({"knots": [[0.2, "half"]]}, "total.knots[0][1]: 'half' is not a number"),
        ({"knots": {}}, "total.knots: {} is not an array"),
        ({"risks": [[0.3, 0.2], [0.4, 0.2]]}, "total.risks[1]: the risk does not fall"),
        ({"risks": [[0.3, 0.2], [0.2, 0.1]]}, "total.risks[1]: the risk does not fall"),
        ({"answers": 0}, "total.answers: 0 is too small"),
        ({"more": 1}, "total.more: unknown key"),
    ],
)
def test_data_that_make_no_sense_are_refused(changes: dict[str, Any], part: str) -> None:
    with pytest.raises(ManifestError) as caught:
        parsed(**changes)
    assert str(caught.value).startswith(f"extract.calibration: {part}")


def test_a_missing_member_is_named() -> None:
    with pytest.raises(ManifestError, match=r"total\.risks: missing"):
        Calibration.parse({"total": {"knots": [[0.1, 0.2]], "answers": 1}}, "x")


RISING = st.lists(st.integers(1, 999), min_size=1, max_size=8, unique=True).map(sorted)


@given(RISING, st.data(), st.floats(0, 1), st.floats(0, 1))
def test_a_surer_answer_stays_the_surer(places: list[int], data: st.DataObject, first: float, second: float) -> None:
    values = sorted(data.draw(st.integers(1, 999)) for _ in places)
    knots = [[x / 1000, y / 1000] for x, y in zip(places, values, strict=True)]
    calibration = parsed(knots=knots)
    low, high = (calibration.probability("total", raw) for raw in sorted((first, second)))
    assert 0 < low <= high + 1e-12
    assert high < 1


@given(st.floats(0.001, 0.5), st.floats(0.001, 0.5))
def test_a_stricter_target_has_the_higher_threshold(first: float, second: float) -> None:
    low, high = sorted((first, second))
    calibration = parsed()
    strict, loose = calibration.review_threshold("total", low), calibration.review_threshold("total", high)
    assert strict is not None
    assert loose is not None
    assert strict >= loose
