"""Pictures that cannot be read, each with words its error must have; shared by the tests of the API and the command."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from places import EXAMPLE


def png_header(width: int, height: int) -> bytes:
    """A PNG that declares a size and has no pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b""))


def _folder(path: Path) -> None:
    path.mkdir()


def _bytes(data: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(data)


def _truncated(path: Path) -> None:
    data = EXAMPLE.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _truncated_png(path: Path) -> None:
    Image.new("RGB", (300, 300), "red").save(path, "PNG")
    path.write_bytes(path.read_bytes()[:120])


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64

BAD: dict[str, tuple[Callable[[Path], object], tuple[str, str]]] = {
    "absent.jpg": (lambda _: None, ("no such file", "check the path")),
    "empty.jpg": (_bytes(b""), ("is empty", "again")),
    "truncated.jpg": (_truncated, ("damaged picture", "again")),
    "truncated.png": (_truncated_png, ("damaged picture", "again")),
    "text.jpg": (_bytes(b"TOTAL 12.90\n" * 50), ("not a picture in a known format", "save it as JPEG or PNG")),
    "header-only.jpg": (_bytes(b"\xff\xd8\xff\xe0"), ("not a picture", "save it as JPEG or PNG")),
    "bomb.png": (_bytes(png_header(50_000, 50_000)), ("too many pixels", "scale it down")),
    "large.png": (_bytes(png_header(10_000, 12_000)), ("10,000 x 12,000 pixels", "scale it down")),
    "phone.heic": (_bytes(HEIC), ("HEIC needs a plug-in", "pip install pillow-heif")),
    "script.eps": (_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), ("not a picture", "JPEG or PNG")),
}
"""File name to what makes it, and the reason and the mend that its error names."""
