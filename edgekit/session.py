"""The seam between EdgeKit and an inference engine: tensors in, tensors out, nothing else."""

from __future__ import annotations

import importlib
import io
from pathlib import PurePosixPath
from typing import Any, Protocol

from numpy.typing import NDArray

from edgekit.bundle import Bundle
from edgekit.errors import BackendError
from edgekit.manifest import Graph

BACKENDS = {
    "onnxruntime": "edgekit.backends.ort",
    "executorch": "edgekit.backends.executorch",
    "coreml": "edgekit.backends.coreml",
}
"""Backend name (as bundles and users write it) to the one module that imports its engine."""

PACKAGE = ".mlpackage"
"""A model that is a folder, as apps hold it; elsewhere it is one zip."""


class Session(Protocol):
    """A loaded graph. ``run`` is safe to call from several threads at once."""

    def run(self, *inputs: NDArray[Any]) -> tuple[NDArray[Any], ...]:
        """Arrays in the order of the graph's inputs; returns its outputs in order.

        Raises BackendError if the engine fails.
        """
        ...


class Backend(Protocol):
    """What a module named in BACKENDS offers."""

    def load(self, graph: Graph, data: bytes, threads: int) -> Session:
        """A session for the serialised graph ``data``, using ``threads`` intra-operator threads."""
        ...


def open_session(bundle: Bundle, stage: str, backend: str, precision: str, threads: int) -> Session:
    """The session of one stage of a bundle, of the graph that ``Bundle.graph`` gives.

    Raises BackendError for an unknown backend or one that is not installed, MissingGraphError where the bundle
    has no such graph, IntegrityError where its file was altered.
    """
    if backend not in BACKENDS:
        raise BackendError(f"unknown backend {backend!r}: choose one of {', '.join(sorted(BACKENDS))}")
    graph = bundle.graph(stage, backend, precision)
    adapter: Backend = importlib.import_module(BACKENDS[backend])
    return adapter.load(graph, _data(bundle, graph.file), threads)


def _data(bundle: Bundle, file: str) -> bytes:
    """A graph's file; where it is the entry of a package, which is a folder, all of that as one zip."""
    folder = PurePosixPath(file).parent
    if folder.suffix != PACKAGE:
        return bundle.read(file)
    from edgekit.placing import write_zip  # not before it is needed: what zips take, see edgekit.zipped

    names = [name for name in bundle.manifest.files if folder in PurePosixPath(name).parents]
    out = io.BytesIO()
    write_zip(out, {str(PurePosixPath(name).relative_to(folder.parent)): bundle.read(name) for name in names})
    return out.getvalue()
