"""What QEMU's plug-in ``blocks`` wrote, and what kind each instruction is.

Kinds are told from the top-level encoding of A64 and the encodings of single instructions, as in the Arm Architecture
Reference Manual for A-profile, chapter C4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import BackendError

Words = NDArray[np.uint32]


class Pattern(NamedTuple):
    """An instruction word is of this kind where ``word & mask == value``."""

    mask: int
    value: int


KINDS: Mapping[str, tuple[Pattern, ...]] = {
    "fma32": (  # FMLA, FMLS, vectors of float32: by vector, by element
        Pattern(0xBF60FC00, 0x0E20CC00),
        Pattern(0xBFC0B400, 0x0F801000),
    ),
    "fma16": (Pattern(0xBF60FC00, 0x0E400C00), Pattern(0xBFC0B400, 0x0F001000)),
    "fma_scalar": (Pattern(0xFF000000, 0x1F000000),),  # FMADD and its like
    "dot8": (  # SDOT, UDOT, USDOT, SUDOT: by vector, by element
        Pattern(0x9FE0FC00, 0x0E809400),
        Pattern(0xBFE0FC00, 0x0E809C00),
        Pattern(0x9FC0F400, 0x0F80E000),
        Pattern(0xBF40F400, 0x0F00F000),
    ),
    "mmla8": (Pattern(0xDFE0FC00, 0x4E80A400), Pattern(0xFFE0FC00, 0x4E80AC00)),  # SMMLA, UMMLA, USMMLA
    "widening": (  # SMLAL, SMULL and unsigned: by vector, by element; SADALP, UADALP
        Pattern(0x9F20FC00, 0x0E208000),
        Pattern(0x9F20FC00, 0x0E20C000),
        Pattern(0x9F00F400, 0x0F002000),
        Pattern(0x9F00F400, 0x0F00A000),
        Pattern(0x9F3FFC00, 0x0E206800),
    ),
    "simd": (Pattern(0x0E000000, 0x0E000000),),  # all else on vectors and floats
    "sve": (Pattern(0x1E000000, 0x04000000),),
    "load": (  # of a literal; signed; and where bit 22 says so
        Pattern(0x3B000000, 0x18000000),
        Pattern(0x3E800000, 0x38800000),
        Pattern(0x0A400000, 0x08400000),
    ),
    "store": (Pattern(0x0A000000, 0x08000000),),
    "branch": (Pattern(0x1C000000, 0x14000000),),
    "integer": (Pattern(0, 0),),
}
"""The first that fits counts. "branch" has calls into the system and hints, too. "integer" is all that is left:
arithmetic, moves and addresses in general registers."""


@dataclass(frozen=True, slots=True)
class Block:
    """Instructions that run one after another, and how often they did."""

    count: int
    code: Words

    @property
    def executed(self) -> int:
        return self.count * len(self.code)


def parse(lines: Iterable[str], names: Sequence[str]) -> dict[str, list[Block]]:
    """Blocks by the name of the mark that follows them, equal code at one address added up over marks.

    lines: as ``plugin/blocks.c`` describes them. names: of marks, by number. Raises BackendError for anything else.
    """
    found: dict[str, dict[tuple[str, str], int]] = {}
    current: dict[tuple[str, str], int] | None = None
    for number, line in enumerate(lines, 1):
        words = line.split()
        try:
            if words[0] == "mark":
                current = found.setdefault(names[int(words[1])], {})
                continue
            pc, count, code = words
            if current is None or len(code) % 8:
                raise ValueError
            current[pc, code] = current.get((pc, code), 0) + int(count)
        except (ValueError, IndexError) as error:
            raise BackendError(f"line {number} of what the plug-in wrote is no block; count again") from error
    return {name: [_block(count, code) for (_, code), count in blocks.items()] for name, blocks in found.items()}


def kinds(words: Words) -> NDArray[np.intp]:
    """The index in KINDS of each instruction word."""
    found = np.full(words.shape, -1, np.intp)
    for number, patterns in enumerate(KINDS.values()):
        fits = np.zeros(words.shape, bool)
        for mask, value in patterns:
            fits |= (words & np.uint32(mask)) == np.uint32(value)
        found[(found < 0) & fits] = number
    return found


def tally(blocks: Sequence[Block]) -> dict[str, int]:
    """Executed instructions by kind."""
    totals: NDArray[Any] = np.zeros(len(KINDS), np.int64)
    if blocks:
        words = np.concatenate([block.code for block in blocks])
        times = np.repeat([block.count for block in blocks], [len(block.code) for block in blocks])
        np.add.at(totals, kinds(words), times)
    return dict(zip(KINDS, map(int, totals), strict=True))


def _block(count: int, code: str) -> Block:
    return Block(count, np.frombuffer(bytes.fromhex(code), ">u4").astype(np.uint32))
