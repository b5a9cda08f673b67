"""Weights from an ONNX graph into a torch module, matched by the way the data flows and not by name.

Both sides are read as a list of layers, a layer being an operator with weights. A layer's description names its kind,
shape and steps, and the layers whose values reach it without another layer between. Both lists must be equal, item by
item. So a graph fits only if it is wired as the module is. What lies between the layers (activations, pooling,
resizing) is not compared, which is why parity has to be measured as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import fx, nn

from edgekit.errors import BundleError
from export.net import Array, Net, Node, read_net
from export.rewrites import drop_identities, fuse_gelu, fuse_layer_norm

KINDS: dict[type[nn.Module], str] = {
    nn.Conv2d: "Conv",
    nn.ConvTranspose2d: "ConvTranspose",
    nn.BatchNorm2d: "BatchNormalization",
    nn.LayerNorm: "LayerNormalization",
    nn.Linear: "MatMul",
}
SETTINGS = {"Concat", "Resize", "ReduceMean", "Reshape", "Slice", "Squeeze", "Unsqueeze"}
"""Operators whose constants are sizes and axes."""
NORMAL = ("weight", "bias", "running_mean", "running_var")
"""A batch normalisation's tensors, in the order of ONNX."""
INPUT = -1


@dataclass(frozen=True, slots=True)
class Layer:
    """shape: of the first weight, as ONNX has it. sources: numbers of the layers it reads, INPUT for the input."""

    kind: str
    shape: tuple[int, ...]
    stride: tuple[int, ...]
    groups: int
    has_bias: bool
    sources: tuple[int, ...]

    def __str__(self) -> str:
        bias = "" if self.has_bias else " without bias"
        return f"{self.kind} {list(self.shape)} / {list(self.stride)} x {self.groups}{bias} after {list(self.sources)}"


def load_weights(module: nn.Module, data: bytes, where: str) -> None:
    """Copy every weight of the ONNX graph ``data`` into ``module``, each exactly once; ``where`` is the graph's name.

    Raises BundleError where the graph cannot be read, is wired differently, or has a weight that finds no place; the
    module is unchanged then.
    """
    source, target = _matched(module, data, where)
    with torch.no_grad():
        for values, tensors in zip(source.values, target.tensors, strict=True):
            for value, tensor in zip(values, tensors, strict=True):
                tensor.copy_(torch.from_numpy(value.copy()))


def initialisers(module: nn.Module, data: bytes, where: str) -> dict[str, tuple[torch.Tensor, tuple[int, ...]]]:
    """The module's tensors by the names that the ONNX graph ``data`` has for them, and their shapes there.

    A matrix lies the other way round there. Raises BundleError as ``load_weights`` does.
    """
    source, target = _matched(module, data, where)
    names = [name for layer in source.names for name in layer]
    tensors = [tensor for layer in target.tensors for tensor in layer]
    return {name: (tensor, source.net.weights[name].shape) for name, tensor in zip(names, tensors, strict=True)}


def _matched(module: nn.Module, data: bytes, where: str) -> tuple[_Source, _Target]:
    """Both lists of layers, equal item by item. Raises BundleError."""
    source = _Source(data, where)
    target = _Target(module)
    for number, (there, here) in enumerate(zip(source.layers, target.layers, strict=False)):
        if there != here:
            raise BundleError(f"{where}: layer {number} is {there}, expected {here}; use the graph of this network")
    if len(source.layers) != len(target.layers):
        raise BundleError(
            f"{where}: {len(source.layers)} layers, expected {len(target.layers)}; use the graph of this network"
        )
    return source, target


