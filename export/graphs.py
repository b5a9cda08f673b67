"""A recipe's network, read and changed in memory, ready for any target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from edgekit.errors import BundleError
from export import ports, tuning
from export.net import Net, metadata, read_net
from export.parity import Original
from export.recipe import ClassHead, PictureRecipe, Tuned
from export.rewrites import simplify


@dataclass(frozen=True, slots=True)
class Built:
    """The changed network, the original to compare it with, the files that go with it, and what was changed."""

    net: Net
    original: Original
    files: Mapping[str, bytes]
    changes: str


def build(recipe: PictureRecipe, members: Mapping[str, bytes]) -> Built:
    """``members``: by path, the original in ONNX, and what else the recipe names, as ``sources.materials`` gives it.

    Raises BundleError where the network is not as the recipe expects.
    """
    data = members[recipe.weights.path]
    net = read_net(data, recipe.weights.path, recipe.line)
    inputs, outputs = tuple(net.inputs), tuple(net.outputs)
    simplify(net)
    ports.take_rgb(net, recipe.pixels, recipe.normalisation)
    head = recipe.head
    if not isinstance(head, ClassHead):
        ports.give_heat(net, head.heat)
        return Built(net, Original(data, inputs, outputs), {}, recipe.changes)
    classes, kept = kept_classes(head, members)
    if recipe.tuned is not None:
        _check_classes(recipe.tuned, classes, members)
    ports.cut_classes(net, classes)
    ports.give_best_class(net, head.indices, head.scores)
    files = {head.charset: "".join(f"{character}\n" for character in kept).encode()}
    changes = recipe.changes.format(classes=len(classes))
    changes += f", {recipe.tuned.changes}" if recipe.tuned is not None else ""
    return Built(net, Original(data, inputs, outputs, tuple(classes)), files, changes)


def kept_classes(head: ClassHead, members: Mapping[str, bytes]) -> tuple[list[int], list[str]]:
    """Numbers of the published classes that a recipe keeps, and the characters they stand for."""
    path, data = head.dictionary.path, members[head.dictionary.path]
    if head.key is None:
        characters = read_characters(data, path)
    else:
        text = metadata(data, path).get(head.key)
        if text is None:
            raise BundleError(f"{path}: has no {head.key!r} in its metadata; give the recipe's head a dictionary file")
        characters = text.removesuffix("\n").split("\n")
    return ports.select_classes(characters, head.alphabet)


def _check_classes(tuned: Tuned, classes: list[int], members: Mapping[str, bytes]) -> None:
    path = tuned.file.path
    has = tuning.classes(members[path], path)
    if has != tuple(classes):
        raise BundleError(
            f"{path}: has {len(has)} tuned classes, others than the {len(classes)} of the recipe; "
            "tune again with the recipe's alphabet"
        )


def read_characters(data: bytes, where: str) -> list[str]:
    """A dictionary, one character a line; line ends of any system."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BundleError(f"{where}: is not UTF-8 text ({error.reason}); use the model's own dictionary") from error
    return text.replace("\r\n", "\n").removesuffix("\n").split("\n")
