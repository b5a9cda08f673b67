"""The golden cases that ports of the runtime reproduce are what this runtime answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden import cases
from golden.extraction import STEPS
from golden.functions import FUNCTIONS, bundle
from golden.plain import difference, plain
from golden.receipts import answered, from_run_lengths, read, replayed, run_lengths

MANIFEST = cases.load(cases.MANIFEST)
PICTURES = cases.pictures()


def expect(found: Any, expected: Any, where: str) -> None:
    problem = difference(plain(found), expected, where)
    assert problem is None, f"{problem}; where that is meant: python tests/golden/write.py"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_gives_what_its_cases_say(name: str) -> None:
    found = cases.load(f"cases/{name}")
    for number, case in enumerate(found):
        expect(FUNCTIONS[name](case["in"]), case["out"], f"{name}[{number}]")
    assert len(found) == MANIFEST["cases"][f"cases/{name}"] > 3


@pytest.mark.parametrize("name", STEPS)
def test_a_step_of_the_extraction_gives_what_its_cases_say(name: str) -> None:
    found, papers = cases.load(f"cases/{name}"), cases.load(cases.PAPERS)
    for case in found:
        expect(STEPS[name](papers[case["paper"]]), case["out"], f"{name}[{case['paper']}]")
    assert len(found) == MANIFEST["cases"][f"cases/{name}"] > 3
    assert len(papers) == MANIFEST["papers"]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.stem)
def test_a_receipt_reads_as_its_tape_says(picture: Path) -> None:
    case = cases.load(f"receipts/{picture.stem}")
    expect(replayed(picture, case["tape"]).to_dict(), case["taped"], picture.stem)


@pytest.mark.parametrize("picture", PICTURES[1::11], ids=lambda path: path.stem)
def test_a_receipt_reads_from_its_pixels(picture: Path) -> None:
    assert bundle().digest == MANIFEST["bundle"], "the bundle changed: python tests/golden/write.py"
    case = cases.load(f"receipts/{picture.stem}")
    found, expected = answered(read(picture)), case["pixels"]
    for name, field in expected["fields"].items():
        answer = found["fields"][name]
        assert (answer and answer["value"]) == (field and field["value"]), name


def test_no_case_is_missing() -> None:
    names = {f"cases/{name}" for name in (*FUNCTIONS, *STEPS)} | {f"receipts/{path.stem}" for path in PICTURES}
    assert set(MANIFEST["cases"]) == names
    assert len(PICTURES) >= 30
    assert sum(MANIFEST["cases"].values()) > 2000


def test_runs_of_bytes_come_back() -> None:
    values = np.array([3] * 700 + [0, 1, 1, 255], np.uint8)
    assert from_run_lengths(run_lengths(values)).tolist() == values.tolist()


def test_a_difference_is_found() -> None:
    assert difference({"a": [1.0, "x"]}, {"a": [1.0000001, "x"]}) is None
    for found, expected in (([1], [1.0]), ({"a": 1}, {"b": 1}), ([1.0], [1.1]), ([1, 2], [1]), ("a", "b"), (True, 1)):
        assert difference(found, expected) is not None
