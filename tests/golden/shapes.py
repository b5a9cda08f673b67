"""Quads, pictures, heat maps and steps, drawn by lot: inputs of the functions that reckon with places and pixels."""

from __future__ import annotations

import base64
import math
from random import Random
from typing import Any

import numpy as np

from edgekit.types import Quad
from golden.plain import plain


def tilted(random: Random, tilt: float) -> Quad:
    angle = random.uniform(-tilt, tilt)
    x, y, w, h = (random.uniform(a, b) for a, b in ((20, 300), (20, 300), (10, 500), (5, 40)))
    u, v = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))
    corners = ((0.0, 0.0), (w, 0.0), (w, h), (0.0, h))
    return Quad(*((x + a * u[0] + b * v[0], y + a * u[1] + b * v[1]) for a, b in corners))


def quads(random: Random) -> dict[str, Any]:
    return {
        "quads": [plain(tilted(random, random.choice((0.0, 0.2, 3.0)))) for _ in range(random.randint(1, 9))],
        "point": [random.uniform(-50, 500), random.uniform(-50, 500)],
        "size": [random.randint(1, 700), random.randint(1, 90)],
        "degrees": random.uniform(-180, 180),
    }


def noise(random: Random, width: int = 31, height: int = 23) -> dict[str, Any]:
    data = bytes(random.randrange(256) for _ in range(width * height * 3))
    return {"width": width, "height": height, "rgb": base64.b64encode(data).decode("ascii")}


def crop(random: Random) -> dict[str, Any]:
    x, y, w, h = (random.uniform(a, b) for a, b in ((-4, 12), (-4, 10), (4, 30), (3, 24)))
    corners = ((x, y), (x + w, y), (x + w, y + h), (x, y + h))
    moved = [c + random.uniform(-2, 2) for corner in corners for c in corner]
    return {
        "picture": noise(random),
        "quad": moved,
        "width": random.choice((1, 9, 16, 40)),
        "height": random.randint(2, 12),
    }


def view(random: Random) -> dict[str, Any]:
    """An area of a picture, level or not, larger or smaller than the size it is seen at."""
    case = {"picture": noise(random, 40, 30), "width": random.randint(5, 60), "height": random.randint(5, 60)}
    left, top = random.randint(0, 10), random.randint(0, 10)
    right, bottom = random.randint(15, 40), random.randint(15, 30)
    lean = random.choice((0.0, 0.0, 0.3, -0.1))
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return {**case, "area": [c for x, y in corners for c in turned(float(x), float(y), lean)]}


def heat(random: Random, number: int) -> dict[str, Any]:
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


def steps(random: Random, number: int) -> dict[str, Any]:
    steps = [random.choice((0, 0, random.randrange(1, 300))) for _ in range(number * 5)]
    steps = [step for step in steps for _ in range(random.randint(1, 3))] or [0]
    return {"steps": steps, "chances": [round(random.random(), 4) for _ in steps]}


def scattered(random: Random, lines: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    """The lines in another order, turned about a corner by some degrees."""
    angle = math.radians((0, 3, -8, 90, 170)[number % 5])
    found = []
    for line in random.sample(lines, len(lines)):
        points = zip(line["quad"][::2], line["quad"][1::2], strict=True)
        corners = [c for x, y in points for c in turned(x, y, angle)]
        found.append({**line, "quad": corners})
    return found


def turned(x: float, y: float, angle: float) -> tuple[float, float]:
    return x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)
