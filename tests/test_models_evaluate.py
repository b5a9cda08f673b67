"""Truth, errors and groups: what is measured on."""

from __future__ import annotations

import json
from pathlib import Path

import model_sources
import numpy as np
import pytest
from annotated import LINES, box, drawn
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from edgekit.errors import UsageError
from edgekit.geometry import tilt
from edgekit.types import Quad
from models.evaluate import readers
from models.evaluate.errors import Errors, distance
from models.evaluate.groups import height_group, limits, script_group, sharpness, third
from models.evaluate.sheet import Mistake, draw_sheet
from models.evaluate.truth import Rules, annotated, pages, upright


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


def test_published_classes_are_the_bundles() -> None:
    model_sources.recognizer()
    _, classes, charset = readers.published()
    assert len(classes) == len(charset) + 1 and classes == model_sources.classes()


def test_what_has_no_text_is_to_be_ignored_and_rows_may_say_their_language(tmp_path: Path) -> None:
    folder = drawn(tmp_path / "german")
    row = annotated(folder, "test")[0]
    row["lines"][1]["text"] = " "
    (folder / "labels.jsonl").write_text(
        json.dumps(row) + "\n" + json.dumps({**row, "full": {"language": "fr"}}), "utf-8"
    )
    first, second = pages(folder, "test")
    assert first.texts == (LINES[0], LINES[2]) and len(first.ignored) == 1
    assert first.turned(5).ignored[0] != first.ignored[0]
    assert (first.language, second.language) == ("German", "fr")


def test_some_pages_are_spread_evenly(tmp_path: Path) -> None:
    folder = drawn(tmp_path / "some", 7)
    assert [row["file"] for row in annotated(folder, "test", 3)] == ["0.png", "2.png", "4.png"]
    assert len(annotated(folder, "test", 99)) == len(annotated(folder, "test")) == 7


@pytest.mark.parametrize(("height", "group"), [(5, "0-12"), (12, "12-20"), (31.9, "20-32"), (70, "32+")])
def test_lines_are_grouped_by_height(height: float, group: str) -> None:
    assert height_group(box(0, 0, 50, height)) == group


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("12.50 %", "digits and signs"),
        ("Total 5", "plain letters"),
        ("Süß", "accented letters"),
        ("合計", "other scripts"),
    ],
)
def test_lines_are_grouped_by_script(text: str, group: str) -> None:
    assert script_group(text) == group


def test_sharpness_falls_with_blur_and_not_with_contrast() -> None:
    image = Image.new("RGB", (300, 60), "white")
    ImageDraw.Draw(image).text((10, 10), "TOTAL 12.50", "black", ImageFont.load_default(32))
    quad = box(0, 0, 300, 60)
    sharp, soft = sharpness(image, quad), sharpness(image.filter(ImageFilter.GaussianBlur(2)), quad)
    faint = sharpness(image.point(lambda level: 128 + level // 4), quad)
    assert soft < sharp / 3 and faint == pytest.approx(sharp, rel=0.05)
    assert sharpness(Image.new("RGB", (90, 30), "grey"), box(0, 0, 90, 30)) == 0


def test_thirds_part_a_set_equally() -> None:
    values = [float(value) for value in range(9)]
    parts = limits(values)
    assert [third(value, parts) for value in values] == ["blurred"] * 3 + ["middle"] * 3 + ["sharp"] * 3
    assert limits([]) == (0, 0)


def test_a_sheet_has_a_row_for_each_line() -> None:
    sheet = draw_sheet([Mistake(1, 0.5, "a", {"ours": "b"}, Image.new("RGB", (8, 40))) for _ in range(3)])
    assert sheet.height == 3 * 64 and np.asarray(sheet).min() < 128
