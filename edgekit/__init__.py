"""Reads receipts on the device: a photo in, vendor, date, tax and total out, offline.

    from edgekit import Reader
    receipt = Reader.open().read("photo.jpg")
    print(receipt.total.value if receipt.total else "no total")

Importing this package loads neither an engine nor numpy; the first use of a name loads what it needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edgekit.bundle import Bundle
    from edgekit.errors import (
        BackendError,
        BundleError,
        EdgeKitError,
        ImageError,
        ImageTooLargeError,
        IntegrityError,
        ManifestError,
        MissingGraphError,
        UsageError,
    )
    from edgekit.reader import Outcome, Reader
    from edgekit.types import Field, Fields, Item, Quad, Receipt, TextLine

__version__ = "0.1.0"

_NAMES = {
    "bundle": "Bundle",
    "errors": "BackendError BundleError EdgeKitError ImageError ImageTooLargeError IntegrityError ManifestError "
    "MissingGraphError UsageError",
    "reader": "Outcome Reader",
    "types": "Field Fields Item Quad Receipt TextLine",
}
_HOME = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = [
    "BackendError",
    "Bundle",
    "BundleError",
    "EdgeKitError",
    "Field",
    "Fields",
    "ImageError",
    "ImageTooLargeError",
    "IntegrityError",
    "Item",
    "ManifestError",
    "MissingGraphError",
    "Outcome",
    "Quad",
    "Reader",
    "Receipt",
    "TextLine",
    "UsageError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'edgekit' has no attribute {name!r}")
    return getattr(importlib.import_module(f"edgekit.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
