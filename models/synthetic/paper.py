"""Paper with columns: text is put on it row by row, and comes off as lines with places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from edgekit.types import Quad
from models.synthetic.truth import BODY, Line, Role, Style, Word

COLUMN = 10.0
"""Nominal pixels of a character's width."""
_MARGIN = 3.0  # columns to the left and to the right of the print


class Text(NamedTuple):
    """A word to print."""

    text: str
    role: Role
    item: int = -1


class Piece(NamedTuple):
    """Words side by side. left, width: in columns. anchor: what stays in place, see ``truth.Style``."""

    words: tuple[Text, ...]
    left: float
    width: float
    style: Style
    anchor: str

    def moved(self, left: float) -> Piece:
        """The piece at another column."""
        return Piece(self.words, left, self.width, self.style, self.anchor)


def _piece(words: Sequence[Text], at: float, style: Style, anchor: str) -> Piece:
    width = _width(words) * style.width
    left = at if anchor == "l" else at - width if anchor == "r" else at - width / 2
    return Piece(tuple(words), left, width, style, anchor)


def _width(words: Sequence[Text]) -> int:
    return sum([len(word.text) for word in words]) + len(words) - 1


def texts(text: str, role: Role, item: int = -1) -> tuple[Text, ...]:
    """The words of a text, all of one role."""
    return tuple([Text(word, role, item) for word in text.split()])


class Paper:
    """Rows of pieces. ``columns``: characters of the body text that a row holds."""

    def __init__(self, random: Random, columns: int) -> None:
        self.columns = columns
        self._random = random
        self._rows: list[tuple[Piece, ...]] = []
        self._gap = random.choice((1.5, 2.5, 2.5, 3.5))  # columns from which a detector parts two lines

    def left(self, words: Sequence[Text], at: float = 0, style: Style = BODY) -> Piece:
        """A piece that starts at a column."""
        return _piece(words, at, style, "l")

    def right(self, words: Sequence[Text], at: float | None = None, style: Style = BODY) -> Piece:
        """A piece that ends at a column, or at the right edge."""
        return _piece(words, self.columns if at is None else at, style, "r")

    def centre(self, words: Sequence[Text], style: Style = BODY) -> Piece:
        """A piece in the middle."""
        return _piece(words, self.columns / 2, style, "c")

    def put(self, *pieces: Piece) -> None:
        """Print a row. What does not fit beside the piece before goes on a row below; what is too wide is broken."""
        row: list[Piece] = []
        for piece in pieces:
            for part in self._broken(piece):
                part = self._inside(part)
                if row and part.left < row[-1].left + row[-1].width + 0.9:
                    self._rows.append(tuple(row))
                    row = []
                row.append(part)
        self._rows.append(tuple(row))

    def skip(self) -> None:
        """Leave a row blank."""
        self._rows.append(())

    def rule(self) -> None:
        """Print a dividing line of characters."""
        mark = self._random.choice("---=*_.-")
        share = self._random.choice((1.0, 1.0, 1.0, 0.5))
        size = max(int(self.columns * share), 4)
        text = (mark + " ") * (size // 2) if self._random.random() < 0.1 else mark * size
        self._rows.append((self.centre((Text("".join(text.split()), Role.RULE),)),))

    def lines(self) -> tuple[tuple[Line, ...], float, float]:
        """The lines, and the width and height of the paper, in nominal pixels."""
        pitch = COLUMN * self._random.uniform(2.0, 3.1)
        body = COLUMN * self._random.uniform(1.55, min(2.5, pitch / COLUMN * 0.92))
        top, number, found = COLUMN * self._random.uniform(1, 8), 0, []
        for row in self._rows:
            tallest = max((piece.style.height for piece in row), default=self._random.uniform(0.4, 1.0))
            top += pitch * tallest
            base = top - (pitch - body) / 2
            for group in self._joined(row):
                found.append(_line(group, base, body, number))
            number += bool(row)
        return tuple(found), (self.columns + 2 * _MARGIN) * COLUMN, top + COLUMN * self._random.uniform(1, 8)

    def _inside(self, piece: Piece) -> Piece:
        """The piece moved so that it neither starts before the left edge nor ends behind the right one."""
        left = min(max(piece.left, 0.0), max(self.columns - piece.width, 0.0))
        return piece if left == piece.left else piece.moved(left)

    def _broken(self, piece: Piece) -> list[Piece]:
        """The piece, or several where it is wider than the paper."""
        if piece.width <= self.columns + 0.5:
            return [piece]
        words, style = piece.words, piece.style
        at = {"l": piece.left, "r": piece.left + piece.width, "c": piece.left + piece.width / 2}[piece.anchor]
        if len(words) == 1:
            narrow = replace(style, width=max(style.width * self.columns / piece.width, 0.5))
            return [_piece(words, at, narrow, piece.anchor)]
        head = 1
        while head < len(words) - 1 and _width(words[: head + 1]) * style.width <= self.columns:
            head += 1
        parts = [_piece(part, at, style, piece.anchor) for part in (words[:head], words[head:])]
        return [*self._broken(parts[0]), *self._broken(parts[1])]

    def _joined(self, row: Sequence[Piece]) -> list[list[Piece]]:
        groups: list[list[Piece]] = []
        for piece in row:
            before = groups[-1][-1] if groups else None
            near = before is not None and piece.left - before.left - before.width < self._gap
            if before is not None and near and before.style == piece.style:
                groups[-1].append(piece)
            else:
                groups.append([piece])
        return groups


def _line(group: Sequence[Piece], base: float, body: float, row: int) -> Line:
    style = group[0].style
    if len(group) == 1 and group[0].anchor != "l":
        style = replace(style, anchor=group[0].anchor)
    bottom, top = base, base - body * style.height
    advance = COLUMN * style.width
    words = []
    for piece in group:
        x = (piece.left + _MARGIN) * COLUMN
        for text, role, item in piece.words:
            end = x + len(text) * advance
            words.append(Word(text, role, box(x, top, end, bottom), item))
            x = end + advance
    left, right = words[0].quad.top_left[0], words[-1].quad.top_right[0]
    text = " ".join([word.text for word in words])
    return Line(text, box(left, top, right, bottom), tuple(words), row, style)


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    """An upright quad."""
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))
