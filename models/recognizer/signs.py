"""Single lines as on signs: names and headings in any face and colour, and codes and sums whose signs are alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from edgekit.types import Point, Quad
from models.synthetic import make
from models.synthetic.bending import homography
from models.synthetic.fonts import DISPLAY, HAND, MONO, SANS, Face, file_for, find_faces, load
from models.synthetic.lettering import has_one_case
from models.synthetic.tables import table
from models.synthetic.truth import Role

_NAMES = frozenset({Role.VENDOR, Role.VENDOR_OTHER, Role.HEADER, Role.THANKS})
_ALIKE = ("O0", "I1", "S5", "B8", "Z2", "G6", "D0", "T7")
"""Letters and digits that are taken for each other."""
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Sign:
    """A picture (``RGB``) of one line, where it stands in it, and what it says."""

    image: Image.Image
    quad: Quad
    text: str


def sign(seed: int, faces: Sequence[Face] | None = None) -> Sign:
    """The sign of a seed; the same for the same faces and Pillow. faces: by default those of ``find_faces``."""
    random = Random(f"sign {seed}")
    known = [face for face in (find_faces() if faces is None else faces) if face.kind != HAND]
    named = random.random() < 0.6
    text = name(random) if named else random.choice((code, amount, amount))(random)
    shop = [face for face in known if face.kind == DISPLAY]
    face = random.choice(shop if named and shop and random.random() < 0.85 else _plain(known, named))
    path, _ = file_for(text, face, random.random() < 0.3)
    if has_one_case(path):
        text = text.upper()
    return _seen(random, *_lettered(random, text, path), text, named)


def _plain(known: Sequence[Face], named: bool) -> Sequence[Face]:
    """The faces for print; for what is no name, without those of dots, whose zero may be an O."""
    found = [face for face in known if face.kind != DISPLAY]
    return found if named else [face for face in found if face.kind in (MONO, SANS)] or found


def name(random: Random) -> str:
    """What stands at the head or the foot of a receipt, in one of the cases it may be set in."""
    lines = [line for line in make(random.randrange(10**6)).lines if line.role in _NAMES and not line.style.hand]
    text = random.choice(lines).text if lines else "WELCOME"
    words = text[:_LONGEST].split()
    text = " ".join(words[: random.choice((1, 2, 3, 9))])
    return random.choices((text, text.upper(), text.title(), text.lower()), (40, 40, 12, 8))[0]


def code(random: Random) -> str:
    """A short code of capitals and digits; every other of its signs is easily taken for another."""
    signs = "".join(
        random.choice(random.choice(_ALIKE)) if random.random() < 0.5 else random.choice("ACEFHJKLMNPQRUVWXY3479")
        for _ in range(random.randrange(3, 12))
    )
    if random.random() < 0.5:
        at = random.randrange(1, len(signs))
        signs = signs[:at] + random.choice("-/.: ") + signs[at:]
    return random.choice(("", "", "", "#", "No. ", "INV ", "Ref: ")) + signs


def amount(random: Random) -> str:
    """A sum, a quantity, a share, a day or a time."""
    whole, cents = (
        random.choice((random.randrange(10), random.randrange(200), random.randrange(30000))),
        random.random(),
    )
    number = f"{whole:,}.{cents * 100:02.0f}" if cents < 0.99 else f"{whole}.00"
    if random.random() < 0.3:
        number = number.translate(str.maketrans(",.", ".,"))
    day, month, year = random.randrange(1, 32), random.randrange(1, 13), random.randrange(2005, 2031)
    mark, half = random.choice("/-."), random.choice(("AM", "PM", "am", "pm"))
    return random.choice(
        (number, number, f"${number}", f"RM {number}", f"RM{number}", f"{number} €", f"£{number}", f"-{number}",
         f"({number})", f"{number} SR", f"{number}T", f"{random.randrange(1, 30)} x {number}", f"{whole % 100}%",
         f"{number}%", f"{day:02}{mark}{month:02}{mark}{year}", f"{month}{mark}{day}{mark}{year % 100:02}",
         f"{whole % 24:02}:{day:02}:{month:02}", f"{whole % 12 + 1}:{day + 10} {half}",
         "".join(random.choice("0123456789") for _ in range(random.randrange(4, 16))))
    )  # fmt: skip


def _lettered(random: Random, text: str, path: str) -> tuple[Image.Image, tuple[int, int, int, int]]:
    """The ink of a line (``L``), with room around it and often a neighbour above or below; and the box of the line."""
    size = random.uniform(28, 64)
    font = load(path, round(size))
    gap = random.uniform(0.02, 0.4) * size if random.random() < 0.2 else 0.0
    room = round(size)
    width = round(font.getlength(text) + gap * (len(text) - 1)) + 4 * room
    rise, fall = font.getmetrics()
    plate = Image.new("L", (width, rise + fall + 3 * room), 0)
    _write(plate, (2 * room, rise + room), text, path, size, gap)
    box = plate.getbbox() or (0, 0, *plate.size)
    band = font.getbbox("x", anchor="ls")
    box = (box[0], min(box[1], rise + room + round(band[1])), box[2], max(box[3], rise + room))
    if random.random() < 0.3:
        away = (box[3] - box[1]) + random.uniform(0.3, 0.8) * size
        y = rise + room + random.choice((-away, away))
        _write(plate, (2 * room, y), name(random), file_for("ABC", random.choice(find_faces()), False)[0], size, 0)
    if random.random() < 0.12:  # a rule above or below
        y = random.choice((box[1] - round(0.25 * size), box[3] + round(0.2 * size)))
        ImageDraw.Draw(plate).line((box[0], y, box[2], y), 255, random.choice((1, 2, 4)))
    stretch = random.uniform(0.7, 1.4) if random.random() < 0.4 else 1.0
    wide = round(width * stretch)
    return plate.resize((wide, plate.height)), (round(box[0] * stretch), box[1], round(box[2] * stretch), box[3])


def _write(plate: Image.Image, at: Point, text: str, path: str, size: float, gap: float) -> None:
    """Text from the left end of its base line, letter by letter where they are set apart."""
    pen, font = ImageDraw.Draw(plate), load(path, round(size))
    if not gap:
        pen.text(at, text, 255, font, anchor="ls")
        return
    x = at[0]
    for character in text:
        pen.text((x, at[1]), character, 255, font, anchor="ls")
        x += font.getlength(character) + gap


def _seen(random: Random, ink: Image.Image, box: tuple[int, int, int, int], text: str, named: bool) -> Sign:
    """Ink on a ground, from somewhere before it; a name is more often in colours, or outlined, than a sum."""
    if named and random.random() < 0.08:  # outlined
        wide = ink.filter(ImageFilter.MaxFilter(5))
        ink = Image.fromarray(np.asarray(wide) - np.minimum(np.asarray(wide), np.asarray(ink)))
    image = _coloured(random, ink, (60, 18, 14, 8) if named else (84, 8, 6, 2))
    lean = 0.12 * ink.height
    corners = [(0.0, 0.0), (ink.width, 0.0), (ink.width, ink.height), (0.0, ink.height)]
    turn = random.gauss(0, 0.02) * ink.width / 2
    shifts = (-turn, turn, turn, -turn)
    targets = [
        (x + random.uniform(-lean, lean), y + shift + random.uniform(-lean, lean))
        for (x, y), shift in zip(corners, shifts, strict=True)
    ]
    way = homography(corners, targets)
    back = np.linalg.inv(way)
    numbers = tuple(float(value) for value in (back / back[2, 2]).reshape(-1)[:8])
    paper = image.getpixel((1, 1))
    seen = image.transform(
        image.size,
        Image.Transform.PERSPECTIVE,
        numbers,
        Image.Resampling.BICUBIC,
        fillcolor=paper,
    )

    def place(point: Point) -> Point:
        x, y, scale = way @ (*point, 1.0)
        return float(x / scale), float(y / scale)

    left, top, right, bottom = box[0] - 1, box[1] - 1, box[2] + 1, box[3] + 1
    return Sign(seen, Quad((left, top), (right, top), (right, bottom), (left, bottom)).map(place), text)


def _coloured(random: Random, ink: Image.Image, shares: Sequence[int]) -> Image.Image:
    """Dark on light, light on dark, in colours, or on a table's pattern, by ``shares``."""
    kind = random.choices(("print", "inverse", "colour", "pattern"), shares)[0]
    dark, light = random.randrange(0, 100), random.randrange(170, 256)
    ground, pen = _tinted(random, light, 12), _tinted(random, dark, 12)
    if kind == "colour":
        ground, pen = _tinted(random, random.randrange(140, 230), 60), _tinted(random, random.randrange(10, 90), 60)
    if kind == "inverse" or (kind == "colour" and random.random() < 0.4):
        ground, pen = pen, ground
    below = Image.new("RGB", ink.size, ground)
    if kind == "pattern":
        below = table(random, ink.size)
        pen = (245, 245, 240) if np.asarray(below).mean() < 120 else (15, 15, 20)
    below.paste(pen, (0, 0), ink)
    return below


def _tinted(random: Random, level: int, most: int) -> tuple[int, int, int]:
    red, green, blue = (min(max(level + random.randrange(-most, most + 1), 0), 255) for _ in range(3))
    return red, green, blue
