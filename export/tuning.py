"""Weights that were trained further, laid over the graph that was published."""

from __future__ import annotations

import io
import zipfile

import numpy as np

from edgekit.errors import BundleError
from export.net import Array, constants, parse

CLASSES = "classes"


def classes(tuned: bytes, where: str) -> tuple[int, ...]:
    """Numbers of the published classes that were trained further; ``tuned`` as ``recipe.Tuned`` describes it."""
    arrays = _arrays(tuned, where)
    if CLASSES not in arrays:
        raise BundleError(f"{where}: has no array {CLASSES!r}; write it with models.recognizer")
    return tuple(int(number) for number in arrays[CLASSES])


def overlay(data: bytes, tuned: bytes, where: str) -> bytes:
    """The published ONNX graph ``data`` with the weights of ``tuned``, wired and shaped as it was.

    Where there are ``classes``, an array as long as they are where the graph's has a longer last axis replaces those
    alone. where: the name of ``tuned``, for messages. Raises BundleError where the graph has no weight of a name, or
    one of another shape.
    """
    model, arrays = parse(data, where), _arrays(tuned, where)
    kept, weights = arrays.pop(CLASSES, None), constants(model)
    for name, value in arrays.items():
        if name not in weights:
            raise BundleError(f"{where}: {name!r} is no weight of the published graph; tune that graph again")
        whole = weights[name].array()
        if value.shape == whole.shape:
            weights[name].put(value.astype(whole.dtype))
        elif kept is not None and value.shape == (*whole.shape[:-1], len(kept)):
            whole[..., kept] = value
            weights[name].put(whole)
        else:
            raise BundleError(
                f"{where}: {name!r} is {list(value.shape)}, not {list(whole.shape)}; tune that graph again"
            )
    return bytes(model.SerializeToString(deterministic=True))


def _arrays(data: bytes, where: str) -> dict[str, Array]:
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as archive:
            arrays = {name: np.asarray(archive[name]) for name in archive.files}
    except (TypeError, ValueError, OSError, EOFError, zipfile.BadZipFile) as error:  # no archive, or a damaged one
        raise BundleError(f"{where}: is no .npz of arrays ({error}); tune again, or restore it") from error
    return arrays
