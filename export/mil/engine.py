"""The interpreter in Core ML's place, for ``edgekit.backends.coreml.run_by``: receipts are read with saved programs."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.backends import coreml
from export.mil.interpreter import Interpreter
from export.mil.program import parse_model, parse_program


class InterpretedModel:
    """What an adapter needs of coremltools' ``MLModel``: opened from the folder of a package."""

    def __init__(self, path: str) -> None:
        """Raises BundleError where the package is no program, or has operators that are not known here."""
        where = Path(path).name
        files = {name: Path(path, name).read_bytes() for name in coreml.MEMBERS}
        self._specification = parse_model(files, where)
        self._program = parse_program(files, where)
        self._interpreter = Interpreter(self._program)

    def get_spec(self) -> Any:
        return self._specification

    def predict(self, given: Mapping[str, Any]) -> dict[str, NDArray[Any]]:
        """``given``: the program's inputs by name, RGB pictures or arrays. Gives its outputs by name."""
        inputs = [_planes(given[name]) for name in self._program.inputs]
        return dict(zip(self._program.outputs, self._interpreter.run(*inputs), strict=True))


def _planes(value: Any) -> NDArray[Any]:
    """Pixels as Core ML hands them to a program; arrays as they are."""
    return np.asarray(value).transpose(2, 0, 1)[None] if isinstance(value, Image.Image) else np.asarray(value)


IS_CORE_ML = coreml.ON_MACOS
ENGINE = SimpleNamespace(models=SimpleNamespace(MLModel=InterpretedModel))


def standing_in() -> AbstractContextManager[None]:
    """Where Core ML runs, nothing; elsewhere sessions are opened with the interpreter meanwhile."""
    return nullcontext() if IS_CORE_ML else coreml.run_by(ENGINE)


def name() -> str:
    """What ``standing_in`` makes run the programs, for people."""
    if IS_CORE_ML:
        return f"Core ML, macOS {platform.mac_ver()[0]}"
    return f"reference interpreter of the MIL program, not Core ML (torch {version('torch')}, {platform.machine()})"
