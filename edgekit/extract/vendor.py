"""The vendor's name: a line, or lines that belong together, at the top that is a name and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from edgekit.extract.lexicon import Lexicon
from edgekit.extract.page import Page, PageRow
from edgekit.extract.params import ExtractParams
from edgekit.parsing.folding import fold, squash

_MOST_ROWS = 3  # rows a name may be split over
_FAR = 2  # rows from one part of a name to the next: a smudge may stand between
_GAP = 3.0  # median text heights between two lines of a row beyond which they are not one name
_SIMILAR = 0.75  # ratio of text heights from which two rows are taken for one size of print
_NUMBER_DIGITS = 4  # digits after a company suffix from which they are its registration
_PHONE = re.compile(r"@|www|http|\.com|\d{3}[-. ]{1,2}\d{4}|\d{7}", re.IGNORECASE)
_PLACE = re.compile(r"\b\d{5}\b|^\W*\d+[A-Za-z]?,? +[A-Za-z]{2}|^\W*(?:no|lot)\W*\d", re.IGNORECASE)
_INSIDE = re.compile(r"(?<=[^\W\d_])[01258]{1,2}(?=[^\W\d_])")
_CAPITAL = str.maketrans("01258", "OIZSB")
_SMALL = str.maketrans("01258", "olzsB")

NAME_FEATURES = (
    "rank0 rank1 rank2 rank height tallest legal_end legal company address contact document tax_id place digits comma "
    "short long rows2 rows3 open similar bare bare_tail cut_off legal_next barrier_next barrier_before money dated "
    "echoed confidence odd"
).split()
"""What speaks for or against lines being the vendor's name, in the order of ``ExtractParams.name_weights``."""


