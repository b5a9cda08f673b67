from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bad_pictures import BAD, png_header
from PIL import Image
from places import EXAMPLE

from edgekit.decode import DecodeParams, Photo, finer, load
from edgekit.errors import ImageError, ImageTooLargeError
from edgekit.reader import Reader

PARAMS = DecodeParams(
    max_bytes=2_000_000, max_pixels=80_000_000, min_short_side=1000, least_text=6.0, finer_pixels=2_000_000
)
SMALL = replace(PARAMS, min_short_side=8)
RED, WHITE = (255, 0, 0), (255, 255, 255)


@pytest.fixture
def no_heif(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)


def encoded(image: Image.Image, form: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def corner_marked(width: int = 40, height: int = 20) -> Image.Image:
    """White, with a red block in its top left corner."""
    image = Image.new("RGB", (width, height), "white")
    image.paste(RED, (0, 0, 10, 10))
    return image


def pixel(photo: Photo, x: int, y: int) -> Any:
    return photo.image.getpixel((x, y))


def test_decoders_of_all_formats_are_loaded_and_no_others() -> None:
    code = "import sys; from edgekit.decode import _load_decoders; _load_decoders(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    plugins = {name.removeprefix("PIL.").removesuffix("ImagePlugin") for name in loaded if name.endswith("ImagePlugin")}
    assert plugins - {"Avif"} == {"Jpeg", "Mpo", "Png", "WebP", "Tiff", "Bmp", "Gif"}  # no AVIF in older Pillows


def test_a_jpeg_loads_no_decoder_that_pillow_does_not_load_itself(tmp_path: Path) -> None:
    corner_marked().save(tmp_path / "photo.jpg")
    code = (
        "import sys; from edgekit.bundle import Bundle; from edgekit.decode import DecodeParams, load; "
        "from edgekit.manifest import parse_params; params = Bundle.open().stage('image').params; "
        f"load({str(tmp_path / 'photo.jpg')!r}, parse_params(DecodeParams, params, '')); print(*sys.modules)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "PIL.JpegImagePlugin" in loaded
    assert not {"PIL.AvifImagePlugin", "PIL.WebPImagePlugin", "zipfile"} & set(loaded)


@pytest.mark.usefixtures("no_heif")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", list(BAD))
def test_a_bad_file_is_one_line_with_name_reason_and_mend(tmp_path: Path, name: str) -> None:
    make, words = BAD[name]
    make(tmp_path / name)
    with pytest.raises(ImageError) as caught:
        load(tmp_path / name, PARAMS)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path / name}: ")
    assert "\n" not in message
    assert all(word in message for word in words), message


@pytest.mark.usefixtures("no_heif")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("name", [name for name in BAD if name != "absent.jpg"])
def test_bad_bytes_are_refused_like_bad_files(tmp_path: Path, name: str) -> None:
    make, words = BAD[name]
    make(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    with pytest.raises(ImageError) as caught:
        load(data, PARAMS)
    assert str(caught.value).startswith(f"<{len(data):,} bytes>: ")
    assert all(word in str(caught.value) for word in words)


def test_too_many_pixels_and_bytes_have_a_kind_of_their_own(tmp_path: Path) -> None:
    with pytest.raises(ImageTooLargeError):
        load(png_header(50_000, 50_000), PARAMS)
    with pytest.raises(ImageTooLargeError, match="over the limit of 2,000,000 bytes: save it smaller"):
        load(b"\0" * 2_000_001, PARAMS)
    (tmp_path / "big.jpg").write_bytes(b"\0" * 2_000_001)
    with pytest.raises(ImageTooLargeError, match=r"big\.jpg: over the limit"):
        load(tmp_path / "big.jpg", PARAMS)
    with pytest.raises(ImageTooLargeError, match="40 x 20 pixels, the limit is 799: scale it down"):
        load(corner_marked(), DecodeParams(1000, 799, 8, 6.0, 799))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without an end")
def test_a_file_without_an_end_is_refused() -> None:
    with pytest.raises(ImageTooLargeError, match="/dev/zero: over the limit"):
        load("/dev/zero", PARAMS)


def test_a_file_without_rights_is_told(secret: Path) -> None:
    with pytest.raises(ImageError, match=r"secret\.jpg: cannot be read \(Permission denied\): check"):
        load(secret, PARAMS)


def test_a_folder_is_no_picture(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="is a folder, not a picture: name the pictures in it"):
        load(tmp_path, PARAMS)


def test_a_path_that_no_system_has_is_told() -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        load("a\0b.jpg", PARAMS)


@pytest.mark.parametrize("source", [None, 7, ["a.jpg"], object(), bytearray(b"x")])
def test_what_is_no_source_is_told(source: Any) -> None:
    with pytest.raises(ImageError, match="give a path, bytes, a PIL image or a numpy array"):
        load(source, PARAMS)


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((0, 5, 3), np.uint8),
        np.zeros((4, 5, 2), np.uint8),
        np.zeros((4, 5, 3), np.float32),
        np.zeros((1, 4, 5, 3), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((4, 5), bool),
    ],
)
def test_arrays_of_other_shapes_and_types_are_told(array: Any) -> None:
    with pytest.raises(ImageError, match=r"dtype .*, shape .*: give uint8 or uint16 of shape"):
        load(array, PARAMS)


def test_one_pixel_is_a_picture_without_text(reader: Reader) -> None:
    receipt = reader.read(Image.new("RGB", (1, 1), "white"))
    assert (receipt.lines, receipt.width, receipt.height) == ((), 1, 1)


@pytest.mark.parametrize("size", [(1, 3000), (3000, 1), (2, 2)])
def test_extreme_shapes_are_read(reader: Reader, size: tuple[int, int]) -> None:
    assert reader.read(Image.new("L", size, 128)).lines == ()


@pytest.mark.parametrize(("form", "options"), [("GIF", {}), ("TIFF", {}), ("WEBP", {"lossless": True}), ("PNG", {})])
def test_of_many_pages_the_first_is_read_and_that_is_said(form: str, options: dict[str, Any]) -> None:
    pages = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue", "green")]
    data = encoded(pages[0], form, save_all=True, append_images=pages[1:], **options)
    photo = load(data, PARAMS)
    assert pixel(photo, 15, 15) == RED
    assert len(photo.warnings) == 1
    assert "has 3 pages or frames: only the first was read" in photo.warnings[0]
    assert load(encoded(pages[0], form), PARAMS).warnings == ()


def test_a_caller_s_image_keeps_its_page_and_its_pixels() -> None:
    image = corner_marked()
    before = image.tobytes()
    photo = load(image, SMALL)
    assert photo.factor == 2
    assert image.tobytes() == before
    assert image.size == (40, 20)


PLACES = {1: (5, 5), 2: (34, 5), 3: (34, 14), 4: (5, 14), 5: (5, 5), 6: (14, 5), 7: (14, 34), 8: (5, 34)}
"""EXIF orientation to where the block of the stored picture's top left corner is seen."""


@pytest.mark.parametrize("tag", list(PLACES))
@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_exif_orientation_is_applied(tag: int, form: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = tag
    options = {"quality": 100} if form == "JPEG" else {}
    photo = load(encoded(corner_marked(), form, exif=exif, **options), PARAMS)
    assert (photo.width, photo.height) == ((20, 40) if tag >= 5 else (40, 20))
    assert photo.image.size == (photo.width, photo.height)
    red, green, _ = pixel(photo, *PLACES[tag])
    assert (red > 220, green < 60) == (True, True)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_a_damaged_exif_block_leaves_the_picture_readable() -> None:
    photo = load(encoded(corner_marked(), "JPEG", exif=b"Exif\0\0MM\0*garbage"), PARAMS)
    assert photo.image.size == (40, 20)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_is_paper(mode: str) -> None:
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (0, 0, 10, 20))
    photo = load(encoded(image.convert(mode) if mode != "P" else image.quantize(4), "PNG"), PARAMS)
    assert pixel(photo, 2, 10) == (0, 0, 0)
    assert pixel(photo, 17, 10) == WHITE


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "YCbCr", "HSV", "I", "F", "I;16"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    grey = Image.fromarray(np.full((16, 16), 255, np.uint8))
    image = Image.fromarray(np.full((16, 16), 65535, np.uint16)) if mode == "I;16" else grey.convert(mode)
    photo = load(image, PARAMS)
    assert photo.image.mode == "RGB"
    assert min(pixel(photo, 8, 8)) >= 250


def test_sixteen_bits_keep_their_shades() -> None:
    values = np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16)
    expected = (values >> 8).astype(np.uint8)
    for source in (values, encoded(Image.fromarray(values), "PNG")):
        seen = np.asarray(load(source, PARAMS).image)[..., 0]
        assert np.abs(seen.astype(int) - expected).max() <= 1


