"""What lowering gives, for any target: a graph for the manifest, its file, and what an accelerator took of it."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.errors import BundleError
from edgekit.manifest import Evidence, Graph

UNCHECKED = Evidence("not run", "not compared yet")
LEAST_DELEGATED = 0.9
"""Share of nodes, and of multiply-adds, that an accelerated kernel has to run. What is left runs in portable loops, ten
times slower and more: below this share the program is a mistake in the lowering rather than a slow program."""


@dataclass(frozen=True, slots=True)
class Delegation:
    """Shares, 0..1, that accelerated kernels run: of the operators, and of their multiply-adds.

    left_out: the operators that portable kernels run, by name, each with how often.
    """

    nodes: float
    multiply_adds: float
    left_out: tuple[tuple[str, int], ...]

    def __str__(self) -> str:
        names = ", ".join(f"{count} {name}" for name, count in self.left_out) or "nothing"
        return f"{self.nodes:.1%} of the nodes, {self.multiply_adds:.1%} of the multiply-adds; left out: {names}"


@dataclass(frozen=True, slots=True)
class Lowered:
    """graph: its evidence says UNCHECKED until it was compared. data: the bytes of its file."""

    graph: Graph
    data: bytes


@dataclass(frozen=True, slots=True)
class DelegatedLowered(Lowered):
    """A graph of which an accelerator runs a part."""

    delegation: Delegation


def check_delegation(delegation: Delegation, where: str) -> None:
    """Raises BundleError, naming the operators, where less than LEAST_DELEGATED is delegated."""
    if min(delegation.nodes, delegation.multiply_adds) < LEAST_DELEGATED:
        raise BundleError(
            f"{where}: delegated {delegation}; each has to be {LEAST_DELEGATED:.0%} or more; rewrite those operators"
        )
