from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.reliability import (
    Answer,
    Bin,
    Risk,
    area_under,
    bins_of_mass,
    bins_of_width,
    calibration_error,
    chance_error,
    consistency,
    describe,
    risk_curve,
)

ANSWERS = [
    Answer(0.95, True, True),
    Answer(0.95, False, True),
    Answer(0.85, True, True),
    Answer(0.62, False, False),
    Answer(0.15, False, False),
]
GENERATED = st.lists(st.builds(Answer, st.floats(0, 1), st.booleans(), st.booleans()), max_size=40)


def test_bins_of_equal_width_by_hand() -> None:
    assert bins_of_width(ANSWERS) == (
        Bin(0.15, 0.0, 1),
        Bin(0.62, 0.0, 1),
        Bin(0.85, 1.0, 1),
        Bin(0.95, 0.5, 2),
    )
    # (0.15 + 0.62 + 0.15 + 2 * 0.45) / 5
    assert calibration_error(bins_of_width(ANSWERS)) == pytest.approx(0.364)


def test_the_ends_belong_to_a_bin() -> None:
    assert bins_of_width([Answer(0.0, False, False), Answer(1.0, True, True)]) == (Bin(0.0, 0.0, 1), Bin(1.0, 1.0, 1))


def test_bins_of_equal_numbers_by_hand() -> None:
    found = bins_of_mass(ANSWERS, 2)
    assert [one.answers for one in found] == [2, 3]
    assert found[0].confidence == pytest.approx((0.15 + 0.62) / 2)
    assert found[1].confidence == pytest.approx((0.85 + 0.95 + 0.95) / 3)
    assert found[1].right == pytest.approx(2 / 3)
    # 2/5 * |0.385 - 0| + 3/5 * |0.916667 - 0.666667|
    assert calibration_error(found) == pytest.approx(0.4 * 0.385 + 0.6 * 0.25)
    assert [one.answers for one in bins_of_mass(ANSWERS)] == [1] * 5


def test_what_is_equally_sure_is_shared_out() -> None:
    level = [Answer(0.5, right, True) for right in (True, False, True, False)]
    assert bins_of_mass(level, 2) == (Bin(0.5, 0.5, 2), Bin(0.5, 0.5, 2))


def test_chance_by_hand() -> None:
    """Two bins: two answers of 0.5, one of 0.9; sqrt(2 / pi) = 0.797885."""
    answers = [Answer(0.5, True, True), Answer(0.5, True, True), Answer(0.9, True, True)]
    assert chance_error(answers) == pytest.approx(0.797885 * (0.5**0.5 + 0.3) / 3, abs=1e-5)
    assert chance_error([]) == 0.0
    many = [Answer(0.5, i % 2 == 0, True) for i in range(1000)]
    assert chance_error(many) == pytest.approx(0.0126, abs=1e-4)


def test_how_often_chance_shows_as_much() -> None:
    both = [Answer(0.5, True, True)] * 2  # as far off as two can be: in two of four draws
    assert consistency(both) == pytest.approx(0.5, abs=0.03)
    assert consistency([Answer(0.5, True, True), Answer(0.5, False, True)]) == 1.0  # none is nearer
    assert consistency([Answer(0.9, False, True)] * 10) == 0.0  # once in 10^10
    assert consistency([]) == 1.0
    assert consistency(both) == consistency(both)


@given(GENERATED)
def test_how_often_is_a_share_and_no_matter_of_order(answers: list[Answer]) -> None:
    assert 0.0 <= consistency(answers) <= 1.0
    assert consistency(answers) == consistency(answers[::-1])


def test_the_risk_curve_by_hand() -> None:
    curve = risk_curve(ANSWERS)
    assert curve == (Risk(0.95, 2, 0.5), Risk(0.85, 3, 1 / 3), Risk(0.62, 4, 0.5), Risk(0.15, 5, 0.6))
    # (2 * 1/2 + 1/3 + 1/2 + 3/5) / 5
    assert area_under(curve) == pytest.approx((1 + 1 / 3 + 0.5 + 0.6) / 5)


def test_the_best_order_has_the_least_area() -> None:
    sorted_well = [Answer(0.9, True, True), Answer(0.8, True, True), Answer(0.1, False, False)]
    turned = [Answer(0.9, False, True), Answer(0.8, True, True), Answer(0.1, True, False)]
    assert area_under(risk_curve(sorted_well)) == pytest.approx(1 / 9)
    assert area_under(risk_curve(turned)) == pytest.approx((1 + 1 / 2 + 1 / 3) / 3)


def test_a_field_is_described() -> None:
    figures = describe(ANSWERS, 10)
    assert figures == {
        "known": 10,
        "answers": 5,
        "confidence": 0.704,
        "right": 0.4,
        "ece_width": 0.364,
        "ece_chance": 0.2406,
        "ece_p": 0.075,  # 0.0753 by counting all 32 outcomes
        "ece_mass": 0.364,  # (0.15 + 0.62 + 0.15 + 2 * 0.45) / 5
        "accepted": 0.3,
        "accepted_error": 0.3333,
        "aurc": 0.4867,
        "curve": [[0.95, 0.2, 0.5], [0.85, 0.3, 0.3333], [0.62, 0.4, 0.5], [0.15, 0.5, 0.6]],
        "bins": [[0.15, 0.0, 1], [0.62, 0.0, 1], [0.85, 1.0, 1], [0.95, 0.5, 2]],
    }


def test_without_answers_there_is_no_figure_that_means_nothing() -> None:
    figures = describe([], 3)
    assert (figures["confidence"], figures["right"], figures["accepted_error"]) == (None, None, None)
    assert (figures["answers"], figures["accepted"], figures["curve"], figures["bins"]) == (0, 0.0, [], [])


@given(GENERATED)
def test_figures_do_not_depend_on_the_order(answers: list[Answer]) -> None:
    shuffled = random.Random(len(answers)).sample(answers, len(answers))
    assert describe(shuffled, len(answers)) == describe(answers, len(answers))


@given(GENERATED)
def test_figures_are_shares(answers: list[Answer]) -> None:
    for bins in (bins_of_width(answers), bins_of_mass(answers)):
        assert 0 <= calibration_error(bins) <= 1
        assert sum(one.answers for one in bins) == len(answers)
    sizes = [one.answers for one in bins_of_mass(answers)]
    assert max(sizes, default=0) - min(sizes, default=0) <= 1
    curve = risk_curve(answers)
    assert all(0 <= risk.error <= 1 for risk in curve)
    assert [risk.answers for risk in curve] == sorted({risk.answers for risk in curve})
    assert 0 <= area_under(curve) <= 1


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_a_share_said_as_it_is_has_no_error(rights: list[bool]) -> None:
    said = sum(rights) / len(rights)
    answers = [Answer(said, right, True) for right in rights]
    assert calibration_error(bins_of_width(answers)) == pytest.approx(0, abs=1e-9)
    assert calibration_error(bins_of_mass(answers)) == pytest.approx(0, abs=1e-9)
