"""Whole receipts: a picture, what the networks said of it, and what was read.

A tape holds the networks' outputs in the order in which one thread asks for them: heat in sixteen steps, of the
recogniser the class of each step and, of those that are not blank, the probability to three decimals, and the scores of
words to two. So a port without an engine gets the very tensors that Python got.
"""

from __future__ import annotations

import base64
import zlib
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from edgekit import reader
from edgekit.bundle import Bundle
from edgekit.extract.words import TAGS
from edgekit.manifest import Graph
from edgekit.session import Session, open_session
from edgekit.types import Receipt

HEAT_STEPS = 15
Tensors = tuple[NDArray[Any], ...]


class Recorder:
    """A session that lowers the precision of what another says, and notes it on a tape."""

    def __init__(self, session: Session, stage: str, tape: list[dict[str, Any]]) -> None:
        self._session, self._stage, self._tape = session, stage, tape

    def run(self, *inputs: NDArray[Any]) -> Tensors:
        entry = {"stage": self._stage, "inputs": [told(tensor) for tensor in inputs]}
        outputs = self._session.run(*inputs)
        if self._stage == "extract":  # what it says of padding is never looked at
            outputs = (outputs[0][:, : np.count_nonzero(inputs[0][0].any(axis=1))],)
        entry.update(_ENCODE[self._stage](outputs))
        self._tape.append(entry)
        return outputs_of(entry)


class Player:
    """A session that says what a tape holds, and refuses other inputs than those it was recorded with."""

    def __init__(self, stage: str, tape: list[dict[str, Any]]) -> None:
        self._stage, self._tape = stage, tape

    def run(self, *inputs: NDArray[Any]) -> Tensors:
        entry = self._tape.pop(0)
        found = [self._stage, *(told(tensor) for tensor in inputs)]
        expected = [entry["stage"], *entry["inputs"]]
        assert found == expected, f"the network is given {found}, not {expected}"
        return outputs_of(entry)


def told(tensor: NDArray[Any]) -> dict[str, Any]:
    """What a network was given: shape, and the CRC-32 of the numbers as little-endian bytes, integers only."""
    if tensor.dtype.kind == "f":
        return {"shape": list(tensor.shape), "crc32": None}
    return {"shape": list(tensor.shape), "crc32": zlib.crc32(np.ascontiguousarray(tensor).tobytes())}


def outputs_of(entry: dict[str, Any]) -> Tensors:
    return _DECODE[str(entry["stage"])](entry)


def _heat_to(outputs: Tensors) -> dict[str, Any]:
    steps = np.rint(outputs[0] * HEAT_STEPS).astype(np.uint8)
    return {"shape": list(steps.shape), "heat": run_lengths(steps.ravel())}


def _heat_of(entry: dict[str, Any]) -> Tensors:
    steps = from_run_lengths(entry["heat"]).reshape(entry["shape"])
    return ((steps / np.float32(HEAT_STEPS)).astype(np.float32),)


def _steps_to(outputs: Tensors) -> dict[str, Any]:
    indices, scores = outputs
    mils = np.rint(scores * 1000).astype(int)
    return {"indices": indices.tolist(), "mils": mils[indices != 0].tolist()}


def _steps_of(entry: dict[str, Any]) -> Tensors:
    indices = np.array(entry["indices"], np.int32)
    scores = np.zeros(indices.shape, np.float32)
    scores[indices != 0] = np.array(entry["mils"], np.float32) / np.float32(1000)
    return indices, scores


def _scores_to(outputs: Tensors) -> dict[str, Any]:
    return {"cents": np.rint(outputs[0] * 100).astype(int).ravel().tolist()}


def _scores_of(entry: dict[str, Any]) -> Tensors:
    _, bucket, _ = entry["inputs"][0]["shape"]
    scores = np.zeros((1, bucket, len(TAGS)), np.float32)
    said = np.array(entry["cents"], np.float32).reshape(-1, len(TAGS)) / np.float32(100)
    scores[0, : len(said)] = said
    return (scores,)


_ENCODE = {"detect": _heat_to, "recognize": _steps_to, "reread": _steps_to, "extract": _scores_to}
_DECODE = {"detect": _heat_of, "recognize": _steps_of, "reread": _steps_of, "extract": _scores_of}


def run_lengths(values: NDArray[np.uint8]) -> str:
    """Base64 of pairs of bytes: how often a value comes, 1 to 255, and the value."""
    starts = np.flatnonzero(np.diff(values, prepend=np.uint8(255 - int(values[0]))))
    pairs = bytearray()
    for start, stop in zip(starts, [*starts[1:], len(values)], strict=True):
        count = int(stop - start)
        while count:
            pairs += bytes((min(count, 255), int(values[start])))
            count -= min(count, 255)
    return base64.b64encode(bytes(pairs)).decode("ascii")


def from_run_lengths(text: str) -> NDArray[np.uint8]:
    pairs = np.frombuffer(base64.b64decode(text), np.uint8)
    return np.repeat(pairs[1::2], pairs[::2])


def recorded(picture: Path) -> dict[str, Any]:
    """The golden case of a picture, by the default bundle: its tape, what was read from the tape, and from pixels."""
    tape: list[dict[str, Any]] = []

    def recording(bundle: Bundle, stage: str, backend: str, precision: str, threads: int) -> Session:
        return Recorder(open_session(bundle, stage, backend, precision, threads), stage, tape)

    with mock.patch.object(reader, "open_session", recording):
        receipt = reader.Reader.open(threads=1).read(picture)
    return {"picture": picture.name, "tape": tape, "taped": receipt.to_dict(), "pixels": answered(read(picture))}


def answered(receipt: Receipt) -> dict[str, Any]:
    """What is compared of a receipt that an engine read from pixels: fields and texts."""
    return {"fields": receipt.to_dict()["fields"], "lines": [line.text for line in receipt.lines]}


def replayed(picture: Path, tape: list[dict[str, Any]]) -> Receipt:
    """The receipt that a tape amounts to."""
    rest = list(tape)

    def playing(bundle: Bundle, stage: str, backend: str, precision: str, threads: int) -> Session:
        graph: Graph = bundle.graph(stage, backend, precision)
        assert graph.file, stage
        return Player(stage, rest)

    with mock.patch.object(reader, "open_session", playing):
        receipt = reader.Reader.open(threads=1).read(picture)
    assert not rest, f"{len(rest)} runs of networks were not asked for"
    return receipt


_READERS: list[reader.Reader] = []


def read(picture: Path) -> Receipt:
    """What the networks of the default bundle read from the pixels."""
    if not _READERS:
        _READERS.append(reader.Reader.open(threads=2))
    return _READERS[0].read(picture)
