"""Decoding: whatever a user has becomes an upright RGB photo, or one clear error."""

from __future__ import annotations

import contextlib
import functools
import importlib
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from edgekit.errors import ImageError, ImageTooLargeError

Source: TypeAlias = "str | Path | bytes | Image.Image | NDArray[Any]"
"""What a read accepts. An array is uint8 or uint16: [height, width] grey, [..., 3] RGB or [..., 4] RGBA."""

_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "BMP", "GIF", "HEIF", "AVIF")
"""Decoders that may be tried. The list is closed: Pillow also knows formats that start other programs (EPS)."""
_DECODERS = ("Jpeg", "Mpo", "Png", "WebP", "Tiff", "Bmp", "Gif", "Avif")
"""Pillow's modules for these formats; HEIF comes with a plug-in."""
_JPEG = b"\xff\xd8\xff"
"""How a JPEG begins, and nothing else: most pictures need no other decoder, and those for WebP and AVIF take memory."""
_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_REDUCTIONS = (8, 4, 2)
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF orientation tag (CIPA DC-008, 4.6.4) to the transposition that makes the picture upright."""
_SWAPS_SIDES = {_TURNS[tag] for tag in (5, 6, 7, 8)}
_EXIF_ORIENTATION = 0x0112


@dataclass(frozen=True, slots=True)
class DecodeParams:
    """Constants of decoding.

    max_bytes: a file with more is refused. max_pixels: a picture with more is refused before it is decoded.
    min_short_side: a picture is reduced by 2, 4 or 8 while its short side keeps at least this many pixels; more
        resolution costs memory and reads no more text.
    least_text: where a reduced picture turns out to have lower text than this (``edgekit.detect.Detection.height``),
        it is decoded once more, less reduced, to at most ``finer_pixels``.
    """

    max_bytes: int
    max_pixels: int
    min_short_side: int
    least_text: float
    finer_pixels: int


@dataclass(frozen=True, slots=True)
class Photo:
    """A decoded picture.

    image: RGB, upright, reduced by ``factor``. width, height: pixels of the upright picture before the reduction.
    """

    image: Image.Image
    width: int
    height: int
    factor: int
    warnings: tuple[str, ...] = ()


def describe(source: object) -> str:
    """How to call a source in a message: its path, or what it is."""
    if isinstance(source, (str, Path)):
        return str(source)
    if isinstance(source, bytes):
        return f"<{len(source):,} bytes>"
    return f"<{type(source).__module__.split('.')[0]} {type(source).__name__}>"


def finer(photo: Photo, height: float, params: DecodeParams) -> int:
    """By how much a picture should be reduced, now that its text is known to be ``height`` pixels high (0: none)."""
    factor = photo.factor
    while factor > 1 and 0 < height * photo.factor / factor < params.least_text:
        if photo.width * photo.height * 4 > params.finer_pixels * factor**2:
            break
        factor //= 2
    return factor


def load(source: Source, params: DecodeParams, most: int = _REDUCTIONS[0]) -> Photo:
    """Decodes the first page of a picture, applies its EXIF orientation, and makes it RGB (alpha over white).

    most: it is reduced at most by this.
    A PIL image is not changed. Raises ImageError or ImageTooLargeError with the source, the reason and the mend.
    """
    name = describe(source)
    if isinstance(source, np.ndarray):
        return _converted(_from_array(source, name), params, name, most)
    if isinstance(source, Image.Image):
        return _converted(source, params, name, most)
    if not isinstance(source, (str, Path, bytes)):
        raise ImageError(f"{name}: give a path, bytes, a PIL image or a numpy array")
    data = source if isinstance(source, bytes) else _read_file(Path(source), params)
    if len(data) > params.max_bytes:
        raise ImageTooLargeError(f"{name}: over the limit of {params.max_bytes:,} bytes: save it smaller")
    with _identify(data, params, name) as opened:
        return _converted(opened, params, name, most, own=True)


def _read_file(path: Path, params: DecodeParams) -> bytes:
    try:
        if path.is_dir():
            raise ImageError(f"{path}: is a folder, not a picture: name the pictures in it")
        with path.open("rb") as file:
            return file.read(params.max_bytes + 1)  # no more: a device or a pipe may have no end
    except FileNotFoundError as error:
        raise ImageError(f"{path}: no such file: check the path") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ImageError(f"{path}: cannot be read ({reason}): check the path and its permissions") from error


def _identify(data: bytes, params: DecodeParams, name: str) -> Image.Image:
    if not data:
        raise ImageError(f"{name}: is empty: copy or take the picture again")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        _register_heif(name)
    _load_decoders(_DECODERS[:1] if data.startswith(_JPEG) else _DECODERS)
    try:
        return Image.open(io.BytesIO(data), formats=[f for f in _FORMATS if f in Image.OPEN])
    except Image.DecompressionBombError as error:
        raise ImageTooLargeError(
            f"{name}: too many pixels, the limit is {params.max_pixels:,}: scale it down"
        ) from error
    except UnidentifiedImageError as error:
        raise ImageError(f"{name}: not a picture in a known format: save it as JPEG or PNG") from error
    except Exception as error:  # decoders raise anything on damaged headers
        raise ImageError(f"{name}: damaged picture ({error}): copy or take it again") from error


@functools.cache
def _load_decoders(names: tuple[str, ...] = _DECODERS) -> None:
    """Those of _FORMATS, or some; ``Image.init`` would load forty more."""
    for name in names:
        with contextlib.suppress(ImportError):  # an older Pillow, or one built without this library
            importlib.import_module(f"PIL.{name}ImagePlugin")


def _register_heif(name: str) -> None:
    try:
        import pillow_heif
    except ImportError as error:
        mend = "pip install pillow-heif, or save it as JPEG"
        raise ImageError(f"{name}: HEIC needs a plug-in that is not installed: {mend}") from error
    pillow_heif.register_heif_opener()


def _converted(opened: Image.Image, params: DecodeParams, name: str, most: int, own: bool = False) -> Photo:
    width, height = opened.size
    if width * height > params.max_pixels:
        limit = f"the limit is {params.max_pixels:,}"
        raise ImageTooLargeError(f"{name}: {width:,} x {height:,} pixels, {limit}: scale it down")
    factor = next((k for k in _REDUCTIONS if k <= most and min(width, height) // k >= params.min_short_side), 1)
    try:
        warnings = _page_warnings(opened, name)
        turn = _exif_turn(opened)
        if own:  # a JPEG then decodes at 1/2, 1/4 or 1/8; a caller's image must not change
            opened.draft(None, (width // factor, height // factor))
        image = _to_rgb(opened)
        image = image.reduce(factor) if factor > 1 and image.size == (width, height) else image
        image = image.transpose(turn) if turn is not None else image
    except Exception as error:  # decoders raise anything on damaged data
        raise ImageError(f"{name}: damaged picture ({error}): copy or take it again") from error
    if turn in _SWAPS_SIDES:
        width, height = height, width
    return Photo(image, width, height, factor, warnings)


def _page_warnings(opened: Image.Image, name: str) -> tuple[str, ...]:
    pages = getattr(opened, "n_frames", 1)
    if (
        pages == 1 or opened.format == "MPO"
    ):  # the further pictures of an MPO are the phone's previews of the same photo
        return ()
    opened.seek(0)
    return (f"{name}: has {pages} pages or frames: only the first was read",)


def _exif_turn(opened: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(opened.getexif().get(_EXIF_ORIENTATION, 1))
    except Exception:  # a damaged EXIF block says nothing about the pixels: read them as they lie
        return None


def _to_rgb(opened: Image.Image) -> Image.Image:
    if opened.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in opened.info:
        colours = opened.convert("RGBA")
        paper = Image.new("RGBA", colours.size, "white")
        return Image.alpha_composite(paper, colours).convert("RGB")
    if opened.mode == "F" or opened.mode.startswith("I"):
        return Image.fromarray(_to_bytes(np.asarray(opened))).convert("RGB")
    if opened.mode != "RGB":
        return opened.convert("RGB")
    opened.load()
    return opened


def _to_bytes(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Grey levels of 8, 16 bits or floats (0..1 or 0..255) to uint8, chosen by the largest value."""
    top = float(values.max(initial=0))
    scale = 255.0 if values.dtype.kind == "f" and top <= 1 else 1.0 if top <= 255 else 1 / 256
    return np.clip(values * scale, 0, 255).astype(np.uint8)


def _from_array(array: NDArray[Any], name: str) -> Image.Image:
    channels = array.shape[2] if array.ndim == 3 else 1
    if (
        array.dtype not in (np.uint8, np.uint16)
        or array.ndim not in (2, 3)
        or channels not in (1, 3, 4)
        or not array.size
    ):
        wanted = "uint8 or uint16 of shape [H, W], [H, W, 3] (RGB) or [H, W, 4] (RGBA)"
        raise ImageError(f"{name}: dtype {array.dtype}, shape {array.shape}: give {wanted}")
    if array.dtype == np.uint16:
        array = (array >> 8).astype(np.uint8)
    return Image.fromarray(array[:, :, 0] if array.ndim == 3 and channels == 1 else np.ascontiguousarray(array))
