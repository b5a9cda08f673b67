"""models.calibration: a rung's own confidences against labels, shops kept apart, and a run that repeats itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from printed import DATA, laid_out, lexicon, params
from scored import Table

from edgekit.bundle import Bundle
from edgekit.calibration import Calibration
from edgekit.extract import CLASSICAL, JOINT, ExtractParams
from edgekit.manifest import parse_params
from models.calibration import __main__ as command
from models.calibration.__main__ import main
from models.calibration.answers import Labelled, count, open_raw, shop_of
from models.rules import heldback
from models.rules.lines import Lines, layout_params, parse_lines, reader_digest
from models.rules.samples import WEAK

PAPER = """\
{shop}
18 Harbor Street
{day:02d}/25/2019
Soup | {net}.00
Subtotal | {net}.00
Tax | 0.80
{label} | {net}.80
"""
SHOPS = ("Blue Heron Diner", "Harbour Tools", "Mawar Enterprise", "Old Mill Bakery", "Corner Books", "Red Kite Cafe")


def printed(number: int, label: str = "Total") -> str:
    return PAPER.format(shop=SHOPS[number % len(SHOPS)], day=number % 12 + 1, net=5 + number, label=label)


def row_of(number: int, **changes: Any) -> dict[str, Any]:
    norm = {"date_readings": [f"2019-{number % 12 + 1:02d}-25"], "total": 5 + number + 0.8, "tax": None}
    row = {"file": f"images/{number}.jpg", "split": "train", "vendor": SHOPS[number % len(SHOPS)], "norm": norm}
    return {**row, **changes}


def lines_of(text: str) -> Lines:
    return parse_lines([line.to_dict() for line in laid_out(text)[0]], layout_params())


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two sets of twelve receipts each, the labels of the second half wrong, and their lines in the cache."""
    (tmp_path / "cache").mkdir()
    for name, wrong in (("first", 0), ("second", 6)):
        rows = [row_of(n) if n >= wrong else row_of(n, norm={"total": 999.0}) for n in range(12)]
        place = tmp_path / name
        place.mkdir()
        place.joinpath("labels.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        items = [
            {"file": r["file"], "lines": [x.to_dict() for x in laid_out(printed(n))[0]]} for n, r in enumerate(rows)
        ]
        cached = tmp_path / "cache" / f"{name}-{reader_digest(Bundle.open())}.jsonl"
        cached.write_text("\n".join(map(json.dumps, items)) + "\n", encoding="utf-8")
    for name in ("extract_params.json", "lexicon.json"):
        tmp_path.joinpath(name).write_bytes((DATA / name).read_bytes())
    return tmp_path


def words(data: Path, *more: str) -> list[str]:
    sets = ["--data", str(data / "first"), "--data", str(data / "second")]
    places = ["--cache", str(data / "cache"), "--out", str(data / "extract_params.json")]
    return ["--rung", CLASSICAL, "--variants", "0", *sets, *places, *more]


def test_answers_are_raw_and_judged() -> None:
    receipt = Labelled(row_of(0), "set", (lines_of(printed(0)), lines_of(printed(0, "Zzz")), lines_of(printed(0))))
    wrong = Labelled(row_of(1, norm={"total": 1.0}), "set", (lines_of(printed(1)),))
    found = count([receipt, wrong], open_raw(CLASSICAL, params(), lexicon(), None))
    totals = found["total"]
    assert [answer.right for answer in totals[-1:]] == [False]
    assert [answer.weight for answer in totals] == [0.5, 0.25, 0.25, 1.0]
    assert {answer.shop for answer in totals} == {shop_of(row_of(0)), shop_of(row_of(1))}
    assert found["tax"] == []  # no label
    assert totals[0].raw == max(answer.raw for answer in totals)


def test_a_weak_label_of_the_tax_counts_less() -> None:
    weak = {"tax": 0.8, "seen_in_text": True}
    for changes, expected in (
        ({"tax_weak": weak}, [(True, WEAK)]),
        ({"tax_weak": {**weak, "tax": 0.7}}, [(False, WEAK)]),
        ({"tax_weak": {**weak, "seen_in_text": False}}, []),
        ({"tax_weak": {**weak, "tax": None}}, []),
        ({"tax_weak": weak, "norm": {"tax": 0.7}}, [(False, 1.0)]),
    ):
        receipt = Labelled(row_of(0, **changes), "set", (lines_of(printed(0)),))
        taxes = count([receipt], open_raw(CLASSICAL, params(), lexicon(), None))["tax"]
        assert [(answer.right, answer.weight) for answer in taxes] == expected


def test_a_total_before_or_after_rounding_is_left_out() -> None:
    """Labels mean now one, now the other: such an answer is neither right nor wrong."""
    text = "Blue Heron Diner\nTea | 5.82\nSubtotal | 5.82\nRounding | -0.02\nTotal | 5.80"
    for label, kept in ((5.8, [True]), (5.82, []), (5.81, [False]), (5.9, [False])):
        receipt = Labelled(row_of(0, norm={"total": label}), "set", (lines_of(text),))
        totals = count([receipt], open_raw(CLASSICAL, params(), lexicon(), None))["total"]
        assert [answer.right for answer in totals] == kept


