"""Receipts that never were: text with full truth (``make``), pictures of it (``draw``), photos (``photograph``)."""

from models.synthetic.drawing import draw
from models.synthetic.generator import LANGUAGES, make
from models.synthetic.photo import photograph
from models.synthetic.truth import Facts, Item, Line, Picture, Role, Sale, Style, SyntheticReceipt, TaxLine, Word

__all__ = [
    "LANGUAGES",
    "Facts",
    "Item",
    "Line",
    "Picture",
    "Role",
    "Sale",
    "Style",
    "SyntheticReceipt",
    "TaxLine",
    "Word",
    "draw",
    "make",
    "photograph",
]
