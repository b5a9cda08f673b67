from __future__ import annotations

import numpy as np
import pytest
from export_nets import CHARACTERS, detector, model, recognizer, run, weight
from onnx import helper

from edgekit.errors import BundleError
from edgekit.manifest import TensorSpec
from export import ports
from export.net import read_net
from export.parity import paddle_input
from export.recipe import Normalisation
from export.targets.onnx import lower

COLOURS = Normalisation((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
# Ports are given names which tensors inside the graphs already have.
IMAGE = TensorSpec("c", "uint8", (1, "height", "width", 3))
LINES = TensorSpec("t", "uint8", ("lines", 48, "width", 3))
PIXELS = np.random.default_rng(3).integers(0, 256, (1, 48, 64, 3), np.uint8)


def test_rgb_pixels_give_what_normalised_bgr_planes_gave_up_to_the_border() -> None:
    before = detector()
    net = read_net(before, "tiny")
    ports.take_rgb(net, IMAGE, COLOURS)
    ports.give_heat(net, TensorSpec("heat", "float32", (1, "height", "width")))
    heat = run(lower(net), PIXELS)[0]
    assert heat.shape == (1, 48, 64)
    np.testing.assert_allclose(heat, run(before, paddle_input(PIXELS, COLOURS))[0][:, 0], rtol=0, atol=1e-6)


def test_planes_are_blue_green_red_with_their_own_mean() -> None:
    red = np.zeros((1, 1, 1, 3), np.uint8)
    red[..., 0] = 255
    planes = paddle_input(red, COLOURS)[0, :, 0, 0]
    np.testing.assert_allclose(planes, [-0.485 / 0.229, -0.456 / 0.224, (1 - 0.406) / 0.225], rtol=1e-5)


def test_a_graph_that_does_not_start_with_a_convolution_of_colours_is_refused() -> None:
    net = read_net(model([helper.make_node("Relu", ["x"], ["y"])], {}), "tiny")
    with pytest.raises(BundleError, match="does not start with one convolution of 3 planes"):
        ports.take_rgb(net, IMAGE, COLOURS)


def test_classes_start_with_the_blank_and_end_with_the_space() -> None:
    classes, kept = ports.select_classes(CHARACTERS, "1ZAA")
    assert classes == [0, 5, 1, 6]
    assert kept == ["1", "A", " "]


def test_of_a_character_listed_twice_the_first_class_counts() -> None:
    assert ports.select_classes(["A", "B", "A"], "A")[0] == [0, 1, 4]


def test_the_cut_head_gives_the_best_kept_class_and_its_share() -> None:
    before, keep = recognizer(), [0, 5, 1, 6]
    net = read_net(before, "tiny")
    ports.take_rgb(net, LINES, COLOURS)
    ports.cut_classes(net, keep)
    specs = [TensorSpec(name, dtype, ("lines", "steps")) for name, dtype in (("i", "int32"), ("s", "float32"))]
    ports.give_best_class(net, specs[0], specs[1])
    indices, scores = run(lower(net), PIXELS)
    expected = run(before, paddle_input(PIXELS, COLOURS))[0][..., keep]
    expected /= expected.sum(-1, keepdims=True)
    assert indices.dtype == np.int32
    assert indices.shape == (1, 8)
    assert len(set(indices[0].tolist())) > 1
    np.testing.assert_array_equal(indices, expected.argmax(-1))
    np.testing.assert_allclose(scores, expected.max(-1), rtol=0, atol=1e-6)


def test_a_class_beyond_the_head_is_refused() -> None:
    with pytest.raises(BundleError, match="class 7 asked, the graph has 7"):
        ports.cut_classes(read_net(recognizer(), "tiny"), [0, 7])


@pytest.mark.parametrize("operators", [["Relu"], ["Relu", "Softmax"], ["Relu", "Relu", "Relu"]])
def test_another_head_is_refused(operators: list[str]) -> None:
    names = ["x", *"abc"[: len(operators) - 1], "y"]
    steps = [helper.make_node(op, [names[i]], [names[i + 1]]) for i, op in enumerate(operators)]
    with pytest.raises(BundleError, match="does not end in MatMul, Add, Softmax"):
        ports.cut_classes(read_net(model(steps, {"w": weight(1)}), "tiny"), [0])
