"""``python -m models.recognizer.compose``: make training lines of synthetic receipts."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

from edgekit.cli.progress import Progress
from edgekit.errors import EdgeKitError, UsageError
from export.recipes.receipt import LATIN_1_AND_EXTENDED_A, SIGNS
from models import commands
from models.recognizer.data import HELD, TRAIN, Line, write_lines
from models.recognizer.signs import sign
from models.synthetic import draw, make, photograph
from models.synthetic.truth import Line as Printed
from models.synthetic.truth import SyntheticReceipt

ABOUT = "Make training lines of synthetic receipts."
EPILOG = """\
example:
  python -m models.recognizer.compose --count 400 --out build/recognizer/synthetic
  python -m models.recognizer.compose --count 6000 --signs --out build/recognizer/signs

Writes PNG pictures and lines.jsonl to --out. The same seeds give the same receipts; where the fonts differ, so do the
pictures. Wear is added when lines are drawn for training. In --accented of them, letters get accents and sums get rare
currency signs, so that every character of the bundle is seen. With --signs each picture is a single line instead: a
name in any face, a code or a sum. One picture in ten is held back to measure on.
Exit: 0 done, 2 an error (one line on stderr)."""

DRAWN, PHOTOGRAPHED, SIGN = "drawn", "photographed", "sign"
"""Kinds of lines."""
_CHANGED = 0.12
"""Share of letters that get an accent where a receipt has them added."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        with Progress(options.count) as progress:
            write_lines(options.out / "lines.jsonl", (_signs if options.signs else _all_lines)(options, progress))
        return 0
    except OSError as error:
        print(f"error: {options.out}: cannot be written ({error.strerror}); name another folder", file=sys.stderr)
    except EdgeKitError as error:
        print(f"error: {error}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.recognizer.compose", ABOUT, EPILOG)
    parser.add_argument("--count", type=int, default=400, help="receipts (400)")
    parser.add_argument("--first", type=int, default=0, help="seed of the first receipt (0)")
    parser.add_argument("--accented", type=float, default=0.15, help="share with added accents and signs (0.15)")
    parser.add_argument("--photographed", type=float, default=0.5, help="share seen by a camera or a scanner (0.5)")
    parser.add_argument("--signs", action="store_true", help="single lines instead of receipts")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="folder of pictures and lines.jsonl")
    return parser


def _seeds(options: argparse.Namespace) -> range:
    if options.count < 1:
        raise UsageError(f"--count {options.count}: ask for 1 or more")
    return range(options.first, options.first + options.count)


def _signs(options: argparse.Namespace, progress: Progress) -> Iterator[Line]:
    for seed in _seeds(options):
        made = sign(seed)
        path = options.out / f"{seed:06}.png"
        made.image.save(path)
        yield Line(str(path), (made.quad,), made.text, SIGN, part_of(seed))
        progress.step()


def part_of(seed: int) -> str:
    """HELD for one seed in ten, else TRAIN."""
    return HELD if seed % 10 == 9 else TRAIN


def _all_lines(options: argparse.Namespace, progress: Progress) -> Iterator[Line]:
    for seed in _seeds(options):
        random = Random(f"lines {seed}")
        receipt = make(seed)
        picture = draw(accented(receipt, random) if random.random() < options.accented else receipt, seed)
        kind = PHOTOGRAPHED if random.random() < options.photographed else DRAWN
        if kind == PHOTOGRAPHED:
            picture = photograph(picture, seed)
        path = options.out / f"{seed:06}.png"
        picture.image.save(path)
        for line in picture.lines:
            if not line.style.hand and any(c.isalnum() for c in line.text):
                yield Line(str(path), (line.quad,), line.text, kind, part_of(seed))
        progress.step()


def accented(receipt: SyntheticReceipt, random: Random) -> SyntheticReceipt:
    """The receipt with accents on some letters and rare currency signs before some sums, character for character."""
    return replace(receipt, lines=tuple(_accented(line, random) for line in receipt.lines))


def _accented(line: Printed, random: Random) -> Printed:
    words = tuple(replace(word, text="".join(_other(c, random) for c in word.text)) for word in line.words)
    return replace(line, words=words, text=" ".join(word.text for word in words))


def _other(character: str, random: Random) -> str:
    variants = _VARIANTS.get(character, "")
    return random.choice(variants) if variants and random.random() < _CHANGED else character


def _variants() -> dict[str, str]:
    found: dict[str, str] = {"$": "€£¥¢" + SIGNS[:5], "€": "€£¥$" + SIGNS[:5], "-": "–—", "'": "‘’′", '"': "“”″"}
    for character in LATIN_1_AND_EXTENDED_A:
        base = unicodedata.normalize("NFKD", character)[0]
        base = _PLAIN.get(character, base)
        if base.isascii() and base.isalpha():
            found[base] = found.get(base, "") + character
    found |= {"!": "¡", "?": "¿", "#": "№§", "*": "•·×", "%": "°", "&": "©®™"}
    return found


_PLAIN = {"ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ß": "s", "æ": "a", "Æ": "A", "œ": "o", "Œ": "O",
          "þ": "p", "Þ": "P", "ð": "d", "Ð": "D", "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ŋ": "n", "Ŋ": "N",
          "ı": "i"}  # fmt: skip
_VARIANTS = _variants()


if __name__ == "__main__":
    sys.exit(main())
