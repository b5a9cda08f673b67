"""Pictures of receipts: what a printer would put on clean paper, seen straight from above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from PIL import Image, ImageDraw

from edgekit.types import Quad
from models.synthetic.fonts import BUILT_IN, DISPLAY, HAND, MONO, PIXEL, SANS, Face, file_for, find_faces, load
from models.synthetic.lettering import Letters, has_one_case
from models.synthetic.paper import COLUMN, box
from models.synthetic.truth import Line, Picture, Role, SyntheticReceipt, Word

_WHITE = 255
_CAPITALS = 0.8  # height of capitals in that of a nominal line, whose box holds accents and descenders too
_DISPLAYED = 0.4  # share of shops whose name has a face of its own, where there are such
_MARGIN = 0.7  # dots between ink and quad: what scaling smears, and as little as can be


@dataclass(frozen=True, slots=True)
class _Printer:
    """How one receipt is printed. size: of its font in dots. across, down: dots to a nominal pixel.

    display: face of the shop's name, where it has one of its own.
    """

    face: Face
    hand: Face | None
    display: Face | None
    size: float
    across: float
    down: float
    sharp: bool
    bold: bool
    rules: bool
    random: Random


def draw(receipt: SyntheticReceipt, seed: int, faces: Sequence[Face] | None = None) -> Picture:
    """A grey picture (``L``) of a receipt, black on white; the same for the same seed and faces.

    faces: to choose from, by default those of ``find_faces``. The lines come back with quads around their ink. Dashed
    rules may be drawn as strokes; they are no lines then.
    """
    random = Random(f"drawing {seed} {receipt.seed}")
    known = find_faces() if faces is None else tuple(faces)
    printer = _choose_printer(random, receipt, known)
    canvas = Image.new("L", (round(receipt.width * printer.across), round(receipt.height * printer.down)), _WHITE)
    if printer.sharp:
        canvas = Image.new("1", canvas.size, 1)
    pen = ImageDraw.Draw(canvas)
    pen.fontmode = "1" if printer.sharp else "L"
    lines = [placed for line in receipt.lines if (placed := _print(canvas, pen, printer, line)) is not None]
    _decorate(pen, printer, receipt)
    zoom = random.uniform(0.9, 1.9)
    size = (round(receipt.width * zoom), round(receipt.height * zoom))
    scaled = canvas.convert("L").resize(size, Image.Resampling.BILINEAR if printer.sharp else Image.Resampling.HAMMING)
    across, down = size[0] / canvas.width, size[1] / canvas.height
    return Picture(scaled, tuple(_scaled(line, across, down, size) for line in lines))


def _choose_printer(random: Random, receipt: SyntheticReceipt, faces: Sequence[Face]) -> _Printer:
    kinds = (MONO, PIXEL) if receipt.mono else (SANS,)
    able = [face for face in faces if face.kind in kinds] or list(faces)
    face = random.choice(able)
    hands = [other for other in faces if other.kind == HAND]
    sharp = receipt.mono and random.random() < 0.45
    path, _ = file_for("ABC", face, False)
    dots = random.uniform(8, 13) if not sharp else random.choice((9, 10, 12, 12))
    if face.kind == PIXEL:
        dots = random.choice((8, 8, 16)) if face.name == "dotgothic16" else 6.4 * random.choice((1, 2))
    size = dots / Letters(load(path, 100), False).column(receipt.mono) * 100
    letters = Letters(load(path, size), sharp)
    dots = letters.column(receipt.mono)
    body = next((line.quad for line in receipt.lines if line.style.height == 1), receipt.lines[0].quad)
    capital = (body.bottom_left[1] - body.top_left[1]) * _CAPITALS
    natural = letters.rise("H") / dots * COLUMN
    capital = min(max(capital, natural * 0.85), natural * (1.6 if receipt.mono else 1.3))
    bold = random.random() < 0.12
    return _Printer(
        face,
        random.choice(hands) if hands else None,
        _choose_display(receipt, faces),
        size,
        dots / COLUMN,
        letters.rise("H") / capital,
        sharp,
        bold,
        random.random() < 0.25,
        random,
    )


def _choose_display(receipt: SyntheticReceipt, faces: Sequence[Face]) -> Face | None:
    """A random state of its own: where no such face is installed, pictures are as without."""
    random = Random(f"display {receipt.seed}")
    able = [face for face in faces if face.kind == DISPLAY]
    return random.choice(able) if able and random.random() < _DISPLAYED else None


def _print(canvas: Image.Image, pen: ImageDraw.ImageDraw, printer: _Printer, line: Line) -> Line | None:
    """Draw a line; it comes back with quads in dots, or not at all where it is drawn as a stroke."""
    left, base = line.quad.bottom_left[0] * printer.across, line.quad.bottom_left[1] * printer.down
    right = line.quad.bottom_right[0] * printer.across
    if line.role is Role.RULE and printer.rules and len(line.words) == 1:
        pen.line((left, base - 4, right, base - 4), fill=0, width=printer.random.choice((1, 1, 2)))
        return None
    height = (line.quad.bottom_left[1] - line.quad.top_left[1]) * printer.down
    base = round(base - height * (1 - _CAPITALS))
    if printer.display and line.role is Role.VENDOR and not line.style.hand:
        return _displayed(canvas, printer.display, line, (left, base, right), height * _CAPITALS)
    letters, bold = _letters(printer, line)
    stretch = line.style.height / line.style.width
    if not letters.sharp and (printer.sharp or abs(stretch - 1) > 0.08 or line.style.hand):
        return _stretched(canvas, printer, line, letters, (left, base, right))
    strong = (printer.bold or line.style.bold) and not bold
    words = _words(printer, line, letters, (left, right))
    _inverse(pen, line, letters, words, base)
    for word, x in words:
        for shift in (0, 1) if strong else (0,):
            ink = _WHITE if line.style.inverse else 0
            pen.text((x + shift, base), word.text, fill=ink, font=letters.font, anchor="ls")
    return _around(line, words, letters, base)


def _letters(printer: _Printer, line: Line) -> tuple[Letters, bool]:
    """The font of a line, and whether it is bold of itself. Enlarged text is drawn with grey, then made sharp."""
    face = printer.hand if line.style.hand and printer.hand else printer.face
    path, bold = file_for(line.text, face, line.style.bold or printer.bold)
    size = printer.size * line.style.width
    if path not in (*printer.face.regular, *printer.face.bold):  # another face: as wide as the receipt's own
        own, _ = file_for("ABC", printer.face, False)
        size *= load(own, 100).getlength("0") / load(path, 100).getlength("0")
    plain = line.style.width == line.style.height == 1 and not line.style.hand
    return Letters(load(path, round(size, 2)), printer.sharp and plain), bold


def _words(printer: _Printer, line: Line, letters: Letters, ends: tuple[float, float]) -> list[tuple[Word, float]]:
    """The words, each with where it starts: on the grid, or side by side from the line's anchor."""
    if printer.face.kind in (MONO, PIXEL) and not line.style.hand:
        return [(word, float(round(word.quad.bottom_left[0] * printer.across))) for word in line.words]
    return _side_by_side(line, letters, ends)


