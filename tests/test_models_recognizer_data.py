from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edgekit.errors import UsageError
from edgekit.geometry import quad_size, tilt
from edgekit.types import Quad

pytest.importorskip("torch", reason="torch is not installed")

from models.recognizer.augment import HEIGHT, draw, jitter, worn
from models.recognizer.data import HELD, TRAIN, Line, quad_of, read_lines, write_lines
from models.recognizer.framing import shown
from models.recognizer.labels import with_case, without_zeros


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return quad_of([left, top, right, top, right, bottom, left, bottom])


def test_lines_are_kept_as_they_were(tmp_path: Path) -> None:
    lines = [
        Line("a.jpg", (box(1, 2, 30.5, 9), box(0, 1, 31, 10)), "Café 1,50 €", "sroie", TRAIN),
        Line("b.png", (box(0, 0, 5, 5),), "0", "synthetic", HELD),
    ]
    write_lines(tmp_path / "lines.jsonl", lines)
    assert read_lines(tmp_path / "lines.jsonl") == lines


@pytest.mark.parametrize("text", ["{", '{"picture": "a"}', '{"picture": "a", "quads": [[1]], "text": "", "kind": ""}'])
def test_another_file_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(text, "utf-8")
    with pytest.raises(UsageError, match="no file of lines"):
        read_lines(path)
    with pytest.raises(UsageError, match="no file of lines"):
        read_lines(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("annotated", "reading", "expected"),
    [
        ("NO. 343, JALAN KURAU", "No. 343, Jalan Kurau", "No. 343, Jalan Kurau"),
        ("CASHIER:", "Cashjer:", "Cashier:"),
        ("PRINT BY: ROOT", "PRINT BY: r0ot", "PRINT BY: root"),
        ("GST ID", "GST ID", "GST ID"),
        ("HOT COFFEE", "H0T cOFFEE", "HOT COFFEE"),
        ("TOTAL SALES", "", "TOTAL SALES"),
    ],
)
def test_capitals_take_the_case_of_a_reading(annotated: str, reading: str, expected: str) -> None:
    assert with_case(annotated, reading) == expected


@given(st.text("AB C1.:xO0", max_size=12), st.text("ABab c1.:", max_size=12))
def test_only_the_case_is_taken(annotated: str, reading: str) -> None:
    assert with_case(annotated, reading).upper() == annotated.upper()


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("SUBT0TAL 20.00", "SUBTOTAL 20.00"),
        ("c0ffee", "coffee"),
        ("CS00004040", "CS00004040"),
        ("2000", "2000"),
        ("AB0", "AB0"),
    ],
)
def test_zeros_in_words_are_letters(reading: str, expected: str) -> None:
    assert without_zeros(reading) == expected


def test_a_found_quad_shows_the_lines_that_it_frames() -> None:
    lines = [box(10, 10, 100, 30), box(110, 11, 160, 31), box(10, 40, 100, 60)]
    assert shown(box(8, 8, 103, 32), lines) == [0]
    assert shown(box(8, 8, 163, 32), lines) == [0, 1]
    assert shown(box(8, 40, 103, 62), lines) == [2]
    assert shown(box(8, 8, 80, 32), lines) == [], "the end is cut off"
    assert shown(box(8, 8, 130, 32), lines) == [], "the second is cut"
    assert shown(box(8, 8, 103, 64), lines) == [], "two rows"
    assert shown(box(200, 8, 300, 32), lines) == []


@pytest.fixture(scope="module")
def page() -> Image.Image:
    pixels = np.full((120, 300, 3), 250, np.uint8)
    pixels[40:60, 50:250:8] = 20
    return Image.fromarray(pixels)


@pytest.mark.parametrize("seed", range(60))
def test_drawn_lines_fit_the_network_and_follow_the_seed(seed: int, page: Image.Image) -> None:
    quad = box(48, 38, 252, 62)
    first, again = (draw(page, quad, np.random.default_rng(seed), 320) for _ in range(2))
    assert first.dtype == np.uint8 and first.shape[0] == HEIGHT and first.shape[2] == 3
    assert 8 <= first.shape[1] <= 320
    assert np.array_equal(first, again)
    assert first.std() > 1, "nothing left to read"


def test_drawn_lines_differ(page: Image.Image) -> None:
    random = np.random.default_rng(1)
    drawn = [draw(page, box(48, 38, 252, 62), random, 640).tobytes() for _ in range(40)]
    assert len(set(drawn)) == 40


@given(st.floats(-40, 40), st.floats(20, 400), st.floats(10, 40), st.integers(0, 9999))
def test_a_moved_frame_stays_about_the_line(degrees: float, length: float, thickness: float, seed: int) -> None:
    from edgekit.geometry import rotated

    quad = box(0, 0, length, thickness).map(lambda point: rotated(point, degrees))
    moved = jitter(quad, np.random.default_rng(seed))
    before, after = quad_size(quad), quad_size(moved)
    assert abs(after[0] - before[0]) <= 1.1 * thickness
    assert 0.75 * before[1] <= after[1] <= 1.8 * before[1]
    assert abs(tilt(moved) - tilt(quad)) <= 12 + 900 * thickness / length / 50
    middles = [np.mean(each.points, axis=0) for each in (quad, moved)]
    assert np.abs(middles[0] - middles[1]).max() <= 0.5 * thickness


def test_wear_keeps_the_size() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (HEIGHT, 64, 3), np.uint8)
    for seed in range(80):
        result = worn(pixels, np.random.default_rng(seed))
        assert result.shape == pixels.shape and result.dtype == np.uint8
