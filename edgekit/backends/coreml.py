"""Core ML, on macOS: the processor, the GPU or the Neural Engine, whichever the system picks.

A graph's file is a ``.mlpackage``, which is a folder, as a zip whose entries are stored as they are.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import sys
import tempfile
import threading
import weakref
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from edgekit.errors import BackendError, BundleError
from edgekit.manifest import Graph

ON_MACOS = sys.platform == "darwin"
MANIFEST = "Manifest.json"
MODEL = "Data/com.apple.CoreML/model.mlmodel"
WEIGHTS = "Data/com.apple.CoreML/weights/weight.bin"
MEMBERS = (MODEL, WEIGHTS, MANIFEST)
"""All files of a package; any other is refused, so nothing in a zip can land elsewhere."""
PAPER = 255
"""What fills a picture up to a size that the model takes: white. The detector weighs planes by their means over the
whole picture, so that filling is not without effect; white cost receipts less than grey, the edge or their mean."""

Size = tuple[int, int]
"""Height and width in pixels."""

_stand_in: Any = None


class Model:
    """One model. Core ML wants one caller at a time, so that calls from several threads wait for one another."""

    def __init__(self, graph: Graph, data: bytes) -> None:
        self._lock = threading.Lock()
        engine = _engine()
        files = read_package(data, graph.file)
        folder = tempfile.mkdtemp(prefix="edgekit-", suffix=".mlpackage")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        try:
            self._model = engine.models.MLModel(folder)
        except Exception as error:  # coremltools passes on whatever the system's framework raises
            raise BundleError(f"{graph.file}: Core ML cannot load this graph ({_first_line(error)})") from error
        self.description = self._model.get_spec().description
        has = [item.name for item in self.description.input], [item.name for item in self.description.output]
        if has != ([spec.name for spec in graph.inputs], [spec.name for spec in graph.outputs]):
            raise BundleError(f"{graph.file}: the manifest names other inputs or outputs; export the bundle again")

    def predict(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Outputs by name. Raises BackendError where Core ML fails."""
        try:
            with self._lock:
                found: Mapping[str, Any] = self._model.predict(given)
        except Exception as error:
            raise BackendError(f"Core ML failed: {_first_line(error)}") from error
        return found


class ArraySession:
    """A model that takes arrays, of sizes within its bounds."""

    def __init__(self, graph: Graph, data: bytes) -> None:
        self._graph = graph
        self._model = Model(graph, data)

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        names = [spec.name for spec in self._graph.inputs]
        if len(inputs) != len(names):
            listed = " and ".join(map(repr, names))
            raise BackendError(f"{self._graph.file}: {len(inputs)} inputs given; pass {listed} alone")
        found = self._model.predict(dict(zip(names, inputs, strict=True)))
        return tuple(np.asarray(found[spec.name]).astype(spec.dtype, copy=False) for spec in self._graph.outputs)


class CoreMLSession:
    """A model that takes images, one at a time.

    A picture of a size that the model does not list is filled up with white, right and below, to the smallest
    listed one that holds it, and what was added is cut off the outputs again.
    """

    def __init__(self, graph: Graph, data: bytes) -> None:
        self._graph = graph
        self._model = Model(graph, data)
        listed = self._model.description.input[0].type.imageType.enumeratedSizes.sizes
        self._sizes: list[Size] = [(size.height, size.width) for size in listed]

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """``inputs``: pictures, uint8 RGB [N, height, width, 3]; they are run one by one."""
        (pictures,) = inputs
        rows = [self._run_one(picture) for picture in pictures]
        return tuple(np.concatenate(column) for column in zip(*rows, strict=True))

    def _run_one(self, picture: NDArray[np.uint8]) -> list[NDArray[Any]]:
        height, width = picture.shape[:2]
        rows, columns = self._size_for(height, width)
        padding = ((0, rows - height), (0, columns - width), (0, 0))
        image = Image.fromarray(np.pad(picture, padding, constant_values=PAPER))
        found = self._model.predict({self._graph.inputs[0].name: image})
        kept = dict(zip(self._graph.inputs[0].shape, (1, height, width), strict=False))
        outputs = []
        for spec in self._graph.outputs:
            part = tuple(slice(kept.get(axis)) if isinstance(axis, str) else slice(None) for axis in spec.shape)
            outputs.append(np.asarray(found[spec.name])[part].astype(spec.dtype, copy=False))
        return outputs

    def _size_for(self, height: int, width: int) -> Size:
        """The listed size to run a picture at. Raises BackendError, naming the nearest, where none will do."""
        if (height, width) in self._sizes:
            return height, width
        axes = {axis for axis in self._graph.inputs[0].shape if isinstance(axis, str)}
        can_cut = all(axis in axes for spec in self._graph.outputs for axis in spec.shape if isinstance(axis, str))
        holding = [size for size in self._sizes if size[0] >= height and size[1] >= width]
        if can_cut and holding:
            return min(holding, key=lambda size: (size[0] * size[1], size))
        near = _nearest(self._sizes, height, width)
        raise BackendError(
            f"{self._graph.file}: takes no picture of {height} x {width} pixels (height x width); the nearest is {near}"
        )


def load(graph: Graph, data: bytes, threads: int) -> CoreMLSession | ArraySession:
    """See ``edgekit.session.Backend``; Core ML picks its threads itself. Inputs of uint8 are pictures."""
    return CoreMLSession(graph, data) if graph.inputs[0].dtype == "uint8" else ArraySession(graph, data)


@contextlib.contextmanager
def run_by(engine: Any) -> Iterator[None]:
    """Meanwhile sessions are opened with ``engine`` in the place of coremltools: its ``models.MLModel`` is all they
    use. For programs that are to be run where Core ML is not."""
    global _stand_in
    before, _stand_in = _stand_in, engine
    try:
        yield
    finally:
        _stand_in = before


def read_package(data: bytes, where: str) -> Mapping[str, bytes]:
    """The files of a zipped ``.mlpackage`` by their names in it.

    Raises BundleError unless it is a zip of exactly MEMBERS, stored, in one folder.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {info.filename.partition("/")[2]: info for info in archive.infolist()}
            tops = {info.filename.partition("/")[0] for info in archive.infolist()}
            stored = all(info.compress_type == zipfile.ZIP_STORED for info in entries.values())
            if set(entries) != set(MEMBERS) or len(tops) != 1 or not stored:
                raise BundleError(f"{where}: is not a zipped .mlpackage as EdgeKit exports it; export the bundle again")
            return {name: archive.read(info) for name, info in entries.items()}
    except BundleError:
        raise
    except Exception as error:  # zipfile raises many kinds for damaged archives
        raise BundleError(f"{where}: the zip cannot be read ({_first_line(error)}); export the bundle again") from error


def _engine() -> Any:
    if _stand_in is not None:
        return _stand_in
    if not ON_MACOS:
        raise BackendError("Core ML runs on macOS only; use --backend onnxruntime")
    try:
        import coremltools
    except ImportError as error:
        raise BackendError("the coreml backend is not installed: pip install edgekit[coreml]") from error
    return coremltools


def _nearest(sizes: Sequence[Size], height: int, width: int) -> str:
    if not sizes:
        return "none, as the model lists no sizes; export the bundle again"
    rows, columns = min(sizes, key=lambda size: abs(size[0] - height) + abs(size[1] - width))
    return f"{rows} x {columns}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
