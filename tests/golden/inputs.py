"""What the cases are made of: texts, quads, heat maps, papers and pictures, by seed. Kept once they are written."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from PIL import Image
from printed import laid_out

from edgekit.layout import LayoutParams, rows
from edgekit.types import Quad, TextLine
from golden import prints, shapes
from golden.extraction import scores_of
from golden.functions import bundle, extract_params, params
from golden.plain import line_of, plain
from models.synthetic import SyntheticReceipt, draw, make, photograph

PAPERS = 48
PICTURES = 32
_INSTEAD = {26: 9_132}
"""Seeds of pictures in place of those that are so near a limit that engines disagree."""
_LIKE = {"0": "O", "O": "0", "1": "l", "I": "1", "l": "I", "5": "S", "S": "5", "8": "B", "B": "8", ".": ",", ",": "."}
_LONGEST = 960
_STACKED = 8  # receipts of the long paper
_LONG_PHRASE = 16  # letters from which several may be off
_PRINTS = 6  # pictures that are clean prints; the first at twice the size, so that it is reduced
_TURNED = {7: 90, 8: 180, 9: 270, 10: 180}
_TILTED = {11: 6.0, 12: -11.0, 13: 4.0, 14: -23.0}
_COLOURED = 24  # from here on pictures keep their colours


def misread(random: Random, text: str, share: float) -> str:
    """The text with a share of its characters taken for others, lost or doubled."""
    found = []
    for c in text:
        if random.random() >= share:
            found.append(c)
        else:
            found.append(random.choice((_LIKE.get(c, c), "", c + c, c + " ", c.swapcase())))
    return "".join(found).strip() or text


def papers() -> list[dict[str, Any]]:
    """Receipts as text; two in three with reading errors, some lines tilted, some with every line alone."""
    found = []
    layout = params(LayoutParams, "layout")
    for seed in range(PAPERS):
        receipt, random = make(seed + 9_000), Random(f"paper {seed}")
        share = (0.0, 0.01, 0.04)[seed % 3]
        lines = [_line(random, line.text, line.quad, share) for line in receipt.lines]
        paper = {
            "lines": [_written(line) for line in lines],
            "rows": plain(rows(lines, layout)),
        }
        found.append({**paper, "scores": scores_of(paper)})
    return [*found, _long(found), {"lines": [], "rows": [], "scores": []}, *printed_papers()]


def printed_papers() -> list[dict[str, Any]]:
    """The papers of ``prints.PAPERS``, one column for each cell."""
    found = []
    for printed in prints.PAPERS:
        lines, groups = laid_out(printed)
        for group in groups:
            for before, i in pairwise(group):
                if lines[i].text.startswith("~"):
                    lines[i] = _beside(lines[before], lines[i].text[1:])
        paper = {"lines": [_written(line) for line in lines], "rows": groups}
        found.append({**paper, "scores": scores_of(paper)})
    return found


def _beside(line: TextLine, text: str) -> TextLine:
    """A line that starts a third of a text height after another one."""
    (left, top), (right, _), (_, bottom), _ = line.quad.points
    start = round(right + (bottom - top) / 3, 2)
    end = round(start + (right - left) / len(line.text) * len(text), 2)
    return TextLine(text, Quad((start, top), (end, top), (end, bottom), (start, bottom)), line.confidence)


def _long(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Receipts one below the other, with more words than the network takes."""
    lines: list[TextLine] = []
    layout = params(LayoutParams, "layout")
    for paper in found[:_STACKED]:
        bottom = max((y for line in lines for _, y in line.quad.points), default=0.0) + 20
        for line in map(line_of, paper["lines"]):
            lines.append(replace(line, quad=Quad(*((x, round(y + bottom, 2)) for x, y in line.quad.points))))
    paper = {"lines": [_written(line) for line in lines], "rows": plain(rows(lines, layout))}
    return {**paper, "scores": scores_of(paper)}


def _line(random: Random, text: str, quad: Quad, share: float) -> TextLine:
    shifted = quad.map(lambda p: (round(p[0] + random.uniform(-1, 1), 2), round(p[1] + random.uniform(-1, 1), 2)))
    return TextLine(misread(random, text, share), shifted, round(1 - random.random() ** 3 * 0.4, 4))


def _written(line: TextLine) -> dict[str, Any]:
    return {"text": line.text, "quad": plain(line.quad), "confidence": line.confidence}


def texts(found: list[dict[str, Any]]) -> list[str]:
    """Rows of papers, as they are and misread, each once, and prints of every style."""
    random = Random("texts")
    lines = list(dict.fromkeys(line["text"] for paper in found for line in paper["lines"]))
    some = random.sample(lines, 160)
    anchors = [phrase for phrase in _anchors() if len(phrase) >= _LONG_PHRASE]
    anchors = random.sample(anchors, min(40, len(anchors)))
    read = [*(misread(random, text, 0.15) for text in some), *(misread(random, text, 0.12) for text in anchors)]
    return list(dict.fromkeys([*prints.TEXTS, *some, *read]))


