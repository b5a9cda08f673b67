"""What the cases are made of: texts, quads, heat maps, papers and pictures, by seed. Kept once they are written."""

from __future__ import annotations

import base64
import math
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from edgekit.layout import LayoutParams, rows
from edgekit.types import Quad, TextLine
from golden import prints
from golden.extraction import scores_of
from golden.functions import extract_params
from golden.plain import plain
from models.synthetic import SyntheticReceipt, draw, make, photograph

PAPERS = 48
PICTURES = 32
_LIKE = {"0": "O", "O": "0", "1": "l", "I": "1", "l": "I", "5": "S", "S": "5", "8": "B", "B": "8", ".": ",", ",": "."}
_LONGEST = 960
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
    for seed in range(PAPERS):
        receipt, random = make(seed + 9_000), Random(f"paper {seed}")
        share = (0.0, 0.01, 0.04)[seed % 3]
        lines = [_line(random, line.text, line.quad, share) for line in receipt.lines]
        paper = {"lines": [_written(line) for line in lines], "rows": plain(rows(lines, _LAYOUT))}
        found.append({**paper, "scores": scores_of(paper)})
    return [*found, {"lines": [], "rows": [], "scores": []}]


_LAYOUT = LayoutParams(reach=0.5, overlap=0.3, probe_lines=3, probe_length=6.0, upright_confidence=0.92)


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
    return list(dict.fromkeys([*prints.TEXTS, *some, *(misread(random, text, 0.15) for text in some)]))


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
        "quads": [_quads(random) for _ in range(24)],
        "resize": [{"picture": _noise(random), "width": w, "height": h} for w, h in _SIZES],
        "turn": [{"picture": _noise(random), "degrees": degrees} for degrees in (0, 90, 180, 270)],
        "reduce": [{"picture": _noise(random), "factor": factor} for factor in (2, 3, 4, 8)],
        "crop": [_crop(random) for _ in range(16)],
        "photo": [{"width": w, "height": h} for w, h in _PHOTOS],
        "heat": [_heat(random, i) for i in range(16)],
        "input_size": [{"width": w, "height": h} for w, h in _PHOTOS],
        "ctc": [_steps(random, i) for i in range(12)],
        "batches": [{"quads": [plain(_tilted(random, 0.1)) for _ in range(n)]} for n in (0, 1, 7, 30)],
        "layout": [{"lines": _scattered(random, paper["lines"], i)} for i, paper in enumerate(found[:16])],
        "calibration": _raw(random),
        "manifest": _manifests(),
    }


_SIZES = ((8, 8), (40, 40), (17, 5), (5, 23), (31, 29), (64, 3))
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


def _tilted(random: Random, tilt: float) -> Quad:
    angle = random.uniform(-tilt, tilt)
    x, y, w, h = (random.uniform(a, b) for a, b in ((20, 300), (20, 300), (10, 500), (5, 40)))
    u, v = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    corners = ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h))
    return Quad(*((x + a * u[0] + b * v[0], y + a * u[1] + b * v[1]) for a, b in corners))


def _quads(random: Random) -> dict[str, Any]:
    return {
        "quads": [plain(_tilted(random, random.choice((0.0, 0.2, 3.0)))) for _ in range(random.randint(1, 9))],
        "point": [random.uniform(-50, 500), random.uniform(-50, 500)],
        "size": [random.randint(1, 700), random.randint(1, 90)],
        "degrees": random.uniform(-180, 180),
    }


def _noise(random: Random, width: int = 31, height: int = 23) -> dict[str, Any]:
    data = bytes(random.randrange(256) for _ in range(width * height * 3))
    return {"width": width, "height": height, "rgb": base64.b64encode(data).decode("ascii")}


def _crop(random: Random) -> dict[str, Any]:
    x, y, w, h = (random.uniform(a, b) for a, b in ((-4, 12), (-4, 10), (4, 30), (3, 24)))
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    moved = [c + random.uniform(-2, 2) for corner in corners for c in corner]
    return {
        "picture": _noise(random),
        "quad": moved,
        "width": random.choice((1, 9, 16, 40)),
        "height": random.randint(2, 12),
    }


def _heat(random: Random, number: int) -> dict[str, Any]:
    """Bars of one slope, blurred by their steps, and specks; the first map is cold."""
    width, height = 96, 64
    heat = np.zeros((height, width), np.uint8)
    slope = random.uniform(-0.2, 0.2) * (number % 3)
    down, across = np.mgrid[:height, :width]
    for _ in range(number):
        x, y, long, thick = random.randrange(90), random.randrange(60), random.randint(3, 60), random.randint(1, 6)
        inside = (across >= x) & (across < x + long) & (np.abs(down - y - slope * (across - x)) * 2 <= thick)
        heat[inside] = random.randint(40, 255)
    if number % 5 == 4:
        heat = np.ascontiguousarray(heat.T)
    shape = {"width": heat.shape[1], "height": heat.shape[0]}
    return {**shape, "heat": base64.b64encode(heat.tobytes()).decode("ascii")}


def _steps(random: Random, number: int) -> dict[str, Any]:
    steps = [random.choice((0, 0, random.randrange(1, 300))) for _ in range(number * 5)]
    steps = [step for step in steps for _ in range(random.randint(1, 3))] or [0]
    return {"steps": steps, "chances": [round(random.random(), 4) for _ in steps]}


def _scattered(random: Random, lines: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The lines in another order, turned about a corner by some degrees."""
    angle = math.radians((0, 3, -8, 90, 170)[number % 5])
    found = []
    for line in random.sample(lines, len(lines)):
        points = zip(line["quad"][::2], line["quad"][1::2], strict=True)
        turned = [c for x, y in points for c in _turned(x, y, angle)]
        found.append({**line, "quad": turned})
    return found


def _turned(x: float, y: float, angle: float) -> tuple[float, float]:
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)


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
        receipt = make(number + 9_100)
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
