"""Annotated pages for tests of the measuring, and a system that reads what it is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from edgekit.types import Quad, TextLine
from models.evaluate.scanning import Scanned

LINES = ["TOTAL 12.50", "CASH 20.00", "CHANGE 7.50"]


def drawn(folder: Path, pictures: int = 1) -> Path:
    """A set of so many pictures of three lines."""
    folder.mkdir()
    page, font = Image.new("RGB", (300, 130), "white"), ImageFont.load_default(24)
    pen, lines = ImageDraw.Draw(page), []
    for i, text in enumerate(LINES):
        pen.text((12, 10 + 40 * i), text, "black", font)
        left, top, right, bottom = pen.textbbox((12, 10 + 40 * i), text, font)
        lines.append({"text": text, "quad": [left, top, right, top, right, bottom, left, bottom]})
    rows = []
    for i in range(pictures):
        page.save(folder / f"{i}.png")
        rows += [{"file": f"{i}.png", "split": "test", "lines": lines}, {"file": f"{i}.png", "split": "bare"}]
    (folder / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))


class Fixed:
    """Reads the same texts at the same places on every page; ``calls`` counts what it was asked."""

    def __init__(self, texts: Sequence[str], quads: Sequence[Quad] = (), about: str = "") -> None:
        self.texts = list(texts)
        self.quads = tuple(quads)
        self.about = about
        self.calls = 0

    def read(self, image: Image.Image, quads: Sequence[Quad]) -> list[str]:
        self.calls += 1
        return self.texts[: len(quads)]

    def scan(self, image: Image.Image) -> Scanned:
        self.calls += 1
        lines = tuple(TextLine(text, quad, 1.0) for text, quad in zip(self.texts, self.quads, strict=False))
        return Scanned(self.quads, lines, 0.25, 0.5)
