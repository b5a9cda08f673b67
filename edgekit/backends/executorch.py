"""ExecuTorch on the CPU, with XNNPACK. An optional engine: ``pip install 'edgekit[executorch]'``."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Graph, TensorSpec

try:
    import torch  # first: the engine's library is linked against it
    from executorch.extension.pybindings import _C as engine
except ImportError as error:
    raise BackendError("the executorch backend is not installed: pip install 'edgekit[executorch]'") from error

LIMITS = "limits"
"""A method of a program, beside ``forward``: int64 [axes, 2], the least size of each axis and its step (0: fixed)."""

_LOCK = threading.Lock()
_threads_set = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes that a program takes. axes: least size and step of each; capacity: most elements in all."""

    axes: tuple[tuple[int, int], ...]
    capacity: int

    def fault(self, shape: Sequence[int]) -> str | None:
        """What is wrong with a shape; None where the program takes it."""
        if len(shape) != len(self.axes):
            return f"{len(self.axes)} axes expected"
        for axis, (size, (least, step)) in enumerate(zip(shape, self.axes, strict=True)):
            if step == 0 and size != least:
                return f"axis {axis} has to be {least}"
            if step > 0 and (size < least or size % step):
                return f"axis {axis} has to be a multiple of {step}, {least} or more"
        return f"at most {self.capacity} elements" if math.prod(shape) > self.capacity else None


class ExecutorchSession:
    """One program. All programs of the process run one at a time, on one pool of threads, as the engine wants it.

    The engine itself runs a picture of any size, right or wrong, so sizes are checked here.
    """

    def __init__(self, graph: Graph, data: bytes, threads: int) -> None:
        self._file = graph.file
        self._spec = _only_input(graph)
        self._outputs = len(graph.outputs)
        self._data = data  # the engine reads weights in place, and does not keep them alive
        with _LOCK:
            _set_threads(threads)
            try:
                self._program = engine._load_for_executorch_from_buffer(data)
                self._limits = _read_limits(self._program)
                least = torch.zeros([least for least, _ in self._limits.axes], dtype=getattr(torch, self._spec.dtype))
                found = self._program.forward([least])  # the engine sets a program up when it first runs
            except Exception as error:  # pybind11 gives RuntimeError for all that the engine refuses, but not only
                raise BundleError(f"{graph.file}: executorch cannot load this program ({_line(error)})") from error
        if len(found) != self._outputs or len(self._limits.axes) != len(self._spec.shape):
            raise BundleError(f"{graph.file}: the manifest names other inputs or outputs; export the bundle again")

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        self._check(inputs)
        tensor = torch.from_numpy(np.array(inputs[0], order="C"))
        with _LOCK:
            try:
                found = self._program.forward([tensor])
            except Exception as error:
                raise BackendError(f"executorch failed: {_line(error)}") from error
        return tuple(output.numpy() for output in found)  # copies of the engine's own memory, made by forward

    def _check(self, inputs: Sequence[NDArray[Any]]) -> None:
        if len(inputs) != 1:
            raise BackendError(f"{self._file}: takes one input, not {len(inputs)}; pass {self._spec.name!r} alone")
        (value,) = inputs
        fault = self._limits.fault(value.shape) if value.dtype == self._spec.dtype else f"{self._spec.dtype} expected"
        if fault is not None:
            raise BackendError(
                f"{self._file}: input {self._spec.name!r} is {value.dtype} {list(value.shape)}: {fault}; "
                "resize it, or use --backend onnxruntime"
            )


def load(graph: Graph, data: bytes, threads: int) -> ExecutorchSession:
    """See ``edgekit.session.Backend``. The engine has one pool of threads: the first graph loaded sets its size."""
    return ExecutorchSession(graph, data, threads)


def _set_threads(threads: int) -> None:
    global _threads_set
    if not _threads_set:
        engine._unsafe_reset_threadpool(threads)  # unsafe while a program runs: none has been loaded yet
        _threads_set = True


def _only_input(graph: Graph) -> TensorSpec:
    if len(graph.inputs) != 1:
        raise BundleError(f"{graph.file}: {len(graph.inputs)} inputs; executorch graphs have one; export it again")
    return graph.inputs[0]


def _read_limits(program: Any) -> Limits:
    if LIMITS not in program.method_names():
        raise ValueError(f"it has no method {LIMITS!r}; lower it with export.targets.executorch")
    axes = program.run_method(LIMITS, [])[0].tolist()
    capacity = math.prod(program.method_meta("forward").input_tensor_meta(0).sizes())
    return Limits(tuple((least, step) for least, step in axes), capacity)


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