@dataclass(frozen=True, slots=True)
class Name:
    """Lines that may be the vendor's name: as read, with reading errors mended, where they stand, and their score."""

    text: str
    mended: str
    lines: tuple[int, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Segment:
    """Neighbouring lines of one row near the top, with the anchors found in them.

    legal_end: a company suffix ends it. bare: nothing but words that any company may have ("RESTAURANT SDN BHD").
    """

    text: str
    row: int
    lines: tuple[int, ...]
    height: float
    kinds: frozenset[str]
    legal_end: bool
    bare: bool

    def has(self, *kinds: str) -> bool:
        return not self.kinds.isdisjoint(kinds)

    @property
    def is_barrier(self) -> bool:
        """Whether this says where the vendor is or what the paper is: names stand above."""
        return self.has("address", "contact", "tax_id") or bool(_PHONE.search(self.text) or _PLACE.search(self.text))


def rank_names(page: Page, lexicon: Lexicon, params: ExtractParams) -> list[Name]:
    """Candidates for the vendor's name among the top rows, best first."""
    segments = top_segments(page, lexicon, params)
    found = []
    for run in name_runs(segments):
        features = name_features(run, segments, page)
        score = sum(weight * feature for weight, feature in zip(params.name_weights, features, strict=True))
        lines = tuple(line for segment in run for line in segment.lines)
        text = _joined(run)
        found.append(Name(text, mended(text, lexicon), lines, score))
    return sorted(found, key=lambda name: (-name.score, name.lines))


def top_segments(page: Page, lexicon: Lexicon, params: ExtractParams) -> list[Segment]:
    """The segments of the first rows that show letters, in reading order."""
    found: list[Segment] = []
    for row in page.rows:
        if len(found) >= params.name_rows:
            break
        found.extend(s for s in _segments(row, lexicon) if sum(c.isalpha() for c in s.text) >= 2)
    return found


def name_runs(segments: Sequence[Segment]) -> list[tuple[Segment, ...]]:
    """Every run of one to three segments on rows that follow each other."""
    runs = []
    for start in range(len(segments)):
        for size in range(1, _MOST_ROWS + 1):
            run = tuple(segments[start : start + size])
            if len(run) == size and all(a.row < b.row <= a.row + _FAR for a, b in pairwise(run)):
                runs.append(run)
    return runs


def _segments(row: PageRow, lexicon: Lexicon) -> list[Segment]:
    groups: list[list[int]] = []
    for i, piece in enumerate(row.pieces):
        if groups and piece.left - row.pieces[i - 1].right <= _GAP:
            groups[-1].append(i)
        else:
            groups.append([i])
    return [_segment(row, group, lexicon) for group in groups]


def _segment(row: PageRow, group: Sequence[int], lexicon: Lexicon) -> Segment:
    pieces = [row.pieces[i] for i in group]
    text = without_number(" ".join(row.text[p.start : p.end] for p in pieces).strip(), lexicon)
    marks = lexicon.names.find(text)
    general = [mark for mark in marks if mark.kind in ("legal", "company")]
    covered = sum(c.isalnum() for mark in general for c in text[mark.start : mark.end])
    return Segment(
        text=text,
        row=row.index,
        lines=tuple(p.line for p in pieces),
        height=max(p.height for p in pieces),
        kinds=frozenset(mark.kind for mark in marks),
        legal_end=any(m.kind == "legal" and not any(c.isalnum() for c in text[m.end :]) for m in marks),
        bare=covered > 0 and covered + 1 >= sum(c.isalnum() for c in text),
    )


def without_number(text: str, lexicon: Lexicon) -> str:
    """A name without the registration number after it (``ACME SDN BHD (123456-X)``) or a till number before it."""
    text = re.sub(r"^#\d+ +", "", text)
    for mark in lexicon.names.find(text):
        tail = text[mark.end :]
        if mark.kind == "legal" and sum(c.isdigit() for c in tail) >= _NUMBER_DIGITS:
            return text[: mark.end] + ("." if tail.startswith(".") else "")
    tail_group = re.search(r" ?\([^()]*\d{4,}[^()]*\)?$", text)
    return text[: tail_group.start()] if tail_group and tail_group.start() >= 3 else text


def name_features(run: Sequence[Segment], segments: Sequence[Segment], page: Page) -> tuple[float, ...]:
    """NAME_FEATURES of one run."""
    flags = (*_of_place(run, segments), *_of_words(run), *_of_joints(run), *_of_surroundings(run, segments))
    return tuple(float(flag) for flag in (*flags, *_of_rows(run, page)))


def _of_place(run: Sequence[Segment], segments: Sequence[Segment]) -> tuple[float, ...]:
    first = segments.index(run[0])
    height = max(segment.height for segment in run)
    tallest = max(segment.height for segment in segments)
    return (first == 0, first == 1, first == 2, first / 10, min(height, 3.0) - 1.0, height / max(tallest, 1e-6))


def _of_words(run: Sequence[Segment]) -> tuple[float, ...]:
    text = _joined(run)
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    return (
        run[-1].legal_end,
        any(s.has("legal") for s in run),
        any(s.has("company") for s in run),
        any(s.has("address") for s in run),
        any(s.has("contact") or _PHONE.search(s.text) is not None for s in run),
        any(s.has("document") for s in run),
        any(s.has("tax_id") for s in run),
        any(_PLACE.search(s.text) is not None for s in run),
        digits / max(letters + digits, 1),
        "," in text,
        letters < 4,
        max(letters - 30, 0) / 10,
    )


def _of_joints(run: Sequence[Segment]) -> tuple[float, ...]:
    pairs = list(pairwise(run))
    similar = all(min(a.height, b.height) >= _SIMILAR * max(a.height, b.height) for a, b in pairs)
    return (
        len(run) == 2,
        len(run) == 3,
        any(_is_open(a.text) for a, _ in pairs) - _is_open(_joined(run)),
        similar and len(run) > 1,
        all(s.bare for s in run),
        run[-1].bare and not all(s.bare for s in run),
    )


def _of_surroundings(run: Sequence[Segment], segments: Sequence[Segment]) -> tuple[float, ...]:
    first, last = segments.index(run[0]), segments.index(run[-1])
    following = segments[last + 1] if last + 1 < len(segments) else None
    return (
        first > 0 and _goes_on(segments[first - 1], run[0]),
        following is not None and following.legal_end and not run[-1].legal_end and following.row <= run[-1].row + _FAR,
        following is not None and following.is_barrier,
        any(segment.is_barrier for segment in segments[:first]),
    )


def _of_rows(run: Sequence[Segment], page: Page) -> tuple[float, ...]:
    text = _joined(run)
    rows = [page.rows[segment.row] for segment in run]
    odd = sum(not c.isalnum() and c not in " &'.,-()" for c in text)
    return (
        any(amount.is_money for row in rows for amount in row.amounts),
        any(row.dates or row.times for row in rows),
        _is_echoed(text, run[-1].row, page),
        page.confidence([line for segment in run for line in segment.lines]),
        odd / max(len(text), 1),
    )


def _joined(run: Sequence[Segment]) -> str:
    return " ".join(segment.text for segment in run)


def _goes_on(before: Segment, first: Segment) -> bool:
    """Whether the line above looks like the first half of a name that ends here."""
    words = len(re.findall(r"[^\W\d_]{2,}", first.text))
    quiet = not before.is_barrier and not before.legal_end and not before.has("document")
    return quiet and before.row + _FAR >= first.row and (first.bare or (first.legal_end and words <= 3))


def _is_open(text: str) -> bool:
    """Whether print shows that more must follow."""
    return text.rstrip().endswith(("&", "-", "(", "/")) or text.count("(") > text.count(")")


def _is_echoed(text: str, row: int, page: Page) -> bool:
    """Whether the name's longest word stands again further down, as in a web address."""
    words = [squash(word) for word in re.split(r"[^\w']+", text)]
    word = max(words, key=len, default="")
    return len(word) >= 5 and any(word in squash(other.text) for other in page.rows[row + 1 :])


def mended(text: str, lexicon: Lexicon) -> str:
    """The name with the reading errors put right that need no guess: nothing is added, letters only change.

    Digits between letters of one word become the letters they resemble (``B00K``), and a company suffix gets its
    spelling (``SON BHD``, ``S/8``).
    """
    text = _INSIDE.sub(lambda match: _as_letters(match, text), text)
    text = re.sub(r"\b0(?=[^\W\d_]{2})", "O", text)
    text = re.sub(r"(?<=[A-Z]\.)1(?=\.[A-Z])", "I", text)
    for mark in lexicon.names.find(text):
        span = text[mark.start : mark.end]
        legal = mark.kind == "legal" and (any(c.isalpha() for c in span) or "/" in span)
        if legal or (mark.kind == "company" and not mark.errors):
            text = text[: mark.start] + _respelt(span, mark.phrase) + text[mark.end :]
    return text


def _as_letters(match: re.Match[str], text: str) -> str:
    small = text[match.start() - 1].islower() or text[match.end()].islower()
    return match.group().translate(_SMALL if small else _CAPITAL)


def _respelt(span: str, phrase: str) -> str:
    """The span with the letters of the phrase, where both have as many; its own case and punctuation stay."""
    letters = [c for c in phrase if c.isalnum()]
    if sum(c.isalnum() for c in span) != len(letters):
        return span
    wanted = iter(letters)
    small = sum(c.islower() for c in span) > sum(c.isupper() for c in span)
    return "".join(_respelt_letter(c, next(wanted), small) if c.isalnum() else c for c in span)


def _respelt_letter(read: str, wanted: str, small: bool) -> str:
    if fold(read) == wanted:
        return read
    return wanted.lower() if small else wanted
