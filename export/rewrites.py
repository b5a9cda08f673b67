"""Exact rewrites of convolutional graphs: fewer operators, the same numbers up to rounding.

Each function changes a Net in place. They exist because ONNX Runtime keeps a fast blocked layout only along chains of
operators it knows; an unfused bias or a squeezed axis makes it copy the activations back and forth.

Not done, because it measured slower and ten times less exact: a mean over height and width as GlobalAveragePool, which
ONNX Runtime sums in one single-precision chain per channel.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from export.net import Array, Net, Node
from export.splitting import chain_after, convolve_parts, upsample_last


def drop_identities(net: Net) -> None:
    for node in [node for node in net.nodes if node.op == "Identity"]:
        net.bypass(node)


def fuse_gelu(net: Net) -> None:
    """``x * (1 + erf(x / sqrt 2)) * 0.5`` becomes one Gelu."""
    for erf in [node for node in net.nodes if node.op == "Erf"]:
        divide, plus = net.producer(erf.inputs[0]), net.sole_consumer(erf.output)
        if divide is None or divide.op != "Div" or plus is None or plus.op != "Add":
            continue
        gate = net.sole_consumer(plus.output)
        half = net.sole_consumer(gate.output) if gate else None
        source = divide.inputs[0]
        if gate is None or half is None or gate.op != "Mul" or half.op != "Mul" or source not in gate.inputs:
            continue
        found = [_scalar(net, divide, math.sqrt(2)), _scalar(net, plus, 1.0), _scalar(net, half, 0.5)]
        if all(found):
            half.op, half.inputs = "Gelu", [source]


def fuse_hard_swish(net: Net) -> None:
    """``x * HardSigmoid(x)`` with slope 1/6 becomes one HardSwish."""
    for gate in [node for node in net.nodes if node.op == "HardSigmoid"]:
        product = net.sole_consumer(gate.output)
        exact = (
            np.float32(gate.attributes.get("alpha", 0.2)) == np.float32(1 / 6)
            and gate.attributes.get("beta", 0.5) == 0.5
        )
        if exact and product is not None and product.op == "Mul" and gate.inputs[0] in product.inputs:
            product.op, product.inputs = "HardSwish", [gate.inputs[0]]


def fuse_layer_norm(net: Net) -> None:
    """``(x - mean) / sqrt(mean of squares + epsilon) * gamma + beta``, along the last axis, becomes one operator.

    Not among PASSES: ONNX Runtime does this itself.
    """
    for square in [node for node in net.nodes if node.op == "Pow" and _scalar(net, node, 2.0)]:
        centred = net.producer(square.inputs[0])
        mean = net.producer(centred.inputs[1]) if centred is not None and centred.op == "Sub" else None
        chain = chain_after(net, square, ("ReduceMean", "Add", "Sqrt", "Div", "Mul", "Add"))
        if centred is None or mean is None or mean.op != "ReduceMean" or chain is None:
            continue
        variance, plus, _, divide, scale, shift = chain
        constants = [_constant(net, node) for node in (plus, scale, shift)]
        if (
            all(constants)
            and net.weights[constants[0]].size == 1
            and mean.inputs[0] == centred.inputs[0]
            and divide.inputs[0] == centred.output
            and _keeps_last_axis(net, mean)
            and _keeps_last_axis(net, variance)
        ):
            epsilon = float(net.weights[constants[0]].reshape(()))
            shift.op, shift.inputs = "LayerNormalization", [centred.inputs[0], *constants[1:]]
            shift.attributes = {"axis": -1, "epsilon": epsilon}


def stay_four_dimensional(net: Net) -> None:
    """Cancel ``Squeeze ... Unsqueeze`` and ``Transpose Transpose`` pairs by moving the first of each down the chain."""
    movable = {"BatchNormalization", "HardSwish"}
    changed = True
    while changed:
        changed = False
        for node in [node for node in net.nodes if node.op in ("Squeeze", "Transpose")]:
            after = net.sole_consumer(node.output)
            if after is None:
                continue
            if _are_inverse(net, node, after):
                net.bypass(after)
                net.bypass(node)
                changed = True
            elif node.op == "Squeeze" and after.op in movable:
                _swap(net, node, after)
                changed = True


def fold_affine(net: Net) -> None:
    """Fold BatchNormalization, and the addition of a constant per channel, into the convolution before it."""
    for node in list(net.nodes):
        convolution = net.producer(node.inputs[0])
        if convolution is None or convolution.op not in ("Conv", "ConvTranspose"):
            continue
        if net.sole_consumer(convolution.output) is not node:
            continue
        is_plain = convolution.op == "Conv"
        found = _affine(net, node, net.weights[convolution.inputs[1]].shape[0 if is_plain else 1])
        if found is not None and (is_plain or np.all(found[0] == 1)):
            _scale_convolution(net, convolution, *found)
            net.bypass(node)


def gate_once(net: Net) -> None:
    """``x + x * g`` with a gate per channel becomes ``x * (g + 1)``: the addition then runs on the small gate."""
    for total in [node for node in net.nodes if node.op == "Add"]:
        for source, product in (total.inputs, total.inputs[::-1]):
            multiply = net.producer(product)
            if multiply is None or multiply.op != "Mul" or source not in multiply.inputs:
                continue
            gate = next((name for name in multiply.inputs if name != source), source)
            small = net.producer(gate)
            if small is None or small.op != "HardSigmoid" or net.sole_consumer(product) is not total:
                continue
            one = net.add_weight("one", np.ones(1, np.float32))
            plus = net.add("Add", [gate, one], before=multiply)
            total.op, total.inputs = "Mul", [source, plus]
            break


PASSES: tuple[Callable[[Net], None], ...] = (
    drop_identities,
    fuse_gelu,
    fuse_hard_swish,
    stay_four_dimensional,
    fold_affine,
    gate_once,
    convolve_parts,
    upsample_last,
)


def simplify(net: Net) -> None:
    """Every pass in order, then whatever no output needs is dropped."""
    for rewrite in PASSES:
        rewrite(net)
        net.prune()


def _scalar(net: Net, node: Node, value: float) -> bool:
    held = [net.weights[name] for name in node.inputs if name in net.weights]
    return len(held) == 1 and held[0].size == 1 and math.isclose(float(held[0].reshape(())), value, rel_tol=1e-6)


def _constant(net: Net, node: Node) -> str:
    """The one weight that an operator of two inputs reads; empty where it reads none, or two."""
    held = [name for name in node.inputs if name in net.weights]
    return held[0] if len(held) == 1 else ""


def _keeps_last_axis(net: Net, reduction: Node) -> bool:
    """Whether a reduction is along the last axis, which stays as one value."""
    axes = net.weights.get(reduction.inputs[1]) if len(reduction.inputs) > 1 else None
    return axes is not None and axes.tolist() == [-1] and bool(reduction.attributes.get("keepdims", 1))


def _are_inverse(net: Net, first: Node, second: Node) -> bool:
    if (first.op, second.op) == ("Squeeze", "Unsqueeze"):
        return bool(np.array_equal(net.weights[first.inputs[1]], net.weights[second.inputs[1]]))
    if (first.op, second.op) == ("Transpose", "Transpose"):
        order = [first.attributes["perm"][axis] for axis in second.attributes["perm"]]
        return order == sorted(order)
    return False


def _swap(net: Net, first: Node, second: Node) -> None:
    """Exchange two neighbours in a chain; both read one tensor and write one."""
    start, middle, end = first.inputs[0], first.output, second.output
    second.inputs[0], second.outputs[0] = start, middle
    first.inputs[0], first.outputs[0] = middle, end
    here, there = net.nodes.index(first), net.nodes.index(second)
    net.nodes[here], net.nodes[there] = second, first


def _affine(net: Net, node: Node, channels: int) -> tuple[Array, Array] | None:
    """Scale and shift per channel which a node applies to its first input; None where it does something else."""
    if node.op == "BatchNormalization":
        gamma, beta, mean, variance = (net.weights[name].astype(np.float64) for name in node.inputs[1:5])
        scale = gamma / np.sqrt(variance + node.attributes.get("epsilon", 1e-5))
        return scale, beta - mean * scale
    if node.op == "Add" and node.inputs[1] in net.weights:
        shift = net.weights[node.inputs[1]]
        if shift.ndim == 4 and shift.size == shift.shape[1] == channels:
            return np.ones(channels), shift.reshape(-1).astype(np.float64)
    return None


def _scale_convolution(net: Net, node: Node, scale: Array, shift: Array) -> None:
    weight = net.weights[node.inputs[1]].astype(np.float64)
    bias = net.weights[node.inputs[2]].astype(np.float64) if len(node.inputs) > 2 else np.zeros(len(scale))
    if node.op == "Conv":
        weight = weight * scale.reshape(-1, 1, 1, 1)
    kernel = net.add_weight("kernel", weight.astype(np.float32))
    node.inputs = [node.inputs[0], kernel, net.add_weight("bias", (bias * scale + shift).astype(np.float32))]
