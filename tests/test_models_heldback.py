"""Joint weights: which receipts they are fitted on, what teaches them, and that a run repeats itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from printed import lexicon, params
from scored import Said, Table, networked_bundle
from test_models_rules import constants, folder, receipt

from edgekit.errors import UsageError
from edgekit.extract import ExtractParams
from edgekit.extract.network import Network
from edgekit.manifest import parse_params
from edgekit.training.fitting import Choice
from models.rules import joint, priors
from models.rules.__main__ import main
from models.rules.fitting import Answer
from models.rules.heldback import (
    FOLDS,
    HELD_BACK,
    Eyes,
    Seen,
    answer,
    date_choice,
    foreign_networks,
    is_held_back,
    name_choice,
    shop_number,
    tax_choice,
    total_choice,
    unseen,
)
from models.rules.lines import layout_params, parse_lines

SAID: Said = {"total": ["8.80"], "tax": ["0.80"], "date": ["04/25/2019"], "vendor": ["Old", "Mill", "Bakery"]}


def seen(row: dict[str, Any], said: Said = SAID) -> Seen:
    eyes = Eyes(lexicon(), params(), Network(Table(said)))
    found = eyes.see(row, "shops", parse_lines(row["lines"], layout_params()), 1.0)
    assert found is not None
    return found


def shops_held_back(count: int) -> list[str]:
    names = (f"Shop Number {number}" for number in range(1000))
    return [name for name in names if shop_number({"vendor": name}) % FOLDS == HELD_BACK][:count]


def test_one_shop_is_held_back_or_not() -> None:
    rows = [receipt(number) for number in range(60)]
    assert [is_held_back(row) for row in rows] == [is_held_back(dict(row)) for row in rows]
    assert (
        len(
            {row["vendor"] for row in rows if is_held_back(row)}.intersection(
                row["vendor"] for row in rows if not is_held_back(row)
            )
        )
        == 0
    )
    share = [is_held_back({"vendor": None, "file": f"{number}.jpg"}) for number in range(500)]
    assert 0.1 < np.mean(share) < 0.3
    assert is_held_back({"vendor": "Café A-1"}) == is_held_back({"vendor": "CAFE A1"})


def test_of_a_foreign_set_every_receipt_counts() -> None:
    rows = [{"vendor": f"Shop Number {number}"} for number in range(60)]
    known = unseen(Path("shops"), rows, ())
    assert 0 < len(known) < len(rows) and all(map(is_held_back, known))
    assert unseen(Path("shops"), rows, {"shops"}) == rows


@pytest.mark.parametrize("option", ["shops", "shops=", "=build", "others=build"])
def test_a_foreign_network_is_for_a_set(option: str) -> None:
    with pytest.raises(UsageError, match="write SET=CHECKPOINT, SET one of: shops"):
        foreign_networks([option], [Path("shops")])


def test_candidates_know_what_is_right() -> None:
    one = seen(receipt(3))
    for choice in (total_choice(one), name_choice(one), date_choice(one), tax_choice(one, params().joint)):
        assert choice is not None and choice.right.sum() >= 1
        assert choice.features.shape[0] == len(choice.right)
    total = total_choice(one)
    assert total is not None
    assert total.features[:, 1].argmax() == total.right.argmax()  # the network points at the right one


def test_answers_are_right_and_complete() -> None:
    one = seen(receipt(3))
    weights = params().joint
    for field, prior in priors.JOINT_CONFIDENCE.items():
        given = answer(field, one, weights)
        assert given is not None and given.right, field
        assert len(given.evidence) == len(prior) == len(getattr(weights, f"{field}_confidence"))


def test_what_has_no_label_teaches_nothing() -> None:
    blank = seen(receipt(3, vendor=None, norm={"date_readings": [], "total": None, "tax": None}))
    assert total_choice(blank) is name_choice(blank) is date_choice(blank) is None
    assert tax_choice(blank, params().joint) is None
    assert all(answer(field, blank, params().joint) is None for field in priors.JOINT_CONFIDENCE)
    assert name_choice(seen(receipt(3, vendor="Something Else Altogether"))) is None


def test_a_weak_label_of_the_tax_counts_less() -> None:
    norm = {"date_readings": [], "total": 8.8, "tax": None}
    weak = tax_choice(seen(receipt(3, norm=norm, tax_weak={"tax": 0.8, "seen_in_text": True})), params().joint)
    assert weak is not None and 0 < weak.weight < 1
    unseen = seen(receipt(3, norm=norm, tax_weak={"tax": 0.8, "seen_in_text": False}))
    assert tax_choice(unseen, params().joint) is None and answer("tax", unseen, params().joint) is None


def test_a_page_without_words_is_not_seen() -> None:
    eyes = Eyes(lexicon(), params(), Network(Table({})))
    assert eyes.see(receipt(3), "shops", parse_lines([], layout_params()), 1.0) is None


def test_a_network_that_is_right_gets_weight_and_one_that_errs_loses_it() -> None:
    right = np.array([1.0, 0.0])
    good = [Choice(np.array([[0.0] * 5, [14.0, -9.0, -9.0, 0.0, 0.0]]), right, 1.0, i % 2) for i in range(40)]
    bad = [
        Choice(np.array([[0.0, -3.0, -3.0, 0.0, 0.0], [-1.0, 0.0, 0.0, 0.0, 0.0]]), right, 1.0, i % 2)
        for i in range(40)
    ]
    for choices, grows in ((good, True), (bad, False)):
        report: list[Any] = []
        start = params().joint
        fitted = joint._with_scores("total", (start, start, start), choices, report)[2].total_weights
        assert (fitted[1] > priors.JOINT_SCORES["total"][1]) == grows
        assert "fitted" in report[0].what and report[0].fit > report[0].prior


def test_scores_are_fitted_only_for_a_gain() -> None:
    right = np.array([1.0, 0.0])
    easy = [Choice(np.array([[0.0] * 5, [1.0, -9.0, -9.0, 0.0, 0.0]]), right, 1.0, i % 2) for i in range(40)]
    report: list[Any] = []
    fitted = joint._with_scores("total", (params().joint,) * 3, easy, report)[2].total_weights
    assert fitted == tuple(priors.JOINT_SCORES["total"]) and "prior kept" in report[0].what


def test_a_confidence_is_fitted_only_for_a_gain(monkeypatch: pytest.MonkeyPatch) -> None:
    start = params().joint
    prior = priors.JOINT_CONFIDENCE["total"]
    evidence = (1.0, *[0.0] * (len(prior) - 1))
    for share, taken in ((float(1 / (1 + np.exp(-prior[0]))), False), (0.9, True)):
        count = round(share * 1000)
        answers = iter([Answer(evidence, i % 1000 < count, 1.0, i % 2) for i in range(1000)] * 3)
        monkeypatch.setattr(joint, "answer", lambda *_, answers=answers: next(answers))
        report: list[Any] = []
        halves = joint._with_confidence("total", (start,) * 3, [seen(receipt(3))] * 1000, report)
        assert ("fitted" in report[0].what) == taken
        assert (halves[2].total_confidence[0] != prior[0]) == taken


def printed_receipt(number: int, shop: str) -> dict[str, Any]:
    """A label row of a shop that is also printed."""
    row = receipt(number, vendor=shop)
    lines = [{**row["lines"][0], "text": shop}, *row["lines"][1:]]
    return {**row, "lines": lines}


def test_a_run_writes_joint_weights_and_repeats_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [receipt(number) for number in range(6)]
    rows += [printed_receipt(10 + number, name) for number, name in enumerate(shops_held_back(12))]
    data, out = folder(tmp_path / "shops", rows), constants(tmp_path / "rules")
    bundle = networked_bundle(tmp_path / "bundle")
    before = json.loads(out.read_text("utf-8"))
    arguments = ["--data", str(data), "--lines", "given", "--out", str(out), "--network", str(bundle)]
    assert main(arguments) == 0
    assert "joint total chosen" in capsys.readouterr().out
    text = out.read_text("utf-8")
    after = json.loads(text)
    changed = {key for key in before if before[key] != after[key]}
    assert "joint" in changed and all(key.endswith(("_weights", "_confidence")) for key in changed - {"joint"})
    assert after["joint"]["time_confidence"] == before["joint"]["time_confidence"]
    parse_params(ExtractParams, after, "after")
    assert main([*arguments, "--check"]) == 0
    assert main(arguments) == 0 and out.read_text("utf-8") == text


def test_halves_that_are_empty_keep_the_priors() -> None:
    found = [seen(printed_receipt(0, shops_held_back(1)[0]))]
    halves, report = joint.fit_joint(found, params().joint)
    assert halves[0] == halves[1] == halves[2]
    assert halves[2].name_weights == tuple(priors.JOINT_SCORES["name"])
    assert report and all(line.what.endswith("too few") for line in report)


def test_more_receipts_teach_the_tax_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = shops_held_back(12)
    sets = {"shops": names[:8], "drawn": names[8:]}
    places = {
        name: folder(tmp_path / name, [printed_receipt(number, shop) for number, shop in enumerate(shops)])
        for name, shops in sets.items()
    }
    out, bundle = constants(tmp_path / "rules"), networked_bundle(tmp_path / "bundle")
    arguments = ["--data", str(places["shops"]), "--lines", "given", "--out", str(out), "--network", str(bundle)]
    assert main([*arguments, "--taxes", str(places["drawn"])]) == 0
    counts = {
        " ".join(words[:3]): words[-3] for line in capsys.readouterr().out.splitlines() if (words := line.split())
    }
    assert counts["joint tax chosen,"] == counts["joint total log-loss,"] == "8"
    assert counts["joint tax log-loss,"] == "12"


def test_without_held_back_receipts_or_network_the_run_ends_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [row for number in range(12) if not is_held_back(row := receipt(number))]
    data, out = folder(tmp_path / "shops", rows), constants(tmp_path / "rules")
    bundle = networked_bundle(tmp_path / "bundle")
    bare = networked_bundle(tmp_path / "bare", graphs=False)
    for network, message in (
        (bundle, "no held-back receipt"),
        (bare, "has no graph"),
        (tmp_path / "no", "no such bundle"),
    ):
        arguments = ["--data", str(data), "--lines", "given", "--out", str(out), "--network", str(network)]
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ") and message in error and error.count("\n") == 1
