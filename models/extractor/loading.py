"""The trained network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from edgekit.errors import BundleError, UsageError
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


def sets_of(model: ExtractorModel) -> tuple[str, ...]:
    """Names of the labelled sets that a network's training saw. Raises UsageError where it does not name them."""
    if model.config.trained_on is None:
        raise UsageError(
            f"{model.name_or_path}: config.json does not name the sets that this network was trained on (trained_on), "
            "so nothing tells what is new to it; train one from scratch with python -m models.extractor.train"
        )
    return tuple(model.config.trained_on)


class CheckpointSession:
    """A checkpoint that runs as a bundle's extraction graph does: a ``Session`` of ``edgekit/extract/network.py``."""

    def __init__(self, folder: Path) -> None:
        """Raises BundleError where the folder holds no network."""
        self._model = load(folder)

    @property
    def trained_on(self) -> tuple[str, ...]:
        """Names of the labelled sets that its training saw. Raises UsageError where it does not name them."""
        return sets_of(self._model)

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Scores of chars and places, float32 [1, words, tags]."""
        with torch.no_grad():
            scores = self._model(*map(torch.from_numpy, inputs))
        return (scores.numpy(),)
