"""models.rules: the fits find what is there, no receipt of another split is used, and a run repeats itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import EXAMPLE, ROOT
from printed import DATA, laid_out, lexicon, params

from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from edgekit.extract import ExtractParams
from edgekit.extract.confidence import TOTAL_EVIDENCE
from edgekit.manifest import parse_params
from edgekit.reader import Reader
from edgekit.training.fitting import Choice, fit_choices
from models.rules import priors, weights
from models.rules.__main__ import main, written
from models.rules.fitting import Answer, accuracy, balanced, fit_answers, log_loss
from models.rules.lines import layout_params, parse_lines, read_pictures, reader_digest
from models.rules.samples import (
    Sample,
    date_answer,
    name_choice,
    sample,
    tax_answer,
    total_answer,
    total_choice,
    train_rows,
    vendor_answer,
)

SHOPS = ("Blue Heron Diner", "Harbour Tools", "Mawar Enterprise", "Old Mill Bakery", "Corner Books", "Red Kite Cafe")
PAPER = """\
*{shop}
18 Harbor Street
Portland, ME 04101
{month:02d}/25/2019
Soup | {net}
Subtotal | {net}
Tax | 0.80
Total | {total}
Cash | 20.00
"""


def receipt(number: int, **changes: Any) -> dict[str, Any]:
    """A label row whose lines are those of a printed receipt."""
    shop, net = SHOPS[number % len(SHOPS)], 5 + number
    printed = PAPER.format(shop=shop, month=number % 12 + 1, net=f"{net}.00", total=f"{net}.80")
    lines = [line.to_dict() for line in laid_out(printed)[0]]
    norm = {"date_readings": [f"2019-{number % 12 + 1:02d}-25"], "total": net + 0.8, "tax": 0.8}
    row = {"file": f"images/{number}.jpg", "split": "train", "vendor": shop, "norm": norm, "lines": lines}
    return {**row, **changes}


def folder(place: Path, rows: Sequence[dict[str, Any]]) -> Path:
    place.mkdir(exist_ok=True)
    place.joinpath("labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return place


def constants(place: Path) -> Path:
    place.mkdir(exist_ok=True)
    for name in ("extract_params.json", "lexicon.json"):
        place.joinpath(name).write_bytes((DATA / name).read_bytes())
    return place / "extract_params.json"


def one(row: dict[str, Any]) -> Sample:
    return sample(row, "shops", parse_lines(row["lines"], layout_params()), lexicon(), params())


def test_the_right_candidate_is_learnt() -> None:
    first = np.array([[1.0, 0.0], [0.0, 1.0]])
    choices = [Choice(first, np.array([0.0, 1.0]), 1.0, 0), Choice(first[::-1], np.array([1.0, 0.0]), 2.0, 1)]
    found = fit_choices(choices, np.array([1.0, 0.0]), 0.001)
    assert found[1] > found[0] + 2
    assert (accuracy(choices, np.array([1.0, 0.0])), accuracy(choices, found)) == (0.0, 1.0)


def test_of_several_right_ones_any_will_do() -> None:
    features = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    found = fit_choices([Choice(features, np.array([1.0, 1.0, 0.0]), 1.0, 0)], np.zeros(2), 0.01)
    assert found[0] == pytest.approx(found[1]) and found[0] > 0.5


def test_a_strong_prior_holds() -> None:
    choices = [Choice(np.array([[1.0], [0.0]]), np.array([0.0, 1.0]), 1.0, 0)]
    assert fit_choices(choices, np.array([1.0]), 100.0)[0] == pytest.approx(1.0, abs=0.02)


def test_a_confidence_is_the_share_that_is_right() -> None:
    answers = [Answer((1.0,), right, 1.0, 0) for right in [True] * 30 + [False] * 10]
    found = fit_answers(answers, np.zeros(1), 1e-6)
    assert 1 / (1 + np.exp(-found[0])) == pytest.approx(0.75, abs=1e-4)
    assert log_loss(answers, found) < log_loss(answers, np.zeros(1)) == pytest.approx(np.log(2))


def test_sets_count_alike() -> None:
    assert balanced(["a", "a", "a", "b"]) == pytest.approx([2 / 3, 2 / 3, 2 / 3, 2.0])


def test_a_misread_total_is_never_the_surer_one() -> None:
    noisy = TOTAL_EVIDENCE.index("noisy")
    sure, unsure = [0.0] * len(TOTAL_EVIDENCE), [0.0] * len(TOTAL_EVIDENCE)
    sure[0] = unsure[0] = sure[noisy] = 1.0
    answers = [Answer(tuple(sure), True, 5.0, i % 2) for i in range(40)]
    answers += [Answer(tuple(unsure), i % 4 < 2, 5.0, i % 2) for i in range(40)]
    assert fit_answers(answers, priors.CONFIDENCE["total"], 0.5)[noisy] > 0
    assert weights._logistic("total", answers)[noisy] == 0


def test_a_fit_is_taken_only_for_a_gain() -> None:
    features = np.eye(2)
    wrong_prior, good_prior = np.array([1.0, 0.0]), np.array([0.0, 1.0])
    choices = [Choice(features, np.array([0.0, 1.0]), 1.0, i % 2) for i in range(8)]
    fitted, line = weights._score("x", choices, wrong_prior)
    assert fitted[2][1] > fitted[2][0] and line.what == "x chosen, fitted" and (line.prior, line.fit) == (0.0, 1.0)
    kept, line = weights._score("x", choices, good_prior)
    assert kept == [(0.0, 1.0)] * 3 and line.what == "x chosen, prior kept"


def test_samples_know_what_is_right() -> None:
    item = one(receipt(3))
    total, name = total_choice(item, params()), name_choice(item, lexicon(), params())
    assert total is not None and total.right.sum() == 1
    assert name is not None and name.right.sum() == 1
    answers = [
        total_answer(item, params()),
        vendor_answer(item, lexicon(), params()),
        date_answer(item, lexicon(), params()),
        tax_answer(item, params()),
    ]
    assert [answer is not None and answer.right for answer in answers] == [True] * 4


def test_what_has_no_label_teaches_nothing() -> None:
    item = one(receipt(3, vendor=None, norm={"date_readings": [], "total": None, "tax": None}))
    assert total_choice(item, params()) is name_choice(item, lexicon(), params()) is None
    assert total_answer(item, params()) is vendor_answer(item, lexicon(), params()) is None
    assert date_answer(item, lexicon(), params()) is tax_answer(item, params()) is None
    assert name_choice(one(receipt(3, vendor="Something Else Altogether")), lexicon(), params()) is None


def test_a_weak_label_of_the_tax_counts_less() -> None:
    norm = {"date_readings": [], "total": 8.8, "tax": None}
    seen = tax_answer(one(receipt(3, norm=norm, tax_weak={"tax": 0.8, "seen_in_text": True})), params())
    assert seen is not None and seen.right and seen.weight < 1
    assert tax_answer(one(receipt(3, norm=norm, tax_weak={"tax": 0.8, "seen_in_text": False})), params()) is None


def test_one_shop_is_in_one_fold() -> None:
    folds = [one(receipt(number)).fold for number in range(12)]
    assert folds[:6] == folds[6:]
    assert set(folds) == {0, 1}


def test_no_receipt_of_another_split_is_used(tmp_path: Path) -> None:
    rows = [receipt(0), receipt(1, near_duplicates=["shops/images/2.jpg"]), receipt(2, split="test"), receipt(3)]
    assert [row["file"] for row in train_rows(folder(tmp_path / "shops", rows))] == ["images/0.jpg", "images/3.jpg"]


def test_a_run_writes_weights_and_leaves_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, out = folder(tmp_path / "shops", [receipt(number) for number in range(12)]), constants(tmp_path / "rules")
    before = {**json.loads(out.read_text("utf-8")), "subtotal_proved": 0.77, "tax_confidence": [0.0] * 5}
    out.write_text(json.dumps(before), "utf-8")
    arguments = ["--data", str(data), "--lines", "given", "--out", str(out)]
    assert main([*arguments, "--check"]) == 1
    assert "differs" in capsys.readouterr().out
    assert main(arguments) == 0
    assert "total chosen, prior kept" in capsys.readouterr().out
    text = out.read_text("utf-8")
    after = json.loads(text)
    parse_params(ExtractParams, after, "after")
    changed = {key for key in before if before[key] != after[key]}
    assert "tax_confidence" in changed and all(key.endswith(("_weights", "_confidence")) for key in changed)
    assert main([*arguments, "--check"]) == 0
    assert main(arguments) == 0
    assert out.read_text("utf-8") == text


def test_lines_of_files_are_those_of_the_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [receipt(number) for number in range(6)]
    data, out = folder(tmp_path / "shops", rows), constants(tmp_path / "rules")
    read = tmp_path / "read.jsonl"
    read.write_text("".join(json.dumps({"file": row["file"], "lines": row["lines"]}) + "\n" for row in rows), "utf-8")
    shown = []
    for lines in ("given", str(read)):
        assert main(["--data", str(data), "--lines", lines, "--out", str(out), "--check"]) in (0, 1)
        shown.append(capsys.readouterr().out)
    assert shown[0] == shown[1]


def test_pictures_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / EXAMPLE.name).write_bytes(EXAMPLE.read_bytes())
    steps: list[int] = []

    def read() -> dict[str, Any]:
        return dict(read_pictures(tmp_path, [EXAMPLE.name], tmp_path / "cache", lambda: steps.append(1)))

    first = read()
    assert len(first[EXAMPLE.name].lines) > 5

    def refuse(*_: object) -> Reader:
        raise AssertionError("read again")

    monkeypatch.setattr(Reader, "open", refuse)
    assert read() == first
    assert len(steps) == 2
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [
        f"{tmp_path.name}-{reader_digest(Bundle.open())}.jsonl"
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "none.json"], "none.json: cannot be used"),
        (["--lines", "none.jsonl"], "none.jsonl: no file of lines"),
        (["--lines", "bad.jsonl"], "bad.jsonl: no file of lines"),
        (["--lines", "empty.jsonl"], "0.jpg: --lines has no lines of it"),
        (["--data", "nowhere"], "labels.jsonl: cannot be read"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    folder(tmp_path / "shops", [receipt(0)])
    Path("bad.jsonl").write_text('{"file": "0.jpg", "lines": [{"text": "a"}]}\n', "utf-8")
    Path("empty.jsonl").write_text("", "utf-8")
    out = constants(tmp_path / "rules")
    assert main(["--data", "shops", "--out", str(out), *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_constants_are_written_one_a_line() -> None:
    text = (ROOT / "export" / "data" / "extract_params.json").read_text("utf-8")
    assert written(json.loads(text)) == text


def test_weights_in_use_are_no_surer_for_noise() -> None:
    assert params().total_confidence[TOTAL_EVIDENCE.index("noisy")] <= 0


def test_train_needs_labels(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no row of split 'train'"):
        train_rows(folder(tmp_path / "shops", [receipt(0, split="test")]))
