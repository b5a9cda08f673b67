"""The trained network."""

from __future__ import annotations

from pathlib import Path

from edgekit.errors import BundleError
from models.extractor.network import ExtractorModel

CHECKPOINT = Path(__file__).parent / "checkpoint"
"""Folder of the shipped weights, as ``save_pretrained`` writes it."""


def load(folder: Path = CHECKPOINT) -> ExtractorModel:
    """The network with the weights of a folder, in evaluation mode. Raises BundleError where it holds none."""
    try:
        model = ExtractorModel.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise BundleError(
            f"{folder}: no extraction network ({error}); train one with python -m models.extractor.train"
        ) from error
    assert isinstance(model, ExtractorModel)
    model.train(False)
    return model