def _anchors() -> list[str]:
    """All phrases of the lexicon."""
    lexicon = json.loads(bundle().read_text("lexicon.json"))
    kinds = lexicon["anchors"].values()
    return sorted({phrase for kind in kinds for phrases in kind.values() for phrase in phrases})


def of_functions(found: list[dict[str, Any]]) -> dict[str, list[Any]]:
    """Inputs of every function, by its name."""
    printed = texts(found)
    random = Random("functions")
    masked = [{"text": text, "masked": _ranges(random, text)} for text in printed]
    return {
        "amounts": printed,
        "dates": [*prints.DATES, *printed],
        "times": [*prints.TIMES, *printed],
        "folding": [*masked[:80], *({"text": text, "masked": []} for text in prints.FOREIGN)],
        "anchors": masked,
        "quads": [shapes.quads(random) for _ in range(24)],
        "resize": [
            *({"picture": shapes.noise(random), "width": w, "height": h} for w, h in _SIZES),
            *(
                {"picture": shapes.noise(random, 9, 60), "width": w, "height": h}
                for w, h in ((6, 40), (6, 50), (20, 59))
            ),
        ],
        "turn": [{"picture": shapes.noise(random), "degrees": degrees} for degrees in (0, 90, 180, 270)],
        "reduce": [{"picture": shapes.noise(random), "factor": factor} for factor in (2, 3, 4, 8)],
        "crop": [shapes.crop(random) for _ in range(16)],
        "photo": [{"width": w, "height": h} for w, h in _PHOTOS],
        "view": [shapes.view(random) for _ in range(12)],
        "tiles": [{"width": w, "height": h} for w, h in ((1, 1), (64, 64), (96, 160), (160, 96), (32, 700), (700, 32))],
        "finer": [{"width": w, "height": h, "text": t} for w, h in _PHOTOS for t in (0.0, 1.2, 3.0, 6.4, 9.0)],
        "probes": [{"quads": [plain(shapes.tilted(random, 0.1)) for _ in range(n)]} for n in (0, 1, 7, 30)],
        "heat": [shapes.heat(random, i) for i in range(24)],
        "input_size": [{"width": w, "height": h} for w, h in _PHOTOS],
        "ctc": [shapes.steps(random, i) for i in range(12)],
        "batches": [{"quads": [plain(shapes.tilted(random, 0.1)) for _ in range(n)]} for n in (0, 1, 7, 30)],
        "layout": [{"lines": shapes.scattered(random, paper["lines"], i)} for i, paper in enumerate(found[:16])],
        "calibration": _raw(random),
        "manifest": _manifests(),
    }


_SIZES = ((31, 23), (8, 8), (40, 40), (17, 5), (5, 23), (31, 29), (64, 3))
_PHOTOS = (
    (640, 480),
    (1999, 2600),
    (2000, 2600),
    (3024, 4032),
    (900, 9000),
    (8400, 8100),
    (33, 50),
    (4000, 10),
    (1, 1),
)


def _ranges(random: Random, text: str) -> list[list[int]]:
    if random.random() < 0.6 or len(text) < 4:
        return []
    start = random.randrange(len(text) - 2)
    return [[start, start + random.randint(1, 6)]]


def _raw(random: Random) -> list[dict[str, Any]]:
    found = []
    for rung, fields in extract_params().calibration.items():
        for field in (*fields, "currency"):
            for raw in (0.0, 1.0, round(random.random(), 4), round(random.random() ** 0.1, 4)):
                error = random.choice((0.005, 0.02, 0.05, 0.2))
                found.append({"rung": rung, "field": field, "raw": raw, "review_error": error})
    return found


def _manifests() -> list[dict[str, str]]:
    changes = [{"old": old, "new": new} for old, new in (("", ""), *prints.BREAKS)]
    return [*changes, *({"text": text} for text in prints.NOT_MANIFESTS)]


def pictures(folder: Path) -> None:
    """Draws the pictures of the receipts: prints and photos, small and in 16 colours, as PNG."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(PICTURES):
        receipt = make(_INSTEAD.get(number, number + 9_100))
        _picture(receipt, number).save(folder / f"{number:02d}.png", optimize=True)


def _picture(receipt: SyntheticReceipt, number: int) -> Image.Image:
    drawn = draw(receipt, receipt.seed)
    image = (drawn if number < _PRINTS else photograph(drawn, receipt.seed)).image.convert("RGB")
    if number == 0:
        scale = 2040 / min(image.size)
    else:
        scale = min(1.0, _LONGEST / max(image.size))
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    if number in _TURNED:
        image = image.rotate(_TURNED[number], expand=True)
    if number in _TILTED:
        image = image.rotate(_TILTED[number], Image.Resampling.BICUBIC, expand=True, fillcolor=(90, 80, 70))
    if number < _COLOURED:
        image = image.convert("L").point(lambda level: round(level / 17) * 17)
    return image.quantize(16, dither=Image.Dither.NONE)
