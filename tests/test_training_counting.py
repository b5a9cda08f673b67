from __future__ import annotations

from itertools import pairwise

import pytest
from drawn import counted, drawn

from edgekit.training.counting import Counted, balanced_sets, risks, upper_bound


def test_the_bound_is_wilsons() -> None:
    # 0 wrong of 50 and 2 wrong of 50, z = 0.8416: (p + z^2/2n + z sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)
    right = [counted(0.9, True, 1.0, str(i)) for i in range(50)]
    assert upper_bound(right) == pytest.approx(0.01397, abs=1e-5)
    assert upper_bound([*right[2:], *(counted(0.9, False, 1.0, f"w{i}") for i in range(2))]) == pytest.approx(
        0.07046, abs=1e-5
    )


def test_readings_of_one_receipt_are_no_more_evidence_than_one() -> None:
    once = [counted(0.9, True, 1.0, str(i)) for i in range(20)]
    thrice = [counted(0.9, True, 1 / 3, str(i)) for i in range(20) for _ in range(3)]
    assert upper_bound(thrice) == pytest.approx(upper_bound(once))
    heavy = [*once[1:], counted(0.9, True, 20.0, "0")]
    assert upper_bound(heavy) > upper_bound(once)


def test_sets_count_alike() -> None:
    """Of 30 receipts that FEW halves, and of 6: 30/60 against 6/36, in all as many as there are."""
    large = [counted(0.5, True, 1.0, f"l{i}", "large") for i in range(30)]
    small = [counted(0.5, True, 1.0, f"s{i}", "small") for i in range(6)]
    weights = [answer.weight for answer in balanced_sets([*large, *small])]
    assert weights == pytest.approx([36 * 0.75 / 30] * 30 + [36 * 0.25 / 6] * 6)
    readings = [counted(0.5, True, 0.5, f"s{i // 2}", "small") for i in range(12)]
    assert sum(answer.weight for answer in balanced_sets([*large, *readings])[30:]) == pytest.approx(36 * 0.25)


def test_receipts_of_one_shop_go_wrong_together() -> None:
    """Seven receipts of one shop count 7 / (1 + 6 / 2) = 1.75 times as much as one of another."""
    chain = [Counted(0.9, False, 1.0, f"c{i}", "chain", "a") for i in range(7)]
    others = [counted(0.9, True, 1.0, f"o{i}") for i in range(20)]
    weighted = balanced_sets([*chain, *others])
    first, last = (sum(answer.weight for answer in part) for part in (weighted[:7], weighted[7:]))
    assert first / last == pytest.approx(1.75 / 20)


def test_risks_fall_as_thresholds_rise() -> None:
    table = risks(drawn(1, 400))
    assert len(table) > 3
    assert all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(table))
    assert table[0][1] > 0.3
    assert table[-1][1] < 0.1


def test_answers_that_are_all_wrong_bound_no_more_than_all() -> None:
    (only,) = risks(drawn(4, 3, 50.0))
    assert only[1] == 1.0
