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
from edgekit.geometry import all_projected, bounding_quad, homography, quad_size, skew, tilt
from edgekit.image import Pixels
from edgekit.session import Session
from edgekit.types import Quad
from edgekit.view import View, drawn, in_tiles


@dataclass(frozen=True, slots=True)
class DetectParams:
    """Constants of detection.

    multiple: sides of a look are multiples of this. max_pixels: and their product is at most this. tile_pixels: what
    has more is given to the network in tiles of about so many, each with ``tile_margin`` pixels of its neighbours.
    glance_pixels: at most, of the first look. short_side: the short side aimed at where the height of the text is not
    known, and unclear_pixels: the most pixels then; a smaller picture is enlarged, a larger one reduced.
    threshold: heat above which a pixel is text. min_score: least mean heat of a region. min_side: least thickness of a
    region in heat-map pixels. unclip: growth ratio. elongated: length by thickness from which a region's own tilt is
    trusted. max_tilt: degrees by which a region may tilt away from the page before its own tilt is distrusted.
    blur: by how much regions are higher than the text they stand for. clear: share of the length of all regions that
    must be elongated, clear_lines: how many, and clear_height: their least height (area by length, less blur), for a
    look to tell skew and height of the text. height: the height aimed at, in heat-map pixels. least_height: lower text
    is looked at again. look_tilt: degrees of skew from which text is looked at level. look_share: where it is not
    clear, text is looked at again if the rectangle around it covers at most this share of the picture. look_margin:
    line heights left free around it, tilted_margin: around tilted text, where no rim of the picture cuts them off.
    """

    multiple: int
    max_pixels: int
    tile_pixels: int
    tile_margin: int
    glance_pixels: int
    unclear_pixels: int
    short_side: int
    threshold: float
    min_score: float
    min_side: float
    unclip: float
    elongated: float
    max_tilt: float
    clear: float
    clear_lines: int
    clear_height: float
    height: float
    blur: float
    least_height: float
    look_tilt: float
    look_share: float
    look_margin: float
    tilted_margin: float


@dataclass(frozen=True, slots=True)
class Detection:
    """What was found.

    quads: of the lines, in pixels of the picture given. upright: False where most text runs down or up the picture.
    height: median height of the lines' shrunken regions, in the same pixels; 0 without lines. clear: whether
    enough regions are elongated for skew and height to be trusted.
    """

    quads: tuple[Quad, ...]
    upright: bool
    height: float = 0.0
    clear: bool = False


