from __future__ import annotations

import importlib
from typing import Any

import model_sources
import numpy as np
import pytest
from export_nets import run

from export import samples
from export.parity import heat_gap, paddle_input
from export.recipes.receipt import DETECT

torch = pytest.importorskip("torch", reason="torch is not installed")
detector: Any = importlib.import_module("models.detector")

NORMALISATION = DETECT.normalisation


@pytest.fixture(scope="module")
def published() -> Any:
    """The detector with the published weights."""
    torch.set_num_threads(1)
    return detector.load(model_sources.detector())


def test_it_does_what_the_source_graph_does(published: Any) -> None:
    graph = detector.DetectorGraph(published, NORMALISATION)
    gaps = []
    for pixels in samples.pages():
        planes = paddle_input(pixels, NORMALISATION)
        (expected,) = run(model_sources.detector(), planes)
        with torch.no_grad():
            logits, heat = published(torch.from_numpy(planes)), graph(torch.from_numpy(pixels))
        assert expected.max() > 0.9, "no text in the sample"
        assert heat.dtype is torch.float32
        assert heat.shape == pixels.shape[:3]
        gaps += [heat_gap(expected, [torch.sigmoid(logits)[:, 0].numpy()]), heat_gap(expected, [heat.numpy()])]
    assert len(gaps) == 8
    assert max(gaps) <= 1e-4


def test_most_of_the_difference_is_the_source_graphs_rounding(published: Any) -> None:
    """In double precision the same weights give what single precision gives here, ten times closer."""
    exact = detector.load(model_sources.detector()).double()
    planes = torch.from_numpy(paddle_input(samples.pages()[1], NORMALISATION))
    with torch.no_grad():
        gap = torch.sigmoid(exact(planes.double())) - torch.sigmoid(published(planes))
    assert float(gap.abs().max()) <= 3e-5


def test_one_exported_program_serves_many_sizes(published: Any) -> None:
    graph = detector.DetectorGraph(published, NORMALISATION).eval()
    rows, columns = torch.export.Dim("rows", min=2, max=64), torch.export.Dim("columns", min=2, max=64)
    example = torch.zeros(1, 320, 352, 3, dtype=torch.uint8)
    sizes = {1: 32 * rows, 2: 32 * columns}
    program = torch.export.export(graph, (example,), dynamic_shapes=(sizes,), strict=False).module()
    for height, width in ((64, 64), (320, 352), (96, 448), (736, 320)):
        pixels = torch.from_numpy(np.random.default_rng(height).integers(0, 256, (1, height, width, 3), np.uint8))
        with torch.no_grad():
            assert torch.equal(program(pixels), graph(pixels))


def test_a_step_of_training_lowers_the_loss() -> None:
    torch.manual_seed(5)
    network = detector.Detector().train()
    planes, wanted = torch.randn(2, 3, 64, 96), (torch.rand(2, 1, 64, 96) < 0.3).float()
    loss = torch.nn.BCEWithLogitsLoss()
    optimiser = torch.optim.SGD(network.parameters(), lr=0.1)
    before = loss(network(planes), wanted)
    before.backward()
    assert all(float(weight.grad.abs().max()) > 0 for weight in network.parameters())
    optimiser.step()
    assert loss(network(planes), wanted).item() < before.item()


def test_training_does_not_reach_a_graph_made_before(published: Any) -> None:
    network = detector.load(model_sources.detector()).train()
    graph = detector.DetectorGraph(network, NORMALISATION)
    assert not graph.detector.training
    pixels = torch.from_numpy(samples.pages()[0][:, :64, :64].copy())
    with torch.no_grad():
        before = graph(pixels)
        for weight in network.parameters():
            weight.zero_()
        assert torch.equal(graph(pixels), before)
    assert network.training