def test_nothing_is_too_doubtful_to_count() -> None:
    lines = [line.to_dict() for line in laid_out("Blue Heron Diner\n7 | 5.80", 0.4)[0]]
    receipt = Labelled(row_of(0), "set", (parse_lines(lines, layout_params()),))
    found = count([receipt], open_raw(CLASSICAL, params(), lexicon(), None))
    assert found["total"][0].raw < params().answer_threshold


def test_a_rung_with_a_network_takes_its_session() -> None:
    receipt = Labelled(row_of(0), "set", (lines_of(printed(0)),))
    found = count([receipt], open_raw(JOINT, params(), lexicon(), Table({"total": ["5.80"]})))
    assert found["total"][0].right


def test_a_foreign_set_is_answered_by_its_own_network() -> None:
    receipts = [Labelled(row_of(0), name, (lines_of(printed(0)),)) for name in ("usual", "other")]
    silent, sure = (open_raw("network", params(), lexicon(), Table(said)) for said in ({}, {"total": ["5.80"]}))
    assert [answer.source for answer in count(receipts, silent, {"other": sure})["total"]] == ["other"]


def test_a_run_writes_one_rung_and_leaves_the_rest(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = data / "extract_params.json"
    before = {**json.loads(out.read_text("utf-8")), "calibration": {"rules": {}}}
    out.write_text(json.dumps(before), "utf-8")
    assert main(words(data, "--check")) == 1
    assert "differs from what these receipts give" in capsys.readouterr().out
    assert main(words(data)) == 0
    printed_out = capsys.readouterr().out
    assert "log-loss on shops and sets held back" in printed_out
    assert "total, " in printed_out
    text = out.read_text("utf-8")
    after = json.loads(text)
    assert {key for key in before if before[key] != after[key]} == {"calibration"}
    assert list(after["calibration"]) == ["rules", CLASSICAL]
    parsed = parse_params(ExtractParams, after, "after")
    calibration = Calibration.parse(parsed.calibration[CLASSICAL], "after")
    assert calibration.probability("total", 0.98) < 0.98  # a quarter of its labels are wrong
    assert calibration.fields["total"].answers == 24
    assert main(words(data, "--check")) == 0
    assert main(words(data)) == 0
    assert out.read_text("utf-8") == text


def test_labels_of_one_set_only_change_no_confidence(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    both = words(data)
    start = both.index("--data")
    assert main([*both[:start], *both[start + 2 :]]) == 0
    assert "total, raw" in capsys.readouterr().out
    after = json.loads((data / "extract_params.json").read_text("utf-8"))["calibration"][CLASSICAL]
    assert Calibration.parse(after, "x").probability("total", 0.8) == pytest.approx(0.8, abs=1e-4)


def test_shops_that_train_a_network_are_left_out(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heldback, "is_held_back", lambda row: row["vendor"] == SHOPS[0])
    assert main(words(data, "--held-back")) == 0
    after = json.loads((data / "extract_params.json").read_text("utf-8"))["calibration"][CLASSICAL]
    assert after["total"]["answers"] == 4


def test_a_field_of_few_receipts_takes_the_calibration_of_classical(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(heldback, "is_held_back", lambda row: row["vendor"] == SHOPS[0])
    monkeypatch.setattr(command, "_session", lambda options: Table({}))
    assert main(words(data)) == 0
    out = data / "extract_params.json"
    assert main([*words(data, "--held-back"), "--rung", "network"]) == 2  # it points at nothing
    assert main([*words(data, "--held-back"), "--rung", JOINT]) == 0
    assert f"total, as {CLASSICAL}: too few" in capsys.readouterr().out
    after = json.loads(out.read_text("utf-8"))["calibration"]
    assert after[JOINT]["total"] == after[CLASSICAL]["total"]


@pytest.mark.parametrize(
    ("change", "part"),
    [
        (["--rung", "joint"], "--rung joint: its network has seen the other shops: add --held-back"),
        (["--held-back"], "--rung classical: no labelled answer to count: give training receipts"),
        (["--rung", "joint", "--held-back", "--bundle", "absent"], "absent: no such bundle"),
        (["--foreign", "first=build"], "--foreign: --rung classical has no network"),
        (["--data", "absent"], "labels.jsonl: cannot be read"),
        (["--out", "absent.json"], "absent.json: cannot be used"),
    ],
)
def test_errors_are_one_line(
    data: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    change: list[str],
    part: str,
) -> None:
    monkeypatch.setattr(heldback, "is_held_back", lambda row: False)
    assert main([*words(data), *change]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ")
    assert part in err
    assert err.count("\n") == 1
