from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from places import EXAMPLE, ROOT

from edgekit.decode import DecodeParams, load

README = (ROOT / "README.md").read_text(encoding="utf-8")


def output_of(*words: str) -> str:
    command = [sys.executable, *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def test_the_example_picture_is_what_its_script_draws(tmp_path: Path) -> None:
    output_of("examples/make_receipt.py", str(tmp_path / "drawn.jpg"))
    assert EXAMPLE.stat().st_size < 150_000
    drawn, kept = (np.asarray(Image.open(path), dtype=float) for path in (tmp_path / "drawn.jpg", EXAMPLE))
    assert drawn.shape == kept.shape
    assert np.abs(drawn - kept).mean() < 1  # builds of FreeType and of JPEG differ in a few grey levels


def test_the_example_script_prints_what_the_readme_shows() -> None:
    script = (ROOT / "examples" / "read_receipt.py").read_text(encoding="utf-8")
    shown = re.findall(r"```(?:python|text)\n(.*?)```", README, re.DOTALL)
    assert script in shown
    assert output_of("examples/read_receipt.py") in shown


def test_the_card_in_the_readme_is_the_real_one() -> None:
    card = output_of("-m", "edgekit", "read", "examples/receipt.jpg")
    assert _without_confidences(card) in _without_confidences(README)


def _without_confidences(text: str) -> str:
    """Their second digit may differ between versions of the engine."""
    return re.sub(r" [01]\.\d\d  ", " #  ", text)


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "WEBP", "GIF"])
def test_the_example_is_decoded_from_every_format(form: str) -> None:
    buffer = io.BytesIO()
    with Image.open(EXAMPLE) as picture:
        picture.save(buffer, form)
        size = picture.size
    photo = load(buffer.getvalue(), DecodeParams(10**7, 10**7, 1000, 6.5, 10**7))
    assert (photo.width, photo.height) == size
