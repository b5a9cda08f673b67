"""What ``manifest.json`` says: the dataclasses, and the only reader and writer of it.

``bundle.schema.json`` states the same for other tools. What JSON Schema cannot say is checked here alone: a graph's
file is listed, no two graphs of a stage share backend and precision, no two files collide on a disk that ignores case.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Any, Literal, TypeVar, cast

from edgekit.names import collision, is_safe_name
from edgekit.strict import Node, build, dump_json, freeze, load_json

T = TypeVar("T")

SCHEMA = "edgekit.bundle/1"
DTYPES = ("bool", "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8")

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """An input or output of a graph. A dimension is a size, or a name where it varies ("lines", "width")."""

    name: str
    dtype: str
    shape: tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of the reference (before) and of this graph (after)."""

    before: float
    after: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "before", float(self.before))
        object.__setattr__(self, "after", float(self.after))


@dataclass(frozen=True, slots=True)
class Trial:
    """How well receipts were read with a graph instead of its fp32 form.

    data: which pictures, and ``pictures``: how many. character_reference: what the character error, edits by
    characters, was measured against. field_f1: micro average over the fields. bytes: of the graph's file.
    latency_ratio: time of the fp32 graph by time of this one, one thread; above 1 is faster; None where what ran the
    graphs says nothing of their speed.
    """

    data: str
    pictures: int
    character_reference: str
    character_error: Change
    field_f1: Change
    bytes: Change
    latency_ratio: float | None

    def __post_init__(self) -> None:
        ratio = self.latency_ratio
        object.__setattr__(self, "latency_ratio", None if ratio is None else float(ratio))


@dataclass(frozen=True, slots=True)
class Evidence:
    """Whether a graph was compared with what it was made from.

    status: "passed" needs ``reference`` and ``max_abs_difference``; "not run" needs ``reason`` and has no numbers.
    reason: also, of a graph that stands in for a lesser precision, why that one was refused.
    reference: what it was compared with. max_abs_difference: over all outputs, in their own unit.
    machine: where the comparison ran. delegated: share of the operators, 0 to 1, that the engine's accelerated part
    takes, where the engine tells.
    """

    status: Literal["passed", "not run"]
    reason: str | None = None
    reference: str | None = None
    max_abs_difference: float | None = None
    trial: Trial | None = None
    machine: str | None = None
    delegated: float | None = None

    def __post_init__(self) -> None:
        for name in ("max_abs_difference", "delegated"):
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else float(value))


@dataclass(frozen=True, slots=True)
class Graph:
    """One serialised network: for which engine, at which precision, in which file; tensors in the engine's order."""

    backend: str
    precision: str
    file: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Stage:
    """The graphs of a stage (may be none) and the constants of its pre- and post-processing, deeply read-only."""

    graphs: tuple[Graph, ...]
    params: Mapping[str, Any]

    def __post_init__(self) -> None:
        object.__setattr__(self, "params", freeze(self.params))

    @property
    def precision(self) -> str | None:
        """The one that its constants name: of the graph that is taken where it has none of the precision asked for."""
        named = self.params.get("precision")
        return named if isinstance(named, str) else None

    @property
    def is_free(self) -> bool:
        """Whether it has graphs, of which a reader takes the one of the precision that it is opened with, and no other
        in its place."""
        return bool(self.graphs) and self.precision is None


