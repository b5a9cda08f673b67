"""Exact rewrites that keep large activations from being copied: a split convolution, and upsampling left to the end."""

from __future__ import annotations

import numpy as np

from export.net import Array, Net, Node


def convolve_parts(net: Net) -> None:
    """A convolution of two concatenated tensors becomes the sum of a convolution of each: nothing is concatenated."""
    for joined in [node for node in net.nodes if node.op == "Concat" and len(node.inputs) == 2]:
        convolution = net.sole_consumer(joined.output)
        first = _channels(net, joined.inputs[0])
        if convolution is None or convolution.op != "Conv" or first is None or joined.attributes["axis"] != 1:
            continue
        if convolution.attributes.get("group", 1) != 1:
            continue
        kernel = net.weights[convolution.inputs[1]]
        halves = [net.add_weight("kernel", part) for part in (kernel[:, :first], kernel[:, first:])]
        parts = []
        for source, half, bias in zip(joined.inputs, halves, ([], convolution.inputs[2:]), strict=True):
            parts.append(net.add("Conv", [source, half, *bias], dict(convolution.attributes), before=convolution))
        convolution.op, convolution.inputs, convolution.attributes = "Add", parts, {}


def upsample_last(net: Net) -> None:
    """``ConvTranspose, Relu, ConvTranspose, Sigmoid`` whose kernels do not overlap become two 1x1 convolutions.

    Where kernel and stride agree, each pixel grows into a block of its own: a transposed convolution is then a 1x1
    convolution to one channel per place in the block, and the blocks are laid out once, at the end, by DepthToSpace
    (sub-pixel convolution, Shi et al. 2016). The full-size activations between the two never exist.
    """
    for first in [node for node in net.nodes if node.op == "ConvTranspose"]:
        chain = chain_after(net, first, ("Relu", "ConvTranspose", "Sigmoid"))
        if chain is None:
            continue
        second, sigmoid = chain[1], chain[2]
        factors = (_block(net, first), _block(net, second))
        if factors[0] is None or factors[1] is None:
            continue
        _point_wise(net, first, second, factors[0], factors[1])
        blocks, sigmoid.outputs = sigmoid.output, [net.name("Sigmoid")]
        attributes = {"blocksize": factors[0] * factors[1], "mode": "DCR"}
        net.nodes.insert(net.nodes.index(sigmoid) + 1, Node("DepthToSpace", [sigmoid.output], [blocks], attributes))


def _channels(net: Net, tensor: str) -> int | None:
    """Channels of a tensor that comes from a convolution, perhaps through operators which keep them."""
    node = net.producer(tensor)
    while node is not None and node.op in ("Relu", "MaxPool"):
        node = net.producer(node.inputs[0])
    return int(net.weights[node.inputs[1]].shape[0]) if node is not None and node.op == "Conv" else None


def chain_after(net: Net, node: Node, operators: tuple[str, ...]) -> list[Node] | None:
    """The nodes after ``node`` if they are these operators, each read by the next alone."""
    found: list[Node] = []
    for operator in operators:
        after = net.sole_consumer(node.output)
        if after is None or after.op != operator:
            return None
        found.append(after)
        node = after
    return found


def _block(net: Net, node: Node) -> int | None:
    """Side of the block a pixel grows into; None where blocks overlap, have gaps, or are not square."""
    kernel = list(net.weights[node.inputs[1]].shape[2:])
    attributes = node.attributes
    plain = attributes.get("group", 1) == 1 and not any(attributes.get("pads", ())) and "output_shape" not in attributes
    plain = plain and not any(attributes.get("output_padding", ())) and set(attributes.get("dilations", [1])) == {1}
    return (
        int(kernel[0])
        if plain and list(attributes.get("strides", [1, 1])) == kernel and kernel[0] == kernel[1]
        else None
    )


def _point_wise(net: Net, first: Node, second: Node, outer: int, inner: int) -> None:
    """Kernels with channels ordered as DepthToSpace reads them: rows of the block, then columns, then planes."""
    wide, narrow = net.weights[first.inputs[1]], net.weights[second.inputs[1]]
    middle, planes = wide.shape[1], narrow.shape[1]
    spread = wide.transpose(2, 3, 1, 0).reshape(outer**2 * middle, -1)
    each = np.eye(outer, dtype=np.float32)
    blocks = np.einsum("ap,bq,mokl->akblopqm", each, each, narrow).reshape((outer * inner) ** 2 * planes, -1)
    for node, kernel, repeats in ((first, spread, outer**2), (second, blocks, (outer * inner) ** 2)):
        bias = net.weights[node.inputs[2]] if len(node.inputs) > 2 else _no_bias(len(kernel) // repeats)
        names = [net.add_weight("kernel", kernel[:, :, None, None]), net.add_weight("bias", np.tile(bias, repeats))]
        node.op, node.inputs, node.attributes = "Conv", [node.inputs[0], *names], {"kernel_shape": [1, 1]}


def _no_bias(size: int) -> Array:
    return np.zeros(size, np.float32)