def _side_by_side(line: Line, letters: Letters, ends: tuple[float, float]) -> list[tuple[Word, float]]:
    space = max(letters.length(" "), letters.length("n") * 0.5)
    sizes = [letters.length(word.text) for word in line.words]
    total = sum(sizes) + space * (len(sizes) - 1)
    left, right = ends
    x = {"l": left, "c": (left + right - total) / 2, "r": right - total}[line.style.anchor]
    placed = []
    for word, size in zip(line.words, sizes, strict=True):
        placed.append((word, x))
        x += size + space
    return placed


def _displayed(canvas: Image.Image, face: Face, line: Line, ends: tuple[float, float, float], capital: float) -> Line:
    """Draw a name in a face of its own: capitals as tall as they would be, or less where it gets too long."""
    path, _ = file_for(line.text, face, line.style.bold)
    if has_one_case(path) and not line.text.isupper():
        path, _ = file_for(line.text, BUILT_IN, line.style.bold)
    size = capital / Letters(load(path, 100), False).rise("H") * 100
    left, base, right = ends
    room = canvas.width - 2 * COLUMN if line.style.anchor == "c" else canvas.width - left - COLUMN
    size *= min(1.0, room / Letters(load(path, round(size, 2)), False).length(line.text))
    letters = Letters(load(path, round(size, 2)), False)
    words, pen = _side_by_side(line, letters, (left, right)), ImageDraw.Draw(canvas)
    _inverse(pen, line, letters, words, base)
    ink = _WHITE if line.style.inverse else 0
    for word, x in words:
        pen.text((x, base), word.text, fill=ink, font=letters.font, anchor="ls")
    placed = _around(replace(line, style=replace(line.style, width=1, height=1)), words, letters, base)
    return replace(placed, style=line.style)


