"""Tiny networks in the shape of the real ones, made on the spot, and a way to run what the exporter writes."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from edgekit.backends import ort
from edgekit.manifest import Evidence, Graph, TensorSpec
from export.recipe import ClassHead, HeatHead, Member, Normalisation, Package, PictureRecipe, Recipe, StageRecipe

Array = NDArray[Any]
RANDOM = np.random.default_rng(7)
CHARACTERS = ["A", "é", "漢", "B", "1"]


def weight(*shape: int) -> Array:
    return RANDOM.normal(0, 0.3, shape).astype(np.float32)


def model(nodes: list[Any], weights: dict[str, Array], rank: int = 4, opset: int = 11) -> bytes:
    """From ``x`` [n, 3, h, w] to ``y``."""
    source = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, "h", "w"])
    result = helper.make_tensor_value_info("y", TensorProto.FLOAT, [f"d{i}" for i in range(rank)])
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "tiny", [source], [result], tensors)
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=6)
    onnx.checker.check_model(built)
    return bytes(built.SerializeToString())


def run(data: bytes, *arrays: Array) -> tuple[Array, ...]:
    """What ONNX Runtime makes of it, whatever its inputs and outputs are called."""
    graph = onnx.load_model_from_string(data).graph
    inputs = tuple(TensorSpec(value.name, "float32", ()) for value in graph.input)
    outputs = tuple(TensorSpec(value.name, "float32", ()) for value in graph.output)
    made = Graph("onnxruntime", "fp32", "tiny.onnx", inputs, outputs, Evidence("not run", "a test"))
    return ort.load(made, data, 1).run(*arrays)


def detector() -> bytes:
    nodes = [
        helper.make_node("Conv", ["x", "k", "b"], ["c"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
        helper.make_node("Sigmoid", ["c"], ["y"]),
    ]
    return model(nodes, {"k": weight(1, 3, 3, 3), "b": np.array([-9], np.float32)})


def recognizer(classes: int = len(CHARACTERS) + 2) -> bytes:
    """48 rows to one step per 8 columns, classes at the end, as opset 11 writes it."""
    nodes = [
        helper.make_node("Conv", ["x", "k"], ["c"], kernel_shape=[48, 8], strides=[48, 8]),
        helper.make_node("Squeeze", ["c"], ["s"], axes=[2]),
        helper.make_node("Transpose", ["s"], ["t"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["t", "m"], ["l"]),
        helper.make_node("Add", ["l", "b"], ["a"]),
        helper.make_node("Softmax", ["a"], ["y"], axis=2),
    ]
    weights = {"k": weight(4, 3, 48, 8) / 8, "m": weight(4, classes), "b": weight(classes)}
    return model(nodes, weights, rank=3)


def wheel(path: Path, files: dict[str, bytes]) -> Package:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return Package("tiny", "1.0", path.name, digest(path.read_bytes()))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def recipe(cache: Path, tolerance: float = 1e-4) -> Recipe:
    """A whole recipe on tiny networks; its wheel lies in ``cache``."""
    files = {"det.onnx": detector(), "rec.onnx": recognizer(), "dict.txt": "\r\n".join([*CHARACTERS, ""]).encode()}
    package = wheel(cache / "tiny-1.0-py3-none-any.whl", files)
    members = {name: Member(package, name, digest(data)) for name, data in files.items()}
    heat = HeatHead(TensorSpec("heat", "float32", (1, "height", "width")))
    steps = TensorSpec("indices", "int32", ("lines", "steps")), TensorSpec("scores", "float32", ("lines", "steps"))
    image = TensorSpec("image", "uint8", (1, "height", "width", 3))
    lines = TensorSpec("lines", "uint8", ("lines", 48, "width", 3))
    colours = Normalisation((0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
    letters = ClassHead(members["dict.txt"], "1AéZ", "charset.txt", *steps)
    detect = PictureRecipe("d", members["det.onnx"], "detect.onnx", image, colours, heat, "moved", tolerance)
    read = PictureRecipe(
        "r", members["rec.onnx"], "recognize.onnx", lines, colours, letters, "cut to {classes}", tolerance
    )
    stages = (
        StageRecipe("image", "image_params.json"),
        StageRecipe("detect", "detect_params.json", detect),
        StageRecipe("recognize", "recognize_params.json", read),
        StageRecipe("layout", "layout_params.json"),
        StageRecipe("extract", "extract_params.json"),
    )
    copies = (("LICENSE", "Apache-2.0.txt"), ("lexicon.json", "lexicon.json"))
    return Recipe("tiny", "0.1", "Apache-2.0", "tiny", stages, copies, "of others\n\n{changes}\n")
