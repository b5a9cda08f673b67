"""The trained network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

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


class CheckpointSession:
    """A checkpoint that runs as a bundle's extraction graph does: a ``Session`` of ``edgekit/extract/network.py``."""

    def __init__(self, folder: Path) -> None:
        """Raises BundleError where the folder holds no network."""
        self._model = load(folder)

    @property
    def trained_on(self) -> tuple[str, ...]:
        """Names of the labelled sets that its training saw."""
        return tuple(self._model.config.trained_on)

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Scores of chars and places, float32 [1, words, tags]."""
        with torch.no_grad():
            scores = self._model(*map(torch.from_numpy, inputs))
        return (scores.numpy(),)
