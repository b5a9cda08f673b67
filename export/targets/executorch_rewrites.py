"""The networks as XNNPACK can take them whole: the same numbers from operators that it has.

XNNPACK takes no upsampling to the nearest and no permutation between its kernels. Nearest upsampling is a transposed
convolution whose kernel copies each plane into a block; it has to be dense, since grouped ones are not taken, and its
kernel a buffer, since one computed in the forward pass is not seen as constant. The head becomes two 1x1 convolutions
and one rearrangement at the very end (sub-pixel convolution, Shi et al. 2016), as ``export.splitting`` does for ONNX.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from models.detector.network import DetectorGraph, Head, Pyramid


class Enlarge(nn.Module):
    """Nearest upsampling by a whole factor, as a transposed convolution."""

    kernel: Tensor

    def __init__(self, planes: int, factor: int) -> None:
        super().__init__()
        self.factor = factor
        copies = torch.eye(planes).reshape(planes, planes, 1, 1).repeat(1, 1, factor, factor)
        self.register_buffer("kernel", copies)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, self.kernel, stride=self.factor)


class DelegatedPyramid(nn.Module):
    """``models.detector``'s Pyramid with its own layers and another upsampling."""

    def __init__(self, pyramid: Pyramid) -> None:
        super().__init__()
        self.laterals, self.smooths = pyramid.laterals, pyramid.smooths
        planes = pyramid.laterals[0].get_parameter("project.weight").shape[0]
        self.twice = Enlarge(planes, 2)
        self.fill = nn.ModuleList(Enlarge(planes // 4, 2**level) for level in range(1, len(pyramid.laterals)))

    def forward(self, levels: list[Tensor]) -> Tensor:
        coarsest_first = range(len(levels) - 1, -1, -1)
        laterals = [self.laterals[i](levels[i]) for i in coarsest_first]
        blended = laterals[:1]
        for lateral in laterals[1:]:
            blended.append(lateral + self.twice(blended[-1]))
        smooth = [self.smooths[i](x) for i, x in zip(coarsest_first, blended, strict=True)]
        return torch.cat(
            [*(self.fill[i - 1](x) for i, x in zip(coarsest_first, smooth, strict=True) if i), smooth[-1]], 1
        )


class DelegatedHead(nn.Module):
    """The pyramid's map to logits [N, 16, h, w]: rows and columns of the outer 2x2 block, then of the inner one."""

    def __init__(self, head: Head) -> None:
        super().__init__()
        self.blend = head.blend
        planes = head.grow.in_channels
        self.spread = nn.Conv2d(planes, 4 * planes, 1)
        self.finish = nn.Conv2d(4 * planes, 16, 1, groups=4)
        outer, inner = head.grow.state_dict(), head.regrow.state_dict()
        spread = outer["weight"].permute(2, 3, 1, 0).reshape(4 * planes, planes, 1, 1)
        finish = inner["weight"][:, 0].permute(1, 2, 0).reshape(4, planes).repeat(4, 1).reshape(16, planes, 1, 1)
        self.spread.load_state_dict({"weight": spread, "bias": outer["bias"].repeat(4)})
        self.finish.load_state_dict({"weight": finish, "bias": inner["bias"].repeat(16)})

    def forward(self, x: Tensor) -> Tensor:
        logits: Tensor = self.finish(F.relu(self.spread(F.relu(self.blend(x)))))
        return logits


class DelegatedDetectorGraph(nn.Module):
    """DetectorGraph in operators that XNNPACK takes; the graph given is copied."""

    def __init__(self, graph: DetectorGraph) -> None:
        super().__init__()
        self.pixels = copy.deepcopy(graph.pixels)
        self.detector = copy.deepcopy(graph.detector)
        self.detector.add_module("pyramid", DelegatedPyramid(self.detector.pyramid))
        self.detector.add_module("head", DelegatedHead(self.detector.head))

    def forward(self, image: Tensor) -> Tensor:
        blocks = torch.sigmoid(self.detector(self.pixels(image)))
        _, _, height, width = blocks.shape
        rows_and_columns = blocks.reshape(2, 2, 2, 2, height, width).permute(4, 0, 2, 5, 1, 3)
        return rows_and_columns.reshape(1, 4 * height, 4 * width)
