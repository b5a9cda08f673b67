"""The habits of one receipt printer: wording, capitals, colons, columns; and what it has printed so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random
from typing import Any

from models.synthetic.customs import Money
from models.synthetic.naming import Shop
from models.synthetic.paper import Paper, Piece, Text, texts
from models.synthetic.truth import BODY, Role, Sale, Style
from models.synthetic.vocabulary import phrase

_CASES: tuple[Callable[[str], str], ...] = (str, str, str.upper, str.upper, str.title)


@dataclass(frozen=True, slots=True)
class Habits:
    """How sums are set out. label_at: column of their labels; ``None``: they end before the amounts.

    colon: what follows a label. marks: which sums show the currency: ``all``, ``total`` or ``none``. mark_apart: the
    currency stands in a column of its own. big: characters of the total in those of the body.
    """

    case: Callable[[str], str]
    label_at: float | None
    colon: str
    colon_at: float | None
    marks: str
    mark_apart: bool
    big: Style
    amount_end: float


@dataclass(slots=True)
class Press:
    """What the sections of a receipt are printed with. printed: the roles whose values are on the paper."""

    random: Random
    paper: Paper
    country: Mapping[str, Any]
    language: str
    style: str
    shop: Shop
    sale: Sale
    money: Money
    habits: Habits
    printed: dict[Role, Decimal] = field(default_factory=dict)
    marked: bool = False

    def chance(self, share: float) -> bool:
        """True in that share of receipts."""
        return self.random.random() < share

    def phrase(self, kind: str) -> str:
        """A phrase in this receipt's language, in its capitals."""
        return self.habits.case(phrase(self.random, self.language, kind))

    def words(self, kind: str, role: Role) -> tuple[Text, ...]:
        """A phrase as words of one role."""
        return texts(self.phrase(kind), role)

    def amount(self, value: Decimal, role: Role, marked: bool, item: int = -1) -> tuple[Text, ...]:
        """An amount as words, with the currency mark or without."""
        found: list[Text] = []
        if marked and self.money.mark:
            self.marked = True
            for text, is_mark in self.money.marked(value):
                found += texts(text, Role.CURRENCY if is_mark else role, item)
            return tuple(found)
        return texts(self.money.plain(value), role, item)

    def sum(self, label: str, value: Decimal, role: Role, style: Style = BODY, note: tuple[Text, ...] = ()) -> None:
        """A row with a label, perhaps a note behind it, and an amount."""
        habits, paper = self.habits, self.paper
        marked = habits.marks == "all" or (habits.marks == "total" and role in (Role.TOTAL, Role.PAYMENT))
        amount = self.amount(value, role, marked)
        end = habits.amount_end
        pieces: list[Piece] = []
        if habits.mark_apart and len(amount) > 1 and amount[0].role is Role.CURRENCY:
            pieces.append(paper.right(amount[:1], end - 9 * style.width, style))
            amount = amount[1:]
        pieces.append(paper.right(amount, end, style))
        words = (*texts(label, Role.LABEL), *note)
        if habits.colon and habits.colon_at is None:
            words = (*words[:-1], words[-1]._replace(text=words[-1].text + habits.colon))
        if habits.label_at is None:
            room = min(piece.left for piece in pieces) - 1.5
            pieces.insert(0, paper.right(words, room, style))
        else:
            if habits.colon and habits.colon_at is not None:
                pieces.insert(0, paper.left((Text(habits.colon, Role.LABEL),), habits.colon_at, style))
            pieces.insert(0, paper.left(words, habits.label_at, style))
        paper.put(*_fitting(pieces))
        self.printed.setdefault(role, value)


def _fitting(pieces: list[Piece]) -> list[Piece]:
    """Pieces none of which starts left of the paper; a colon that its label covers is left out."""
    first = pieces[0]
    if first.left < 0:
        first = first.moved(0.0)
    if first.left + first.width + 1 > min(piece.left for piece in pieces[1:]):
        first = first.moved(0.0)
    end = first.left + first.width
    rest = [piece for piece in pieces[1:] if piece.words[0].text not in (":", "-") or piece.left > end]
    return [first, *rest]


def choose_habits(random: Random, columns: int) -> Habits:
    """The habits of one receipt."""
    label_at = random.choice((0.0, 0.0, 0.0, 0.0, None, None, columns * 0.25, columns * 0.4))
    colon = random.choice(("", "", ":", ":", " :", "..." if label_at is not None else ":"))
    tall = random.choice(((1, 1), (1, 1), (1, 1), (1, 2), (2, 2), (1.5, 1.5), (2, 1), (1.3, 1.3), (1.2, 1.2)))
    return Habits(
        random.choice(_CASES),
        label_at,
        colon.strip(),
        columns * random.uniform(0.45, 0.6) if colon == " :" and label_at is not None else None,
        random.choice(("all", "total", "total", "none", "none")),
        random.random() < 0.25,
        Style(tall[0], tall[1], random.random() < 0.45),
        columns - random.choice((0, 0, 0, 0, 2, 3)),
    )
