"""Pillow's arithmetic pinned against a plain restatement of it (what other languages have to
reproduce)."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from edgekit.geometry import turn_point
from edgekit.image import crop, resize, turn, turned_size, without_colour
from edgekit.types import Quad


def noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def rectangle(x: float, y: float, width: float, height: float, degrees: float = 0.0) -> Quad:
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = [(0, 0), (width, 0), (width, height), (0, height)]
    return Quad(*((x + u * cos - v * sin, y + u * sin + v * cos) for u, v in corners))


def resampled_rows(pixels: np.ndarray, out: int) -> np.ndarray:
    """Pillow's BILINEAR along the first axis: triangle filter, 22-bit weights, rounded to bytes (Resample.c)."""
    size = pixels.shape[0]
    scale = size / out
    support = max(scale, 1.0)
    rows = []
    for i in range(out):
        centre = (i + 0.5) * scale
        low, high = max(int(centre - support + 0.5), 0), min(int(centre + support + 0.5), size)
        weights = [max(0.0, 1 - abs((j + 0.5 - centre) / support)) for j in range(low, high)]
        fixed = [int(0.5 + w / sum(weights) * (1 << 22)) for w in weights]
        total = sum(w * pixels[low + j].astype(np.int64) for j, w in enumerate(fixed)) + (1 << 21)
        rows.append(np.clip(total >> 22, 0, 255).astype(np.uint8))
    return np.stack(rows)


@pytest.mark.parametrize(("width", "height"), [(7, 5), (40, 31), (97, 64), (23, 90)])
def test_resize_is_fixed_point_bilinear_columns_then_rows(width: int, height: int) -> None:
    pixels = noise(37, 53)
    columns = resampled_rows(pixels.transpose(1, 0, 2), width).transpose(1, 0, 2)
    expected = resampled_rows(columns, height)
    assert np.array_equal(resize(Image.fromarray(pixels), width, height), expected)


def test_resize_shrinks_rows_first_where_they_lose_most() -> None:
    pixels = noise(90, 53)
    rows = resampled_rows(pixels, 20)
    expected = resampled_rows(rows.transpose(1, 0, 2), 45).transpose(1, 0, 2)
    assert np.array_equal(resize(Image.fromarray(pixels), 45, 20), expected)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 70), st.integers(1, 70))
def test_resize_of_a_box_sees_nothing_around_it(width: int, height: int, right: int, bottom: int) -> None:
    picture = Image.fromarray(noise(80, 75))
    box = (4, 7, 4 + right, 7 + bottom)
    assert np.array_equal(resize(picture, width, height, box), resize(picture.crop(box), width, height))


def test_crop_of_whole_pixels_is_a_slice() -> None:
    pixels = noise(60, 200)
    cut = crop(Image.fromarray(pixels), rectangle(12, 5, 100, 48), 100, 48)
    assert np.array_equal(cut, pixels[5:53, 12:112])


def test_crop_of_a_large_quad_averages() -> None:
    pixels = noise(192, 400)
    cut = crop(Image.fromarray(pixels), rectangle(0, 0, 400, 192), 100, 48)
    blocks = pixels.reshape(48, 4, 100, 4, 3).astype(float).mean(axis=(1, 3))
    assert np.abs(cut - blocks).max() <= 0.5


def test_crop_reads_along_the_quad() -> None:
    pixels = noise(60, 200)
    picture = Image.fromarray(pixels)
    quad = rectangle(12, 5, 100, 48)
    assert np.array_equal(crop(picture, quad.flipped(), 100, 48), pixels[5:53, 12:112][::-1, ::-1])


def test_crop_of_an_empty_or_outside_quad_is_defined() -> None:
    picture = Image.fromarray(noise(20, 20))
    point = Quad((5.0, 5.0), (5.0, 5.0), (5.0, 5.0), (5.0, 5.0))
    assert crop(picture, point, 8, 48).shape == (48, 8, 3)
    assert (crop(picture, rectangle(100, 100, 50, 20), 120, 48) == 127).all()


@given(st.sampled_from([0, 90, 180, 270]), st.integers(0, 30), st.integers(0, 20))
def test_turning_a_point_follows_the_picture(degrees: int, x: int, y: int) -> None:
    pixels = np.zeros((21, 31, 3), np.uint8)
    pixels[y, x] = 255
    picture = Image.fromarray(pixels)
    turned = turn(picture, degrees)
    assert turned.size == turned_size(picture, degrees)
    to_x, to_y = turn_point((x + 0.5, y + 0.5), degrees, 31, 21)
    assert turned.getpixel((int(to_x), int(to_y))) == (255, 255, 255)
    back = turn_point((to_x, to_y), -degrees % 360, *turned.size)
    assert back == (x + 0.5, y + 0.5)


@given(st.integers(1, 40), st.integers(1, 150), st.integers(1, 50), st.integers(1, 50), st.floats(-60, 60))
def test_a_picture_without_colour_gives_the_same_pixels_as_one_channel(
    width: int, height: int, across: int, down: int, degrees: float
) -> None:
    coloured = Image.fromarray(np.repeat(noise(height, width)[:, :, :1], 3, axis=2))
    grey = without_colour(coloured)
    assert (grey.mode, grey.size) == ("L", coloured.size)
    assert np.array_equal(resize(grey, across, down), resize(coloured, across, down))
    quad = rectangle(width / 3, height / 3, width / 2 + 1, height / 2 + 1, degrees)
    for size in ((across, down), (8, 3)):  # the latter is sampled finer and averaged
        assert np.array_equal(crop(grey, quad, *size), crop(coloured, quad, *size))


@pytest.mark.parametrize("channel", [0, 1, 2])
@pytest.mark.parametrize("row", [0, 63, 64, 129])
def test_one_coloured_pixel_is_colour(row: int, channel: int) -> None:
    pixels = np.full((130, 9, 3), 200, np.uint8)
    pixels[row, 4, channel] = 201
    picture = Image.fromarray(pixels)
    assert without_colour(picture) is picture
