import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from edgekit.detect import Detector, DetectParams, find_lines
from edgekit.geometry import quad_size, rotated, skew, tilt
from edgekit.types import Quad

PARAMS = DetectParams(
    multiple=32,
    max_pixels=1_400_000,
    tile_pixels=700_000,
    tile_margin=64,
    glance_pixels=100_000,
    unclear_pixels=700_000,
    short_side=640,
    threshold=0.2,
    min_score=0.45,
    min_side=2.0,
    unclip=1.4,
    elongated=2.0,
    max_tilt=15.0,
    blur=0.0,
    clear=0.8,
    clear_lines=3,
    clear_height=2.0,
    height=10.0,
    least_height=6.0,
    look_tilt=4.0,
    look_share=0.5,
    look_margin=1.0,
    tilted_margin=1.0,
)


def bars(boxes: list[tuple[float, float, float, float]], degrees: float, heat: float = 0.9) -> np.ndarray:
    """A heat map with bars (centre x, centre y, length, thickness), the whole turned clockwise about its middle."""
    y, x = np.mgrid[0:400, 0:400] + 0.5 - 200
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    u, v = x * cos + y * sin + 200, y * cos - x * sin + 200
    inside = [(abs(u - cx) <= length / 2) & (abs(v - cy) <= thickness / 2) for cx, cy, length, thickness in boxes]
    return np.where(np.any(inside, axis=0), heat, 0).astype(np.float32)


PAGE = [
    (200.0, 120.0, 160.0, 12.0),
    (180.0, 160.0, 120.0, 12.0),
    (200.0, 200.0, 200.0, 12.0),
    (240.0, 240.0, 10.0, 12.0),
]


@settings(max_examples=60, deadline=None)
@given(st.floats(-40, 40))
@example(0.296875)  # one step of the grid along the whole bar
def test_tilted_lines_give_quads_of_their_size_and_tilt(degrees: float) -> None:
    found = find_lines(bars(PAGE, degrees), PARAMS)
    assert found.upright
    assert len(found.quads) == len(PAGE)
    assert skew(found.quads) == pytest.approx(degrees, abs=1.5)
    for quad in found.quads:
        assert tilt(quad) == pytest.approx(degrees, abs=4)  # short ones follow the page
    length, thickness = max(quad_size(quad) for quad in found.quads)
    grow = 2 * 200 * 12 * 1.4 / (2 * 212)
    assert length == pytest.approx(200 + grow, abs=4)
    assert thickness == pytest.approx(12 + grow, abs=5)


@pytest.mark.parametrize("degrees", [90, 80, -85, 100])
def test_lines_up_or_down_the_picture_are_not_upright(degrees: float) -> None:
    assert not find_lines(bars(PAGE, degrees), PARAMS).upright


def test_faint_and_thin_regions_are_dropped() -> None:
    assert find_lines(bars(PAGE, 0, heat=0.4), PARAMS).quads == ()
    hair = np.zeros((64, 128), np.float32)
    hair[30, 10:110] = 0.9
    assert find_lines(hair, PARAMS).quads == ()


def test_nothing_hot_is_an_upright_page_without_lines() -> None:
    found = find_lines(np.zeros((64, 64), np.float32), PARAMS)
    assert (found.quads, found.upright) == ((), True)


