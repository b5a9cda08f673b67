"""Networks to compare, each behind the product's own arithmetic: crops, padding and decoding; boxes of a heat map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from edgekit import reader
from edgekit.backends import ort
from edgekit.bundle import Bundle
from edgekit.detect import Detector, DetectParams
from edgekit.layout import LayoutParams
from edgekit.manifest import Evidence, Graph, parse_params
from edgekit.recognize import RecognizeParams, Recognizer
from edgekit.reread import Rereader
from edgekit.session import Session, open_session
from export import graphs, sources
from export.recipe import REPOSITORY, ClassHead, Member, PictureRecipe, files_of
from export.recipes.receipt import DETECT, RAPIDOCR, RECOGNIZE, REREAD
from export.targets.onnx import lower
from export.tuning import overlay

SMALL_DETECTOR = Member(
    RAPIDOCR,
    "rapidocr/models/PP-OCRv6_det_small.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
_TINY = replace(RECOGNIZE, tuned=None)
_TINY_DETECTOR = replace(DETECT, tuned=None)
Params = TypeVar("Params")


def params() -> RecognizeParams:
    """Those of the default bundle."""
    return _params(RecognizeParams, Bundle.open(), "recognize")


def layout(path: Path | None) -> LayoutParams:
    """Those of a bundle; None: of the default one. Raises BundleError."""
    return _params(LayoutParams, Bundle.open(path), "layout")


def _params(cls: type[Params], bundle: Bundle, stage: str) -> Params:
    return parse_params(cls, bundle.stage(stage).params, f"{bundle.path}: stages.{stage}.params")


def detector_of(path: Path | None, threads: int) -> Detector:
    """The detector of a bundle; None: of the default one. Raises BundleError."""
    bundle = Bundle.open(path)
    session = open_session(bundle, "detect", "onnxruntime", "fp32", threads)
    return Detector(session, _params(DetectParams, bundle, "detect"))


def detect_params() -> DetectParams:
    """Those of the default bundle."""
    return _params(DetectParams, Bundle.open(), "detect")


def published_detector(small: bool, threads: int, params: DetectParams | None = None) -> Detector:
    """PP-OCRv6 tiny's or small's, with the default bundle's constants or others. Raises BundleError, IntegrityError."""
    recipe = replace(_TINY_DETECTOR, weights=SMALL_DETECTOR) if small else _TINY_DETECTOR
    return _detector(recipe, _members(recipe), threads, params or detect_params())


def tuned_detector(tuned: bytes, threads: int, params: DetectParams | None = None) -> Detector:
    """PP-OCRv6 tiny's with the weights of an ``.npz`` laid over it. Raises BundleError, IntegrityError."""
    members = _members(_TINY_DETECTOR)
    path = _TINY_DETECTOR.weights.path
    members[path] = overlay(members[path], tuned, "tuned weights")
    return _detector(_TINY_DETECTOR, members, threads, params or detect_params())


def published_detector_graph() -> bytes:
    """PP-OCRv6 tiny's, in ONNX. Raises BundleError, IntegrityError."""
    return _members(_TINY_DETECTOR)[_TINY_DETECTOR.weights.path]


def _detector(recipe: PictureRecipe, members: dict[str, bytes], threads: int, params: DetectParams) -> Detector:
    return Detector(_session(recipe, graphs.build(recipe, members), threads), params)


def of_bundle(path: Path | None, workers: int) -> Recognizer:
    """The recogniser of a bundle; None: of the default one. Raises BundleError."""
    return reader.recognizer_of(Bundle.open(path), _engine(workers))


def rereader_of(path: Path | None, workers: int) -> Rereader | None:
    """What a bundle (None: the default one) reads doubtful lines again with, if it does. Raises BundleError."""
    return reader.rereader_of(Bundle.open(path), _engine(workers))


def _engine(workers: int) -> reader.Engine:
    return reader.Engine("onnxruntime", "fp32", workers)


def tiny(workers: int, tuned: Path | None = None) -> Recognizer:
    """PP-OCRv6 tiny, its classes those of the bundle; with the weights of an ``.npz`` laid over it, if given.

    Raises BundleError, IntegrityError, OSError.
    """
    members = _members(_TINY)
    if tuned is not None:
        path = _TINY.weights.path
        members[path] = overlay(members[path], tuned.read_bytes(), str(tuned))
    return _reader(_TINY, members, workers)


def small(workers: int) -> Recognizer:
    """PP-OCRv6 small, its classes those of the bundle that it has. Raises BundleError, IntegrityError."""
    return _reader(REREAD, _members(REREAD), workers)


def published() -> tuple[bytes, list[int], list[str]]:
    """PP-OCRv6 tiny's graph, the classes kept of it, and their characters. Raises BundleError, IntegrityError."""
    members = _members(_TINY)
    return members[_TINY.weights.path], *graphs.kept_classes(_head(), members)


def _head() -> ClassHead:
    assert isinstance(_TINY.head, ClassHead)
    return _TINY.head


def _members(recipe: PictureRecipe) -> dict[str, bytes]:
    found = sources.read_files(files_of(recipe), REPOSITORY, sources.cache_folder(), lambda _: None)
    return sources.materials(recipe, found)


def _reader(recipe: PictureRecipe, members: dict[str, bytes], workers: int) -> Recognizer:
    built = graphs.build(recipe, members)
    charset = built.files[_head().charset].decode().removesuffix("\n").split("\n")
    return Recognizer(_session(recipe, built, 1), params(), charset, workers)


def _session(recipe: PictureRecipe, built: graphs.Built, threads: int) -> Session:
    evidence = Evidence("not run", "made for comparison")
    graph = Graph("onnxruntime", "fp32", recipe.file, recipe.inputs, recipe.outputs, evidence)
    return ort.load(graph, lower(built.net), threads)
