"""Connected components of a heat map by runs: no image library, no loop over pixels.

A run is a stretch of hot pixels in one row. Runs of neighbouring rows that touch (also diagonally) belong to one
component; everything a component is asked for (area, moments, extents, mean heat) is a sum or an extreme over its
runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Components:
    """Runs sorted by component.

    row, start, stop: int64 [runs], a run covers pixels start <= x < stop of its row. heat: float64 [runs], sum over
    the run. label: int64 [runs], 0..count-1, ascending; components are numbered by their first run in reading order.
    """

    row: Ints
    start: Ints
    stop: Ints
    heat: Floats
    label: Ints
    count: int

    def areas(self) -> Floats:
        """Number of each component's pixels."""
        return self._sum(self.stop - self.start)

    def means(self) -> Floats:
        """Mean heat of each component's pixels."""
        return self._sum(self.heat) / self.areas()

    def tilts(self) -> Floats:
        """Direction of each component's long axis in radians, -pi/2..pi/2, clockwise positive (y runs down).

        The axis of least inertia, from the second central moments of the pixels (Horn, "Robot Vision", 1986, section
        3.2).
        """
        n = (self.stop - self.start).astype(np.float64)
        first, last = self.start.astype(np.float64), (self.stop - 1).astype(np.float64)
        x1 = (first + last) * n / 2
        x2 = (last * (last + 1) * (2 * last + 1) - (first - 1) * first * (2 * first - 1)) / 6
        y = self.row.astype(np.float64)
        area = self._sum(n)
        mean_x, mean_y = self._sum(x1) / area, self._sum(y * n) / area
        xx = self._sum(x2) / area - mean_x**2
        yy = self._sum(y * y * n) / area - mean_y**2
        xy = self._sum(x1 * y) / area - mean_x * mean_y
        tilts: Floats = np.arctan2(2 * xy, xx - yy) / 2
        return tilts

    def extents(self, tilt: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Least and greatest reach (left, top, right, bottom) of each component along and across its ``tilt``.

        Pixels are unit squares; the reach of a point (x, y) is (x cos + y sin, y cos - x sin).
        """
        cos, sin = np.cos(tilt)[self.label], np.sin(tilt)[self.label]
        along_y, across_y = self.row * sin, self.row * cos
        ends = [(x * cos, x * sin) for x in (self.start, self.stop)]
        along = [along_y + u for u, _ in ends]
        across = [across_y - v for _, v in ends]
        low_u, high_u = np.minimum(*along) + np.minimum(sin, 0), np.maximum(*along) + np.maximum(sin, 0)
        low_v, high_v = np.minimum(*across) + np.minimum(cos, 0), np.maximum(*across) + np.maximum(cos, 0)
        first = np.searchsorted(self.label, np.arange(self.count))
        least, greatest = np.minimum.reduceat, np.maximum.reduceat
        return least(low_u, first), least(low_v, first), greatest(high_u, first), greatest(high_v, first)

    def _sum(self, values: NDArray[np.float64] | Ints) -> Floats:
        return np.bincount(self.label, values, self.count).astype(np.float64, copy=False)


def find_components(heat: NDArray[np.float32], threshold: float) -> Components:
    """The components of the pixels of ``heat`` [height, width] above ``threshold``."""
    stride = heat.shape[1] + 1  # a cold column between rows, so that no run crosses a row's end
    row_major = np.zeros(1 + heat.shape[0] * stride, np.bool_)  # and a cold pixel before the first
    hot = row_major[1:].reshape(heat.shape[0], stride)[:, :-1]
    np.greater(heat, threshold, out=hot)
    edges = np.flatnonzero(row_major[1:] != row_major[:-1])
    begin, end = edges[0::2], edges[1::2]
    row, start = np.divmod(begin, stride)
    stop = start + (end - begin)
    past = np.cumsum(end - begin)
    sums = np.zeros(int(past[-1]) + 1 if len(past) else 1)  # over the hot pixels only: they are few
    np.cumsum(heat[hot], dtype=np.float64, out=sums[1:])
    warmth = sums[past] - sums[past - (end - begin)]
    label = _joined(begin, end, stride)
    order = np.argsort(label, kind="stable")
    count = int(label.max(initial=-1)) + 1
    return Components(row[order], start[order], stop[order], warmth[order], label[order], count)


def _joined(begin: Ints, end: Ints, stride: int) -> Ints:
    """A component number for each run; begin and end are positions in the row-major map of ``stride`` columns."""
    first = np.searchsorted(end, begin + stride, side="left")  # runs one row down that touch, diagonals included
    past = np.searchsorted(begin, end + stride, side="right")
    touching = np.maximum(past - first, 0)
    upper = np.repeat(np.arange(len(begin)), touching)
    lower = np.arange(len(upper)) - np.repeat(np.cumsum(touching) - touching, touching) + np.repeat(first, touching)
    own = np.arange(len(begin))
    root = own
    while (apart := root[upper] != root[lower]).any():  # the least run number spreads over each component
        upper, lower = upper[apart], lower[apart]
        ends = np.minimum(root[upper], root[lower]), np.maximum(root[upper], root[lower])
        root = root.copy()
        np.minimum.at(root, ends[1], ends[0])
        while not np.array_equal(root, jumped := root[root]):  # each jump halves the way
            root = jumped
    numbers: Ints = (np.cumsum(root == own) - 1)[root]
    return numbers
