"""The ExecuTorch backend, on a small program made on the spot."""

from __future__ import annotations

import importlib
import subprocess
import sys
import threading
import warnings
from typing import Any

import numpy as np
import pytest
from places import ROOT

from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Evidence, Graph, TensorSpec

torch: Any = pytest.importorskip("torch", reason="torch is not installed")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the engine's own imports
    exir: Any = pytest.importorskip("executorch.exir", reason="executorch is not installed")
    xnnpack: Any = importlib.import_module("executorch.backends.xnnpack.partition.xnnpack_partitioner")
    backend: Any = importlib.import_module("edgekit.backends.executorch")

INPUT = TensorSpec("lines", "uint8", ("lines", 4, "width", 3))
OUTPUT = TensorSpec("planes", "float32", ("lines", 5, 4, "width"))


def graph(inputs: tuple[TensorSpec, ...] = (INPUT,), outputs: tuple[TensorSpec, ...] = (OUTPUT,)) -> Graph:
    return Graph("executorch", "fp32", "small.pte", inputs, outputs, Evidence("not run", "for tests"))


class Small(torch.nn.Module):  # type: ignore[misc]
    """uint8 [N, 4, W, 3] to a convolution of it, float32 [N, 5, 4, W]."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(3)
        self.convolve = torch.nn.Conv2d(3, 5, 3, padding=1)

    def forward(self, lines: Any) -> Any:
        return self.convolve(lines.permute(0, 3, 1, 2).to(torch.float32) / 255)


def program(limits: list[list[int]] | None) -> bytes:
    sizes = {0: torch.export.Dim("lines", min=1, max=4), 2: 8 * torch.export.Dim("steps", min=1, max=10)}
    example = torch.zeros(2, 4, 24, 3, dtype=torch.uint8)
    methods = {} if limits is None else {backend.LIMITS: torch.tensor(limits)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.export.export(Small().eval(), (example,), dynamic_shapes=(sizes,), strict=False)
        edge = exir.to_edge_transform_and_lower(
            exported, partitioner=[xnnpack.XnnpackPartitioner()], constant_methods=methods
        )
        return bytes(edge.to_executorch().buffer)


@pytest.fixture(scope="module")
def data() -> bytes:
    return program([[1, 1], [4, 0], [8, 8], [3, 0]])


@pytest.fixture(scope="module")
def session(data: bytes) -> Any:
    return backend.load(graph(), data, 1)


def pixels(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("shape", [(1, 4, 8, 3), (4, 4, 80, 3), (2, 4, 40, 3), (40, 4, 8, 3)])
def test_it_computes_what_torch_does(session: Any, shape: tuple[int, ...]) -> None:
    value = pixels(*shape)
    (found,) = session.run(value)
    with torch.no_grad():
        expected = Small().eval()(torch.from_numpy(value)).numpy()
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_any_layout_is_read_and_results_are_copies(session: Any) -> None:
    value = pixels(2, 3, 16, 4).transpose(0, 3, 2, 1)
    value.flags.writeable = False
    (found,) = session.run(value)
    kept = found.copy()
    session.run(pixels(2, 4, 16, 3))
    assert np.array_equal(found, kept)
    assert np.array_equal(session.run(np.ascontiguousarray(value))[0], kept)


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ((1, 4, 8), "4 axes expected"),
        ((1, 5, 8, 3), "axis 1 has to be 4"),
        ((1, 4, 8, 1), "axis 3 has to be 3"),
        ((1, 4, 12, 3), "axis 2 has to be a multiple of 8, 8 or more"),
        ((1, 4, 0, 3), "axis 2 has to be a multiple of 8, 8 or more"),
        ((0, 4, 8, 3), "axis 0 has to be a multiple of 1, 1 or more"),
        ((5, 4, 80, 3), "at most 3840 elements"),
    ],
)
def test_a_shape_it_does_not_take_is_refused(session: Any, shape: tuple[int, ...], fault: str) -> None:
    with pytest.raises(BackendError, match=f"small.pte: input 'lines' is uint8 .*: {fault}; resize it"):
        session.run(np.zeros(shape, np.uint8))


def test_other_types_and_numbers_of_inputs_are_refused(session: Any) -> None:
    with pytest.raises(BackendError, match="is float32 .*: uint8 expected"):
        session.run(np.zeros((1, 4, 8, 3), np.float32))
    with pytest.raises(BackendError, match="small.pte: 2 inputs given; pass 'lines' alone"):
        session.run(pixels(1, 4, 8, 3), pixels(1, 4, 8, 3))


def test_threads_may_share_a_session(session: Any) -> None:
    values = [pixels(1 + i % 4, 4, 8 * (1 + i % 7), 3) for i in range(24)]
    expected = [session.run(value)[0] for value in values]
    equal: list[bool] = []

    def work() -> None:
        equal.extend(np.array_equal(session.run(v)[0], e) for v, e in zip(values, expected, strict=True))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert equal == [True] * 96


@pytest.mark.parametrize("broken", [b"", b"no program at all", bytes(4096)])
def test_what_is_no_program_is_refused(broken: bytes) -> None:
    with pytest.raises(BundleError, match="small.pte: executorch cannot load this program"):
        backend.load(graph(), broken, 1)


def test_a_program_cut_short_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match="small.pte: executorch cannot load this program"):
        backend.load(graph(), data[: len(data) // 2], 1)


def test_a_program_without_limits_is_refused() -> None:
    with pytest.raises(BundleError, match="no method 'limits'; lower it with export.targets.executorch"):
        backend.load(graph(), program(None), 1)


def test_a_manifest_of_another_program_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError, match="names other inputs or outputs"):
        backend.load(graph(inputs=(INPUT, INPUT)), data, 1)
    with pytest.raises(BundleError, match="names other inputs or outputs"):
        backend.load(graph(outputs=(OUTPUT, OUTPUT)), data, 1)
    with pytest.raises(BundleError, match="names other inputs or outputs"):
        backend.load(graph(inputs=(TensorSpec("lines", "uint8", (1, 2, 3)),)), data, 1)


def test_a_failure_of_the_engine_is_converted(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing:
        def forward(self, _: object) -> None:
            raise RuntimeError("Failed to execute method forward\nand more")

    session = backend.load(graph(), data, 1)
    monkeypatch.setattr(session, "_program", Failing())
    with pytest.raises(BackendError, match=r"^executorch failed: Failed to execute method forward$"):
        session.run(pixels(1, 4, 8, 3))


def test_only_the_first_graph_sets_the_threads(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    class Engine:
        _load_for_executorch_from_buffer = staticmethod(backend.engine._load_for_executorch_from_buffer)
        _unsafe_reset_threadpool = asked.append

    monkeypatch.setattr(backend, "engine", Engine)
    monkeypatch.setattr(backend, "_threads_set", False)
    backend.load(graph(), data, 2)
    backend.load(graph(), data, 1)
    assert asked == [2]


@pytest.mark.parametrize("absent", ["torch", "executorch"])
def test_without_the_engine_it_says_what_to_install(absent: str) -> None:
    script = f"import sys; sys.modules[{absent!r}] = None; import edgekit.backends.executorch"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = "the executorch backend is not installed: pip install 'edgekit[executorch]'"
    assert done.stderr.splitlines()[-1] == f"edgekit.errors.BackendError: {last}"


CHARS, PLACES = TensorSpec("chars", "int32", (1, "words", 4)), TensorSpec("places", "float32", (1, "words", 3))
SCORES = TensorSpec("scores", "float32", (1, "words", 3))


class Adding(torch.nn.Module):  # type: ignore[misc]
    def forward(self, chars: Any, places: Any) -> Any:
        return places + chars.sum(-1, keepdim=True)


@pytest.fixture(scope="module")
def words() -> Any:
    """A program with a method for each of two sizes."""
    methods = {
        f"{backend.METHOD}{size}": torch.export.export(
            Adding(), (torch.zeros(1, size, 4, dtype=torch.int32), torch.zeros(1, size, 3)), strict=False
        )
        for size in (16, 8)
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = bytes(exir.to_edge_transform_and_lower(methods).to_executorch().buffer)
    return backend.load(graph((CHARS, PLACES), (SCORES,)), data, 1)


@pytest.mark.parametrize("size", [8, 16])
def test_each_size_has_its_method(words: Any, size: int) -> None:
    chars = np.arange(4 * size, dtype=np.int32).reshape(1, size, 4)
    places = np.ones((1, size, 3), np.float32)
    (scores,) = words.run(chars, places)
    np.testing.assert_array_equal(scores, places + chars.sum(-1, keepdims=True))


@pytest.mark.parametrize(
    ("sizes", "message"),
    [
        ((12, 12), r"input 'chars' is int32 \[1, 12, 4\]: takes \[1, 8, 4\], \[1, 16, 4\]; resize it"),
        ((8, 16), r"input 'places' is float32 \[1, 16, 3\]: 8 expected, as of the others; resize it"),
    ],
)
def test_sizes_without_a_method_are_refused(words: Any, sizes: tuple[int, int], message: str) -> None:
    with pytest.raises(BackendError, match=message):
        words.run(np.zeros((1, sizes[0], 4), np.int32), np.zeros((1, sizes[1], 3), np.float32))


def test_all_inputs_are_wanted_in_their_type(words: Any) -> None:
    chars, places = np.zeros((1, 8, 4), np.int32), np.zeros((1, 8, 3), np.float32)
    with pytest.raises(BackendError, match="small.pte: 1 inputs given; pass 'chars' and 'places' alone"):
        words.run(chars)
    with pytest.raises(BackendError, match="input 'chars' is int64 .*: int32 expected"):
        words.run(chars.astype(np.int64), places)
