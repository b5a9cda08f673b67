from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import model_sources
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from edgekit.errors import UsageError
from edgekit.geometry import tilt
from edgekit.types import Quad
from models.evaluate import ocr, readers
from models.evaluate.__main__ import main
from models.evaluate.errors import Errors, distance
from models.evaluate.sheet import Mistake, draw_sheet
from models.evaluate.truth import Rules, height_group, pages, upright

LINES = ["TOTAL 12.50", "CASH 20.00", "CHANGE 7.50"]


@pytest.mark.parametrize(
    ("read", "printed", "expected"), [("", "abc", 3), ("kitten", "sitting", 3), ("abc", "abc", 0), ("ab", "ba", 2)]
)
def test_distance(read: str, printed: str, expected: int) -> None:
    assert distance(read, printed) == expected


@given(st.text("ab ", max_size=8), st.text("ab ", max_size=8), st.text("ab ", max_size=8))
def test_distance_is_one(a: str, b: str, c: str) -> None:
    assert distance(a, b) == distance(b, a)
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))


def test_rates_are_shares_of_what_is_printed() -> None:
    errors = Errors()
    assert errors.rates()["cer"] == 0
    assert errors.add("T0TAL 5", "TOTAL 5") == 1
    assert errors.add("abc", "abc") == 0
    assert errors.rates() == {"lines": 2, "cer": 0.1, "wer": round(1 / 3, 5), "ler": 0.5}


def test_what_counts_depends_on_the_set() -> None:
    assert Rules.of(Path("data/sroie")).apply(" Tax  Invoice ") == "TAX INVOICE"
    assert Rules.of(Path("data/wildreceipt")).apply("Tax Invoice") == "TaxInvoice"
    assert Rules.of(Path("data/other")).apply("Tax  Invoice") == "Tax Invoice"


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("turn", [1, -1])
@pytest.mark.parametrize("corners", [[(0, 0), (9, 1), (9, 4), (0, 3)], [(0, 0), (3, 0), (3, 9), (0, 9)]])
def test_a_quad_starts_where_upright_text_does(first: int, turn: int, corners: list[tuple[float, float]]) -> None:
    shuffled = corners[first:] + corners[:first]
    assert upright(Quad(*shuffled[::turn])) == Quad(*corners)


@pytest.mark.parametrize(("height", "group"), [(5, "0-12"), (12, "12-20"), (31.9, "20-32"), (70, "32+")])
def test_lines_are_grouped_by_height(height: float, group: str) -> None:
    assert height_group(Quad((0, 0), (50, 0), (50, height), (0, height))) == group


def drawn(folder: Path) -> Path:
    """A set of one picture and three lines."""
    folder.mkdir()
    page, font = Image.new("RGB", (300, 130), "white"), ImageFont.load_default(24)
    pen, lines = ImageDraw.Draw(page), []
    for i, text in enumerate(LINES):
        pen.text((12, 10 + 40 * i), text, "black", font)
        left, top, right, bottom = pen.textbbox((12, 10 + 40 * i), text, font)
        lines.append({"text": text, "quad": [left, top, right, top, right, bottom, left, bottom]})
    page.save(folder / "0.png")
    rows = [{"file": "0.png", "split": "test", "lines": lines}, {"file": "0.png", "split": "bare"}]
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def test_pages_have_lines(tmp_path: Path) -> None:
    folder = drawn(tmp_path / "some")
    (page,) = pages(folder, "test")
    assert page.texts == tuple(LINES) and page.image.size == (300, 130)
    with pytest.raises(UsageError, match="no row of split 'bare' has lines"):
        next(pages(folder, "bare"))


def test_a_turned_page_has_its_quads_on_the_same_ink(tmp_path: Path) -> None:
    from edgekit.image import crop

    (page,) = pages(drawn(tmp_path / "some"), "test")
    turned = page.turned(7)
    for before, after in zip(page.quads, turned.quads, strict=True):
        assert tilt(after) == pytest.approx(7, abs=1e-6)
        same = crop(page.image, before, 200, 24).astype(float) - crop(turned.image, after, 200, 24)
        assert np.abs(same).mean() < 12


class Fixed:
    """A system that reads what it is told."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def read(self, image: Image.Image, quads: tuple[Quad, ...]) -> list[Any]:
        from edgekit.types import TextLine

        return [TextLine(text, quad, 1.0) for text, quad in zip(self.texts, quads, strict=True)]


def test_systems_are_counted_line_by_line(tmp_path: Path) -> None:
    (page,) = pages(drawn(tmp_path / "sroie"), "test")
    systems: Any = {"ours": Fixed(["Total 12.50", "CASH 20.00", "CHAN"]), "other": Fixed(LINES)}
    tallies, worst = {name: ocr.Tally() for name in systems}, ocr.Worst(5)
    ocr.read_page(systems, page, Rules.of(tmp_path / "sroie"), tallies, worst)
    assert tallies["ours"].groups["all"].rates()["ler"] == round(1 / 3, 5)
    assert tallies["other"].groups["all"].rates()["cer"] == 0
    (mistake,) = worst.list()
    assert (mistake.wrong, mistake.printed, mistake.read["ours"]) == (7, "CHANGE 7.50", "CHAN")
    text = ocr.table({"sroie=test": {name: tally.to_dict() for name, tally in tallies.items()}})
    assert "33.33" in text and text.splitlines()[1].split()[:3] == ["sroie=test", "all", "ours"]


def test_the_worst_come_first_and_few_are_kept() -> None:
    worst = ocr.Worst(3)
    for share in (0.1, 0.9, 0.5, 0.2, 0.7):
        worst.add(Mistake(1, share, "a", {}, Image.new("RGB", (8, 40))))
    assert [mistake.share for mistake in worst.list()] == [0.9, 0.7, 0.5]
    sheet = draw_sheet(worst.list())
    assert sheet.height == 3 * 64 and np.asarray(sheet).min() < 128


def test_the_command_measures_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model_sources.recognizer()
    folder, out = drawn(tmp_path / "some"), tmp_path / "out"
    assert main(["ocr", "--data", f"{folder}=test", "--system", "ours", "--system", "tiny", "--out", str(out)]) == 0
    report = json.loads((out / "ocr.json").read_text("utf-8"))["some=test"]
    assert set(report) == {"ours", "tiny"}
    for each in report.values():
        assert each["by_height"]["all"]["lines"] == 3 and each["by_height"]["all"]["cer"] < 0.3
    with Image.open(out / "worst-some.png") as sheet:
        assert sheet.width > 0
    assert "some=test" in capsys.readouterr().out


def test_published_classes_are_the_bundles() -> None:
    model_sources.recognizer()
    _, classes, charset = readers.published()
    assert len(classes) == len(charset) + 1 and classes == model_sources.classes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nowhere=test", "--system", "ours"], "labels.jsonl: cannot be read"),
        (["--data", "nowhere=test", "--system", "tuned"], "give its weights with --weights"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ocr", *arguments, "--out", str(tmp_path)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


def test_a_set_needs_its_split(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["ocr", "--data", "sroie"])
    assert "give a folder and a split" in capsys.readouterr().err
