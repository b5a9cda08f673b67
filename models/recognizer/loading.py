"""The published recognisers' weights."""

from __future__ import annotations

from collections.abc import Sequence

from export.net import read_net
from models.recognizer.network import SMALL, TINY, Recognizer, RecognizerConfig
from models.weights import load_weights


def load(
    data: bytes, classes: Sequence[int] = (), where: str = "rec.onnx", config: RecognizerConfig | None = None
) -> Recognizer:
    """The recogniser with the weights of PP-OCRv6 tiny's or small's ONNX graph ``data``, in evaluation mode.

    classes: numbers of the classes to keep, in this order, as ``export.ports.select_classes`` gives them; none for all.
    config: of the network that the graph has to be; None: told by the graph.
    Raises BundleError where that is not the graph, or lacks a class; ``where`` is its name for the message.
    """
    recognizer = Recognizer(config or config_of(data, where))
    load_weights(recognizer, data, where)
    if classes:
        recognizer.keep_classes(classes)
    recognizer.eval()
    return recognizer


def config_of(data: bytes, where: str) -> RecognizerConfig:
    """Which of the two a graph would be, by the planes of its first convolution; TINY where it is neither.

    Raises BundleError where it is no graph.
    """
    net = read_net(data, where)
    first = next((node for node in net.nodes if node.op == "Conv" and node.inputs[1] in net.weights), None)
    planes = None if first is None else len(net.weights[first.inputs[1]])
    return next((config for config in (TINY, SMALL) if config.stem[0] == planes), TINY)
