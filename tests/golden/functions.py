"""The pure functions that ports mirror, from plain JSON to plain JSON; constants are those of the default bundle."""

from __future__ import annotations

import base64
import functools
import math
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit import geometry, image
from edgekit.bundle import Bundle
from edgekit.calibration import Calibration
from edgekit.components import find_components
from edgekit.decode import DecodeParams, Photo, finer, load
from edgekit.detect import Detector, DetectParams, find_lines
from edgekit.errors import BundleError
from edgekit.extract import ExtractParams, Lexicon
from edgekit.image import Pixels
from edgekit.layout import LayoutParams, rows
from edgekit.manifest import parse_manifest, parse_params
from edgekit.parsing.amounts import find_amounts
from edgekit.parsing.dates import find_dates, find_times
from edgekit.parsing.folding import fold, skeleton, squash
from edgekit.recognize import RecognizeParams, Recognizer, decode
from edgekit.scan import probes_first
from edgekit.view import View, drawn, in_tiles
from golden.plain import line_of, picture_of, picture_to, plain, quad_of

Case = Callable[[Any], Any]
Params = TypeVar("Params")


@functools.cache
def bundle() -> Bundle:
    return Bundle.open()


def params(cls: type[Params], stage: str) -> Params:
    return parse_params(cls, bundle().stage(stage).params, stage)


@functools.cache
def lexicon() -> Lexicon:
    return Lexicon.parse(bundle().read_text("lexicon.json"), "lexicon.json")


@functools.cache
def extract_params() -> ExtractParams:
    return params(ExtractParams, "extract")


@functools.cache
def charset() -> list[str]:
    return bundle().read_text("charset.txt").removesuffix("\n").split("\n")


def amounts(text: str) -> Any:
    return plain(find_amounts(text, lexicon().marks))


def dates(text: str) -> Any:
    used = extract_params()
    return plain(find_dates(text, lexicon().months, (used.first_year, used.last_year)))


def times(text: str) -> Any:
    return plain(find_times(text))


def folding(case: dict[str, Any]) -> Any:
    text, masked = case["text"], tuple((a, b) for a, b in case["masked"])
    return {"fold": fold(text), "squash": squash(text), "skeleton": plain(skeleton(text, masked))}


def anchors(case: dict[str, Any]) -> Any:
    groups = {name: getattr(lexicon(), name) for name in ("money", "dates", "names", "region_words")}
    return {name: plain(group.find(case["text"], _ranges(case))) for name, group in groups.items()}


