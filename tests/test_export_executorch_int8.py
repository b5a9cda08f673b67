"""int8 for ExecuTorch: which convolutions it takes, the ranges of activations, and a program that runs."""

from __future__ import annotations

import dataclasses
import importlib
import warnings
from typing import Any

import model_sources
import numpy as np
import pytest

from edgekit.errors import BundleError, UsageError
from export import graphs, quantize, samples
from export.recipe import PictureRecipe
from export.recipes.receipt import DETECT, RECOGNIZE

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the engine's own imports
    pytest.importorskip("executorch.exir", reason="executorch is not installed")
    pytest.importorskip("torchao", reason="torchao is not installed")
    target: Any = importlib.import_module("export.targets.executorch")
    int8: Any = importlib.import_module("export.targets.executorch_int8")
    backend: Any = importlib.import_module("edgekit.backends.executorch")

FEEDS = [(lines,) for lines in samples.lines()]


def traced(recipe: PictureRecipe) -> tuple[Any, Any]:
    """The convolutions of the program, and the graph."""
    members = model_sources.members(recipe)
    network = target._network(recipe, members)
    is_recognizer = recipe is RECOGNIZE
    network = network if is_recognizer else target.DelegatedDetectorGraph(network).eval()
    axes = target.CLASS_AXES if is_recognizer else target.HEAT_AXES
    module = target._export(network, recipe, axes).module(check_guards=False)
    nodes = [node for node in module.graph.nodes if node.target is int8.CONVOLUTION]
    return nodes, graphs.build(recipe, members).net


@pytest.fixture(scope="module")
def recognizer() -> Any:
    return target.lower(RECOGNIZE, model_sources.members(RECOGNIZE), "int8", FEEDS)


@pytest.mark.parametrize(("recipe", "most"), [(RECOGNIZE, 37), (DETECT, 85)])
def test_the_same_convolutions_are_chosen_as_for_onnx(recipe: PictureRecipe, most: int) -> None:
    nodes, net = traced(recipe)
    chosen = [node for node, one in zip(nodes, int8._chosen(nodes, net, recipe), strict=True) if one]
    wanted = quantize.quantizable(net, recipe.in_float)
    assert len(nodes) == most
    assert 0 < len(chosen) == len(wanted) < most
    for node, other in zip(chosen, wanted, strict=True):
        assert tuple(node.args[1].meta["val"].shape) == net.weights[other.inputs[1]].shape
    names = " ".join(str(node.args[1]) for node in chosen)
    assert not any(word in names for word in ("spatial", "excite", "stem", "entry", "shrink", "head"))


def test_convolutions_that_are_others_are_refused() -> None:
    nodes, net = traced(RECOGNIZE)
    with pytest.raises(BundleError, match=r"recognize.onnx: convolution 1 is another in torch; int8 cannot be mapped"):
        int8._chosen([nodes[0], *nodes[2:]], net, RECOGNIZE)
    with pytest.raises(BundleError, match=r"recognize.onnx: 1 convolutions are not in torch; int8 cannot be mapped"):
        int8._chosen(nodes[:-1], net, RECOGNIZE)
    with pytest.raises(BundleError, match="convolution 37 is another in torch"):
        int8._chosen([*nodes, nodes[-1]], net, RECOGNIZE)


def test_ranges_are_means_of_extremes() -> None:
    observer = int8.MeanExtremes(dtype=torch.int8, quant_min=-128, quant_max=127, eps=1e-9)
    for low, high in ((-1.0, 2.0), (-3.0, 4.0), (-2.0, 9.0)):
        observer(torch.tensor([low, 0.5, high]))
    assert float(observer.min_val) == pytest.approx(-2.0)
    assert float(observer.max_val) == pytest.approx(5.0)
    scale, zero = observer.calculate_qparams()
    assert float(scale) == pytest.approx(7 / 255)
    assert int(zero) == round(-128 + 2 / (7 / 255))


def test_int8_needs_pictures() -> None:
    with pytest.raises(UsageError, match="nothing to calibrate with: give pictures on which text is found"):
        target.lower(RECOGNIZE, model_sources.members(RECOGNIZE), "int8")


def test_the_program_is_smaller_and_compared(recognizer: Any) -> None:
    graph = recognizer.graph
    assert (graph.precision, graph.file) == ("int8", "recognize_int8.pte")
    assert 2 * len(recognizer.data) < len(target.lower(RECOGNIZE, model_sources.members(RECOGNIZE)).data)
    assert recognizer.delegation.multiply_adds == 1.0
    members = model_sources.members(RECOGNIZE)
    evidence = target.compare(RECOGNIZE, graphs.build(RECOGNIZE, members).original, recognizer)
    assert evidence.status == "passed"
    assert 1e-3 < evidence.max_abs_difference <= 1.0


def test_the_program_takes_lines_of_any_width(recognizer: Any) -> None:
    session = backend.load(recognizer.graph, recognizer.data, 1)
    for width in (16, 104, 640):
        indices, scores = session.run(np.full((2, 48, width, 3), 200, np.uint8))
        assert indices.shape == scores.shape == (2, width // 8)
        assert np.isfinite(scores).all()


def test_a_program_that_gives_no_numbers_is_refused(recognizer: Any) -> None:
    target._check_gap(0.9, recognizer.graph, "another")
    with pytest.raises(BundleError, match=r"recognize_int8.pte: differs from another by nan"):
        target._check_gap(float("nan"), recognizer.graph, "another")
    fp32 = dataclasses.replace(recognizer.graph, precision="fp32")
    with pytest.raises(BundleError, match="by 0.9, more than 0.001"):
        target._check_gap(0.9, fp32, "another")
