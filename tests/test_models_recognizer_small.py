"""PP-OCRv6 small's recogniser in torch: its published weights, and the neck with attention."""

from __future__ import annotations

import importlib
from typing import Any

import model_sources
import numpy as np
import onnx
import pytest
from recognizer_gaps import recognizer_gaps

from edgekit.errors import BundleError
from export.recipes.receipt import RECOGNIZE, REREAD

torch = pytest.importorskip("torch", reason="torch is not installed")
recognizer: Any = importlib.import_module("models.recognizer")
neck: Any = importlib.import_module("models.recognizer.neck")
loading: Any = importlib.import_module("models.recognizer.loading")

NORMALISATION = RECOGNIZE.normalisation
NECK = neck.MixerConfig(columns=3, width=16, blocks=1, heads=2, growth=2)
WRONG = "; use the graph of this network"


@pytest.fixture(scope="module")
def published() -> Any:
    torch.set_num_threads(1)
    return recognizer.load(model_sources.small_recognizer())


def tiny() -> Any:
    """Its architecture with few planes."""
    torch.manual_seed(5)
    blocks = (recognizer.TINY.blocks[0], recognizer.TINY.blocks[2], recognizer.TINY.blocks[5])
    config = recognizer.RecognizerConfig((24, 48), blocks, NECK, 20, has_branches=True)
    return recognizer.Recognizer(config)


def test_it_does_what_the_source_graph_does(published: Any) -> None:
    classes = model_sources.classes(REREAD)
    assert len(classes) == 334
    cut = recognizer.load(model_sources.small_recognizer(), classes)
    graph = recognizer.RecognizerGraph(cut, NORMALISATION).eval()
    gaps = recognizer_gaps(model_sources.small_recognizer(), published, graph, classes, 18710)
    assert len(gaps) == 6
    assert max(gaps) <= 1e-4


def test_both_recognisers_keep_the_same_characters() -> None:
    kept = []
    for recipe in (RECOGNIZE, REREAD):
        graphs = importlib.import_module("export.graphs")
        kept.append(graphs.kept_classes(recipe.head, model_sources.members(recipe))[1])
    assert kept[0] == kept[1]


def test_the_graph_tells_which_network_it_is() -> None:
    assert loading.config_of(model_sources.small_recognizer(), "rec.onnx") is recognizer.SMALL
    assert loading.config_of(model_sources.recognizer(), "rec.onnx") is recognizer.TINY
    with pytest.raises(BundleError, match=r"small.onnx: layer 0 is Conv \[48, 3, 3, 3\] .*" + WRONG):
        recognizer.load(model_sources.small_recognizer(), (), "small.onnx", recognizer.TINY)
    with pytest.raises(BundleError, match=r"tiny.onnx: layer 0 is Conv \[24, 3, 3, 3\] .*" + WRONG):
        recognizer.load(model_sources.recognizer(), (), "tiny.onnx", recognizer.SMALL)
    with pytest.raises(BundleError, match=r"layer 0 is Conv .*" + WRONG):
        recognizer.load(model_sources.detector())


def test_a_graph_without_the_branch_around_attention_is_refused() -> None:
    graph = onnx.load_from_string(model_sources.small_recognizer())
    last = [node for node in graph.graph.node if node.op_type == "Add" and "swish" in node.input[1]][-1]
    last.input[1] = last.input[0]
    with pytest.raises(
        BundleError, match=r"rec.onnx: layer \d+ is Conv \[120, 1, 1, 7\] .* expected Conv \[120, 384, 1, 1\]"
    ):
        recognizer.load(graph.SerializeToString())


def test_a_weight_left_over_is_refused() -> None:
    graph = onnx.load_from_string(model_sources.small_recognizer())
    last = graph.graph.node[-1]
    graph.graph.initializer.append(onnx.numpy_helper.from_array(np.ones(18710, np.float32), "extra"))
    graph.graph.node.insert(len(graph.graph.node) - 1, onnx.helper.make_node("Mul", [last.input[0], "extra"], ["more"]))
    last.input[0] = "more"
    with pytest.raises(BundleError, match=r"rec.onnx: extra belongs to no layer" + WRONG):
        recognizer.load(graph.SerializeToString())


def test_attention_is_that_of_torch() -> None:
    torch.manual_seed(3)
    ours, theirs = neck.Attention(12, 3), torch.nn.MultiheadAttention(12, 3, batch_first=True)
    ours.ask.load_state_dict({"weight": theirs.in_proj_weight, "bias": theirs.in_proj_bias})
    ours.answer.load_state_dict(theirs.out_proj.state_dict())
    steps = torch.randn(2, 7, 12)
    with torch.no_grad():
        assert torch.allclose(ours(steps), theirs(steps, steps, steps)[0], atol=1e-6)


def test_one_exported_program_serves_many_sizes() -> None:
    graph = recognizer.RecognizerGraph(tiny(), NORMALISATION).eval()
    lines, steps = torch.export.Dim("lines", min=1, max=64), torch.export.Dim("steps", min=2, max=400)
    example = torch.zeros(2, 48, 320, 3, dtype=torch.uint8)
    program = torch.export.export(graph, (example,), dynamic_shapes=({0: lines, 2: 8 * steps},), strict=False).module()
    for count, width in ((1, 16), (8, 336), (2, 640)):
        pixels = torch.from_numpy(np.random.default_rng(width).integers(0, 256, (count, 48, width, 3), np.uint8))
        with torch.no_grad():
            found, expected = program(pixels), graph(pixels)
        assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))
        assert found[0].shape == found[1].shape == (count, width // 8)


def test_a_step_of_training_lowers_the_loss() -> None:
    network = tiny().train()
    planes, text = torch.randn(4, 3, 48, 160), torch.randint(1, 20, (4, 6))
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05)
    steps, letters = torch.full((4,), 20), torch.full((4,), 6)

    def loss() -> Any:
        chances = network(planes).log_softmax(-1).transpose(0, 1)
        return torch.nn.functional.ctc_loss(chances, text, steps, letters, blank=0)

    before = loss()
    before.backward()
    assert all(float(weight.grad.abs().max()) > 0 for weight in network.parameters())
    optimiser.step()
    assert loss().item() < before.item()
