"""The network alone: for each field the words it points at, and what they say when they are parsed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from edgekit.extract.labels import Entry
from edgekit.extract.lexicon import Lexicon
from edgekit.extract.mending import mended
from edgekit.extract.network import Reading
from edgekit.extract.page import Page, PageRow
from edgekit.extract.paper import Answers, Found, Paper
from edgekit.extract.points import alike, name_words, words_of
from edgekit.extract.segments import joined, name_spans, top_segments
from edgekit.extract.vendor import Name
from edgekit.extract.when import DatedRow, prefer
from edgekit.parsing.dates import PrintedDate, PrintedTime

Printed = TypeVar("Printed", PrintedDate, PrintedTime)


def answers(paper: Paper, reading: Reading) -> Answers:
    """What the network alone says of a receipt."""
    page = paper.page
    dates = [(date, row) for row in page.rows for date in row.dates]
    times = [(time, row) for row in page.rows for time in row.times]
    return Answers(
        vendor=_vendor(paper, reading),
        date=_date(paper, pointed_print("date", dates, reading)),
        time=_time(pointed_print("time", times, reading)),
        currency=_currency(paper, reading),
        subtotal=_amount(paper, "subtotal", reading),
        tax=_amount(paper, "tax", reading),
        total=_amount(paper, "total", reading),
    )


@dataclass(frozen=True, slots=True)
class Pointed:
    """Words that stand for a field: as printed, the lines they are on, and the network's confidence, 0..1."""

    text: str
    lines: tuple[int, ...]
    confidence: float


def pointed_entry(tag: str, found: Sequence[Entry], reading: Reading) -> tuple[Entry, float] | None:
    """The amount at the word that a tag points at, and the share of all words that show its value."""
    word = reading.best(tag)
    if word is None:
        return None
    chosen = next((entry for entry in found if word in words_of(entry, reading)), None)
    if chosen is None:
        return None
    return chosen, math.exp(reading.share(tag, alike(chosen, found, reading)))


def pointed_print(
    tag: str, prints: Sequence[tuple[Printed, PageRow]], reading: Reading
) -> tuple[Printed, PageRow, float] | None:
    """The date or time at the word that a tag points at, its row, and the share of its words."""
    word = reading.best(tag)
    for printed, row in prints if word is not None else ():
        words = reading.words(row.index, printed.start, printed.end)
        if word in words:
            return printed, row, math.exp(reading.share(tag, words))
    return None


def pointed_currency(page: Page, lexicon: Lexicon, reading: Reading) -> tuple[str, Pointed] | None:
    """The currency whose mark is at the word that the tag points at: of an amount there, else the word itself."""
    word = reading.best("currency")
    if word is None:
        return None
    span = reading.spans[word]
    row = page.rows[span.row]
    text = row.text[span.start : span.end]
    amount = next((a for a in row.amounts if a.code and a.start < span.end and a.end > span.start), None)
    letters = "".join(c for c in text.upper() if not c.isdigit() and c not in ".,:()[]")
    code, mark = (amount.code, amount.mark) if amount else (lexicon.marks.get(letters, ""), text)
    if not code:
        return None
    return code, Pointed(mark, (span.line,), math.exp(reading.share("currency", [word])))


def pointed_name(paper: Paper, reading: Reading) -> Pointed | None:
    """The run of lines at the top whose words' log-odds add up to most; None where all are below 0."""
    best, most = None, 0.0
    segments = top_segments(paper.page, paper.lexicon, paper.params)
    for span in name_spans(segments):
        run = segments[span]
        name = Name(joined(run), tuple(line for segment in run for line in segment.lines), 0.0)
        said = reading.said("vendor", [word for word, _, _ in name_words(paper, reading, name)])
        if sum(said) > most:
            most = sum(said)
            best = Pointed(name.text, name.lines, 1.0 / (1.0 + math.exp(-sum(said) / len(said))))
    return best


def _vendor(paper: Paper, reading: Reading) -> Found[str] | None:
    name = pointed_name(paper, reading)
    if name is None:
        return None
    return Found(mended(name.text, paper.lexicon), name.text, name.confidence, name.lines)


def _date(paper: Paper, pointed: tuple[PrintedDate, PageRow, float] | None) -> Found[str] | None:
    if pointed is None:
        return None
    printed, row, confidence = pointed
    readings, decided = prefer([DatedRow(printed, row, 0.0, False)], paper.region.orders, paper.params)
    confidence *= 1.0 if decided else paper.params.date_guess
    iso = [day.isoformat() for day in readings]
    text, lines = row.text[printed.start : printed.end], row.lines_of(printed.start, printed.end)
    return Found(iso[0], text, confidence, lines, tuple(iso[1:]))


def _time(pointed: tuple[PrintedTime, PageRow, float] | None) -> Found[str] | None:
    if pointed is None:
        return None
    printed, row, confidence = pointed
    text, lines = row.text[printed.start : printed.end], row.lines_of(printed.start, printed.end)
    return Found(printed.value, text, confidence, lines)


def _currency(paper: Paper, reading: Reading) -> Found[str] | None:
    pointed = pointed_currency(paper.page, paper.lexicon, reading)
    if pointed is None:
        return None
    code, mark = pointed
    return Found(code, mark.text, mark.confidence, mark.lines)


def _amount(paper: Paper, tag: str, reading: Reading) -> Found[Decimal] | None:
    pointed = pointed_entry(tag, paper.found, reading)
    if pointed is None:
        return None
    entry, confidence = pointed
    return Found(entry.amount.value, entry.text, confidence, entry.lines)