@pytest.mark.parametrize("shape", [(20, 40), (20, 40, 1), (20, 40, 3), (20, 40, 4)])
def test_arrays_are_pictures(shape: tuple[int, ...]) -> None:
    array = np.full(shape, 255, np.uint8)
    array[:10, :10] = [0] * (shape[2] - 1) + [255] if len(shape) == 3 and shape[2] == 4 else 0
    photo = load(array, PARAMS)
    assert (photo.width, photo.height) == (40, 20)
    assert pixel(photo, 2, 2) == (0, 0, 0)
    assert pixel(photo, 30, 15) == WHITE


@pytest.mark.parametrize("form", ["JPEG", "PNG"])
def test_large_pictures_are_reduced_and_say_by_how_much(form: str) -> None:
    image = Image.new("RGB", (170, 90), "white")
    image.paste(RED, (0, 0, 85, 90))
    photo = load(encoded(image, form), SMALL)
    assert photo.factor == 8
    assert (photo.width, photo.height) == (170, 90)
    assert photo.image.size == (22, 12)
    red, green, _ = pixel(photo, 2, 6)
    assert (red > 240, green < 20) == (True, True)
    assert load(image, PARAMS).factor == 1


def test_a_path_its_bytes_and_its_pixels_are_the_same_picture() -> None:
    image = load(EXAMPLE, PARAMS).image.tobytes()
    assert load(str(EXAMPLE), PARAMS).image.tobytes() == image
    assert load(EXAMPLE.read_bytes(), PARAMS).image.tobytes() == image
    with Image.open(EXAMPLE) as opened:
        assert load(opened, PARAMS).image.tobytes() == image
        assert load(np.asarray(opened), PARAMS).image.tobytes() == image


@pytest.mark.parametrize(
    ("factor", "height", "expected"),
    [(8, 6.0, 8), (8, 5.0, 4), (8, 1.6, 2), (4, 0.1, 1), (2, 5.9, 1), (1, 0.1, 1), (8, 0.0, 8)],
)
def test_low_text_asks_for_a_finer_copy(factor: int, height: float, expected: int) -> None:
    photo = Photo(Image.new("RGB", (10, 10)), 1400, 1400, factor)
    assert finer(photo, height, PARAMS) == expected


def test_a_finer_copy_keeps_its_limit() -> None:
    photo = Photo(Image.new("RGB", (10, 10)), 4000, 4000, 8)
    assert finer(photo, 0.1, PARAMS) == 4  # a million pixels; by 2 it would be four


def test_a_picture_is_reduced_no_more_than_asked() -> None:
    picture = Image.new("RGB", (80, 64), "white")
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG")
    for source in (picture, encoded.getvalue(), np.asarray(picture)):
        sizes = [(photo.image.size, photo.factor) for photo in (load(source, SMALL, most) for most in (8, 2, 1))]
        assert sizes == [((10, 8), 8), ((40, 32), 2), ((80, 64), 1)]
