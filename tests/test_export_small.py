"""PP-OCRv6 small's recogniser, which has attention, for ExecuTorch and Core ML.

Lowering the whole network for ExecuTorch takes a minute and more, so a little one with the same neck is lowered here.
"""

from __future__ import annotations

import dataclasses
import importlib
import warnings
from typing import Any

import model_sources
import numpy as np
import pytest

from export import graphs, quantize, samples
from export.recipe import PictureRecipe
from export.recipes.receipt import REREAD

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
recognizer: Any = importlib.import_module("models.recognizer")


@pytest.fixture(scope="module")
def recipe() -> PictureRecipe:
    return REREAD


@pytest.fixture(scope="module")
def target() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the engine's own imports
        pytest.importorskip("executorch.exir", reason="executorch is not installed")
        return importlib.import_module("export.targets.executorch")


@pytest.fixture(scope="module")
def attention(target: Any) -> Any:
    return importlib.import_module("export.targets.executorch_attention")


@pytest.fixture(scope="module")
def network(recipe: PictureRecipe) -> Any:
    torch.manual_seed(2)
    torch.set_num_threads(1)
    blocks = (recognizer.TINY.blocks[2], recognizer.TINY.blocks[5])
    neck = recognizer.MixerConfig(columns=3, width=16, blocks=1, heads=2, growth=2)
    config = recognizer.RecognizerConfig((16, 48), blocks, neck, 30)
    return recognizer.RecognizerGraph(recognizer.Recognizer(config), recipe.normalisation).eval()


def test_the_rewritten_recogniser_gives_the_same_probabilities(attention: Any, network: Any) -> None:
    rewritten = attention.delegated_recognizer(network)
    kinds = {type(part).__name__ for part in rewritten.modules()}
    assert {"HeadwiseAttention", "MatrixNorm"} <= kinds
    assert not {"Attention", "LayerNorm"} & kinds
    assert "Attention" in {type(part).__name__ for part in network.modules()}, "the graph given is copied"
    for pixels in samples.lines():
        with torch.no_grad():
            expected, found = network(torch.from_numpy(pixels)), rewritten(torch.from_numpy(pixels))
        assert float((expected[1] - found[1]).abs().max()) <= 1e-6
        assert bool((expected[0] == found[0]).all())


@pytest.fixture(scope="module")
def lowered(target: Any, network: Any, recipe: PictureRecipe) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, "_network", lambda *_: network)
        return target.lower(recipe, {}, "fp32")


def test_xnnpack_takes_attention_of_any_number_of_lines_and_steps(target: Any, network: Any, lowered: Any) -> None:
    """``lower`` itself has compared the program with torch at the ends of its sizes."""
    found = lowered.delegation
    assert found.multiply_adds == 1.0
    assert found.nodes > 0.9
    assert {"aten.bmm", "aten.view_copy", "aten.native_layer_norm"}.isdisjoint(dict(found.left_out))
    session = target.backend.load(lowered.graph, lowered.data, 1)
    for lines, width in ((1, 16), (3, 104), (2, 640)):
        pixels = np.random.default_rng(width).integers(0, 256, (lines, 48, width, 3), np.uint8)
        with torch.no_grad():
            expected = network(torch.from_numpy(pixels))
        assert np.abs(session.run(pixels)[1] - expected[1].numpy()).max() <= 1e-4


def test_the_network_is_found_by_its_weights(target: Any, recipe: PictureRecipe) -> None:
    """The dictionary is in the graph's metadata."""
    found = target._network(recipe, model_sources.members(recipe)).recognizer
    assert found.classify.out_features == 334
    assert len(found.neck.blocks) == 2


def test_int8_takes_the_convolutions_that_onnx_takes(target: Any, attention: Any, recipe: PictureRecipe) -> None:
    int8 = importlib.import_module("export.targets.executorch_int8")
    members = model_sources.members(recipe)
    whole = attention.delegated_recognizer(target._network(recipe, members))
    module = target._export(whole, recipe, target.CLASS_AXES).module(check_guards=False)
    nodes = [node for node in module.graph.nodes if node.target is int8.CONVOLUTION]
    net = graphs.build(recipe, members).net
    for in_float, others in (((), 4), (range(6), 0)):
        chosen_by = dataclasses.replace(recipe, in_float=tuple(in_float))
        chosen = [node for node, one in zip(nodes, int8._chosen(nodes, net, chosen_by), strict=True) if one]
        wanted = [net.weights[node.inputs[1]].shape for node in quantize.quantizable(net, chosen_by.in_float)]
        assert len(nodes) == 57
        assert 25 < len(chosen) == len(wanted) - others, "of the stem, three meet paddings and one is two in ONNX"
    assert [tuple(node.args[1].meta["val"].shape) for node in chosen] == wanted


def test_core_ml_reads_the_same_text(recipe: PictureRecipe) -> None:
    pytest.importorskip("coremltools", reason="coremltools is not installed")
    coreml, parity, program = (
        importlib.import_module(f"export.{name}") for name in ("targets.coreml", "targets.coreml_parity", "mil.program")
    )
    members = model_sources.members(recipe)
    made = coreml.lower(recipe, members, "fp16")
    evidence = parity.compare(recipe, graphs.build(recipe, members).original, made.graph, made.data)
    assert evidence.status == "passed"
    assert 1e-4 < evidence.max_abs_difference <= 0.05
    assert made.graph.file == "reread_fp16.mlpackage.zip"
    kinds = {operation.kind for operation in program.read_program(made.data, "small").operations}
    assert {"layer_norm", "matmul", "softmax", "silu", "pad"} <= kinds
