"""How much of a lowered ExecuTorch program its delegates run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import prod
from typing import Any

from torch import fx

from export.targets.lowered import Delegation

MATRIX = {"aten.linear": 0, "aten.mm": 0, "aten.bmm": 0, "aten.addmm": 1}
"""Products of matrices, and the argument along whose last axis they add."""
PLUMBING = ("executorch_call_delegate", "aten.sym_size")
"""Calls that compute nothing of a tensor. Those without a name in an operator library (getitem, arithmetic on sizes)
compute nothing either."""


def measure(program: Any) -> Delegation:
    """What of an exported program, partitioned for a backend, lies in delegates. Sizes are those it was traced at."""
    graph = program.graph_module
    inside = [node for part in _delegates(graph) for node in _operators(part)]
    outside = list(_operators(graph))
    taken, left = sum(map(_multiply_adds, inside)), sum(map(_multiply_adds, outside))
    names = Counter(_name(node) for node in outside)
    return Delegation(
        nodes=len(inside) / max(len(inside) + len(outside), 1),
        multiply_adds=taken / max(taken + left, 1),
        left_out=tuple(sorted(names.items())),
    )


def _delegates(graph: fx.GraphModule) -> Iterator[fx.GraphModule]:
    for node in graph.graph.nodes:
        if node.op == "get_attr" and hasattr(getattr(graph, str(node.target), None), "original_module"):
            yield getattr(graph, str(node.target)).original_module.graph_module


def _operators(graph: fx.GraphModule) -> Iterator[fx.Node]:
    for node in graph.graph.nodes:
        if node.op == "call_function" and callable(getattr(node.target, "name", None)):
            if not _name(node).startswith(PLUMBING):
                yield node


def _name(node: Any) -> str:
    """``aten.convolution`` for an operator of any dialect and overload."""
    return str(node.target.name()).replace("::", ".")


def _multiply_adds(node: fx.Node) -> int:
    name, inputs = _name(node), node.args
    if name.startswith("aten.convolution"):
        reads_each_once = inputs[6]  # of a transposed one: each input value meets the whole kernel
        return prod(_sizes(inputs[0] if reads_each_once else node)) * prod(_sizes(inputs[1])[1:])
    operator = ".".join(name.split(".")[:2])
    return prod(_sizes(node)) * _sizes(inputs[MATRIX[operator]])[-1] if operator in MATRIX else 0


def _sizes(node: Any) -> list[int]:
    """A tensor's sizes; those that vary as they were in the example."""
    return [size if isinstance(size, int) else int(size.node.hint) for size in node.meta["val"].shape]
