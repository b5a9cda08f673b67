"""Runs a program, operator by operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from edgekit.errors import BundleError
from export.mil import elementwise, layers, shapes
from export.mil.elementwise import Operands
from export.mil.program import Operation, Program
from export.mil.weights import CONSTANTS

Array = NDArray[Any]

OPERATORS: Mapping[str, Callable[[Operands], Tensor]] = {
    **elementwise.OPERATORS,
    **layers.OPERATORS,
    **shapes.OPERATORS,
}
"""All that a program may use, besides ``const`` and ``weights.CONSTANTS``."""
LISTS = {"values"}
"""Parameters that are lists, even of one value."""


class Interpreter:
    """A program ready to run; its weights are unpacked once."""

    def __init__(self, program: Program) -> None:
        """Raises BundleError that names an operator which is not known here."""
        self._program = program
        self._constants: dict[str, Any] = {}
        self._operations: list[Operation] = []
        for operation in program.operations:
            if operation.kind == "const":
                self._constants[operation.outputs[0][0]] = _operand(operation.attributes["val"])
            elif operation.kind in CONSTANTS:
                dense = CONSTANTS[operation.kind](operation.attributes)
                self._constants[operation.outputs[0][0]] = _operand(dense)
            elif operation.kind in OPERATORS:
                self._operations.append(operation)
            else:
                raise BundleError(
                    f"{program.where}: operator {operation.kind!r} is not known here; add it to export/mil"
                )

    def run(self, *inputs: Array) -> tuple[Array, ...]:
        """What comes of the program's inputs; all in order. Pixels are planes [1, 3, H, W] of 0..255."""
        given = zip(self._program.inputs, inputs, strict=True)
        values = {**self._constants, **{name: _tensor(value) for name, value in given}}
        with torch.inference_mode():
            for operation in self._operations:
                result = OPERATORS[operation.kind](_gather(operation, values))
                output, dtype = operation.outputs[0]
                values[output] = result.half().float() if dtype == "float16" else result
        return tuple(_array(values[output], self._type(output)) for output in self._program.outputs)

    def _type(self, output: str) -> str:
        return next(kind for op in self._operations for name, kind in op.outputs if name == output)


def _gather(operation: Operation, values: Mapping[str, Any]) -> Operands:
    return {
        key: [values[name] for name in names] if key in LISTS else values[names[0]]
        for key, names in operation.inputs.items()
    }


def _operand(value: Any) -> Any:
    """A constant as the operators take it."""
    if isinstance(value, str):
        return value
    if value.ndim == 0:
        return value.item()
    if value.dtype.kind == "f":
        return torch.from_numpy(value.astype(np.float32))
    return tuple(value.tolist())


def _tensor(value: Array) -> Tensor:
    """int32 as it is, all else, pixels of uint8 too, in single precision."""
    return torch.from_numpy(np.ascontiguousarray(value, np.int32 if value.dtype == np.int32 else np.float32))


def _array(value: Tensor, dtype: str) -> Array:
    array: Array = value.numpy().astype(dtype)
    return array