class _Source:
    """The layers of an ONNX graph, and the weights of each."""

    def __init__(self, data: bytes, where: str) -> None:
        self.where = where
        self.net = read_net(data, where)
        for rewrite in (drop_identities, fuse_gelu, fuse_layer_norm):
            rewrite(self.net)
        self.net.prune()
        self.layers: list[Layer] = []
        self.values: list[list[Array]] = []
        self.names: list[list[str]] = []
        self._origins: dict[str, tuple[int, ...]] = {port.name: (INPUT,) for port in self.net.inputs}
        self._unread = self._weights()
        skipped: set[int] = set()
        for node in self.net.nodes:
            if id(node) not in skipped:
                skipped.update(map(id, self._follow(node)))
        if self._unread:
            raise self._error(f"{min(self._unread)} belongs to no layer")

    def _weights(self) -> set[str]:
        """Names of all weights; those that are settings are none, nor is one number that scales or shifts values."""
        readers = {name: self.net.consumers(name) for name in self.net.weights}
        names = {name for name, nodes in readers.items() if not all(self._sets(name, node) for node in nodes)}
        for name in sorted(names):
            if len(readers[name]) != 1:
                raise self._error(f"{name} is read by {len(readers[name])} operators")
        return names

    def _sets(self, name: str, node: Node) -> bool:
        """Whether a constant is a setting of an operator; a layer's bias may be one number, too, and is none."""
        if node.op not in ("Add", "Mul") or self.net.weights[name].size > 1:
            return node.op in SETTINGS
        before = [self.net.producer(tensor) for tensor in node.inputs]
        return not any(other is not None and self._is_layer(other) for other in before)

    def _follow(self, node: Node) -> Iterator[Node]:
        """Take one operator in; yields the addition of its bias, if it has one, which is then done."""
        sources = _ordered(self._origins[name] for name in node.inputs if name in self._origins)
        if not self._is_layer(node):
            self._origins |= dict.fromkeys(node.outputs, () if node.op == "Shape" else sources)
            return
        names = list(node.inputs[1:])
        values = [self._take(name) for name in names]
        addition = _bias(self.net, node)
        if addition is not None:
            names += _constants(self.net, addition)
            values.append(self._take(names[-1]).reshape(-1))
            yield addition
        self.names.append(names)
        self.layers.append(_describe(node, values, sources))
        self.values.append([values[0].T, *values[1:]] if node.op == "MatMul" else values)
        self._origins[(addition or node).output] = (len(self.layers) - 1,)

    def _is_layer(self, node: Node) -> bool:
        """Products of two computed matrices are none."""
        return node.op in KINDS.values() and (
            node.op != "MatMul" or any(name in self.net.weights for name in node.inputs)
        )

    def _take(self, name: str) -> Array:
        if name not in self._unread:
            raise self._error(f"{name or 'an optional input'} is no weight")
        self._unread.remove(name)
        return self.net.weights[name]

    def _error(self, what: str) -> BundleError:
        return BundleError(f"{self.where}: {what}; use the graph of this network")


def _bias(net: Net, node: Node) -> Node | None:
    """The addition of one constant per plane, where the operator itself adds none."""
    after = net.sole_consumer(node.output)
    if len(node.inputs) != 2 or after is None or after.op != "Add" or len(_constants(net, after)) != 1:
        return None
    weight, bias = net.weights[node.inputs[1]], net.weights[_constants(net, after)[0]]
    planes = weight.shape[0] if node.op == "Conv" else weight.shape[1]
    per_plane = (planes,) if node.op == "MatMul" else (1, planes, 1, 1)
    return after if bias.shape == per_plane else None


def _constants(net: Net, node: Node) -> list[str]:
    return [name for name in node.inputs if name in net.weights]


def _describe(node: Node, values: list[Array], sources: tuple[int, ...]) -> Layer:
    moves = node.op in ("Conv", "ConvTranspose")
    stride = tuple(node.attributes.get("strides", (1, 1))) if moves else ()
    groups = int(node.attributes.get("group", 1))
    return Layer(node.op, tuple(values[0].shape), stride, groups, len(values) > 1, sources)


class _Target:
    """The layers of a torch module, and the tensors of each."""

    def __init__(self, module: nn.Module) -> None:
        self.layers: list[Layer] = []
        self.tensors: list[list[torch.Tensor]] = []
        origins: dict[fx.Node, tuple[int, ...]] = {}
        for node in fx.symbolic_trace(module).graph.nodes:
            sources = _ordered(origins[other] for other in node.all_input_nodes)
            leaf = module.get_submodule(str(node.target)) if node.op == "call_module" else None
            if leaf is not None and type(leaf) in KINDS:
                sources = self._add(leaf, sources)
            origins[node] = (INPUT,) if node.op == "placeholder" else sources

    def _add(self, leaf: Any, sources: tuple[int, ...]) -> tuple[int, ...]:
        kind = KINDS[type(leaf)]
        tensors = [leaf.weight, *([] if leaf.bias is None else [leaf.bias])]
        if isinstance(leaf, nn.BatchNorm2d):
            tensors = [getattr(leaf, name) for name in NORMAL]
        shape = tuple(leaf.weight.shape[::-1] if kind == "MatMul" else leaf.weight.shape)
        stride, groups = tuple(getattr(leaf, "stride", ())), getattr(leaf, "groups", 1)
        self.layers.append(Layer(kind, shape, stride, groups, len(tensors) > 1, sources))
        self.tensors.append(tensors)
        return (len(self.layers) - 1,)


def _ordered(groups: Iterable[tuple[int, ...]]) -> tuple[int, ...]:
    """The numbers of all groups, each once, in the order of first sight."""
    return tuple(dict.fromkeys(number for group in groups for number in group))
