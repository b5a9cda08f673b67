"""ONNX Runtime on the CPU."""

from __future__ import annotations

import contextlib
import functools
from typing import Any

from numpy.typing import NDArray

from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Graph

try:
    import onnxruntime
except ImportError as error:  # pragma: no cover - onnxruntime is a dependency; this names the mend where it was removed
    raise BackendError("the onnxruntime backend is not installed: pip install onnxruntime") from error


ARENA = {"initial_chunk_size_bytes": 128 << 20, "max_dead_bytes_per_chunk": 1 << 16}
"""Bytes that the arena begins with (those never used cost no memory), and the most that a block leaves unused.

All runs fit into the first region: gaps of different regions never join. By default a block may take up to twice what
it needs, and the next one goes where no memory was touched yet.
"""


class OrtSession:
    """One graph in ONNX Runtime on the CPU, its tensors in the arena that all graphs of the process share.

    Every session with an arena of its own keeps its own peak for ever; without an arena, glibc's heap grows with every
    new input shape or faults in each tensor's pages anew (onnxruntime issues 11118, 11627). Stages run one after
    another, so one shared arena holds the largest of their peaks, not the sum. Memory patterns are off: they plan a
    block per input shape. Operators run in the order of the graph's file: by default some large tensors of the
    detector are made long before they are used, and 0.7 megapixels take 42 MB at once instead of 34. Spinning is off:
    idle threads that spin take the core of the next stage. Weights that are stored in 8 bits are multiplied in float32
    (accuracy level 1): by default some processors round the activations to 8 bits, too, and others do not.
    """

    def __init__(self, graph: Graph, data: bytes, threads: int) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_mem_pattern = False
        options.execution_order = onnxruntime.ExecutionOrder.PRIORITY_BASED
        options.add_session_config_entry("session.use_env_allocators", "1")
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.qdq_matmulnbits_accuracy_level", "1")
        _prepare_environment()
        try:
            self._session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises a class per status code, without a public base
            raise BundleError(f"{graph.file}: onnxruntime cannot load this graph ({_first_line(error)})") from error
        _forget_file(self._session)
        self._inputs = [spec.name for spec in graph.inputs]
        self._outputs = [spec.name for spec in graph.outputs]
        self._check_names(graph)

    def _check_names(self, graph: Graph) -> None:
        has = [node.name for node in self._session.get_inputs()], [node.name for node in self._session.get_outputs()]
        if has != (self._inputs, self._outputs):
            raise BundleError(f"{graph.file}: the manifest names other inputs or outputs; export the bundle again")

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        feed = dict(zip(self._inputs, inputs, strict=True))
        try:
            return tuple(self._session.run(self._outputs, feed))
        except Exception as error:
            raise BackendError(f"onnxruntime failed: {_first_line(error)}") from error


def load(graph: Graph, data: bytes, threads: int) -> OrtSession:
    """See ``edgekit.session.Backend``."""
    return OrtSession(graph, data, threads)


def _forget_file(session: onnxruntime.InferenceSession) -> None:
    """Lets go of the graph's file: the session has read it, but onnxruntime's Python class holds its bytes for ever.

    They are for opening the graph again with other providers, of which there is but one here.
    """
    session.disable_fallback()
    session._model_bytes = None


@functools.cache
def _prepare_environment() -> None:
    """Silences the process's onnxruntime environment and gives it one CPU arena; sessions that ask for it use it."""
    place = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    onnxruntime.disable_telemetry_events()  # official Windows builds report usage unless told not to
    with contextlib.suppress(Exception):  # the host program has registered one already: that one is shared
        onnxruntime.create_and_register_allocator(place, onnxruntime.OrtArenaCfg(ARENA))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
