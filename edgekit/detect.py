"""Text detection: a picture in, the quads of its lines out.

The network is a Differentiable Binarization detector (Liao et al., "Real-time Scene Text Detection with Differentiable
Binarization", 2020): a heat map of shrunken text regions. What follows the network is integer run arithmetic: regions
are runs of hot pixels joined to components, a component's moments give its tilt, its extents along that tilt give its
box, and the box is grown back by the ratio by which training shrank it (Vatti offset of a rectangle: every side moves
out by the same distance).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.components import Components, find_components
from edgekit.geometry import bounding_quad, homography, project, quad_size, skew
from edgekit.image import Pixels, crop, resize
from edgekit.session import Session
from edgekit.types import Quad


@dataclass(frozen=True, slots=True)
class DetectParams:
    """Constants of detection.

    multiple: sides given to the network are multiples of this. max_pixels: and their product is at most this.
    short_side: the short side aimed at; a smaller picture is enlarged, a larger one reduced.
    threshold: heat above which a pixel is text. min_score: least mean heat of a region. min_side: least thickness of a
    region in heat-map pixels. unclip: growth ratio. elongated: length by thickness from which a region's own tilt is
    trusted. max_tilt: degrees by which a region may tilt away from the page before its own tilt is distrusted.
    look_tilt: degrees of skew from which the text is looked at again, level. look_share: so it is where the rectangle
    around it covers at most this share of the picture. look_margin: line heights left free around it.
    """

    multiple: int
    max_pixels: int
    short_side: int
    threshold: float
    min_score: float
    min_side: float
    unclip: float
    elongated: float
    max_tilt: float
    look_tilt: float
    look_share: float
    look_margin: float


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found.

    quads: of the lines, in pixels of the picture given. upright: False where most text runs down or up the picture.
    """

    quads: tuple[Quad, ...]
    upright: bool


class Detector:
    """Finds the lines of text in a picture."""

    def __init__(self, session: Session, params: DetectParams) -> None:
        self._session = session
        self._params = params

    def detect(self, image: Image.Image) -> Detection:
        """Quads of all lines, unordered; each starts at its left end unless ``upright`` is False.

        Where the first look shows that the text is tilted, or is only a small part of the picture, a second one takes
        the rectangle around the text, level and at full input size. A receipt that fills its photo pays nothing.
        """
        size = self.input_size(image.width, image.height)
        whole = Quad((0, 0), (image.width, 0), (image.width, image.height), (0, image.height))
        found = self._look(resize(image, *size), whole)
        if not found.upright or not found.quads:
            return found
        area = self._text_area(found.quads)
        width, height = quad_size(area)
        small = width * height <= self._params.look_share * image.width * image.height
        if small or abs(skew(found.quads)) >= self._params.look_tilt:
            return self._look(crop(image, area, *self.input_size(width, height)), area)
        return found

    def _look(self, view: Pixels, area: Quad) -> Detection:
        """Lines in a view of an area, in the coordinates of that area's corners."""
        size = view.shape[1], view.shape[0]
        (heat,) = self._session.run(view[None])
        del view  # of no more use, and as large as the rest of what follows
        found = find_lines(heat[0], self._params)
        there = homography(size, area)
        return Detection(tuple(quad.map(lambda point: project(point, there)) for quad in found.quads), found.upright)

    def _text_area(self, quads: Sequence[Quad]) -> Quad:
        thickness = sorted(quad_size(quad)[1] for quad in quads)[len(quads) // 2]
        return bounding_quad(quads, skew(quads), self._params.look_margin * thickness)

    def input_size(self, width: float, height: float) -> tuple[int, int]:
        """Width and height at which an area of this size is given to the network."""
        p = self._params
        scale = min(p.short_side / min(width, height), math.sqrt(p.max_pixels / (width * height)))
        short = max(1, round(min(width, height) * scale / p.multiple)) * p.multiple
        most = p.max_pixels // (short * p.multiple)  # a strip of a picture is squeezed rather than let grow
        long = max(1, min(round(max(width, height) * scale / p.multiple), most)) * p.multiple
        return (short, long) if width <= height else (long, short)


def find_lines(heat: NDArray[np.float32], params: DetectParams) -> Detection:
    """Lines in a heat map [height, width] of 0..1; quads in pixels of the map."""
    parts = find_components(heat, params.threshold)
    if not parts.count:
        return Detection((), True)
    tilt = parts.tilts()
    length, thickness = _sizes(parts, tilt)
    long = length >= params.elongated * np.maximum(thickness, 1e-6)
    steep = np.abs(tilt) > math.pi / 4
    upright = bool(length[long & steep].sum() <= length[long & ~steep].sum())
    page = _page_tilt(tilt, length, long, upright)
    near = np.abs(_wrap(tilt - page)) <= math.radians(params.max_tilt)
    boxes = _boxes(parts, np.where(long & near, tilt, page))
    keep = (parts.means() >= params.min_score) & (np.minimum(boxes[:, 3], boxes[:, 4]) >= params.min_side)
    return Detection(tuple(_grown_quad(box, params.unclip) for box in boxes[keep].tolist()), upright)


def _sizes(parts: Components, tilt: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    left, top, right, bottom = parts.extents(tilt)
    return right - left, bottom - top


def _wrap(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles of undirected axes into -pi/2 .. pi/2."""
    wrapped: NDArray[np.float64] = (angle + math.pi / 2) % math.pi - math.pi / 2
    return wrapped


def _page_tilt(tilt: NDArray[np.float64], length: NDArray[np.float64], long: NDArray[np.bool_], upright: bool) -> float:
    """Median tilt of the elongated regions, each weighing its length; 0 (or a quarter turn) where there is none."""
    axis = 0.0 if upright else math.pi / 2
    use = long & (np.abs(_wrap(tilt - axis)) <= math.pi / 4)
    if not use.any():
        return axis
    order = np.argsort(_wrap(tilt[use] - axis), kind="stable")
    weight = np.cumsum(length[use][order])
    return float(_wrap(tilt[use] - axis)[order][np.searchsorted(weight, weight[-1] / 2)]) + axis


def _boxes(parts: Components, tilt: NDArray[np.float64]) -> NDArray[np.float64]:
    """[count, 5]: centre x, centre y, tilt, length along the tilt, thickness across it; heat-map pixels and radians."""
    left, top, right, bottom = parts.extents(tilt)
    u, v = (left + right) / 2, (top + bottom) / 2
    cos, sin = np.cos(tilt), np.sin(tilt)
    return np.stack([u * cos - v * sin, u * sin + v * cos, tilt, right - left, bottom - top], axis=1)


def _grown_quad(box: list[float], unclip: float) -> Quad:
    x, y, tilt, length, thickness = box
    grow = length * thickness * unclip / (2 * (length + thickness))
    half_u, half_v = length / 2 + grow, thickness / 2 + grow
    cos, sin = math.cos(tilt), math.sin(tilt)
    corners = [(-half_u, -half_v), (half_u, -half_v), (half_u, half_v), (-half_u, half_v)]
    return Quad(*((x + u * cos - v * sin, y + u * sin + v * cos) for u, v in corners))
