"""``python -m models.extractor.noise_fit``: measure how our reader misreads, on receipts whose lines are known."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np

from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError
from edgekit.geometry import quad_size
from edgekit.types import Quad, TextLine
from models import commands
from models.extractor.noise import GAPS, MEASURED, MIDDLE, SHORT, gap
from models.extractor.samples import HELD_BACK, Row, fold_of
from models.rules.lines import layout_params, parse_lines, read_pictures
from models.rules.samples import train_rows

ABOUT = "Measure how our reader misreads, on training receipts whose lines are known."
EPILOG = """\
example:
  python -m models.extractor.noise_fit --data sroie

The data folder has labels.jsonl with the text and quad of every line, and the pictures. Rows of split "train" are read
and compared with their labels, upper and lower case taken for the same; only those of shops that no network was tuned
on, since the recogniser reads the others better than it reads new ones.
Only counts are written, no text. Exit: 0 done, 2 an error (one line on stderr)."""

_SAME_LINE = 0.5  # share of the shorter line, and of the lower one, that must be shared
_ALIKE = 0.6  # difflib ratio below which two lines are not taken for the same text
_LEAST_SEEN = 3  # a misreading seen less often is left out
_QUANTILES = 21
_ROUNDS = 50
_WIDEST = 40  # heights: lines wider apart are never merged


@dataclass(slots=True)
class Counts:
    """What was seen. pairs: (misread, expected) per line are added to ``lines`` once all characters are counted."""

    seen: Counter[str] = field(default_factory=Counter)
    misread: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lines: list[list[tuple[str, int]]] = field(default_factory=list)
    sure: tuple[list[float], list[float], list[float]] = field(default_factory=lambda: ([], [], []))
    printed: Counter[int] = field(default_factory=Counter)
    lost: Counter[int] = field(default_factory=Counter)
    neighbours: Counter[int] = field(default_factory=Counter)
    merged: Counter[int] = field(default_factory=Counter)
    spaces: int = 0
    splits: int = 0
    smudges: int = 0
    receipts: int = 0
    shifts: list[float] = field(default_factory=list)


def count_receipt(counts: Counts, truth: Sequence[TextLine], read: Sequence[TextLine]) -> None:
    """Adds one receipt, read once."""
    counts.receipts += 1
    counts.lines.append([])
    owners = [[i for i, line in enumerate(truth) if _shares(line.quad, found.quad)] for found in read]
    readers: defaultdict[int, list[int]] = defaultdict(list)
    for number, owned in enumerate(owners):
        for i in owned:
            readers[i].append(number)
        counts.smudges += not owned
    for i, line in enumerate(truth):
        size = (len(line.text) > SHORT) + (len(line.text) > MIDDLE)
        counts.printed[size] += 1
        counts.lost[size] += not readers[i]
        if len(readers[i]) == 1 and owners[readers[i][0]] == [i]:
            _count_line(counts, line, read[readers[i][0]])
        if readers[i]:
            counts.spaces += line.text.count(" ")
            counts.splits += len(readers[i]) - 1
    _count_neighbours(counts, truth, readers)


def _shares(a: Quad, b: Quad) -> bool:
    """Whether two quads are (parts of) one line."""
    (left, top, right, bottom), (left2, top2, right2, bottom2) = _box(a), _box(b)
    across = (min(right, right2) - max(left, left2)) / max(min(right - left, right2 - left2), 1e-6)
    down = (min(bottom, bottom2) - max(top, top2)) / max(min(bottom - top, bottom2 - top2), 1e-6)
    return across > _SAME_LINE and down > _SAME_LINE


def _box(quad: Quad) -> tuple[float, float, float, float]:
    xs, ys = [p[0] for p in quad.points], [p[1] for p in quad.points]
    return min(xs), min(ys), max(xs), max(ys)


def _count_line(counts: Counts, truth: TextLine, read: TextLine) -> None:
    wanted, got = truth.text.upper(), read.text.upper()
    matcher = SequenceMatcher(None, wanted, got, autojunk=False)
    if len(wanted) > SHORT and matcher.ratio() < _ALIKE:
        return  # the label or the match is wrong more often than the reading
    errors = 0
    for c, said in aligned(wanted, got, matcher):
        counts.seen[c] += 1
        if said != c:
            counts.misread[c][said] += 1
            errors += 1
    counts.lines[-1].append((wanted, errors))
    counts.sure[min(errors, 2)].append(read.confidence)
    height = max(quad_size(truth.quad)[1], 1e-6)
    counts.shifts += [(a - b) / height for a, b in zip(_box(truth.quad)[::2], _box(read.quad)[::2], strict=True)]


def aligned(wanted: str, got: str, matcher: SequenceMatcher[str]) -> list[tuple[str, str]]:
    """Each character with what it was read as; what was read in addition belongs to the character before."""
    found: list[list[str]] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "insert":
            if found:
                found[-1][1] += got[c:d]
            continue
        said = list(got[c:d][: b - a]) + [""] * ((b - a) - (d - c))
        if said and d - c > b - a:
            said[-1] += got[c:d][b - a :]
        found += [[letter, part] for letter, part in zip(wanted[a:b], said, strict=True)]
    return [(letter, said) for letter, said in found]


def _count_neighbours(counts: Counts, truth: Sequence[TextLine], readers: Mapping[int, Sequence[int]]) -> None:
    for i, line in enumerate(truth):
        height = quad_size(line.quad)[1]
        right = [
            (gap(line.quad, other.quad), j)
            for j, other in enumerate(truth)
            if abs(other.quad.top_left[1] - line.quad.top_right[1]) < height / 2
        ]
        apart, j = min([(g, j) for g, j in right if 0 <= g < _WIDEST], default=(-1.0, -1))
        if j >= 0 and readers.get(i) and readers.get(j):
            size = sum(apart >= edge for edge in GAPS)
            counts.neighbours[size] += 1
            counts.merged[size] += bool(set(readers[i]) & set(readers[j]))


def summary(counts: Counts) -> dict[str, Any]:
    """The constants of ``noise.Noise``."""
    characters = {
        c: [(said, _round(n / counts.seen[c])) for said, n in counts.misread[c].most_common() if n >= _LEAST_SEEN]
        for c in sorted(counts.seen)
    }
    rates = {c: sum(rate for _, rate in said) for c, said in characters.items()}
    expected = [[(errors, sum(rates[c] for c in text)) for text, errors in lines] for lines in counts.lines]
    levels = [sum(e for e, _ in lines) / total for lines in expected if (total := sum(x for _, x in lines)) > 1]
    pairs = [
        (errors, usual * max(sum(e for e, _ in lines), 0.5) / max(sum(x for _, x in lines), 0.5))
        for lines in expected
        for errors, usual in lines
    ]
    calm, rough, share = two_rates(pairs)
    return {
        "characters": characters,
        "receipts": _quantiles(levels),
        "calm": _round(calm),
        "rough": _round(rough),
        "is_rough": _round(share),
        "lost": [_round(counts.lost[k] / max(counts.printed[k], 1)) for k in range(3)],
        "merged": [_round(counts.merged[k] / max(counts.neighbours[k], 1)) for k in range(3)],
        "split": _round(counts.splits / max(counts.spaces, 1)),
        "smudges": _round(counts.smudges / max(counts.receipts, 1)),
        "jitter": _round(float(np.subtract(*np.percentile(counts.shifts, [75, 25]))) / 1.349),
        "sure": [_quantiles(values) for values in counts.sure],
    }


def two_rates(pairs: Sequence[tuple[int, float]]) -> tuple[float, float, float]:
    """(low factor, high factor, share of the high) of a mixture of two Poisson rates, by expectation maximisation.

    pairs: errors of a line, and how many it would have at the usual rate.
    """
    errors, usual = (np.array(side, float) for side in zip(*pairs, strict=True))
    usual = np.maximum(usual, 1e-6)
    low, high, share = 0.3, 3.0, 0.2
    for _ in range(_ROUNDS):
        odds = np.log(share / (1 - share)) + errors * np.log(high / low) - usual * (high - low)
        bad = 1 / (1 + np.exp(-np.clip(odds, -50, 50)))
        low = max(float(((1 - bad) * errors).sum() / ((1 - bad) * usual).sum()), 1e-3)
        high, share = float((bad * errors).sum() / (bad * usual).sum()), float(np.clip(bad.mean(), 1e-3, 0.999))
    return low, high, share


def _quantiles(values: Sequence[float]) -> list[float]:
    return [_round(v) for v in np.quantile(values, np.linspace(0, 1, _QUANTILES))] if len(values) else [1.0, 1.0]


def _round(value: float) -> float:
    return round(float(value), 5)


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    parser = commands.parser("python -m models.extractor.noise_fit", ABOUT, EPILOG)
    parser.add_argument("--data", type=Path, metavar="DIR", action="append", required=True, help="may be repeated")
    parser.add_argument("--cache", type=Path, metavar="DIR", default=Path("build/extractor"), help="for lines read")
    parser.add_argument("--out", type=Path, metavar="JSON", default=MEASURED, help="default: the one training uses")
    options = parser.parse_args(arguments)
    try:
        counts = _measure(options)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    options.out.write_text(written(summary(counts)), encoding="utf-8")
    return 0


def written(facts: Mapping[str, Any]) -> str:
    """JSON with a character's misreadings, or one constant, a line."""
    characters = ",\n".join(f"    {json.dumps(c)}: {json.dumps(read)}" for c, read in facts["characters"].items())
    rest = ",\n".join(f"  {json.dumps(key)}: {json.dumps(facts[key])}" for key in facts if key != "characters")
    return f'{{\n  "characters": {{\n{characters}\n  }},\n{rest}\n}}\n'


def _tells(row: Row) -> bool:
    """Whether its lines are known, and the recogniser was not tuned on them."""
    return bool(row.get("lines")) and fold_of(row) == HELD_BACK


def _measure(options: argparse.Namespace) -> Counts:
    counts = Counts()
    sets = [(folder, [row for row in train_rows(folder) if _tells(row)]) for folder in options.data]
    with Progress(sum(len(rows) for _, rows in sets)) as progress:
        for folder, rows in sets:
            files = [row["file"] for row in rows]
            read = read_pictures(folder, files, options.cache, progress.step)
            for row in rows:
                truth = parse_lines(row["lines"], layout_params()).lines
                count_receipt(counts, truth, read[Path(row["file"]).name].lines)
    return counts


if __name__ == "__main__":
    sys.exit(main())
