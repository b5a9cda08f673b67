"""Pictures of synthetic receipts: ink where the quads are, geometry that can be undone, faces that are free."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from models.synthetic import Picture, draw, make, photograph
from models.synthetic.bending import choose_bend, homography
from models.synthetic.fonts import (
    BUILT_IN,
    DISPLAY,
    FAMILIES,
    HAND,
    MONO,
    SANS,
    Face,
    basic_faces,
    file_for,
    find_faces,
    load,
)
from models.synthetic.paper import box
from models.synthetic.tables import table
from models.synthetic.truth import BODY, Line, Role, Word
from models.synthetic.wear import clouds, paper, shadow, worn_ink

SEEDS = range(12)
DARK = 200


def dark(picture: Picture) -> npt.NDArray[np.bool_]:
    return np.asarray(picture.image.convert("L")) < DARK


def cut(pixels: npt.NDArray[np.bool_], line: Line | Word) -> npt.NDArray[np.bool_]:
    (left, top), (right, bottom) = line.quad.top_left, line.quad.bottom_right
    return pixels[max(int(top), 0) : int(np.ceil(bottom)) + 1, max(int(left), 0) : int(np.ceil(right)) + 1]


def stamp(size: tuple[int, int] = (400, 600)) -> Picture:
    """Black bars on white, each a line of one word."""
    image = Image.new("L", size, 255)
    pen = ImageDraw.Draw(image)
    lines: list[Line] = []
    for top in range(60, size[1] - 80, 60):
        quad = box(60, top, size[0] - 60, top + 24)
        pen.rectangle((60, top, size[0] - 61, top + 23), fill=0)
        lines.append(Line("bar", quad, (Word("bar", Role.OTHER_AMOUNT, quad),), len(lines), BODY))
    return Picture(image, tuple(lines))


@pytest.mark.parametrize("seed", [38, 121, 141, 201, 77065, 79001])
def test_bars_stand_on_whole_dots(seed: int) -> None:
    """On fractions of dots, Pillow refuses some bars of bar codes: they end before they start."""
    for faces in ((BUILT_IN,), basic_faces()):
        picture = draw(make(seed, "de"), seed, faces)
        assert picture.lines and dark(picture).any()


@pytest.mark.parametrize("seed", SEEDS)
def test_quads_stand_around_the_ink(seed: int) -> None:
    picture = draw(make(seed), seed, basic_faces())
    pixels = dark(picture)
    for line in picture.lines:
        for x, y in line.quad.points:
            assert 0 <= x <= picture.image.width and 0 <= y <= picture.image.height
        ink = cut(pixels, line)
        slack = 7  # pixels: a margin of one, and where scaling made thin strokes pale
        if line.role is not Role.RULE:
            assert ink.any(), line.text
            assert ink[:, :slack].any() and ink[:, -slack:].any(), line.text
        for word in line.words:
            assert line.quad.top_left[0] - 1 <= word.quad.top_left[0] <= word.quad.top_right[0]
            assert word.quad.top_right[0] <= line.quad.top_right[0] + 1


@pytest.mark.parametrize("seed", SEEDS)
def test_no_ink_is_outside_the_quads(seed: int) -> None:
    receipt = make(seed)
    inked = tuple(line for line in receipt.lines if line.role is not Role.RULE and not line.style.inverse)
    receipt = replace(receipt, lines=inked)
    picture = draw(receipt, seed, basic_faces())
    pixels = dark(picture)
    last = max(line.quad.bottom_left[1] for line in picture.lines)
    pixels[int(last) + 2 :] = False  # a bar code may be there
    whole = pixels.sum()
    for line in picture.lines:
        cut(pixels, line)[:] = False
    assert whole > 0
    assert pixels.sum() <= whole * 0.002


@pytest.mark.parametrize("seed", SEEDS)
def test_a_picture_shows_the_lines_of_its_receipt(seed: int) -> None:
    receipt = make(seed)
    picture = draw(receipt, seed, basic_faces())
    kept = [line.text for line in receipt.lines if line.role is not Role.RULE]
    assert [line.text for line in picture.lines if line.role is not Role.RULE] == kept
    assert picture.image.mode == "L"
    again = draw(receipt, seed, basic_faces())
    assert again.image.tobytes() == picture.image.tobytes() and again.lines == picture.lines
    assert draw(receipt, seed + 1, basic_faces()).image.tobytes() != picture.image.tobytes()


def test_the_built_in_face_alone_will_do() -> None:
    picture = draw(make(3), 3, [BUILT_IN])
    assert dark(picture).any()


def test_handwriting_is_drawn_without_a_hand_too() -> None:
    slips = (make(seed, "en", "card") for seed in range(200))
    receipt = next(slip for slip in slips if any(line.style.hand for line in slip.lines))
    picture = draw(receipt, 1, basic_faces())
    written = [line for line in picture.lines if line.style.hand]
    assert written and all(cut(dark(picture), line).any() for line in written)


@pytest.mark.parametrize("seed", range(8))
def test_a_photo_is_the_same_again_and_holds_its_quads(seed: int) -> None:
    picture = draw(make(seed), seed, basic_faces())
    photo = photograph(picture, seed)
    assert photo.image.mode == "RGB" and max(photo.image.size) <= 1600
    assert [line.text for line in photo.lines] == [line.text for line in picture.lines]
    for line in photo.lines:
        for x, y in line.quad.points:
            assert -1 <= x <= photo.image.width + 1 and -1 <= y <= photo.image.height + 1
    again = photograph(picture, seed)
    assert again.image.tobytes() == photo.image.tobytes() and again.lines == photo.lines


@pytest.mark.parametrize("seed", range(12))
def test_quads_follow_what_is_photographed(seed: int) -> None:
    photo = photograph(stamp(), seed)
    pixels = np.asarray(photo.image.convert("L"), dtype=np.float32)
    for line in photo.lines:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = line.quad.points
        middle = ((ax + bx + cx + dx) / 4, (ay + by + cy + dy) / 4)
        up = ((ax + bx - dx - cx) / 2, (ay + by - dy - cy) / 2)  # from the foot of the bar to its head
        inside = pixels[int(middle[1]), int(middle[0])]
        above = pixels[int(middle[1] + up[1] * 0.9), int(middle[0] + up[0] * 0.9)]
        assert inside < above - 20


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**40), st.booleans(), st.floats(0, 1), st.floats(0, 1))
def test_a_bend_can_be_undone(seed: int, flat: bool, across: float, down: float) -> None:
    bend = choose_bend(Random(seed), (600, 1400), flat)
    point = (600 * across, 1400 * down)
    placed = bend.place(point)
    assert bend.lift(np.array([placed]))[0] == pytest.approx(point, abs=1e-6)
    assert -30 <= placed[0] <= bend.size[0] + 30 and -30 <= placed[1] <= bend.size[1] + 30


def test_a_homography_takes_corners_to_corners() -> None:
    corners = [(0.0, 0.0), (10.0, 0.0), (10.0, 20.0), (0.0, 20.0)]
    targets = [(1.0, 2.0), (9.0, 1.0), (12.0, 22.0), (-1.0, 19.0)]
    matrix = homography(corners, targets)
    for corner, target in zip(corners, targets, strict=True):
        u, v, w = matrix @ np.array([*corner, 1.0])
        assert (u / w, v / w) == pytest.approx(target)


@pytest.mark.parametrize("seed", range(20))
def test_wear_keeps_to_its_bounds(seed: int) -> None:
    random, shape = Random(seed), (200, 120)
    ink = worn_ink(random, np.zeros(shape, dtype=np.float32))
    assert ink.shape == shape and 0 <= ink.min() and 0 < ink.max() <= 1
    blank = worn_ink(random, np.full(shape, 255, dtype=np.float32))
    assert not blank.any()
    sheet = paper(random, shape, seed % 2 == 0)
    assert sheet.shape == shape and sheet.min() > 0.1
    assert 0.5 < shadow(random, shape).min() and shadow(random, shape).max() <= 1
    assert np.abs(clouds(random, shape, (4, 4))).max() < 1.5


@pytest.mark.parametrize("seed", range(8))
def test_tables_are_pictures_of_their_size(seed: int) -> None:
    image = table(Random(seed), (301, 203))
    assert image.mode == "RGB" and image.size == (301, 203)


def test_only_known_families_are_used() -> None:
    faces = find_faces()
    assert faces[0] is BUILT_IN
    assert {face.name for face in faces[1:]} <= FAMILIES.keys()
    assert all(face.kind == FAMILIES[face.name][0] for face in faces[1:])
    assert {face.kind for face in basic_faces()} <= {MONO, SANS}


def test_fonts_are_looked_for_where_the_environment_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = next((face for face in find_faces() if face.regular), None)
    if known is None:
        pytest.skip("no font file on this machine")
    folder = tmp_path / "deep"
    folder.mkdir()
    (folder / f"caveat-latin-400-normal{Path(known.regular[0]).suffix}").write_bytes(
        Path(known.regular[0]).read_bytes()
    )
    (folder / "unknown-regular.ttf").write_bytes(b"no font")
    monkeypatch.setenv("EDGEKIT_FONTS", str(tmp_path))
    found = find_faces.__wrapped__()
    caveat = next(face for face in found if face.name == "caveat")
    assert caveat.kind == HAND and caveat.regular[0].startswith(str(tmp_path))


def test_a_shop_may_have_a_face_of_its_own() -> None:
    shown = Face("shown", DISPLAY, next((face.regular for face in basic_faces() if face.regular), ()), ())
    changed = 0
    for seed in range(20):
        receipt = make(seed)
        plain, other = (draw(receipt, seed, faces) for faces in (basic_faces(), (*basic_faces(), shown)))
        assert [line.text for line in plain.lines] == [line.text for line in other.lines]
        assert [line.style for line in plain.lines] == [line.style for line in other.lines]
        moved = [a for a, b in zip(plain.lines, other.lines, strict=True) if a.quad != b.quad]
        assert all(line.role is Role.VENDOR for line in moved)
        for line in other.lines:
            assert 0 <= line.quad.top_left[0] < line.quad.bottom_right[0] <= other.image.width
        changed += bool(moved)
    assert 3 <= changed <= 14


def test_a_text_goes_to_a_file_that_has_its_characters() -> None:
    path, bold = file_for("TOTAL 1,00 €", BUILT_IN, False)
    assert not bold and load(path, 20).getlength("TOTAL") > 0
    assert file_for("", BUILT_IN, True) == ("", False)
