"""Components against the plainest possible restatement: flood fill and sums over pixels."""

import math

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from edgekit.components import find_components

masks = hnp.arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14)))


def flooded(mask: np.ndarray) -> list[list[tuple[int, int]]]:
    """Pixels (row, column) of each 8-connected component, components by their first pixel in reading order."""
    todo = {(int(r), int(c)) for r, c in np.argwhere(mask)}
    found = []
    while todo:
        stack, part = [min(todo)], []
        todo.discard(stack[0])
        while stack:
            r, c = stack.pop()
            part.append((r, c))
            near = {(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1)} & todo
            todo -= near
            stack.extend(near)
        found.append(sorted(part))
    return found


@settings(max_examples=300)
@given(masks)
def test_components_are_those_of_a_flood_fill(mask: np.ndarray) -> None:
    parts = find_components(mask.astype(np.float32), 0.5)
    found: list[list[tuple[int, int]]] = [[] for _ in range(parts.count)]
    for row, start, stop, label in zip(parts.row, parts.start, parts.stop, parts.label, strict=True):
        found[label].extend((int(row), x) for x in range(start, stop))
    assert [sorted(part) for part in found] == flooded(mask)


@settings(max_examples=200)
@given(masks, st.integers(0, 2**31 - 1))
def test_means_tilts_and_extents_are_those_of_the_pixels(mask: np.ndarray, seed: int) -> None:
    rng = np.random.default_rng(seed)
    heat = np.where(mask, rng.uniform(0.5, 1, mask.shape), 0).astype(np.float32)
    parts = find_components(heat, 0.25)
    angle = rng.uniform(-math.pi, math.pi, parts.count)
    reach = np.stack(parts.extents(angle), axis=1)
    for i, pixels in enumerate(flooded(mask)):
        y, x = np.array(pixels, float).T
        assert math.isclose(parts.means()[i], heat[y.astype(int), x.astype(int)].mean(dtype=float), rel_tol=1e-6)
        xx, yy, xy = x.var(), y.var(), ((x - x.mean()) * (y - y.mean())).mean()
        if math.hypot(xx - yy, 2 * xy) > 1e-6:  # else no axis is longer than another
            difference = parts.tilts()[i] - math.atan2(2 * xy, xx - yy) / 2
            assert abs(math.sin(difference)) < 1e-6
        corners = np.concatenate([np.stack([x + i, y + j]) for i in (0, 1) for j in (0, 1)], axis=1)
        along = corners[0] * math.cos(angle[i]) + corners[1] * math.sin(angle[i])
        across = corners[1] * math.cos(angle[i]) - corners[0] * math.sin(angle[i])
        np.testing.assert_allclose(reach[i], [along.min(), across.min(), along.max(), across.max()], atol=1e-9)


def test_a_cold_map_has_no_components() -> None:
    assert find_components(np.zeros((5, 7), np.float32), 0.2).count == 0


def test_rows_do_not_join_around_the_edge() -> None:
    heat = np.zeros((2, 4), np.float32)
    heat[0, 3] = heat[1, 0] = 1
    assert find_components(heat, 0.5).count == 2


def test_a_spiral_is_one_component() -> None:
    spiral = np.array([[1, 1, 1, 1, 1], [0, 0, 0, 0, 1], [1, 1, 1, 0, 1], [1, 0, 0, 0, 1], [1, 1, 1, 1, 1]], np.float32)
    assert find_components(spiral, 0.5).count == 1
