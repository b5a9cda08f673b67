"""A ``.mlpackage`` as one file: the same model gives the same bytes."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

from edgekit.backends.coreml import MANIFEST, MEMBERS, MODEL, WEIGHTS
from edgekit.placing import write_zip

DATES = ("com.github.apple.coremltools.conversion_date",)
"""Of the model's metadata; coremltools writes today's."""


def zip_package(spec: Any, weights: bytes, folder: str) -> bytes:
    """``spec``: coremltools' specification; ``folder``: what the package is called once it is unpacked.

    coremltools numbers the files of a package at random, dates it, and writes maps in any order; here the numbers come
    from the names, the date is left out, and the maps are sorted.
    """
    for key in DATES:
        spec.description.metadata.userDefined.pop(key, None)
    files = {MODEL: spec.SerializeToString(deterministic=True), WEIGHTS: weights, MANIFEST: _manifest()}
    out = io.BytesIO()
    write_zip(out, {f"{folder}/{name}": files[name] for name in sorted(MEMBERS)})
    return out.getvalue()


def _manifest() -> bytes:
    """``Manifest.json`` as coremltools writes it: the model, and the folder of its weights."""
    items = {
        _number("model.mlmodel"): _item("model.mlmodel", "CoreML Model Specification"),
        _number("weights"): _item("weights", "CoreML Model Weights"),
    }
    root = _number("model.mlmodel")
    text = {"fileFormatVersion": "1.0.0", "itemInfoEntries": items, "rootModelIdentifier": root}
    return json.dumps(text, indent=4).encode()


def _item(name: str, description: str) -> dict[str, str]:
    author = "com.apple.CoreML"
    return {"author": author, "description": description, "name": name, "path": f"{author}/{name}"}


def _number(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"edgekit:{name}")).upper()
