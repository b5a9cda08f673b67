"""Training receipts as EdgeKit reads them, also from pictures turned, blurred or made smaller."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from edgekit.bundle import Bundle
from edgekit.errors import ImageError
from edgekit.reader import Reader
from models.rules.lines import Lines, from_files, layout_params, parse_lines, read_pictures, reader_digest

_TURN, _LEAST_SCALE, _BLUR, _QUALITY = 4.0, 0.55, 1.2, (35, 90)
"""The most a picture is turned (degrees), shrunk (factor) and blurred (pixels), and the range of its JPEG quality."""


def read_varied(
    folder: Path, files: Sequence[str], variants: int, cache: Path, step: Callable[[], None]
) -> dict[str, list[Lines]]:
    """Lines by file name: as the default bundle reads the picture, then ``variants`` altered ones.

    What was read before comes from ``cache``. ``step`` is called for each picture read. Raises ImageError, UsageError.
    """
    found = {name: [lines] for name, lines in read_pictures(folder, files, cache, step).items()}
    for variant in range(1, variants + 1):
        read = _read_altered(folder, files, variant, cache, step)
        for file in files:
            found[Path(file).name].append(read[Path(file).name])
    return found


def _read_altered(
    folder: Path, files: Sequence[str], variant: int, cache: Path, step: Callable[[], None]
) -> dict[str, Lines]:
    bundle, params = Bundle.open(), layout_params()
    path = cache / f"{folder.resolve().name}-altered{variant}-{reader_digest(bundle)}.jsonl"
    found = from_files([path], params) if path.exists() else {}
    reader: Reader | None = None
    with path.open("a", encoding="utf-8") as written:
        for file in files:
            if Path(file).name not in found:
                reader = reader or Reader.open()
                picture = altered(_opened(folder / file), zlib.crc32(f"{Path(file).name} {variant}".encode()))
                items = [line.to_dict() for line in reader.read(picture).lines]
                written.write(json.dumps({"file": file, "lines": items}, ensure_ascii=False) + "\n")
                written.flush()
                found[Path(file).name] = parse_lines(items, params)
            step()
    return found


def _opened(path: Path) -> Image.Image:
    try:
        return Image.open(path).convert("RGB")
    except OSError as error:
        raise ImageError(f"{path}: cannot be read ({error}); leave its row out of labels.jsonl") from error


def altered(picture: Image.Image, seed: int) -> Image.Image:
    """A picture turned, shrunk, blurred and compressed by amounts that ``seed`` alone decides."""
    rng = np.random.default_rng(seed)
    paper = tuple(int(v) for v in np.percentile(np.asarray(picture.resize((32, 32))).reshape(-1, 3), 75, axis=0))
    turned = picture.rotate(rng.normal(0, _TURN / 2), Image.Resampling.BICUBIC, expand=True, fillcolor=paper)
    scale = rng.uniform(_LEAST_SCALE, 1.0)
    size = max(int(turned.width * scale), 32), max(int(turned.height * scale), 32)
    softened = turned.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(rng.uniform(0, _BLUR)))
    buffer = BytesIO()
    softened.save(buffer, "JPEG", quality=int(rng.integers(*_QUALITY)))
    return Image.open(buffer)
