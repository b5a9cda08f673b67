from __future__ import annotations

import importlib
from typing import Any

import model_sources
import numpy as np
import pytest
from recognizer_gaps import recognizer_gaps

from edgekit.errors import BundleError
from export import samples
from export.recipes.receipt import RECOGNIZE

torch = pytest.importorskip("torch", reason="torch is not installed")
recognizer: Any = importlib.import_module("models.recognizer")

GuideConfig: Any = recognizer.GuideConfig
NORMALISATION = RECOGNIZE.normalisation


@pytest.fixture(scope="module")
def published() -> Any:
    """The recogniser with the published weights and all classes."""
    torch.set_num_threads(1)
    return recognizer.load(model_sources.recognizer())


@pytest.fixture(scope="module")
def graph() -> Any:
    """As the bundle has it."""
    cut = recognizer.load(model_sources.recognizer(), model_sources.classes())
    return recognizer.RecognizerGraph(cut, NORMALISATION).eval()


def test_it_does_what_the_source_graph_does(published: Any, graph: Any) -> None:
    gaps = recognizer_gaps(model_sources.recognizer(), published, graph, model_sources.classes(), 6906)
    assert len(gaps) == 6
    assert max(gaps) <= 1e-4


def test_a_cut_head_gives_the_logits_of_the_kept_classes(published: Any) -> None:
    kept = model_sources.classes()
    assert len(kept) == 334
    cut = recognizer.load(model_sources.recognizer(), kept)
    planes = torch.randn(1, 3, 48, 64)
    with torch.no_grad():
        assert torch.allclose(cut(planes), published(planes)[..., kept], atol=1e-4)


@pytest.mark.parametrize(("classes", "wrong"), [([0, 9], "9"), ([-1, 2], "-1")])
def test_a_class_it_lacks_is_named(classes: list[int], wrong: str) -> None:
    small = recognizer.RecognizerConfig((4, 4), recognizer.TINY.blocks, GuideConfig(5, 8), 9)
    with pytest.raises(BundleError, match=f"head cut: class {wrong} asked, the network has 9;"):
        recognizer.Recognizer(small).keep_classes(classes)


def test_one_exported_program_serves_many_sizes(graph: Any) -> None:
    lines, steps = torch.export.Dim("lines", min=1, max=64), torch.export.Dim("steps", min=2, max=400)
    example = torch.zeros(2, 48, 320, 3, dtype=torch.uint8)
    program = torch.export.export(graph, (example,), dynamic_shapes=({0: lines, 2: 8 * steps},), strict=False).module()
    for count, width in ((1, 16), (1, 96), (8, 336), (2, 1600)):
        pixels = torch.from_numpy(np.random.default_rng(width).integers(0, 256, (count, 48, width, 3), np.uint8))
        with torch.no_grad():
            found, expected = program(pixels), graph(pixels)
        assert all(torch.equal(*pair) for pair in zip(found, expected, strict=True))
        assert found[0].shape == found[1].shape == (count, width // 8)


def test_a_step_of_training_lowers_the_loss() -> None:
    torch.manual_seed(5)
    small = recognizer.RecognizerConfig((24, 48), recognizer.TINY.blocks, GuideConfig(5, 80), 20)
    network = recognizer.Recognizer(small).train()
    planes, text = torch.randn(4, 3, 48, 160), torch.randint(1, 20, (4, 6))
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05)
    before = ctc(network(planes), text)
    before.backward()
    assert all(float(weight.grad.abs().max()) > 0 for weight in network.parameters())
    optimiser.step()
    assert ctc(network(planes), text).item() < before.item()


def ctc(logits: Any, text: Any) -> Any:
    steps, letters = torch.full((len(text),), logits.shape[1]), torch.full((len(text),), text.shape[1])
    return torch.nn.functional.ctc_loss(logits.log_softmax(-1).transpose(0, 1), text, steps, letters, blank=0)


def test_training_does_not_reach_a_graph_made_before() -> None:
    network = recognizer.load(model_sources.recognizer(), [0, 5, 7]).train()
    graph = recognizer.RecognizerGraph(network, NORMALISATION)
    assert not graph.recognizer.training
    pixels = torch.from_numpy(samples.lines()[0])
    with torch.no_grad():
        _, before = graph(pixels)
        network(torch.randn(2, 3, 48, 64))  # moves the running means
        for weight in network.parameters():
            weight.zero_()
        assert torch.equal(graph(pixels)[1], before)
    assert network.training
