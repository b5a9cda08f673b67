"""A recipe of one's own: the default bundle with PP-OCRv6's small recogniser, which is slower and reads better.

python -m export examples/small_recipe.py --out smallbundle
edgekit read --bundle smallbundle examples/receipt.jpg
"""

from __future__ import annotations

from dataclasses import replace

from export.recipe import ClassHead, Member, Package
from export.recipes.receipt import RECEIPT, RECOGNIZE

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
assert isinstance(RECOGNIZE.head, ClassHead)
RECOGNIZE_SMALL = replace(
    RECOGNIZE,
    title="PP-OCRv6 small text recogniser",
    weights=SMALL,
    head=replace(RECOGNIZE.head, dictionary=SMALL, key="character"),  # its dictionary is in the graph's metadata
    in_float=(),
    tuned=None,
)
RECIPE = replace(
    RECEIPT,
    name="small",
    description="Reads printed receipts as the default bundle does, with a larger recogniser.",
    stages=tuple(
        replace(stage, graph=RECOGNIZE_SMALL) if stage.name == "recognize" else stage
        for stage in RECEIPT.stages
        if stage.name != "reread"  # by the same network
    ),
)
