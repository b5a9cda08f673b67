import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgekit.geometry import all_projected, bounding_quad, homography, quad_size, rotated, skew, tilt, turn_point
from edgekit.types import Quad

_coordinate = st.floats(-500, 500, allow_nan=False)
_degrees = st.floats(-180, 180)


def rectangle(x: float, y: float, width: float, height: float, degrees: float = 0.0) -> Quad:
    corners = Quad((0.0, 0.0), (width, 0.0), (width, height), (0.0, height))
    turned = corners.map(lambda point: rotated(point, degrees))
    return turned.map(lambda point: (point[0] + x, point[1] + y))


@given(st.lists(st.tuples(_coordinate, _coordinate), min_size=4, max_size=4), st.integers(1, 900), st.integers(1, 99))
def test_homography_takes_corners_to_corners(corners: list[tuple[float, float]], width: int, height: int) -> None:
    crosses = []
    for i in range(4):
        (ax, ay), (bx, by), (cx, cy) = (corners[(i + k) % 4] for k in range(3))
        crosses.append((bx - ax) * (cy - by) - (by - ay) * (cx - bx))
    if min(crosses) < 50:  # only convex, clockwise quads have a perspective
        return
    coefficients = homography((width, height), Quad(*corners))
    for (u, v), (x, y) in zip([(0, 0), (width, 0), (width, height), (0, height)], corners, strict=True):
        assert all_projected([(u, v)], coefficients)[0] == pytest.approx((x, y), abs=1e-4)


@given(_coordinate, _coordinate, st.floats(1, 300), st.floats(1, 300), st.floats(-180, 180))
def test_quad_size_does_not_depend_on_tilt(x: float, y: float, width: float, height: float, degrees: float) -> None:
    assert quad_size(rectangle(x, y, width, height, degrees)) == pytest.approx((width, height), abs=1e-6)


@given(_coordinate, _coordinate, st.floats(1, 300), _degrees)
def test_tilt_is_the_direction_of_the_text(x: float, y: float, width: float, degrees: float) -> None:
    difference = tilt(rectangle(x, y, width, 20, degrees)) - degrees
    assert abs(math.sin(math.radians(difference / 2))) < 1e-6


def test_skew_is_that_of_the_longer_half() -> None:
    quads = [rectangle(0, 0, 300, 20, 5), rectangle(0, 40, 100, 20, -40), rectangle(0, 80, 100, 20, 30)]
    assert skew(quads) == pytest.approx(5)
    assert skew([]) == 0.0


@given(st.lists(st.tuples(_coordinate, _coordinate, st.floats(1, 99), _degrees), min_size=1, max_size=9), _degrees)
def test_a_bounding_quad_holds_every_corner(boxes: list[tuple[float, float, float, float]], degrees: float) -> None:
    quads = [rectangle(x, y, width, 12, angle) for x, y, width, angle in boxes]
    around = bounding_quad(quads, degrees, 2.0)
    left, top = rotated(around.top_left, -degrees)
    right, bottom = rotated(around.bottom_right, -degrees)
    level = [rotated(point, -degrees) for quad in quads for point in quad.points]
    assert min(x for x, _ in level) == pytest.approx(left + 2, abs=1e-6)
    assert max(x for x, _ in level) == pytest.approx(right - 2, abs=1e-6)
    assert min(y for _, y in level) == pytest.approx(top + 2, abs=1e-6)
    assert max(y for _, y in level) == pytest.approx(bottom - 2, abs=1e-6)


@given(_coordinate, _coordinate, st.sampled_from([0, 90, 180, 270]))
def test_a_point_turned_there_and_back_is_where_it_was(x: float, y: float, degrees: int) -> None:
    width, height = 640, 480
    there = turn_point((x, y), degrees, width, height)
    size = (height, width) if degrees % 180 else (width, height)
    assert turn_point(there, -degrees % 360, *size) == pytest.approx((x, y))
