"""What a bundle is made of, as data: nothing here reads, computes or imports an engine."""

from __future__ import annotations

import dataclasses
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from edgekit.manifest import TensorSpec

REPOSITORY = Path(__file__).parent.parent


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
    """A file inside a wheel, and its digest."""

    package: Package
    path: str
    sha256: str

    @property
    def origin(self) -> str:
        return self.package.pin


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file on disk, and its digest. path: absolute, or from the recipe's ``root``."""

    path: str
    sha256: str

    @property
    def origin(self) -> str:
        return "a local file"


File = Member | LocalFile
"""As weights: a graph in ONNX."""


@dataclass(frozen=True, slots=True)
class PaddleModel:
    """PaddlePaddle's inference format. program: ``inference.pdmodel`` or ``inference.json``."""

    program: File
    params: File

    @property
    def path(self) -> str:
        return self.program.path

    @property
    def files(self) -> tuple[File, ...]:
        return self.program, self.params


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder that a transformers model was saved to.

    model: its class as ``module:Class``; "transformers:AutoModelForTokenClassification" knows the published ones.
    """

    config: File
    state: File
    model: str

    @property
    def path(self) -> str:
        return self.state.path

    @property
    def files(self) -> tuple[File, ...]:
        return self.config, self.state


@dataclass(frozen=True, slots=True)
class TorchModule:
    """What a function of no arguments gives, ``factory`` being ``package.module:function``: a ``torch.nn.Module`` in
    the original's convention. state: its ``state_dict`` as ``torch.save`` wrote it, or as safetensors."""

    factory: str
    state: File

    @property
    def path(self) -> str:
        return self.state.path

    @property
    def files(self) -> tuple[File, ...]:
        return (self.state,)


Weights = Member | LocalFile | PaddleModel | Checkpoint | TorchModule


@dataclass(frozen=True, slots=True)
class Tuned:
    """Weights that were trained further and replace published ones.

    file: ``.npz`` of arrays by the name of the graph's initialiser; one named ``classes`` has the numbers of the
    classes that the head still has, in its order. changes: what the licence asks us to state.
    """

    file: LocalFile
    changes: str


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
        space. key: of the ONNX graph's metadata, where the dictionary is kept there and ``dictionary`` is the graph.
    alphabet: the characters to keep, if the dictionary has them. charset: the bundle's file that lists those kept.
    """

    dictionary: File
    alphabet: str
    charset: str
    indices: TensorSpec
    scores: TensorSpec
    key: str | None = None


def _caller() -> str:
    """File and line of the code that makes a recipe, or ``dataclasses.replace``s parts of one."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename in (dataclasses.__file__, "<string>", __file__):
        frame = frame.f_back  # "<string>" is the __init__ that dataclasses write
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


@dataclass(frozen=True, slots=True)
class PictureRecipe:
    """A network on pictures: where its weights are, what it shall take and give, and how far it may be off.

    pixels: the new input, 8-bit RGB, (pictures, height, width, 3).
    changes: what the licence asks us to state; ``{classes}`` stands for the number of classes kept.
    tolerance: largest absolute difference from the original, on any output, in its own unit.
    in_float: convolutions, by their number from 0 in the order of the graph, that int8 leaves in float32.
    only: the precision it is always made in, whatever is asked of the others. int8 is then calibrated on drawn ones.
        The stage's constants then name it as ``precision``.
    only_for: targets that ``only`` holds for; all where none is named.
    rest_in_8_bits: whether int8 stores the weights of what it leaves in float in 8 bits, too: smaller, and less exact.
    line: where this recipe was written, for messages.
    """

    title: str
    weights: Weights
    file: str
    pixels: TensorSpec
    normalisation: Normalisation
    head: HeatHead | ClassHead
    changes: str
    tolerance: float
    in_float: tuple[int, ...] = ()
    tuned: Tuned | None = None
    only: str | None = None
    only_for: tuple[str, ...] = ()
    rest_in_8_bits: bool = False
    line: str = field(default_factory=_caller, init=False, compare=False, repr=False)

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        return (self.pixels,)

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What the new graph gives, in order."""
        head = self.head
        return (head.indices, head.scores) if isinstance(head, ClassHead) else (head.heat,)


@dataclass(frozen=True, slots=True)
class WordRecipe:
    """A network on words: where its weights are, what it takes and gives, and how far it may be off.

    inputs: as the original has them, in order; an axis that varies has the name ``words``.
    buckets: numbers of words at once, rising: what the runtime asks for.
    feeds: what graphs are compared on: "receipts" are the words of drawn receipts as the extractor encodes them;
        "numbers" are random, integers below ``vocabulary``.
    changes: what the licence asks us to state; empty for weights of one's own. tolerance, line: as in PictureRecipe.
    """

    title: str
    weights: Weights
    file: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    buckets: tuple[int, ...]
    changes: str
    tolerance: float
    feeds: Literal["receipts", "numbers"] = "receipts"
    vocabulary: int = 2
    line: str = field(default_factory=_caller, init=False, compare=False, repr=False)


GraphRecipe = PictureRecipe | WordRecipe


@dataclass(frozen=True, slots=True)
class StageRecipe:
    """One stage: ``params`` names the JSON file of its constants, below the recipe's root or in ``export/data``."""

    name: str
    params: str
    graph: GraphRecipe | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """One bundle.

    files: the bundle's name of a file to the file that is copied, found as ``params`` of a stage is. notice: the text
    of NOTICE; ``{changes}`` stands for what was changed. root: the folder that local paths start from.
    """

    name: str
    version: str
    licence: str
    description: str
    stages: tuple[StageRecipe, ...]
    files: tuple[tuple[str, str], ...]
    notice: str
    root: Path = REPOSITORY

    @property
    def graphs(self) -> dict[str, GraphRecipe]:
        """By stage."""
        return {stage.name: stage.graph for stage in self.stages if stage.graph is not None}


def only_precision(graph: GraphRecipe, target: str) -> str | None:
    """The one precision that a network is made in for a target, whatever is asked; None where it has no such one."""
    if not isinstance(graph, PictureRecipe) or (graph.only_for and target not in graph.only_for):
        return None
    return graph.only


def weight_files(graph: GraphRecipe) -> tuple[File, ...]:
    """Those that its original's weights are in."""
    weights = graph.weights
    return (weights,) if isinstance(weights, Member | LocalFile) else weights.files


def files_of(graph: GraphRecipe) -> tuple[File, ...]:
    """All files that a network is made from."""
    found = weight_files(graph)
    if isinstance(graph, WordRecipe):
        return found
    found += (graph.head.dictionary,) if isinstance(graph.head, ClassHead) else ()
    return found + ((graph.tuned.file,) if graph.tuned is not None else ())
