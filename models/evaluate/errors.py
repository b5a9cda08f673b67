"""Character and word error: edit distances (Levenshtein, 1966) over what was printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


def distance(read: Sequence[str], printed: Sequence[str]) -> int:
    """Least insertions, deletions and substitutions that turn one into the other."""
    if read == printed:
        return 0
    row = list(range(len(printed) + 1))
    for i, a in enumerate(read, 1):
        last, row[0] = row[0], i
        for j, b in enumerate(printed, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
    return row[-1]


@dataclass(slots=True)
class Errors:
    """Counts over many lines; the rates are of what was printed."""

    lines: int = 0
    wrong_lines: int = 0
    characters: int = 0
    wrong_characters: int = 0
    words: int = 0
    wrong_words: int = 0

    def add(self, read: str, printed: str) -> int:
        """Counts one line; gives its wrong characters."""
        wrong = distance(read, printed)
        words = printed.split()
        self.count(len(printed), wrong, len(words), distance(read.split(), words) if wrong else 0)
        return wrong

    def count(self, characters: int, wrong_characters: int, words: int, wrong_words: int) -> None:
        """Counts one line whose errors are known."""
        self.lines += 1
        self.wrong_lines += wrong_characters > 0
        self.characters += characters
        self.wrong_characters += wrong_characters
        self.words += words
        self.wrong_words += wrong_words

    def rates(self) -> dict[str, float]:
        """cer, wer and ler: wrong characters, words and lines as shares of those printed."""
        return {
            "lines": self.lines,
            "cer": round(self.wrong_characters / max(self.characters, 1), 5),
            "wer": round(self.wrong_words / max(self.words, 1), 5),
            "ler": round(self.wrong_lines / max(self.lines, 1), 5),
        }
