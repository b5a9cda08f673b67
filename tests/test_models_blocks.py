from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest

from export.parity import paddle_input
from export.recipe import Normalisation

torch = pytest.importorskip("torch", reason="torch is not installed")
blocks: Any = importlib.import_module("models.blocks")


def test_pixels_go_through_the_first_convolution_as_normalised_planes_did() -> None:
    normalisation = Normalisation((0.5, 0.4, 0.3), (0.2, 0.3, 0.4))
    pixels = np.random.default_rng(1).integers(0, 256, (2, 8, 12, 3), np.uint8)
    convolution = torch.nn.Conv2d(3, 4, 3, 2, padding=1)
    with torch.no_grad():
        expected = convolution(torch.from_numpy(paddle_input(pixels, normalisation)))
        entry = blocks.take_rgb(convolution, normalisation)
        assert torch.allclose(convolution(entry(torch.from_numpy(pixels))), expected, atol=1e-5)


@pytest.mark.parametrize("cell", [2, 4])
def test_averaging_cells_first_changes_no_gate(cell: int) -> None:
    whole, parts = blocks.SqueezeExcite(8, 0.2), blocks.SqueezeExcite(8, 0.2, cell)
    parts.load_state_dict(whole.state_dict())
    x = torch.randn(2, 8, 16, 12)
    assert torch.allclose(whole(x), parts(x), atol=1e-6)
    assert not torch.allclose(whole(x), x, atol=0.1)


@pytest.mark.parametrize(("slope", "shift", "gate"), [(0.2, 3.0, 1.0), (0.2, -3.0, 0.0), (0.2, 1.0, 0.7)])
def test_a_gate_is_a_hard_sigmoid(slope: float, shift: float, gate: float) -> None:
    layer = blocks.SqueezeExcite(4, slope)
    with torch.no_grad():
        layer.restore.weight.zero_()
        layer.restore.bias.fill_(shift)
        assert torch.allclose(layer(torch.ones(1, 4, 2, 2)), torch.full((1, 4, 2, 2), gate))


@pytest.mark.parametrize(
    ("config", "shape"),
    [
        (blocks.BlockConfig(6), (1, 6, 8, 10)),
        (blocks.BlockConfig(6, excite=True), (1, 6, 8, 10)),
        (blocks.BlockConfig(9), (1, 9, 8, 10)),
        (blocks.BlockConfig(6, (2, 1)), (1, 6, 4, 10)),
    ],
)
def test_only_a_block_that_keeps_the_shape_adds_its_input(config: Any, shape: tuple[int, ...]) -> None:
    (block,) = blocks.stage(6, [config])
    with torch.no_grad():
        for tensor in (block.project.weight, block.project.bias):
            tensor.zero_()
        found = block(torch.randn(1, 6, 8, 10))
    assert found.shape == shape
    assert bool(found.any()) is (shape == (1, 6, 8, 10))
