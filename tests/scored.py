"""An extraction network made of a table: what a word is, by its text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from printed import laid_out, lexicon, params

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.extract.network import Network, Reading
from edgekit.extract.paper import Paper, build_paper
from edgekit.extract.params import ExtractParams
from edgekit.extract.places import PLACES
from edgekit.extract.rungs import JOINT, params_of
from edgekit.extract.words import LETTERS, TAGS
from edgekit.manifest import Evidence, Graph, Stage, TensorSpec

SURE = 8.0
"""The logit of a word for its tags; of all other tags it is minus this."""

Said = Mapping[str, Sequence[str]]


class Table:
    """A session that scores words by their text: {tag: words}; it counts its runs."""

    def __init__(self, said: Said, sure: float = SURE) -> None:
        self.runs = 0
        self._said = said
        self._sure = sure

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        self.runs += 1
        chars, _ = inputs
        scores = np.full((1, chars.shape[1], len(TAGS)), -self._sure, np.float32)
        for word, ids in enumerate(chars[0]):
            text = "".join(chr(i - 1) for i in ids if i)
            for number, tag in enumerate(TAGS):
                if text in self._said.get(tag, ()):
                    scores[0, word, number] = self._sure
        return (scores,)


class Wrong:
    """A session that gives anything."""

    def __init__(self, answer: Callable[[], tuple[NDArray[Any], ...]]) -> None:
        self._answer = answer

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        return self._answer()


def paper_of(printed: str, confidence: float = 0.98) -> Paper:
    return build_paper(*laid_out(printed, confidence), lexicon(), params_of(JOINT, params()))


def reading_of(paper: Paper, said: Said, sure: float = SURE) -> Reading:
    reading = Network(Table(said, sure)).read(paper.page, paper.found, paper.lexicon)
    assert reading is not None
    return reading


def with_calibration(**rungs: Any) -> ExtractParams:
    return replace(params(), calibration=rungs)


def network_bytes() -> bytes:
    """A graph that scores words by what the rules know of them, as a bundle's file."""
    weights = np.zeros((len(PLACES), len(TAGS)), np.float32)
    weights[PLACES.index("entry total"), TAGS.index("total")] = 10.0
    weights[PLACES.index("money"), TAGS.index("amount")] = 3.0
    weights[PLACES.index("alphabetic"), TAGS.index("description")] = 3.0
    inputs = [
        helper.make_tensor_value_info("chars", TensorProto.INT32, [1, "words", LETTERS]),
        helper.make_tensor_value_info("places", TensorProto.FLOAT, [1, "words", len(PLACES)]),
    ]
    output = helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, "words", len(TAGS)])
    nodes = [
        helper.make_node("MatMul", ["places", "weights"], ["raw"]),
        helper.make_node("Sub", ["raw", "two"], ["some"]),
        helper.make_node("Cast", ["chars"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMax", ["floats", "last"], ["most"], keepdims=1),
        helper.make_node("Mul", ["most", "nothing"], ["zero"]),
        helper.make_node("Add", ["some", "zero"], ["scores"]),
    ]
    constants = [
        numpy_helper.from_array(weights, "weights"),
        numpy_helper.from_array(np.array(2.0, np.float32), "two"),
        numpy_helper.from_array(np.array(0.0, np.float32), "nothing"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
    ]
    graph = helper.make_graph(nodes, "words", inputs, [output], constants)
    made: bytes = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10
    ).SerializeToString()
    return made


def networked_bundle(path: Path, graphs: bool = True, **changes: Any) -> Path:
    """The default bundle with the graph of ``network_bytes``, or none, and changed constants of the extraction."""
    bundle = Bundle.open()
    manifest = bundle.manifest
    inputs = (
        TensorSpec("chars", "int32", (1, "words", LETTERS)),
        TensorSpec("places", "float32", (1, "words", len(PLACES))),
    )
    outputs = (TensorSpec("scores", "float32", (1, "words", len(TAGS))),)
    evidence = Evidence("not run", "made by a test")
    graph = Graph("onnxruntime", "fp32", "extract.onnx", inputs, outputs, evidence)
    stage = manifest.stages["extract"]
    stages = {**manifest.stages, "extract": Stage((graph,) if graphs else (), {**stage.params, **changes})}
    own = {file.file for file in stage.graphs}
    contents = {name: bundle.read(name) for name in manifest.files if name not in own}
    contents |= {"extract.onnx": network_bytes()} if graphs else {}
    return write_bundle(path, replace(manifest, stages=stages, files={}), contents).path