class Detector:
    """Finds the lines of text in a picture."""

    def __init__(self, session: Session, params: DetectParams) -> None:
        self._session = session
        self._params = params

    def detect(self, image: Image.Image, known: Detection | None = None, settled: bool = False) -> Detection:
        """Quads of all lines, unordered; each starts at its left end unless ``upright`` is False.

        A glance at the whole picture, much reduced, tells where the text is, how it tilts and how high it is; then the
        rectangle around the text is looked at, level, at the size that suits it. What that look shows to be still too
        small or tilted is looked at once more. Text that runs down or up the picture ends the search at once.
        known: what another copy of the picture showed, in this one's pixels and upright; it stands for the glance.
        settled: the picture has been turned already; lines across it do not end the search.
        """
        view = self._whole(image, self._params.glance_pixels)
        found = known or self._look(image, view)
        for enough in (self._params.height, self._params.least_height):
            if not (found.upright or settled or known):
                return found
            after = self._next(image, view, found, enough)
            if after is None:
                return found
            view, found = after, self._look(image, after)
        return found

    def input_size(self, width: float, height: float, most: int | None = None) -> tuple[int, int]:
        """Width and height at which an area of this size is given to the network; at most ``most`` pixels."""
        p = self._params
        most = most or p.unclear_pixels
        scale = min(p.short_side / min(width, height), math.sqrt(most / (width * height)))
        return self._rounded(width, height, scale, most)

    def _rounded(self, width: float, height: float, scale: float, most: int) -> tuple[int, int]:
        p = self._params
        short = max(1, round(min(width, height) * scale / p.multiple)) * p.multiple
        longest = max(1, most // (short * p.multiple))  # a strip is squeezed rather than let grow
        long = max(1, min(round(max(width, height) * scale / p.multiple), longest)) * p.multiple
        return (short, long) if width <= height else (long, short)

    def _whole(self, image: Image.Image, most: int | None = None) -> View:
        return View(_frame(image), self.input_size(image.width, image.height, most))

    def _next(self, image: Image.Image, view: View, found: Detection, enough: float) -> View | None:
        """The view that shows better what was found; None where it was seen well. enough: height of text in a view."""
        p = self._params
        glance = view.size[0] * view.size[1] <= p.glance_pixels
        if glance and not found.clear:  # what a glance makes out of small text may be a part of it
            return self._whole(image)
        lean = skew(found.quads) if found.clear else 0.0
        away = abs(lean - tilt(view.area))
        if found.clear and found.height * view.scale >= enough and away < p.look_tilt:
            return None
        area = self._text_area(image, found.quads, lean if abs(lean) >= p.look_tilt else 0.0)
        width, height = quad_size(area)
        if not found.clear:
            small = width * height <= p.look_share * image.width * image.height
            return View(area, self.input_size(width, height)) if small else None
        scale = min(p.height / max(found.height, 1e-6), math.sqrt(p.max_pixels / (width * height)))
        return View(area, self._rounded(width, height, scale, p.max_pixels))

    def _text_area(self, image: Image.Image, quads: Sequence[Quad], degrees: float) -> Quad:
        if not quads:
            return _frame(image)
        thickness = sorted(quad_size(quad)[1] for quad in quads)[len(quads) // 2]
        margin = self._params.tilted_margin if degrees else self._params.look_margin
        area = bounding_quad(quads, degrees, margin * thickness)
        if degrees:
            return area
        (left, top), (right, bottom) = area.top_left, area.bottom_right
        left, top = max(0, math.floor(left)), max(0, math.floor(top))
        right, bottom = min(image.width, math.ceil(right)), min(image.height, math.ceil(bottom))
        return Quad((left, top), (right, top), (right, bottom), (left, bottom))

    def _look(self, image: Image.Image, view: View) -> Detection:
        """Lines in a view, in pixels of the picture."""
        p = self._params
        found = find_lines(in_tiles(drawn(image, view), self._heat, p.tile_pixels, p.tile_margin, p.multiple), p)
        there = homography(view.size, view.area)
        quads = tuple(Quad(*all_projected(quad.points, there)) for quad in found.quads)
        return Detection(quads, found.upright, found.height / view.scale, found.clear)

    def _heat(self, pixels: Pixels) -> NDArray[np.float32]:
        (heat,) = self._session.run(pixels[None])
        whole: NDArray[np.float32] = heat[0]
        return whole


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
    lines = keep & long
    height = float(np.median(parts.areas()[lines] / length[lines])) - params.blur if lines.any() else 0.0
    share = length[lines].sum() / max(length[keep].sum(), 1e-6)
    clear = bool(lines.sum() >= params.clear_lines and share >= params.clear and height >= params.clear_height)
    quads = tuple(_grown_quad(box, params.unclip) for box in boxes[keep].tolist())
    return Detection(quads, upright, max(height, 0.0), clear)


def _frame(image: Image.Image) -> Quad:
    return Quad((0, 0), (image.width, 0), (image.width, image.height), (0, image.height))


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
    along, up = (half_u * cos, half_u * sin), (half_v * sin, half_v * cos)
    return Quad(
        (x - along[0] + up[0], y - along[1] - up[1]),
        (x + along[0] + up[0], y + along[1] - up[1]),
        (x + along[0] - up[0], y + along[1] + up[1]),
        (x - along[0] - up[0], y - along[1] + up[1]),
    )
