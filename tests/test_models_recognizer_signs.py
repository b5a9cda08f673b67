from __future__ import annotations

import importlib
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from PIL import Image

from export.recipes.receipt import LATIN_1_AND_EXTENDED_A, PRINTABLE, SIGNS
from models.synthetic import lettering
from models.synthetic.fonts import BUILT_IN, DISPLAY, Face, basic_faces
from models.synthetic.lettering import has_one_case

pytest.importorskip("torch", reason="torch is not installed")
compose: Any = importlib.import_module("models.recognizer.compose")
signs: Any = importlib.import_module("models.recognizer.signs")
data: Any = importlib.import_module("models.recognizer.data")


@pytest.mark.parametrize("seed", range(40))
def test_a_sign_shows_its_text_in_its_quad(seed: int) -> None:
    made, again = signs.sign(seed, basic_faces()), signs.sign(seed, basic_faces())
    assert made.image.tobytes() == again.image.tobytes() and (made.text, made.quad) == (again.text, again.quad)
    assert made.text and set(made.text) <= set(PRINTABLE + LATIN_1_AND_EXTENDED_A + SIGNS + " ")
    xs, ys = zip(*made.quad.points, strict=True)
    assert min(xs) >= 0 and min(ys) >= 0 and max(xs) <= made.image.width and max(ys) <= made.image.height
    left, top, right, bottom = round(min(xs)), round(min(ys)), round(max(xs)), round(max(ys))
    grey = np.asarray(made.image.convert("L"), np.float32)
    assert grey[top:bottom, left:right].std() > 8, "nothing to read in the quad"


def test_codes_and_sums_are_of_their_kind() -> None:
    random = Random(1)
    codes = [signs.code(random) for _ in range(300)]
    assert {"O", "0", "I", "1", "S", "5"} <= set("".join(codes))
    amounts = [signs.amount(random) for _ in range(300)]
    assert all(any(c.isdigit() for c in text) for text in amounts)
    assert any("," in text and "." in text for text in amounts)


def test_names_come_in_several_cases() -> None:
    random = Random(2)
    names = [signs.name(random) for _ in range(60)]
    assert all(names) and any(text.isupper() for text in names) and any(text.islower() for text in names)


def test_a_face_of_capitals_alone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not any(has_one_case(path) for face in basic_faces() for path in (face.regular or ("",)))
    real = lettering._shape
    monkeypatch.setattr(lettering, "_shape", lambda path, character: real(path, character.upper()))
    assert has_one_case.__wrapped__("")


def test_signs_are_written_as_lines(tmp_path: Path) -> None:
    assert compose.main(["--signs", "--count", "12", "--first", "5", "--out", str(tmp_path)]) == 0
    lines = data.read_lines(tmp_path / "lines.jsonl")
    assert [line.part for line in lines] == [data.HELD if seed % 10 == 9 else data.TRAIN for seed in range(5, 17)]
    assert {line.kind for line in lines} == {compose.SIGN}
    for line in lines:
        with Image.open(line.picture) as image:
            assert image.mode == "RGB" and image.height > 20


def test_names_are_told_from_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are never set in a face for names."""
    used: list[str] = []
    real = signs.file_for

    def noted(text: str, face: Face, bold: bool) -> tuple[str, bool]:
        used.append(face.kind)
        return real(text, face, bold)  # type: ignore[no-any-return]

    monkeypatch.setattr(signs, "file_for", noted)
    monkeypatch.setattr(signs, "name", lambda random: "Any Name")
    faces = (BUILT_IN, Face("shown", DISPLAY, BUILT_IN.regular, ()))
    kinds: dict[bool, set[str]] = {True: set(), False: set()}
    for seed in range(40):
        used.clear()
        kinds[signs.sign(seed, faces).text.lower() == "any name"].add(used[0])
    assert DISPLAY in kinds[True] and DISPLAY not in kinds[False]