def _ranges(case: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    return tuple((a, b) for a, b in case["masked"])


def quads(case: dict[str, Any]) -> Any:
    found = [quad_of(numbers) for numbers in case["quads"]]
    first, point = found[0], (case["point"][0], case["point"][1])
    width, height = case["size"]
    there = geometry.homography((width, height), first)
    return plain(
        {
            "size": geometry.quad_size(first),
            "tilt": geometry.tilt(first),
            "skew": geometry.skew(found),
            "turned": [geometry.turn_point(point, degrees, width, height) for degrees in (0, 90, 180, 270)],
            "rotated": geometry.rotated(point, case["degrees"]),
            "bounding": geometry.bounding_quad(found, case["degrees"], 2.5),
            "homography": there,
            "projected": geometry.all_projected([point], there)[0],
            "flipped": first.flipped(),
            "list": first.to_list(),
        }
    )


def resize(case: dict[str, Any]) -> Any:
    return picture_to(image.resize(picture_of(case["picture"]), case["width"], case["height"]))


def turn(case: dict[str, Any]) -> Any:
    return picture_to(image.turn(picture_of(case["picture"]), case["degrees"]))


def reduce(case: dict[str, Any]) -> Any:
    return picture_to(picture_of(case["picture"]).reduce(case["factor"]))


def crop(case: dict[str, Any]) -> Any:
    return picture_to(image.crop(picture_of(case["picture"]), quad_of(case["quad"]), case["width"], case["height"]))


def photo(case: dict[str, Any]) -> Any:
    """How far a picture is reduced: with a blank picture of that size."""
    found = load(np.full((case["height"], case["width"]), 255, np.uint8), params(DecodeParams, "image"))
    return {"width": found.width, "height": found.height, "factor": found.factor, "size": list(found.image.size)}


def heat(case: dict[str, Any]) -> Any:
    """The parts of a heat map of bytes (255 is 1) and the lines they make."""
    flat = np.frombuffer(base64.b64decode(case["heat"]), np.uint8)
    heated = (flat.reshape(case["height"], case["width"]) / np.float32(255)).astype(np.float32)
    used = params(DetectParams, "detect")
    parts = find_components(heated, used.threshold)
    tilts = parts.tilts()
    extents = [column.tolist() for column in parts.extents(tilts)] if parts.count else [[], [], [], []]
    found = find_lines(heated, used)
    return plain({"means": parts.means(), "tilts": tilts, "extents": extents, **plain(found)})


def input_size(case: dict[str, Any]) -> Any:
    return list(Detector(_unused(), params(DetectParams, "detect")).input_size(case["width"], case["height"]))


def view(case: dict[str, Any]) -> Any:
    seen = View(quad_of(case["area"]), (case["width"], case["height"]))
    return {"scale": seen.scale, "pixels": picture_to(drawn(picture_of(case["picture"]), seen))}


def tiles(case: dict[str, Any]) -> Any:
    """The tiles of a picture whose pixels count up, as an engine sees them, and what becomes of their first bytes."""
    shape = (case["height"], case["width"])
    counted = np.repeat((np.arange(shape[0] * shape[1]) % 251).astype(np.uint8).reshape(*shape, 1), 3, axis=2)
    seen: list[Any] = []

    def see(pixels: Pixels) -> NDArray[np.float32]:
        seen.append([*pixels.shape[:2], int(pixels[0, 0, 0])])
        return pixels[:, :, 0].astype(np.float32) + np.float32(1000 * len(seen))

    whole = in_tiles(counted, see, 4096, 16, 32)
    return {"tiles": seen, "sum": float(whole.sum(dtype=np.float64)), "corner": float(whole[-1, -1])}


def finer_factor(case: dict[str, Any]) -> Any:
    used = params(DecodeParams, "image")
    photo = Photo(Image.new("RGB", (1, 1)), case["width"], case["height"], _factor(case, used), ())
    return {"factor": photo.factor, "finer": finer(photo, case["text"], used)}


def _factor(case: dict[str, Any], used: DecodeParams) -> int:
    short = min(case["width"], case["height"])
    return next((k for k in (8, 4, 2) if short // k >= used.min_short_side), 1)


def probes(case: dict[str, Any]) -> Any:
    return plain(probes_first([quad_of(numbers) for numbers in case["quads"]], params(LayoutParams, "layout")))


def ctc(case: dict[str, Any]) -> Any:
    steps, chances = np.array(case["steps"], np.int32), np.array(case["chances"], np.float32)
    text, confidence = decode(steps, chances, charset(), params(RecognizeParams, "recognize").blank)
    return {"text": text, "confidence": confidence}


def batches(case: dict[str, Any]) -> Any:
    reader = Recognizer(_unused(), params(RecognizeParams, "recognize"), charset())
    return plain(reader.plan([quad_of(numbers) for numbers in case["quads"]]))


def _unused() -> Any:
    return None  # a session that these functions never run


def layout(case: dict[str, Any]) -> Any:
    return plain(rows([line_of(line) for line in case["lines"]], params(LayoutParams, "layout")))


def calibration(case: dict[str, Any]) -> Any:
    calibrated = Calibration.parse(extract_params().calibration[case["rung"]], "calibration")
    threshold = calibrated.review_threshold(case["field"], case["review_error"])
    shown = "never" if threshold == math.inf else threshold
    return {"probability": calibrated.probability(case["field"], case["raw"]), "threshold": shown}


def manifest(case: dict[str, str]) -> Any:
    """What is wrong with a text, or with the default bundle's manifest once a text in it is replaced; null: nothing."""
    text = case.get("text")
    try:
        if text is None:
            good = (bundle().path / "manifest.json").read_text(encoding="utf-8")
            text = good.replace(case["old"], case["new"], 1)
        parse_manifest(text, "manifest.json")
    except BundleError as error:
        said = re.sub(r"not JSON \(.*\);", "not JSON;", str(error))  # what a parser minds is the parser's own
        return f"{type(error).__name__}: {said}"
    return None


FUNCTIONS: Mapping[str, Case] = {
    **{"amounts": amounts, "dates": dates, "times": times, "folding": folding, "anchors": anchors, "quads": quads},
    **{"resize": resize, "turn": turn, "reduce": reduce, "crop": crop, "photo": photo, "heat": heat, "ctc": ctc},
    **{"input_size": input_size, "batches": batches, "layout": layout, "calibration": calibration},
    **{"manifest": manifest, "view": view, "tiles": tiles, "finer": finer_factor, "probes": probes},
}
"""By the name of the case file."""
