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
METHOD = "forward_"
"""A program of fixed sizes has a method for each, named so, and ending in the size of all axes that vary."""

_LOCK = threading.Lock()
_threads_set = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Of the one input of a program with a method LIMITS. axes: least size and step of each; capacity: most elements
    in all."""

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


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of a program with methods METHOD: the sizes that all axes that vary have in common, rising.

    shapes: of the inputs, a name where an axis varies.
    """

    taken: tuple[int, ...]
    shapes: tuple[tuple[int | str, ...], ...]

    def method(self, size: int) -> str:
        return f"{METHOD}{size}"

    def shape(self, number: int, size: int) -> tuple[int, ...]:
        """Of input ``number`` where its axes that vary have ``size``."""
        return tuple(size if isinstance(axis, str) else axis for axis in self.shapes[number])


class ExecutorchSession:
    """One program. All programs of the process run one at a time, on one pool of threads, as the engine wants it.

    The engine itself runs inputs of any size, right or wrong, so sizes are checked here.
    """

    def __init__(self, graph: Graph, data: bytes, threads: int) -> None:
        self._file = graph.file
        self._specs = graph.inputs
        self._data = data  # the engine reads weights in place, and does not keep them alive
        with _LOCK:
            _set_threads(threads)
            try:
                self._program = engine._load_for_executorch_from_buffer(data)
                self._sizes = _read_sizes(self._program, graph)
                shapes = _least(self._sizes)
                least = [
                    torch.zeros(shape, dtype=getattr(torch, spec.dtype))
                    for shape, spec in zip(shapes, self._specs, strict=False)
                ]
                found = self._forward(least)  # the engine sets a program up when it first runs
            except Exception as error:  # pybind11 gives RuntimeError for all that the engine refuses, but not only
                raise BundleError(f"{graph.file}: executorch cannot load this program ({_line(error)})") from error
        ranks = [len(spec.shape) for spec in self._specs]
        if len(found) != len(graph.outputs) or [len(shape) for shape in shapes] != ranks:
            raise BundleError(f"{graph.file}: the manifest names other inputs or outputs; export the bundle again")

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        self._check(inputs)
        tensors = [torch.from_numpy(np.array(value, order="C")) for value in inputs]
        with _LOCK:
            try:
                found = self._forward(tensors)
            except Exception as error:
                raise BackendError(f"executorch failed: {_line(error)}") from error
        return tuple(output.numpy() for output in found)  # copies of the engine's own memory, made by forward

    def _forward(self, tensors: list[Any]) -> Any:
        if isinstance(self._sizes, Limits):
            return self._program.forward(tensors)
        return self._program.run_method(self._sizes.method(_size(self._specs, tensors)), tensors)

    def _check(self, inputs: Sequence[NDArray[Any]]) -> None:
        if len(inputs) != len(self._specs):
            names = " and ".join(repr(spec.name) for spec in self._specs)
            raise BackendError(f"{self._file}: {len(inputs)} inputs given; pass {names} alone")
        for i, (spec, value) in enumerate(zip(self._specs, inputs, strict=True)):
            fault = self._fault(i, inputs) if value.dtype == spec.dtype else f"{spec.dtype} expected"
            if fault is not None:
                raise BackendError(
                    f"{self._file}: input {spec.name!r} is {value.dtype} {list(value.shape)}: {fault}; "
                    "resize it, or use --backend onnxruntime"
                )

    def _fault(self, number: int, inputs: Sequence[NDArray[Any]]) -> str | None:
        if isinstance(self._sizes, Limits):
            return self._sizes.fault(inputs[number].shape)
        fits = [self._sizes.shape(number, size) for size in self._sizes.taken]
        if inputs[number].shape not in fits:
            return f"takes {', '.join(str(list(shape)) for shape in fits)}"
        size = _size(self._specs, inputs)
        return None if inputs[number].shape == self._sizes.shape(number, size) else f"{size} expected, as of the others"


def load(graph: Graph, data: bytes, threads: int) -> ExecutorchSession:
    """See ``edgekit.session.Backend``. The engine has one pool of threads: the first graph loaded sets its size."""
    return ExecutorchSession(graph, data, threads)


def _set_threads(threads: int) -> None:
    global _threads_set
    if not _threads_set:
        engine._unsafe_reset_threadpool(threads)  # unsafe while a program runs: none has been loaded yet
        _threads_set = True


def _read_sizes(program: Any, graph: Graph) -> Limits | Sizes:
    names = program.method_names()
    taken = sorted(int(name.removeprefix(METHOD)) for name in names if name.startswith(METHOD))
    if taken:
        return Sizes(tuple(taken), tuple(spec.shape for spec in graph.inputs))
    if LIMITS not in names:
        raise ValueError(f"it has no method {LIMITS!r}; lower it with export.targets.executorch")
    axes = program.run_method(LIMITS, [])[0].tolist()
    capacity = math.prod(program.method_meta("forward").input_tensor_meta(0).sizes())
    return Limits(tuple((least, step) for least, step in axes), capacity)


def _least(sizes: Limits | Sizes) -> list[tuple[int, ...]]:
    """The smallest shapes that a program takes."""
    if isinstance(sizes, Limits):
        return [tuple(least for least, _ in sizes.axes)]
    return [sizes.shape(i, sizes.taken[0]) for i in range(len(sizes.shapes))]


def _size(specs: Sequence[TensorSpec], inputs: Sequence[Any]) -> int:
    """Of the first axis that varies."""
    return next(
        int(value.shape[axis])
        for spec, value in zip(specs, inputs, strict=True)
        for axis, name in enumerate(spec.shape)
        if isinstance(name, str)
    )


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
