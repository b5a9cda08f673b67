from __future__ import annotations

import re

import numpy as np
import pytest

from export import parity, samples


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, 0.0), (1.2e-5, 2e-5), (2e-5, 2e-5), (9.1e-5, 1e-4), (0.5, 0.5), (3.01, 4.0)]
)
def test_differences_round_up_to_one_digit(value: float, expected: float) -> None:
    assert parity.round_up(value) == expected


def test_heat_gap_is_the_largest_difference() -> None:
    expected = np.zeros((1, 1, 2, 2), np.float32)
    found = np.array([[[0, 0.25], [-0.5, 0]]], np.float32)
    assert parity.heat_gap(expected, [found]) == 0.5


PROBABILITIES = np.array([[[0.2, 0.5, 0.2, 0.1], [0.1, 0.1, 0.1, 0.7]]])
KEPT = (0, 2, 3)


@pytest.mark.parametrize(
    ("indices", "scores", "gap"),
    [
        ([0, 2], [0.4, 0.7 / 0.9], 0.0),
        ([1, 2], [0.4, 0.7 / 0.9], 0.0),
        ([0, 2], [0.5, 0.7 / 0.9], 0.1),
        ([2, 2], [0.4, 0.7 / 0.9], 0.2),
        ([0, 1], [0.4, 0.7 / 0.9], 0.6 / 0.9),
    ],
    ids=["equal", "a tie", "another score", "another class", "a wrong class"],
)
def test_class_gap_counts_scores_and_wrong_classes(indices: list[int], scores: list[float], gap: float) -> None:
    found = [np.array([indices], np.int32), np.array([scores])]
    assert parity.class_gap(PROBABILITIES, KEPT, found) == pytest.approx(gap, abs=1e-9)


def test_samples_are_the_same_every_time_and_not_flat() -> None:
    for first, second in zip(samples.pages() + samples.lines(), samples.pages() + samples.lines(), strict=True):
        np.testing.assert_array_equal(first, second)
        assert first.dtype == np.uint8
        assert first.min() < 60
        assert first.max() > 240
    assert [page.shape[1:3] for page in samples.pages()] == list(samples.PAGES)


def test_the_machine_is_a_kind_and_an_engine() -> None:
    assert re.fullmatch(r".+ \(\w+\), onnxruntime \d+\.\d+\.\d+.*", parity.machine())
