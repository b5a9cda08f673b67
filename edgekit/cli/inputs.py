"""Which pictures the words of a command line mean: files, folders, patterns, and ``-`` for standard input."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from edgekit.decode import describe
from edgekit.errors import ImageError, UsageError
from edgekit.reader import Reader
from edgekit.types import Receipt

STDIN = "-"
SUFFIXES = frozenset(".avif .bmp .gif .heic .heif .jpeg .jpg .mpo .png .tif .tiff .webp".split())
"""Files of a folder that are taken for pictures; a file named on its own may be called anything."""


@dataclass(frozen=True, slots=True)
class Found:
    """pictures: paths, or ``-``, in the order given. problems: (word, one line why) for each word without a picture."""

    pictures: tuple[str, ...]
    problems: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """One picture after it was read. source: what to decode to see it again. Of receipt and error one is None."""

    picture: str
    source: str | bytes
    receipt: Receipt | None
    error: str | None


def find(words: Sequence[str]) -> Found:
    """The pictures meant. Raises UsageError where there is not a single one."""
    pictures: list[str] = []
    problems: list[tuple[str, str]] = []
    for word in words:
        try:
            pictures += _expand(word)
        except UsageError as error:
            problems.append((word, str(error)))
    if not pictures:
        raise UsageError("; ".join(problem for _, problem in problems))
    if pictures.count(STDIN) > 1:
        raise UsageError(f"{STDIN}: standard input can be read only once: name it once")
    return Found(tuple(pictures), tuple(problems))


def read_each(reader: Reader, found: Found) -> Iterator[Reading]:
    """Reads pictures one after another; one that fails does not stop the others. Problems come first."""
    most_bytes = reader.bundle.stage("image").params["max_bytes"]
    for word, problem in found.problems:
        yield Reading(word, word, None, problem)
    for picture in found.pictures:
        source = sys.stdin.buffer.read(most_bytes + 1) if picture == STDIN else picture
        try:
            yield Reading(picture, source, reader.read(source), None)
        except ImageError as error:
            yield Reading(picture, source, None, str(error).replace(describe(source), picture, 1))


def _expand(word: str) -> list[str]:
    if word == STDIN:
        return [word]
    if os.path.isdir(word):
        pictures = sorted(_below(word))
        if not pictures:
            raise UsageError(f"{word}: no picture in this folder: name another folder, or single files")
        return pictures
    if glob.has_magic(word) and not os.path.lexists(word):  # a file may really be called "scan[1].jpg"
        matches = sorted(path for path in glob.glob(word, recursive=True) if not os.path.isdir(path))
        if not matches:
            raise UsageError(f"{word}: no file matches: check the pattern")
        return matches
    return [word]


def _below(folder: str) -> Iterator[str]:
    """Pictures in a folder and the folders below it, hidden ones left out."""

    def stop(error: OSError) -> None:
        raise UsageError(f"{error.filename}: cannot be listed ({error.strerror}): check its permissions") from error

    for place, folders, files in os.walk(folder, onerror=stop):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in SUFFIXES:
                yield os.path.join(place, name)
