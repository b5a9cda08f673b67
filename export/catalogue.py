"""The targets: for which engine, at which precisions, and what to install to make them. Nothing is imported."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from edgekit.errors import BackendError, UsageError

BASE = "fp32"
"""The precision to which a stage falls back in the end; all others are judged beside it."""
HALF = "fp16"
"""Judged by what it reads alone: it need not be half as large or much faster, as it is what phones compute in."""


@dataclass(frozen=True, slots=True)
class Target:
    """backend: name of its engine in a bundle. needs: modules that ``pip install edgekit[extra]`` brings.

    runs_anywhere: whether its engine runs wherever it installs, so that receipts can be read with what was made.
    is_calibrated: whether its int8 has activations of 8 bits, too, whose ranges receipts give.
    """

    name: str
    backend: str
    precisions: tuple[str, ...]
    extra: str
    needs: tuple[str, ...]
    runs_anywhere: bool = True
    is_calibrated: bool = True

    @property
    def missing(self) -> list[str]:
        """Modules which are not installed."""
        return [module for module in self.needs if importlib.util.find_spec(module) is None]

    def instead_of(self, precision: str) -> str:
        """The precision of the graph that stands in where one of this precision is refused."""
        return HALF if HALF in self.precisions and precision not in (BASE, HALF) else BASE

    @property
    def mend(self) -> str:
        return f"pip install 'edgekit[{self.extra}]'"


ALL = (
    Target("onnx", "onnxruntime", ("fp32", "int8"), "export", ("onnx",)),
    Target("executorch", "executorch", ("fp32", "int8"), "export,executorch", ("torch", "executorch", "torchao")),
    Target(
        "coreml",
        "coreml",
        ("fp32", "fp16", "int8", "palette"),
        "export,coreml",
        ("torch", "coremltools"),
        runs_anywhere=False,
        is_calibrated=False,
    ),
)
TARGETS: Mapping[str, Target] = MappingProxyType({target.name: target for target in ALL})
PRECISIONS = tuple(dict.fromkeys(precision for target in ALL for precision in target.precisions))


def jobs(targets: Sequence[str], precisions: Sequence[str]) -> list[tuple[Target, str]]:
    """Each target with each of the precisions that it has.

    Raises UsageError for a target without any of them, or a precision that no target has; BackendError for one whose
    packages are not installed.
    """
    chosen = [TARGETS[name] for name in dict.fromkeys(targets)]
    for target in chosen:
        if not set(target.precisions) & set(precisions):
            has = ", ".join(target.precisions)
            raise UsageError(f"target {target.name} has no {' or '.join(precisions)}: ask for one of {has}")
        if target.missing:
            raise BackendError(f"target {target.name}: {' and '.join(target.missing)} not installed: {target.mend}")
    for precision in precisions:
        if not any(precision in target.precisions for target in chosen):
            raise UsageError(f"no target asked for has {precision}: see python -m export list")
    return [(target, one) for target in chosen for one in dict.fromkeys(precisions) if one in target.precisions]