@dataclass(frozen=True, slots=True)
class FileEntry:
    """Digest (lower-case hex) and size in bytes of one file."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where weights came from: ``path`` inside ``package``, its digest and licence, and what was changed since."""

    name: str
    package: str
    path: str
    sha256: str
    licence: str
    changes: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole of ``manifest.json``. ``files`` lists every file of the bundle but the manifest itself."""

    schema: str
    name: str
    version: str
    licence: str
    description: str
    sources: tuple[Source, ...]
    stages: Mapping[str, Stage]
    files: Mapping[str, FileEntry]

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", MappingProxyType(dict(self.stages)))
        object.__setattr__(self, "files", MappingProxyType(dict(self.files)))

    def to_json(self) -> str:
        """The text of ``manifest.json``; equal manifests give equal text.

        What it says is not checked (``parse_manifest`` does); ManifestError where JSON cannot say it.
        """
        return dump_json(self)


def parse_manifest(text: str | bytes, where: str) -> Manifest:
    """The manifest in ``text``; ``where`` names the document in errors.

    Raises ManifestError, naming the JSON path, for anything that is not exactly what the schema says.
    """
    root = load_json(text, where)
    if isinstance(root.value, dict) and root.value.get("schema", SCHEMA) != SCHEMA:
        found = root.mapping()["schema"]
        raise found.error(f"unknown schema {found.value!r}", f"this EdgeKit reads {SCHEMA}; use a matching version")
    node = root.members(_keys(Manifest))
    manifest = Manifest(
        schema=node["schema"].one_of((SCHEMA,)),
        name=node["name"].matching(_NAME, "a name (lower-case letters, digits, - and _)"),
        version=node["version"].text(),
        licence=node["licence"].text(),
        description=node["description"].text(),
        sources=tuple(_source(item) for item in node["sources"].items()),
        stages={_key(key, item): _stage(item) for key, item in node["stages"].mapping().items()},
        files={_file_name(key, item): _entry(item) for key, item in node["files"].mapping().items()},
    )
    _check_collisions(node["files"])
    _check_graphs(manifest, node["stages"])
    return manifest


def parse_params(cls: type[T], params: Mapping[str, Any], where: str) -> T:
    """The constants of a stage as the frozen dataclass ``cls``; ``where`` names them in errors.

    Every field must be there and nothing else. Field types: int, float (an integer will do), bool, str, tuples of
    those, ``Mapping[str, T]`` for free form, and ``| None``. Raises ManifestError.
    """
    return build(cls, Node(params, "", where))


def _keys(cls: type) -> list[str]:
    return [field.name for field in fields(cls)]


def _key(key: str, node: Node) -> str:
    return Node(key, node.path, node.where).matching(_NAME, "a stage name (lower-case letters, digits, - and _)")


def _file_name(key: str, node: Node) -> str:
    if not is_safe_name(key):
        raise node.error(
            f"unsafe file name {key!r}", "use a relative path of letters, digits, '.', '_' and '-', without '..'"
        )
    return key


def _source(node: Node) -> Source:
    item = node.members(_keys(Source))
    texts = {key: item[key].text() for key in _keys(Source) if key != "sha256"}
    return Source(sha256=_digest(item["sha256"]), **texts)


def _entry(node: Node) -> FileEntry:
    item = node.members(_keys(FileEntry))
    return FileEntry(sha256=_digest(item["sha256"]), size=item["size"].integer(0))


def _digest(node: Node) -> str:
    return node.matching(_SHA256, "a SHA-256 digest (64 lower-case hex digits)")


def _stage(node: Node) -> Stage:
    item = node.members(_keys(Stage))
    item["params"].mapping()
    return Stage(graphs=tuple(_graph(graph) for graph in item["graphs"].items()), params=item["params"].value)


def _graph(node: Node) -> Graph:
    item = node.members(_keys(Graph))
    name = "a name (lower-case letters, digits, - and _)"
    return Graph(
        backend=item["backend"].matching(_NAME, name),
        precision=item["precision"].matching(_NAME, name),
        file=_file_name(item["file"].text(empty=True), item["file"]),
        inputs=_tensors(item["inputs"]),
        outputs=_tensors(item["outputs"]),
        evidence=_evidence(item["evidence"]),
    )


def _tensors(node: Node) -> tuple[TensorSpec, ...]:
    if not node.items():
        raise node.error("empty", "a graph has at least one input and one output")
    return tuple(_tensor(item) for item in node.items())


def _tensor(node: Node) -> TensorSpec:
    item = node.members(_keys(TensorSpec))
    shape = tuple(d.text() if isinstance(d.value, str) else d.integer(1) for d in item["shape"].items())
    return TensorSpec(name=item["name"].text(), dtype=item["dtype"].one_of(DTYPES), shape=shape)


def _evidence(node: Node) -> Evidence:
    item = node.members(_keys(Evidence))
    status = item["status"].one_of(("passed", "not run"))
    evidence = Evidence(
        status=cast(Literal["passed", "not run"], status),
        reason=item["reason"].optional(Node.text),
        reference=item["reference"].optional(Node.text),
        max_abs_difference=item["max_abs_difference"].optional(lambda number: number.number(0)),
        trial=item["trial"].optional(_trial),
        machine=item["machine"].optional(Node.text),
        delegated=item["delegated"].optional(lambda number: number.number(0)),
    )
    if status == "passed" and (evidence.reference is None or evidence.max_abs_difference is None):
        raise node.error(
            "passed without reference or max_abs_difference", "say what it was compared with and how far off"
        )
    if status == "not run" and (
        evidence.reason is None or (evidence.max_abs_difference, evidence.trial) != (None, None)
    ):
        raise node.error(
            "not run, but no reason or with numbers", "give the reason, and null for what was not measured"
        )
    return evidence


def _trial(node: Node) -> Trial:
    item = node.members(_keys(Trial))
    return Trial(
        data=item["data"].text(),
        pictures=item["pictures"].integer(1),
        character_reference=item["character_reference"].text(),
        character_error=_change(item["character_error"]),
        field_f1=_change(item["field_f1"]),
        bytes=_change(item["bytes"]),
        latency_ratio=item["latency_ratio"].optional(lambda number: number.number(0)),
    )


def _change(node: Node) -> Change:
    item = node.members(_keys(Change))
    return Change(before=item["before"].number(0), after=item["after"].number(0))


def _check_collisions(node: Node) -> None:
    clash = collision(node.mapping())
    if clash is not None:
        raise node.error(f"{clash[0]!r} and {clash[1]!r} cannot both exist on every disk", "rename one of them")


def _check_graphs(manifest: Manifest, node: Node) -> None:
    for name, stage in node.mapping().items():
        seen: set[tuple[str, str]] = set()
        for graph, item in zip(manifest.stages[name].graphs, stage.mapping()["graphs"].items(), strict=True):
            if graph.file not in manifest.files:
                raise item.mapping()["file"].error(f"{graph.file!r} is not in files", "list it there")
            if (graph.backend, graph.precision) in seen:
                raise item.error(f"a second graph for {graph.backend} {graph.precision}", "keep one of them")
            seen.add((graph.backend, graph.precision))
