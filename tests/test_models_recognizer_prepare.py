from __future__ import annotations

import importlib
import json
from pathlib import Path
from random import Random
from typing import Any

import model_sources
import pytest
from PIL import Image

from edgekit.detect import Detection
from edgekit.types import Quad, TextLine
from export.recipes.receipt import LATIN_1_AND_EXTENDED_A, PRINTABLE, SIGNS
from models.synthetic import make

pytest.importorskip("torch", reason="torch is not installed")
compose: Any = importlib.import_module("models.recognizer.compose")
prepare: Any = importlib.import_module("models.recognizer.prepare")
data: Any = importlib.import_module("models.recognizer.data")

PAGE = Image.new("RGB", (200, 100), "white")


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))


FIRST, SECOND = box(10, 10, 90, 30), box(100, 10, 190, 30)
BOTH = box(9, 9, 191, 31)


class Reading:
    """A recogniser that reads by where a line starts and ends."""

    def __init__(self, texts: dict[Any, tuple[str, float]]) -> None:
        self.texts = texts

    def read(self, image: Image.Image, quads: list[Quad]) -> list[TextLine]:
        found = [(quad, *self.texts[quad.top_left[0], quad.top_right[0]]) for quad in quads]
        return [TextLine(text, quad, confidence) for quad, text, confidence in found]


class Finding:
    def __init__(self, *quads: Quad) -> None:
        self.quads = quads

    def detect(self, image: Image.Image) -> Detection:
        return Detection(self.quads, True)


def tools(own: dict[Any, tuple[str, float]], teacher: dict[Any, tuple[str, float]], *quads: Quad) -> Any:
    return prepare.Readers(Finding(*quads), Reading(own), Reading(teacher))


def items(*texts: str) -> list[dict[str, Any]]:
    return [{"text": text, "quad": quad.to_list()} for text, quad in zip(texts, (FIRST, SECOND), strict=False)]


def test_annotated_lines_take_their_case_and_a_found_quad_of_two_is_a_line() -> None:
    read = {(10, 90): ("Total;", 0.9), (100, 190): ("12.50", 0.9), (9, 191): ("Total: 12.5O", 0.9)}
    found = dict(
        prepare.annotated(tools(read, {**read, (10, 90): ("Total:", 0.9)}, BOTH), PAGE, items("TOTAL:", "12.50"))
    )
    assert found == {"Total:": [FIRST], "12.50": [SECOND], "Total: 12.50": [BOTH]}


def test_a_found_quad_that_reads_otherwise_is_not_used() -> None:
    near = box(11, 9, 91, 31)
    read = {(10, 90): ("TOTAL", 0.9), (11, 91): ("xyz", 0.9)}
    assert dict(prepare.annotated(tools(read, read, near), PAGE, items("TOTAL"))) == {"TOTAL": [FIRST]}
    read[11, 91] = ("TOTAI", 0.5)
    assert dict(prepare.annotated(tools(read, read, near), PAGE, items("TOTAL"))) == {"TOTAL": [FIRST, near]}


def test_an_annotation_that_no_one_can_read_is_left_out() -> None:
    read = {(10, 90): ("Subtotal", 0.9), (100, 190): ("12.50", 0.9)}
    assert dict(prepare.annotated(tools(read, read), PAGE, items("CASHIER 1", "12.50"))) == {"12.50": [SECOND]}


def test_photos_without_lines_give_what_is_read_surely() -> None:
    teacher = {(10, 90): ("SUBT0TAL", 0.99), (100, 190): ("12.50", 0.9), (9, 191): ("abcdef", 0.99)}
    own = {(10, 90): ("SUBTOTAL", 0.5), (100, 190): ("12.50", 0.9), (9, 191): ("uvwxyz", 0.99)}
    found = dict(prepare.unannotated(tools(own, teacher, FIRST, SECOND, BOTH), PAGE))
    assert found == {"SUBTOTAL": [FIRST], "12.50": [SECOND]}, "the third is read in two ways"
    own[100, 190] = ("12.80", 0.9)
    found = dict(prepare.unannotated(tools(own, teacher, FIRST, SECOND, BOTH), PAGE))
    assert found == {"SUBTOTAL": [FIRST]}, "the second is unsure, and not the same in both"


def test_a_shop_is_in_one_part() -> None:
    parts = [prepare.part({"vendor": f"Shop {i}", "file": "x"}) for i in range(200)]
    assert {data.TRAIN, data.HELD} == set(parts)
    assert 8 <= parts.count(data.HELD) <= 35
    assert prepare.part({"vendor": "SHOP 7", "file": "a"}) == prepare.part({"vendor": "Shop-7", "file": "b"})


def test_the_command_prepares_labelled_receipts(tmp_path: Path) -> None:
    model_sources.recognizer()
    folder = tmp_path / "some"
    folder.mkdir()
    Image.new("RGB", (320, 480), "white").save(folder / "0.png")
    rows = [{"file": f"{i}.png", "split": "train", "vendor": "A"} for i in range(2)]  # the second is not there
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    if not _small_is_cached():
        pytest.skip("the wheel of the larger recogniser is not cached")
    out = tmp_path / "out" / "lines.jsonl"
    assert prepare.main(["--data", str(folder), "--limit", "1", "--out", str(out)]) == 0
    assert data.read_lines(out) == []


def _small_is_cached() -> bool:
    from export.recipes.receipt import RAPIDOCR
    from export.sources import cache_folder

    return (cache_folder() / RAPIDOCR.wheel).is_file()


def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert prepare.main(["--data", str(tmp_path), "--out", str(tmp_path / "lines.jsonl")]) == 2
    assert compose.main(["--count", "0", "--out", str(tmp_path / "lines")]) == 2
    (tmp_path / "file").write_text("", "utf-8")
    assert compose.main(["--count", "1", "--out", str(tmp_path / "file")]) == 2
    errors = capsys.readouterr().err.splitlines()
    assert [error.startswith("error: ") for error in errors] == [True] * 3
    assert "ask for 1 or more" in errors[1] and "name another folder" in errors[2]


def test_accents_change_characters_one_for_one() -> None:
    changed = 0
    for seed in range(12):
        receipt = make(seed)
        other = compose.accented(receipt, Random(seed))
        for before, after in zip(receipt.lines, other.lines, strict=True):
            assert [len(word.text) for word in before.words] == [len(word.text) for word in after.words]
            assert after.text == " ".join(word.text for word in after.words)
            new = set(after.text) - set(before.text)
            assert new <= set(PRINTABLE + LATIN_1_AND_EXTENDED_A + SIGNS)
            changed += len(new)
    assert changed > 100


def test_composed_lines_are_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert compose.main(["--count", "2", "--photographed", "0.5", "--out", str(tmp_path / name)]) == 0
    first, second = (data.read_lines(tmp_path / name / "lines.jsonl") for name in ("a", "b"))
    assert [(line.quads, line.text, line.kind) for line in first] == [
        (line.quads, line.text, line.kind) for line in second
    ]
    assert len(first) > 10 and all(any(c.isalnum() for c in line.text) for line in first)
    pictures = [sorted((tmp_path / name).glob("*.png")) for name in ("a", "b")]
    assert [path.read_bytes() for path in pictures[0]] == [path.read_bytes() for path in pictures[1]]
