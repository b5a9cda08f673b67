"""The systems that are compared: how each is started, and which of them are here."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import ROOT
from benchmarks.weights import PADDLEOCR_VERSION, RAPIDOCR_VERSION, small_models, tiny_models
from edgekit.bench.process import System, Worker
from edgekit.errors import EdgeKitError, UsageError
from export.sources import cache_folder

SEGMENTATION = 3
"""Tesseract's own default, ``--psm 3``."""
PEERS = ("rapidocr-small", "rapidocr-tiny", "paddleocr-small", "tesseract")


@dataclass(frozen=True, slots=True)
class Places:
    """What the command line says of where systems are. rapidocr, paddleocr: a Python that has it. tesseract: the
    program. bundle: EdgeKit's, None for the default one."""

    bundle: Path | None = None
    rapidocr: str = sys.executable
    paddleocr: str = sys.executable
    tesseract: str = "tesseract"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A system that is not measured, and why: one line that says how to have it."""

    system: str
    reason: str


def ours(threads: int, places: Places) -> System:
    """EdgeKit. Raises UsageError for a number of threads that not every system would take."""
    cores = os.cpu_count() or 1
    if not 1 <= threads <= cores:
        raise UsageError(f"--threads {threads}: give 1 to {cores}; RapidOCR ignores more than there are cores")
    options = {"bundle": str(places.bundle.absolute()) if places.bundle else None}
    return System(
        "edgekit", "EdgeKit", _command(sys.executable), _opening("edgekit", threads, options), "check --bundle", ROOT
    )


def peers(threads: int, places: Places, wanted: Sequence[str] | None) -> tuple[list[System], list[LeftOut]]:
    """The peers that can be opened here, and those that cannot. wanted: keys of PEERS; None for all that are here.

    Raises UsageError where one that was asked for by name cannot be opened, or none can.
    """
    found, left_out = [], []
    for key in wanted or PEERS:
        try:
            system = _MAKERS[key](threads, places)
            Worker(system).end()
        except EdgeKitError as error:
            if wanted:
                raise UsageError(str(error)) from error
            left_out.append(LeftOut(key, str(error)))
        else:
            found.append(system)
    if not found:
        reasons = "; ".join(one.reason for one in left_out)
        raise UsageError(f"no peer is here to compare with: {reasons}")
    return found, left_out


def _rapidocr_small(threads: int, places: Places) -> System:
    return _rapidocr("rapidocr-small", "RapidOCR, PP-OCRv6 small", threads, places, {})


def _rapidocr_tiny(threads: int, places: Places) -> System:
    return _rapidocr("rapidocr-tiny", "RapidOCR, PP-OCRv6 tiny", threads, places, tiny_models(cache_folder()))


def _rapidocr(key: str, title: str, threads: int, places: Places, models: Mapping[str, str]) -> System:
    hint = "run pip install 'edgekit[bench]', or name the Python that has it with --rapidocr-python"
    command = _command(_interpreter("--rapidocr-python", places.rapidocr))
    return System(
        key, title, command, _opening("rapidocr", threads, {"version": RAPIDOCR_VERSION, **models}), hint, ROOT
    )


def _paddleocr(threads: int, places: Places) -> System:
    hint = (
        f"put paddleocr=={PADDLEOCR_VERSION} and onnxruntime into an environment of their own and name its Python with "
        "--paddleocr-python"
    )
    command = _command(_interpreter("--paddleocr-python", places.paddleocr))
    names = {"det_name": "PP-OCRv6_small_det", "rec_name": "PP-OCRv6_small_rec"}
    options = {"version": PADDLEOCR_VERSION, **names, **small_models(cache_folder())}
    return System(
        "paddleocr-small", "PaddleOCR, PP-OCRv6 small", command, _opening("paddleocr", threads, options), hint, ROOT
    )


def _tesseract(threads: int, places: Places) -> System:
    hint = "on Debian: apt-get install tesseract-ocr tesseract-ocr-eng; a program elsewhere: --tesseract PATH"
    options = {"program": places.tesseract, "language": "eng", "segmentation": SEGMENTATION}
    opening = _opening("tesseract", 1, options)  # with more, its threads wait for each other
    return System("tesseract", "Tesseract 5, English", _command(sys.executable), opening, hint, ROOT)


_MAKERS: dict[str, Callable[[int, Places], System]] = dict(
    zip(PEERS, (_rapidocr_small, _rapidocr_tiny, _paddleocr, _tesseract), strict=True)
)


def _interpreter(option: str, python: str) -> str:
    found = shutil.which(python)
    if found is None:
        raise UsageError(f"{option} {python}: is no program; give the path of a Python interpreter")
    return str(Path(found).absolute())


def _command(python: str) -> tuple[str, ...]:
    return python, "-m", "benchmarks.worker"


def _opening(name: str, threads: int, options: Mapping[str, Any]) -> dict[str, Any]:
    return {"open": name, "threads": threads, "options": dict(options)}
