"""Static int8 for ExecuTorch: PT2E with XNNPACK's quantizer, on the convolutions that int8 for ONNX takes, too.

Activations are int8 per tensor, weights int8 per output channel, biases float32 as the quantizer leaves them. All else
stays in float32. XNNPACK's kernels add up in 32 bits, so weights use all 8 bits.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import BackendError, BundleError, UsageError
from export import quantize
from export.net import Net
from export.recipe import PictureRecipe

try:
    import torch
    from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
        XNNPACKQuantizer,
        get_symmetric_quantization_config,
    )
    from torchao.quantization.pt2e import MinMaxObserver, PerChannelMinMaxObserver
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e
except ImportError as error:
    raise BackendError("executorch is not installed: pip install 'edgekit[export,executorch]'") from error

CONVOLUTION = torch.ops.aten.conv2d.default
PADDING = torch.ops.aten.pad.default
RELU = torch.ops.aten.relu.default
LEAST_SCALE = 1e-9
"""Of weights and activations. The quantizer's own, 2^-12, is coarser than channels of small weights."""


class MeanExtremes(MinMaxObserver):
    """The mean over pictures of their least and largest values, as ``export.quantize`` takes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.seen = 0

    def forward(self, x: Any) -> Any:
        least, most = torch.aminmax(x.detach())
        self.seen += 1
        for kept, new in ((self.min_val, least), (self.max_val, most)):
            kept.copy_(new if self.seen == 1 else kept + (new - kept) / self.seen)
        return x


def quantized(exported: Any, net: Net, recipe: PictureRecipe, pictures: Sequence[NDArray[np.uint8]]) -> Any:
    """The module of an exported program with its convolutions in int8, to be exported again.

    net: the recipe's graph in ONNX, whose convolutions ``recipe.in_float`` numbers. pictures: what the reader gave.
    Raises UsageError without pictures; BundleError where the program has other convolutions than the graph.
    """
    if not pictures:
        raise UsageError("nothing to calibrate with: give pictures on which text is found")
    module = exported.module(check_guards=False)  # a picture may be longer than the memory that is planned for
    nodes = [node for node in module.graph.nodes if node.target is CONVOLUTION]
    chosen = {node.name for node, is_chosen in zip(nodes, _chosen(nodes, net, recipe), strict=True) if is_chosen}
    quantizer = XNNPACKQuantizer().set_operator_type(CONVOLUTION, _config())
    quantizer.set_filter_function(lambda node: node.target is not CONVOLUTION or node.name in chosen)
    prepared = prepare_pt2e(module, quantizer)
    with torch.no_grad():
        for pixels in pictures:
            prepared(torch.from_numpy(pixels))
    return convert_pt2e(prepared)


def _chosen(nodes: Sequence[Any], net: Net, recipe: PictureRecipe) -> list[bool]:
    """Which convolutions of the program to quantize. Both are in the order in which they run; one that reads joined
    planes is several in the graph (``export.splitting``), one for each part. Those next to a padding of its own stay in
    float32: XNNPACK refuses, by the ranges that calibration finds, programs that pad int8."""
    wanted = {id(node) for node in quantize.quantizable(net, recipe.in_float)}
    rest = [(net.weights[node.inputs[1]].shape, node) for node in net.nodes if node.op == "Conv"]
    found: list[bool] = []
    for node in nodes:
        shape, groups = tuple(node.args[1].meta["val"].shape), node.args[6] if len(node.args) > 6 else 1
        parts = [rest.pop(0)] if rest else []
        while rest and parts[0][0] != shape and sum(part[1] for part, _ in parts) < shape[1] * groups:
            parts.append(rest.pop(0))
        planes = sum(part[1] for part, _ in parts)
        if planes not in (shape[1], shape[1] * groups) or any(_kernel(part) != _kernel(shape) for part, _ in parts):
            raise BundleError(f"{recipe.file}: convolution {len(found)} is another in torch; int8 cannot be mapped")
        found.append(all(id(part) in wanted for _, part in parts) and groups == 1 and not _meets_padding(node))
    if rest:
        raise BundleError(f"{recipe.file}: {len(rest)} convolutions are not in torch; int8 cannot be mapped")
    return found


def _meets_padding(node: Any) -> bool:
    """Whether a convolution reads a padded tensor, or what it gives, after its ReLU if it has one, is padded."""
    given = [node, *(user for user in node.users if user.target is RELU)]
    return node.args[0].target is PADDING or any(user.target is PADDING for one in given for user in one.users)


def _kernel(shape: Sequence[int]) -> tuple[int, ...]:
    """Planes given, rows and columns."""
    return shape[0], *shape[2:]


def _config() -> Any:
    """The quantizer's own but for what it takes for a range, and for the least step."""
    config = get_symmetric_quantization_config(is_per_channel=True)
    activation = dataclasses.replace(
        config.input_activation, observer_or_fake_quant_ctr=MeanExtremes.with_args(eps=LEAST_SCALE)
    )
    weight = dataclasses.replace(
        config.weight, observer_or_fake_quant_ctr=PerChannelMinMaxObserver.with_args(eps=LEAST_SCALE)
    )
    return dataclasses.replace(config, input_activation=activation, output_activation=activation, weight=weight)
