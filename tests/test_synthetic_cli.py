"""``python -m models.synthetic``: folders of synthetic receipts that the evaluation reads."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PIL import Image

from edgekit.evaluation import judge, load_labels, score
from models.synthetic import make
from models.synthetic.__main__ import main
from models.synthetic.sheet import MOST, contact_sheet


def written(folder: Path, *options: str) -> list[dict[str, object]]:
    assert main(["--out", str(folder), "--count", "3", "--seed", "11", *options]) == 0
    return load_labels(folder)


def test_prints_and_their_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = written(tmp_path / "new" / "set", "--sheet", str(tmp_path / "sheet.png"))
    assert "3 receipts from seed 11" in capsys.readouterr().out
    for row in rows:
        with Image.open(tmp_path / "new" / "set" / str(row["file"])) as image:
            assert image.size == (row["width"], row["height"])
            assert image.format == "PNG"
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width > 600


def test_photos_are_jpeg_and_the_same_again(tmp_path: Path) -> None:
    rows = written(tmp_path / "a", "--photos", "--split", "dev")
    assert rows == written(tmp_path / "b", "--photos", "--split", "dev")
    assert {row["split"] for row in rows} == {"dev"}
    for row in rows:
        assert str(row["file"]).endswith(".jpg")
        assert (tmp_path / "a" / str(row["file"])).read_bytes() == (tmp_path / "b" / str(row["file"])).read_bytes()


def test_lines_only_makes_labels_and_no_pictures(tmp_path: Path) -> None:
    rows = written(tmp_path, "--lines-only", "--language", "de", "--style", "groceries")
    assert [path.name for path in tmp_path.iterdir()] == ["labels.jsonl"]
    for seed, row in enumerate(rows, 11):
        receipt = make(seed, "de", "groceries")
        lines, full = row["lines"], row["full"]
        assert isinstance(lines, list) and isinstance(full, dict)
        assert [line["text"] for line in lines] == [line.text for line in receipt.lines]
        assert [line["quad"] for line in lines] == [line.quad.to_list() for line in receipt.lines]
        assert full["facts"]["total"] == str(receipt.facts.total)
        assert [word["role"] for word in full["lines"][0]["words"]] == [w.role.value for w in receipt.lines[0].words]


def test_labels_are_what_the_evaluation_wants(tmp_path: Path) -> None:
    rows = written(tmp_path, "--lines-only")
    right = []
    for row in rows:
        norm = row["norm"]
        assert isinstance(norm, dict)
        day = norm["date_readings"][0] if norm["date_readings"] else None
        right.append(
            {"file": row["file"], "vendor": row["vendor"], "date": day, **{k: row[k] for k in ("total", "tax")}}
        )
    assert score(rows, right)["receipts"]["all_right"] == 1.0
    wrong = {**right[0], "total": "0.01"}
    verdict = judge("total", rows[0], wrong["total"], False)
    assert verdict is not None and not verdict.right


def test_what_is_not_printed_is_null(tmp_path: Path) -> None:
    assert main(["--out", str(tmp_path), "--count", "60", "--lines-only"]) == 0
    rows = load_labels(tmp_path)
    assert {row["tax"] is None for row in rows} == {True, False}
    for row in rows:
        facts = row["full"]["facts"]
        assert (row["tax"] is None) == (facts["tax"] is None)
        if facts["date"]:
            assert date.fromisoformat(facts["date"]).isoformat() in row["norm"]["date_readings"]
        assert Decimal(row["full"]["sale"]["total"]) == Decimal(str(row["norm"]["total"])).quantize(Decimal("0.01"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--lines-only", "--photos"], "--lines-only: makes no pictures"),
        (["--lines-only", "--sheet", "x.png"], "--lines-only: makes no pictures"),
    ],
)
def test_options_that_do_not_go_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    assert main(["--out", str(tmp_path), *options]) == 2
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["--out", str(tmp_path / "file"), "--count", "1"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "cannot be written" in error


@pytest.mark.parametrize("count", ["0", "-3", "many"])
def test_a_count_must_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str], count: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["--out", str(tmp_path), f"--count={count}"])
    assert stop.value.code == 2
    assert "give a whole number from 1" in capsys.readouterr().err


def test_a_sheet_of_many_shows_the_first() -> None:
    images = [Image.new("L", (100 + i, 300)) for i in range(MOST + 5)]
    assert contact_sheet(images).size == contact_sheet(images[:MOST]).size
    assert contact_sheet(images[:1]).width < contact_sheet(images[:2]).width


def test_rows_are_plain_json(tmp_path: Path) -> None:
    written(tmp_path, "--lines-only")
    for line in (tmp_path / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        assert json.dumps(json.loads(line), ensure_ascii=False) == line
