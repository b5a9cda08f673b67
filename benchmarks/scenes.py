"""Ways for a receipt to lie before the camera: turned, tilted, far away, seen askew, bent, and very long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np
from PIL import Image

from edgekit.types import Point
from models.synthetic import Picture, SyntheticReceipt, draw, make
from models.synthetic.bending import Bend, homography
from models.synthetic.tables import table
from models.synthetic.writing import label_row

UPRIGHT = "upright"
GREY = (128, 128, 128)
_LONGEST = 4000
"""Pixels of a long receipt's long side: what a phone's camera has."""
_GAP = 12
"""Pixels of bare paper between the items of two receipts."""


@dataclass(frozen=True, slots=True)
class View:
    """How a photo is changed. turn: degrees clockwise of a quarter turn, which the receipt's rotation must undo.

    draw: photo and seed -> photo.
    """

    group: str
    name: str
    draw: Callable[[Image.Image, int], Image.Image]
    turn: int = 0


def turned(photo: Image.Image, degrees: float) -> Image.Image:
    """The photo turned clockwise on a grey canvas that holds all of it; quarter turns are exact."""
    return photo.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=GREY)


def redrawn(photo: Image.Image) -> Image.Image:
    """The photo shifted by half a pixel: what drawing it once more costs, without any turn."""
    half = (1.0, 0.0, 0.5, 0.0, 1.0, 0.5)
    return photo.transform(photo.size, Image.Transform.AFFINE, half, Image.Resampling.BICUBIC, fillcolor=GREY)


def with_room(photo: Image.Image, degrees: float) -> Image.Image:
    """The photo redrawn, upright, on the canvas that holds it tilted: the cost of a larger picture without the tilt."""
    room = Image.new("RGB", turned(photo, degrees).size, GREY)
    room.paste(redrawn(photo), ((room.width - photo.width) // 2, (room.height - photo.height) // 2))
    return room


def framed(photo: Image.Image, times: int, seed: int) -> Image.Image:
    """The photo, at its own size, somewhere on a table of ``times`` its sides."""
    random = Random(f"frame {seed}")
    size = (photo.width * times, photo.height * times)
    scene = table(random, (size[0] // 2, size[1] // 2)).resize(size, Image.Resampling.BILINEAR)
    at = (random.randint(0, size[0] - photo.width), random.randint(0, size[1] - photo.height))
    scene.paste(photo, at)
    return scene


def leaning(photo: Image.Image, share: float) -> Image.Image:
    """The photo seen from its lower (share above 0) or left side: the far edge is shorter by ``share``."""
    width, height = photo.size
    dx, dy = abs(share) * width / 2, abs(share) * height / 2
    if share > 0:
        corners: list[Point] = [(dx, 0.0), (width - dx, 0.0), (width, height), (0.0, height)]
    else:
        corners = [(0.0, 0.0), (width, dy), (width, height - dy), (0.0, height)]
    sheet: list[Point] = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    return Bend(photo.size, photo.size, homography(sheet, corners), (0, 1, 0), (0, 1, 0)).apply(photo, GREY)


def bent(photo: Image.Image, height: float) -> Image.Image:
    """The photo of a sheet that bulges: lines are arcs that rise by ``height`` of the picture's width."""
    wave = (-height * photo.width, 1.0, 0.0)
    return Bend(photo.size, photo.size, np.eye(3), wave, (0, 1, 0)).apply(photo, GREY)


def long_receipt(seed: int, ratio: float) -> tuple[dict[str, Any], Image.Image]:
    """A print ``ratio`` times as long as wide, and its label row: items of other receipts go in below its own.

    ``lines`` of the row hold the texts of all lines, in no order.
    """
    receipt = _listing(seed * 100)
    page = draw(receipt, receipt.seed)
    top, bottom = page.image.crop((0, 0, page.image.width, _end_of_items(page))), _end_of_items(page)
    strips, texts = [top], [line.text for line in page.lines]
    rest = page.image.crop((0, bottom, page.image.width, page.image.height))
    more = seed * 100
    while sum(strip.height for strip in strips) + rest.height < ratio * page.image.width:
        more += 1
        strip, said = _items(draw(_listing(more), more), page.image.width)
        strips.append(strip)
        texts += said
    image = _stacked([*strips, rest])
    shrink = min(1.0, _LONGEST / image.height)
    size = (round(image.width * shrink), round(image.height * shrink))
    row = label_row(receipt, page.lines, size, f"long-{seed}", "long")
    row["lines"] = [{"text": text} for text in texts]
    return row, image.resize(size, Image.Resampling.BOX if shrink < 0.6 else Image.Resampling.BILINEAR).convert("RGB")


def _listing(seed: int) -> SyntheticReceipt:
    """A receipt with a list of items; parking tickets and card slips have none."""
    while True:
        receipt = make(seed)
        if sum(any(word.item >= 0 for word in line.words) for line in receipt.lines) > 2:
            return receipt
        seed += 50_000


def _item_ends(page: Picture) -> tuple[int, int]:
    inside = [line.quad for line in page.lines if any(word.item >= 0 for word in line.words)]
    return round(min(q.top_left[1] for q in inside)), round(max(q.bottom_left[1] for q in inside))


def _end_of_items(page: Picture) -> int:
    return _item_ends(page)[1] + 1


def _items(page: Picture, width: int) -> tuple[Image.Image, list[str]]:
    """The rows of items of a print as a strip of some width, and what they say."""
    top, bottom = _item_ends(page)
    ends = [(line.text, line.quad.top_left[1], line.quad.bottom_left[1]) for line in page.lines]
    said = [text for text, first, last in ends if top - 1 <= first and last <= bottom + 1]
    strip = page.image.crop((0, max(0, top - _GAP), page.image.width, bottom + 1))
    return strip.resize((width, max(1, round(strip.height * width / strip.width)))), said


def _stacked(strips: list[Image.Image]) -> Image.Image:
    whole = Image.new("L", (strips[0].width, sum(strip.height for strip in strips)), 255)
    y = 0
    for strip in strips:
        whole.paste(strip, (0, y))
        y += strip.height
    return whole


def _turn(degrees: int) -> View:
    return View("turn", str(degrees), lambda photo, _: turned(photo, degrees), degrees)


def _tilt(degrees: int) -> View:
    return View("tilt", f"{degrees:+d}", lambda photo, _: turned(photo, degrees))


def _frame(times: int) -> View:
    return View("frame", f"1/{times}", lambda photo, seed: framed(photo, times, seed))


VIEWS = (
    *(_turn(degrees) for degrees in (90, 180, 270)),
    View("tilt", "0 redrawn", lambda photo, _: redrawn(photo)),
    View("tilt", "0 with room", lambda photo, _: with_room(photo, 20)),
    *(_tilt(degrees) for degrees in (-20, -15, -10, -5, 5, 10, 15, 20)),
    *(_frame(times) for times in (2, 3, 4)),
    View("lean", "below", lambda photo, _: leaning(photo, 0.2)),
    View("lean", "side", lambda photo, _: leaning(photo, -0.2)),
    View("bend", "1 %", lambda photo, _: bent(photo, 0.01)),
    View("bend", "2 %", lambda photo, _: bent(photo, 0.02)),
)
GROUPS = tuple(dict.fromkeys(view.group for view in VIEWS))
RATIOS = (3, 4, 8, 12)
"""Lengths of long receipts by their width; the first is a usual one, and what the others are compared with."""