def _inverse(
    pen: ImageDraw.ImageDraw, line: Line, letters: Letters, words: Sequence[tuple[Word, float]], base: float
) -> None:
    if line.style.inverse:
        rise, fall = letters.font.getmetrics()
        end = words[-1][1] + letters.length(words[-1][0].text)
        pen.rectangle((words[0][1] - 4, base - rise, end + 4, base + fall), fill=0)


def _stretched(
    canvas: Image.Image, printer: _Printer, line: Line, letters: Letters, ends: tuple[float, float, float]
) -> Line:
    """Draw a line whose characters are taller, or flatter, than the font's; handwriting also leans."""
    left, base, right = ends
    rise, fall = letters.font.getmetrics()
    words = _words(printer, line, letters, (left, right))
    start = int(words[0][1])
    end = words[-1][1] + letters.length(words[-1][0].text)
    plate = Image.new("L", (max(int(end - start) + 8, 8), rise + fall), 0)
    pen = ImageDraw.Draw(plate)
    for word, x in words:
        for shift in (0, 1) if line.style.bold else (0,):
            pen.text((x - start + 4 + shift, rise), word.text, fill=255, font=letters.font, anchor="ls")
    stretch = line.style.height / line.style.width
    plate = plate.resize((plate.width, max(round(plate.height * stretch), 4)))
    if line.style.hand:
        plate = plate.rotate(printer.random.uniform(-3, 4), Image.Resampling.BILINEAR)
    mask = plate.point(lambda value: 255 * (value > 110)) if printer.sharp else plate
    canvas.paste(0, (start - 4, round(base - rise * stretch)), mask)
    return _around(line, words, letters, base)


def _around(line: Line, words: Sequence[tuple[Word, float]], letters: Letters, base: float) -> Line:
    """The line with quads around its ink: at least as tall as its small letters."""
    stretch = line.style.height / line.style.width
    rise, fall = letters.band("".join(word.text for word in line.words))
    top, bottom = base - rise * stretch, base + fall * stretch
    placed = []
    for word, x in words:
        left, right = letters.extent(word.text)
        placed.append(replace(word, quad=box(x + left, top, x + right, bottom)))
    quad = box(placed[0].quad.top_left[0], top, placed[-1].quad.top_right[0], bottom)
    return replace(line, quad=quad, words=tuple(placed))


def _scaled(line: Line, across: float, down: float, size: tuple[int, int]) -> Line:
    def scale(quad: Quad) -> Quad:
        (left, top), (right, bottom) = quad.top_left, quad.bottom_right
        return box(
            max((left - _MARGIN) * across, 0), max((top - _MARGIN) * down, 0),
            min((right + _MARGIN) * across, size[0]), min((bottom + _MARGIN) * down, size[1]),
        )  # fmt: skip

    words = tuple([replace(word, quad=scale(word.quad)) for word in line.words])
    return replace(line, quad=scale(line.quad), words=words)


def _decorate(pen: ImageDraw.ImageDraw, printer: _Printer, receipt: SyntheticReceipt) -> None:
    """Bars below the last line, where there is room."""
    random = printer.random
    bottom = max(line.quad.bottom_left[1] for line in receipt.lines) + COLUMN
    if receipt.height - bottom < 4 * COLUMN or random.random() > 0.4:
        return
    x, end = round(receipt.width * 0.2 * printer.across), round(receipt.width * 0.8 * printer.across)
    top, bottom = round(bottom * printer.down), round((bottom + 2.5 * COLUMN) * printer.down)
    while x < end:
        width = random.choice((1, 1, 2, 3))
        pen.rectangle((x, top, x + width - 1, bottom), fill=0)
        x += width + random.choice((1, 1, 2, 3))
