"""Tesseract 5 (https://github.com/tesseract-ocr/tesseract, Apache-2.0), run as the program that people install."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from edgekit.errors import BackendError, UsageError
from edgekit.geometry import quad_size
from edgekit.image import crop
from edgekit.types import Quad, TextLine
from models.evaluate.scanning import Scanned

LINE, PAGE = 7, 4
"""Its modes of segmentation: a picture of one line; a column of text of varying sizes."""
_BORDER = 10  # pixels of paper around a crop: its documentation asks for them
_LEAST = 32  # a lower crop is enlarged to this height
_WORD = "5"


class Tesseract:
    """Reads crops of lines, and finds and reads the lines of a page, with its English model."""

    def __init__(self, threads: int) -> None:
        """Raises UsageError where there is no Tesseract 5 with English."""
        self._program = _program()
        self._environment = {**os.environ, "OMP_THREAD_LIMIT": str(threads)}
        self.about = f"tesseract {self._version()}, eng, modes {LINE} and {PAGE}"

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[str]:
        """The text of each quad."""
        if not quads:
            return []
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(Path(folder, f"{i}.png")) for i in range(len(quads))]
            for path, quad in zip(paths, quads, strict=True):
                _framed(image, quad).save(path, compress_level=1)
            listing = Path(folder, "list.txt")  # one process for all: it opens its model once
            listing.write_text("\n".join(paths), encoding="utf-8")
            table = self._run([str(listing), "stdout", "--psm", str(LINE), "-l", "eng", "tsv"])
        texts = [""] * len(quads)
        for word in words_of(table):
            page = int(word["page_num"]) - 1
            texts[page] = f"{texts[page]} {word['text'].strip()}".strip()
        return texts

    def scan(self, image: Image.Image) -> Scanned:
        """The lines of a page, each in the upright rectangle around its words; it finds and reads them in one."""
        started = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "page.png")
            image.save(path, compress_level=1)
            table = self._run([str(path), "stdout", "--psm", str(PAGE), "-l", "eng", "tsv"])
        lines = tuple(lines_of(table))
        return Scanned(tuple(line.quad for line in lines), lines, None, time.perf_counter() - started)

    def _version(self) -> str:
        words = self._run(["--version"]).split()
        version = words[1] if len(words) > 1 else "of no known version"
        if not version.startswith("5."):
            raise UsageError(f"{self._program}: is {version}; install version 5, or leave it out with --system")
        if "eng" not in self._run(["--list-langs"]).split():
            raise UsageError(f"{self._program}: has no English model (Debian: apt-get install tesseract-ocr-eng)")
        return version

    def _run(self, arguments: Sequence[str]) -> str:
        done = subprocess.run(
            [self._program, *arguments], capture_output=True, env=self._environment, check=False, encoding="utf-8"
        )
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise BackendError(f"{self._program} failed with status {done.returncode}: {said}")
        return done.stdout


def words_of(table: str) -> Iterator[Mapping[str, str]]:
    """Rows of Tesseract's table (``tsv``) that are words with text, in its order."""
    for row in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] == _WORD and (row["text"] or "").strip():
            yield row


def lines_of(table: str) -> list[TextLine]:
    """Lines of the table of one page."""
    lines: dict[tuple[str, ...], list[Mapping[str, str]]] = {}
    for word in words_of(table):
        lines.setdefault((word["block_num"], word["par_num"], word["line_num"]), []).append(word)
    return [_line(words) for words in lines.values()]


def _line(words: Sequence[Mapping[str, str]]) -> TextLine:
    boxes = [[float(word[side]) for side in ("left", "top", "width", "height")] for word in words]
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(x + width for x, _, width, _ in boxes), max(y + height for _, y, _, height in boxes)
    sure = sum(float(word["conf"]) for word in words) / (100 * len(words))
    quad = Quad((left, top), (right, top), (right, bottom), (left, bottom))
    return TextLine(" ".join(word["text"].strip() for word in words), quad, sure)


def _program() -> str:
    found = shutil.which("tesseract")
    if found is None:
        raise UsageError(
            "tesseract: is not installed (Debian: apt-get install tesseract-ocr tesseract-ocr-eng); "
            "install it, or name the other systems with --system"
        )
    return found


def _framed(image: Image.Image, quad: Quad) -> Image.Image:
    """A line at its own size, with a border of the grey that most of it has: paper outweighs ink."""
    length, thickness = quad_size(quad)
    height = max(round(thickness), _LEAST)
    width = max(round(length * height / max(thickness, 1e-6)), 8)
    pixels = crop(image, quad, width, height)
    paper = tuple(int(level) for level in np.median(pixels, axis=(0, 1)))
    return ImageOps.expand(Image.fromarray(pixels), _BORDER, paper)