class FakeSession:
    """Answers with a heat map whose one bar stands where the picture is dark."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def run(self, *inputs: np.ndarray) -> tuple[np.ndarray, ...]:
        (image,) = inputs
        assert image.dtype == np.uint8
        self.shapes.append(image.shape)
        return ((image[..., 0] < 100).astype(np.float32),)


def page(bars: list[tuple[int, int, int, int]], degrees: float = 0.0) -> Image.Image:
    picture = Image.new("RGB", (1300, 1100), "white")
    for box in bars:
        ImageDraw.Draw(picture).rectangle(box, fill="black")
    return picture.rotate(-degrees, Image.Resampling.BICUBIC, fillcolor="white")


def middle(quad: Quad) -> tuple[float, float]:
    x, y = (sum(point[i] for point in quad.points) / 4 for i in (0, 1))
    return x, y


def full(count: int = 12, high: int = 30) -> list[tuple[int, int, int, int]]:
    """Bars over all of a page."""
    return [(60, round(40 + i * 1000 / count), 1240, round(40 + i * 1000 / count) + high) for i in range(count)]


def looks(session: FakeSession) -> list[int]:
    return [shape[1] * shape[2] for shape in session.shapes]


def test_a_glance_says_at_which_size_to_look() -> None:
    session, page_bars = FakeSession(), full()
    found = Detector(session, PARAMS).detect(page(page_bars))
    glance, look = looks(session)
    assert glance <= PARAMS.glance_pixels
    assert look == pytest.approx(1200 * 950 * (10 / 31) ** 2, rel=0.35)  # bars 31 pixels high, to become 10
    assert (found.upright, found.clear) == (True, True)
    assert found.height == pytest.approx(31, rel=0.1)
    ys = sorted(middle(quad)[1] for quad in found.quads)
    assert ys == pytest.approx([(y0 + y1) / 2 for _, y0, _, y1 in page_bars], abs=3)


@pytest.mark.parametrize("degrees", [-8, 8, 20])
def test_tilted_text_is_looked_at_level(degrees: int) -> None:
    session = FakeSession()
    bars = [(200, y, 1100, y + 40) for y in range(250, 850, 90)]
    found = Detector(session, PARAMS).detect(page(bars, degrees))
    assert len(session.shapes) == 2
    assert all(side % PARAMS.multiple == 0 for shape in session.shapes for side in shape[1:3])
    assert skew(found.quads) == pytest.approx(degrees, abs=1)
    back = [
        middle(quad.map(lambda p: (p[0] - 650, p[1] - 550)).map(lambda p: rotated(p, -degrees))) for quad in found.quads
    ]
    expected = [((x0 + x1) / 2 - 650, (y0 + y1) / 2 - 550) for x0, y0, x1, y1 in bars]
    for place, there in zip(sorted(back, key=lambda p: p[1]), expected, strict=True):
        assert place == pytest.approx(there, abs=4)


def test_text_too_small_for_a_glance_is_found_by_a_look_at_all_of_the_picture() -> None:
    session = FakeSession()
    bars = [(700, y, 820, y + 5) for y in range(500, 620, 12)]
    found = Detector(session, PARAMS).detect(page(bars))
    whole, close = looks(session)[1:]
    assert whole > 400_000
    assert len(found.quads) == len(bars)
    assert close < whole
    assert found.height == pytest.approx(6, abs=1.5)


def test_few_lines_on_a_large_page_are_looked_at_closer() -> None:
    session = FakeSession()
    bars = [(400, 500, 799, 539), (420, 560, 700, 599)]
    found = Detector(session, PARAMS).detect(page(bars))
    assert len(session.shapes) == 3
    assert not found.clear
    assert sorted(middle(quad)[1] for quad in found.quads) == pytest.approx([520, 580], abs=2)


def test_lines_across_end_the_search_unless_the_way_up_is_known() -> None:
    session, picture = FakeSession(), page(full()).rotate(90, expand=True)
    found = Detector(session, PARAMS).detect(picture)
    assert (found.upright, len(session.shapes)) == (False, 1)
    assert len(Detector(session, PARAMS).detect(picture, settled=True).quads) == len(full())
    known = Detector(session, PARAMS).detect(page(full()))
    session.shapes.clear()
    again = Detector(session, PARAMS).detect(page(full()), known)
    assert len(session.shapes) == 1
    assert len(again.quads) == len(known.quads)


def test_long_pictures_are_seen_in_tiles() -> None:
    session = FakeSession()
    picture = Image.new("RGB", (400, 4800), "white")
    for y in range(20, 4780, 24):
        ImageDraw.Draw(picture).rectangle((30, y, 370, y + 9), fill="black")
    found = Detector(session, PARAMS).detect(picture)
    assert all(pixels <= PARAMS.tile_pixels * 1.2 for pixels in looks(session))
    assert len(found.quads) == len(range(20, 4780, 24))
    assert len({shape[1:3] for shape in session.shapes[-2:]}) == 1


def test_an_empty_picture_has_no_lines() -> None:
    session = FakeSession()
    assert Detector(session, PARAMS).detect(page([])).quads == ()
    assert len(session.shapes) == 2  # a glance, and all of it at full size


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_input_size_keeps_its_limits(width: int, height: int) -> None:
    size = Detector(FakeSession(), PARAMS).input_size(width, height)
    assert all(side >= PARAMS.multiple and side % PARAMS.multiple == 0 for side in size)
    assert size[0] * size[1] <= PARAMS.max_pixels
