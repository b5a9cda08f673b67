import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from edgekit.geometry import rotated
from edgekit.image import resize
from edgekit.types import Quad
from edgekit.view import View, drawn, in_tiles


def level(left: int, top: int, right: int, bottom: int) -> Quad:
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))


def noise(width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8))


def test_a_level_view_is_cut_out_and_resized() -> None:
    picture = noise(90, 70)
    assert np.array_equal(drawn(picture, View(level(0, 0, 90, 70), (64, 32))), resize(picture, 64, 32))
    part = picture.crop((10, 20, 50, 60))
    assert np.array_equal(drawn(picture, View(level(10, 20, 50, 60), (32, 32))), resize(part, 32, 32))
    assert View(level(10, 20, 50, 60), (80, 80)).scale == 2


@pytest.mark.parametrize("size", [(64, 96), (160, 240)])
@pytest.mark.parametrize("degrees", [-17.0, 12.0])
def test_a_tilted_view_shows_its_area_level(size: tuple[int, int], degrees: float) -> None:
    picture = Image.new("RGB", (240, 240), "white")
    area = level(-40, -60, 40, 60).map(lambda p: rotated(p, degrees)).map(lambda p: (p[0] + 120, p[1] + 120))
    half = Quad(*(area.points[0], area.points[1], *_below(area)))
    picture.paste("black", mask=_filled(picture.size, half))
    seen = drawn(picture, View(area, size))
    assert seen.shape == (size[1], size[0], 3)
    assert seen[8 : size[1] // 2 - 8, 8:-8].max() < 90
    assert seen[size[1] // 2 + 8 : -8, 8:-8].min() > 165


def _below(area: Quad) -> tuple[tuple[float, float], tuple[float, float]]:
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = area.points
    return ((x1 + x2) / 2, (y1 + y2) / 2), ((x0 + x3) / 2, (y0 + y3) / 2)


def _filled(size: tuple[int, int], quad: Quad) -> Image.Image:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).polygon(list(quad.points), fill=255)
    return mask


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 400), st.sampled_from([0, 4, 8]))
def test_tiles_make_up_the_whole(rows: int, columns: int, most: int, margin: int) -> None:
    pixels = np.random.default_rng(rows).integers(0, 256, (rows * 4, columns * 4, 3), np.uint8)
    shapes: list[tuple[int, ...]] = []

    def see(tile: np.ndarray) -> np.ndarray:
        shapes.append(tile.shape)
        return tile[..., 0].astype(np.float32)

    assert np.array_equal(in_tiles(pixels, see, most, margin, 4), pixels[..., 0])
    assert len(set(shapes)) == 1
    assert all(side % 4 == 0 for shape in shapes for side in shape[:2])
