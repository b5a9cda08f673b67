"""What a graph takes and gives: 8-bit RGB pictures in, a heat map or character indices out."""

from __future__ import annotations

import numpy as np

from edgekit.errors import BundleError
from edgekit.manifest import TensorSpec
from export.net import Net, Node
from export.recipe import Normalisation


def take_rgb(net: Net, spec: TensorSpec, normalisation: Normalisation) -> None:
    """Make a graph of normalised BGR planes take 8-bit RGB pixels, ``spec.shape`` being (N, height, width, 3).

    The division and the order of colours go into the first convolution. The subtraction stays a node: that convolution
    pads with zeros, and zero has to mean "the mean colour" as it did before. One mean for all colours is one number,
    which is subtracted several times faster where an engine keeps the colours last.
    """
    first = net.sole_consumer(net.inputs[0].name)
    if first is None or first.op != "Conv" or net.weights[first.inputs[1]].shape[1] != 3:
        raise BundleError("colour order: the graph does not start with one convolution of 3 planes; use another source")
    mean, std = (255 * np.reshape(values, (1, 3, 1, 1)) for values in (normalisation.mean, normalisation.std))
    weight = net.weights[first.inputs[1]].astype(np.float64) / std
    kernel = net.add_weight("kernel", weight[:, ::-1].astype(np.float32))
    means = mean[:, ::-1].astype(np.float32)
    offset = net.add_weight("mean", means[:, :1] if (means == means[:, :1]).all() else means)
    net.vacate(spec.name)
    planes = net.add("Transpose", [spec.name], {"perm": [0, 3, 1, 2]}, before=first)
    values = net.add("Cast", [planes], {"to": 1}, before=first)
    centred = net.add("Sub", [values, offset], before=first)
    first.inputs = [centred, kernel, *first.inputs[2:]]
    net.inputs = [spec]


def give_heat(net: Net, spec: TensorSpec) -> None:
    """Drop the plane axis of a [1, 1, height, width] map; ``spec.shape`` has the three axes left."""
    axis = net.add_weight("axis", np.array([1], np.int64))
    heat = net.add("Squeeze", [net.outputs[0].name, axis])
    _rename_outputs(net, {heat: spec})


def cut_classes(net: Net, keep: list[int]) -> None:
    """Keep these classes, in this order, of a graph that ends in ``MatMul, Add, Softmax``."""
    matrix, plus, _ = _head(net)
    weight, bias = net.weights[matrix.inputs[1]], net.weights[plus.inputs[1]]
    if max(keep) >= weight.shape[1]:
        raise BundleError(
            f"head cut: class {max(keep)} asked, the graph has {weight.shape[1]}; use its own character list"
        )
    matrix.inputs[1] = net.add_weight("head", weight[:, keep])
    plus.inputs[1] = net.add_weight("bias", bias[keep])


def give_best_class(net: Net, indices: TensorSpec, scores: TensorSpec) -> None:
    """Replace the probabilities of all classes by the best class and its probability, per line and step."""
    _, plus, softmax = _head(net)
    logits, last = plus.output, net.add_weight("axis", np.array([-1], np.int64))
    best = net.add("ArgMax", [logits], {"axis": -1, "keepdims": 0})
    index = net.add("Cast", [best], {"to": 6})
    score = net.add("ReduceMax", [softmax.output, last], {"keepdims": 0})
    _rename_outputs(net, {index: indices, score: scores})


def _head(net: Net) -> tuple[Node, Node, Node]:
    softmax = net.producer(net.outputs[0].name)
    plus = net.producer(softmax.inputs[0]) if softmax is not None else None
    matrix = net.producer(plus.inputs[0]) if plus is not None else None
    if (
        softmax is None
        or plus is None
        or matrix is None
        or [matrix.op, plus.op, softmax.op] != ["MatMul", "Add", "Softmax"]
    ):
        raise BundleError("head cut: the graph does not end in MatMul, Add, Softmax; use another source")
    return matrix, plus, softmax


def _rename_outputs(net: Net, ports: dict[str, TensorSpec]) -> None:
    for spec in ports.values():
        net.vacate(spec.name)
    for node in net.nodes:
        node.outputs = [ports[name].name if name in ports else name for name in node.outputs]
    net.outputs = list(ports.values())


def select_classes(characters: list[str], wanted: str) -> tuple[list[int], list[str]]:
    """Class numbers to keep and the characters they stand for.

    ``characters`` are those of the original's classes 1, 2, ...; its class 0 is the CTC blank and the class after the
    last character is the space. The result starts with the blank and ends with the space; wanted characters which the
    original lacks are left out.
    """
    place = {character: number for number, character in reversed(list(enumerate(characters, start=1)))}
    kept = [character for character in dict.fromkeys(wanted) if character in place]
    return [0, *(place[character] for character in kept), len(characters) + 1], [*kept, " "]
