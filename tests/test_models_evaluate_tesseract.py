"""Tesseract as a program: its table, and what is said where it cannot be used."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from annotated import LINES, box, drawn

from edgekit.errors import BackendError, UsageError
from models.evaluate.tesseract import Tesseract, lines_of
from models.evaluate.truth import pages

TABLE = """\
level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext
1\t1\t0\t0\t0\t0\t0\t0\t300\t130\t-1\t
4\t1\t1\t1\t1\t0\t12\t18\t106\t16\t-1\t
5\t1\t1\t1\t1\t1\t12\t18\t74\t16\t96.0\tTOTAL
5\t1\t1\t1\t1\t2\t95\t17\t23\t18\t94.0\t12.50
5\t1\t1\t1\t2\t1\t12\t58\t23\t16\t90.0\t"CASH
5\t2\t1\t1\t1\t1\t12\t58\t23\t16\t95.0\t \n"""


def test_words_are_joined_to_lines() -> None:
    first, second = lines_of(TABLE)
    assert (first.text, second.text) == ("TOTAL 12.50", '"CASH')
    assert first.quad == box(12, 17, 118, 35)
    assert first.confidence == pytest.approx(0.95)


def program(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a shell script in Tesseract's place."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


ANSWERS = 'case "$1" in --version) echo tesseract 5.3.0;; --list-langs) echo eng;; *) {};; esac'


def test_lines_that_are_blank_get_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "table").write_text(TABLE, "utf-8")
    program(tmp_path, ANSWERS.format(f"cat {tmp_path}/table"), monkeypatch)
    (page,) = pages(drawn(tmp_path / "some"), "test")
    system = Tesseract(threads=1)
    assert system.about == "tesseract 5.3.0, eng, modes 7 and 4"
    assert system.read(page.image, page.quads) == [
        'TOTAL 12.50 "CASH',
        "",
        "",
    ]  # all of the table's words are of page 1
    assert system.read(page.image, []) == []
    scanned = system.scan(page.image)
    assert len(scanned.lines) == len(scanned.quads) == 2 and scanned.finding is None


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo tesseract 4.1.1", "is 4.1.1; install version 5"),
        ("echo nothing", "is of no known version"),
        ('[ "$1" = --version ] && echo tesseract 5.3.0 || echo deu', "no English model"),
    ],
)
def test_another_tesseract_is_refused(
    script: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, script, monkeypatch)
    with pytest.raises(UsageError, match=message):
        Tesseract(threads=1)


def test_a_failure_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, ANSWERS.format("echo out of paper >&2; exit 3"), monkeypatch)
    (page,) = pages(drawn(tmp_path / "some"), "test")
    with pytest.raises(BackendError, match="failed with status 3: out of paper"):
        Tesseract(threads=1).scan(page.image)


def test_none_is_an_error_with_its_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="apt-get install tesseract-ocr tesseract-ocr-eng"):
        Tesseract(threads=1)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_the_real_one_reads(tmp_path: Path) -> None:
    (page,) = pages(drawn(tmp_path / "some"), "test")
    system = Tesseract(threads=1)
    assert system.read(page.image, page.quads)[1] == LINES[1]
    assert len(system.scan(page.image).lines) == 3
