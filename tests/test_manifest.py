from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import edgekit.manifest
from edgekit.errors import ManifestError
from edgekit.manifest import (
    SCHEMA,
    Change,
    Evidence,
    FileEntry,
    Graph,
    Manifest,
    Source,
    Stage,
    TensorSpec,
    Trial,
    parse_manifest,
    parse_params,
)
from edgekit.names import collision, is_portable, is_safe_name

SHA = "0123456789abcdef" * 4
SCHEMA_FILE = Path(edgekit.manifest.__file__).with_name("bundle.schema.json")
VALIDATOR = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))

TRIAL = Trial("a set", 3, "true lines", Change(0.1, 0.2), Change(0.5, 1), Change(9, 4), 1.5)
SAMPLE = Manifest(
    schema=SCHEMA,
    name="tiny",
    version="1.0",
    licence="Apache-2.0",
    description="Zwei Stufen: für den Test.",
    sources=(Source("net", "package==1.0", "a b/net.onnx", SHA, "MIT", "none"),),
    stages={
        "detect": Stage(
            graphs=(
                Graph(
                    backend="onnxruntime",
                    precision="fp32",
                    file="detect.onnx",
                    inputs=(TensorSpec("image", "uint8", (1, "height", "width", 3)),),
                    outputs=(TensorSpec("heat", "float32", (1, 1, "height", "width")), TensorSpec("n", "int64", ())),
                    evidence=Evidence("passed", None, "the float graph", 1e-06, TRIAL, "a machine", 0.5),
                ),
                Graph(
                    backend="coreml",
                    precision="fp16",
                    file="detect.mlmodel",
                    inputs=(TensorSpec("image", "uint8", (1,)),),
                    outputs=(TensorSpec("heat", "float16", (1,)),),
                    evidence=Evidence("not run", "no such machine"),
                ),
            ),
            params={"threshold": 0.2, "sides": [320, 640], "free": {"any": None}},
        ),
        "layout": Stage(graphs=(), params={}),
    },
    files={"detect.onnx": FileEntry(SHA, 3), "detect.mlmodel": FileEntry(SHA, 0), "a/b/words.txt": FileEntry(SHA, 1)},
)
PLAIN: dict[str, Any] = json.loads(SAMPLE.to_json())


def refused(document: Any) -> str:
    """The message, after the document's name."""
    with pytest.raises(ManifestError) as caught:
        parse_manifest(json.dumps(document), "m.json")
    message = str(caught.value)
    assert message.startswith("m.json: ")
    assert "; " in message
    assert "\n" not in message
    return message.removeprefix("m.json: ")


def changed(*path: Any, value: Any) -> dict[str, Any]:
    """PLAIN with one value replaced."""
    document = copy.deepcopy(PLAIN)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


def test_round_trip_is_exact() -> None:
    text = SAMPLE.to_json()
    assert parse_manifest(text, "m") == SAMPLE
    assert parse_manifest(text.encode(), "m").to_json() == text


def test_equal_manifests_give_equal_text() -> None:
    turned = replace(
        SAMPLE, stages=dict(reversed(list(SAMPLE.stages.items()))), files=dict(reversed(list(SAMPLE.files.items())))
    )
    assert turned.to_json() == SAMPLE.to_json()
    assert list(PLAIN) == ["schema", "name", "version", "licence", "description", "sources", "stages", "files"]
    assert list(PLAIN["files"]) == sorted(PLAIN["files"])
    assert SAMPLE.to_json().startswith('{\n  "schema": "edgekit.bundle/1",\n')
    assert SAMPLE.to_json().endswith("}\n")


def test_order_of_graphs_and_tensors_is_kept() -> None:
    parsed = parse_manifest(SAMPLE.to_json(), "m").stages["detect"]
    assert [graph.backend for graph in parsed.graphs] == ["onnxruntime", "coreml"]
    assert [tensor.name for tensor in parsed.graphs[0].outputs] == ["heat", "n"]


NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
SHAS = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
TENSORS = st.lists(
    st.builds(
        TensorSpec,
        TEXTS,
        st.sampled_from(edgekit.manifest.DTYPES),
        st.lists(st.integers(1, 4096) | TEXTS, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=2,
).map(tuple)
POSITIVE = st.floats(0, 1e9)
CHANGES = st.builds(Change, POSITIVE, POSITIVE)
TRIALS = st.builds(Trial, TEXTS, st.integers(1, 2**40), TEXTS, CHANGES, CHANGES, CHANGES, POSITIVE)
PASSED = st.builds(
    Evidence,
    st.just("passed"),
    st.none() | TEXTS,
    TEXTS,
    st.floats(0, 1e6),
    st.none() | TRIALS,
    st.none() | TEXTS,
    st.none() | POSITIVE,
)
NOT_RUN = st.builds(Evidence, st.just("not run"), TEXTS, st.none() | TEXTS, machine=st.none() | TEXTS)
FILES = ("a.onnx", "b/c.bin", "words.txt")
GRAPHS = st.lists(
    st.builds(Graph, NAMES, NAMES, st.sampled_from(FILES), TENSORS, TENSORS, PASSED | NOT_RUN),
    max_size=3,
    unique_by=lambda graph: (graph.backend, graph.precision),
).map(tuple)
MANIFESTS = st.builds(
    Manifest,
    st.just(SCHEMA),
    NAMES,
    TEXTS,
    TEXTS,
    TEXTS,
    st.lists(st.builds(Source, TEXTS, TEXTS, TEXTS, SHAS, TEXTS, TEXTS), max_size=2).map(tuple),
    st.dictionaries(NAMES, st.builds(Stage, GRAPHS, st.dictionaries(TEXTS, VALUES, max_size=3)), max_size=2),
    st.fixed_dictionaries({name: st.builds(FileEntry, SHAS, st.integers(0, 2**40)) for name in FILES}),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MANIFESTS)
def test_any_manifest_makes_the_round_trip_and_fits_the_schema(manifest: Manifest) -> None:
    text = manifest.to_json()
    again = parse_manifest(text, "m")
    assert again == manifest
    assert again.to_json() == text
    VALIDATOR.validate(json.loads(text))


def test_nothing_in_a_manifest_can_be_changed() -> None:
    parsed = parse_manifest(SAMPLE.to_json(), "m")
    for mapping in (parsed.stages, parsed.files, parsed.stages["detect"].params):
        with pytest.raises(TypeError):
            mapping["detect"] = 1  # type: ignore[index]
    assert parsed.stages["detect"].params["sides"] == (320, 640)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(VALIDATOR.schema)
    VALIDATOR.validate(PLAIN)


def test_every_object_of_the_schema_but_params_is_closed() -> None:
    open_objects = []

    def visit(node: Any, path: str) -> None:
        if isinstance(node, dict):
            if node.get("type") == "object" and "additionalProperties" not in node:
                open_objects.append(path)
            for key, inner in node.items():
                visit(inner, f"{path}/{key}")

    visit(VALIDATOR.schema, "")
    assert open_objects == ["/$defs/stage/properties/params"]


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value of a document."""
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def mutations() -> Iterator[tuple[str, Any]]:
    others = [None, True, 0, 1, -1, 0.5, "", "x", "X y", "passed", "not run", [], ["x"], {}, {"x": 1}, 2**70]
    for path in places(PLAIN):
        for other in others:
            yield f"{path} = {other!r}", changed(*path, value=copy.deepcopy(other)) if path else other
        place = PLAIN
        for step in path:
            place = place[step]
        if isinstance(place, dict):
            yield f"{path} + unknown", changed(*path, "unknown", value=1) if path else {**PLAIN, "unknown": 1}
            for key in place:
                rest = {name: inner for name, inner in place.items() if name != key}
                yield f"{path} - {key}", changed(*path, value=rest) if path else rest


BEYOND_THE_SCHEMA = re.compile(r"is not in files|a second graph for|cannot both exist")


def test_schema_and_parser_agree_on_every_mutation() -> None:
    counts = {"accepted": 0, "refused": 0, "beyond": 0}
    for what, document in mutations():
        valid = VALIDATOR.is_valid(document)
        try:
            parse_manifest(json.dumps(document), "m")
        except ManifestError as error:
            beyond = BEYOND_THE_SCHEMA.search(str(error)) is not None
            assert valid == beyond, f"{what}: schema says {valid}, parser says {error}"
            counts["beyond" if beyond else "refused"] += 1
        else:
            assert valid, f"{what}: the parser accepts what the schema refuses"
            counts["accepted"] += 1
    assert counts["refused"] > 1000
    assert counts["accepted"] > 100
    assert counts["beyond"] > 3


@settings(deadline=None)
@given(st.sampled_from(["name", "sha256", "file"]), st.text(st.characters(exclude_categories=["Cs"]), max_size=10))
def test_schema_and_parser_agree_on_strings(kind: str, text: str) -> None:
    document = copy.deepcopy(PLAIN)
    if kind == "name":
        document["name"] = text
    elif kind == "sha256":
        document["files"]["detect.onnx"]["sha256"] = SHA[: 64 - len(text)] + text
    else:
        document["files"][text] = {"sha256": SHA, "size": 1}
    if text.endswith("\n"):  # Python's "$" lets one pass, ECMA's (which JSON Schema names) does not
        refused(document)
        return
    try:
        parse_manifest(json.dumps(document), "m")
    except ManifestError as error:
        assert not VALIDATOR.is_valid(document) or BEYOND_THE_SCHEMA.search(str(error))
    else:
        assert VALIDATOR.is_valid(document)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema",), "edgekit.bundle/2", "schema: unknown schema 'edgekit.bundle/2'; this EdgeKit reads"),
        (("schema",), 1, "schema: unknown schema 1"),
        (("name",), "Tiny", "name: 'Tiny' is not a name"),
        (("version",), 1, "version: 1 is not a string"),
        (("licence",), "", "licence: empty string"),
        (("sources",), {}, "sources: {} is not an array"),
        (("sources", 0, "changes"), None, "sources[0].changes: None is not a string"),
        (("sources", 0, "sha256"), SHA.upper(), "sources[0].sha256: "),
        (("stages", "Detect"), {"graphs": [], "params": {}}, "stages.Detect: 'Detect' is not a stage name"),
        (("stages", "layout", "params"), [], "stages.layout.params: [] is not an object"),
        (("stages", "detect", "graphs", 0, "file"), "x.onnx", "stages.detect.graphs[0].file: 'x.onnx' is not in files"),
        (("stages", "detect", "graphs", 0, "file"), "../x", "stages.detect.graphs[0].file: unsafe file name '../x'"),
        (("stages", "detect", "graphs", 0, "inputs"), [], "stages.detect.graphs[0].inputs: empty"),
        (
            ("stages", "detect", "graphs", 0, "inputs", 0, "dtype"),
            "u8",
            "stages.detect.graphs[0].inputs[0].dtype: 'u8'",
        ),
        (("stages", "detect", "graphs", 0, "inputs", 0, "shape", 0), 0, ".shape[0]: 0 is too small"),
        (("stages", "detect", "graphs", 0, "inputs", 0, "shape", 0), "", ".shape[0]: empty string"),
        (("stages", "detect", "graphs", 0, "evidence", "status"), "failed", "evidence.status: 'failed' is not one of"),
        (("stages", "detect", "graphs", 0, "evidence", "reference"), None, "evidence: passed without reference"),
        (("stages", "detect", "graphs", 0, "evidence", "max_abs_difference"), None, "evidence: passed without"),
        (("stages", "detect", "graphs", 0, "evidence", "max_abs_difference"), -1, "max_abs_difference: -1.0 is too"),
        (("stages", "detect", "graphs", 1, "evidence", "reason"), None, "evidence: not run, but no reason"),
        (("stages", "detect", "graphs", 1, "evidence", "max_abs_difference"), 0, "evidence: not run, but no reason"),
        (
            ("stages", "detect", "graphs", 0, "evidence", "trial", "field_f1", "after"),
            "1",
            "field_f1.after: '1' is not a",
        ),
        (("stages", "detect", "graphs", 0, "evidence", "trial", "pictures"), 0, "trial.pictures: 0 is too small"),
        (("stages", "detect", "graphs", 0, "evidence", "delegated"), -1, "evidence.delegated: -1.0 is too small"),
        (("files", "detect.onnx", "sha256"), SHA[:-1], "files['detect.onnx'].sha256: "),
        (("files", "detect.onnx", "size"), -1, "files['detect.onnx'].size: -1 is too small"),
        (("files", "detect.onnx", "size"), 3.0, "files['detect.onnx'].size: 3.0 is not an integer"),
        (("files", "detect.onnx", "extra"), 3, "files['detect.onnx'].extra: unknown key"),
        (("files", "DETECT.onnx"), {"sha256": SHA, "size": 1}, "files: 'detect.onnx' and 'DETECT.onnx' cannot both"),
        (("files", "a/b"), {"sha256": SHA, "size": 1}, "files: 'a/b' and 'a/b/words.txt' cannot both"),
    ],
)
def test_errors_name_the_path_and_the_mend(path: tuple[Any, ...], value: Any, message: str) -> None:
    assert message in refused(changed(*path, value=value))


def test_a_trial_may_be_untimed() -> None:
    document = changed("stages", "detect", "graphs", 0, "evidence", "trial", "latency_ratio", value=None)
    trial = parse_manifest(json.dumps(document), "m").stages["detect"].graphs[0].evidence.trial
    assert trial is not None
    assert trial.latency_ratio is None
    assert refused(changed("stages", "detect", "graphs", 0, "evidence", "trial", "latency_ratio", value=-1)).startswith(
        "stages.detect.graphs[0].evidence.trial.latency_ratio: -1.0 is too small"
    )


def test_a_second_graph_for_one_backend_and_precision_is_refused() -> None:
    graph = PLAIN["stages"]["detect"]["graphs"][0]
    document = changed("stages", "detect", "graphs", value=[graph, graph])
    assert refused(document).startswith("stages.detect.graphs[1]: a second graph for onnxruntime fp32; ")


@pytest.mark.parametrize("text", ["[]", "null", '"x"', "{", '{"schema": NaN}', '{"a": 1, "a": 2}', b"\xff"])
def test_documents_that_are_no_manifest_are_refused(text: str | bytes) -> None:
    with pytest.raises(ManifestError, match="^m: "):
        parse_manifest(text, "m")


UNSAFE = [
    *(
        "",
        ".",
        "..",
        "/",
        "/etc/passwd",
        "a/../b",
        "../a",
        "a/..",
        "./a",
        "a/.",
        "a//b",
        "a/",
        "a\\b",
        "..\\a",
        "\\\\host\\a",
    ),
    *("C:/a", "c:a", "a:b", "a\0", "\0", "a\nb", "a\n", " a", "a ", "a.", "a./b", ".hidden", "~/a", "é", "a\u202eb"),
    *("manifest.json", "MANIFEST.json", "a" * 241, "a/" * 200 + "b"),
]


@pytest.mark.parametrize("name", UNSAFE)
def test_unsafe_file_names_are_refused(name: str) -> None:
    assert not is_safe_name(name)
    assert "unsafe file name" in refused(changed("files", name, value={"sha256": SHA, "size": 1}))


@pytest.mark.parametrize("name", ["q", "a.b", "A/b-c/d_e.txt", "0", "_x", "a" * 240, "x/manifest.json", "model.tar.gz"])
def test_safe_file_names_are_taken(name: str) -> None:
    assert is_safe_name(name)
    parse_manifest(json.dumps(changed("files", name, value={"sha256": SHA, "size": 1})), "m")


def test_the_manifest_is_portable_but_no_file_to_list() -> None:
    assert is_portable("manifest.json")
    assert not is_safe_name("manifest.json")


def test_names_that_collide_on_some_disk_are_found() -> None:
    assert collision(["a", "b/a", "b/c"]) is None
    assert collision(["b/C", "a", "B/c"]) == ("b/C", "B/c")
    assert collision(["a/b/c", "A"]) == ("A", "a/b/c")


@dataclass(frozen=True, slots=True)
class DetectParams:
    threshold: float
    sides: tuple[int, ...]
    free: dict[str, Any]


def test_params_become_a_dataclass() -> None:
    params = parse_params(DetectParams, parse_manifest(SAMPLE.to_json(), "m").stages["detect"].params, "stages.detect")
    assert params == DetectParams(0.2, (320, 640), {"any": None})


def test_params_are_complete_and_nothing_else() -> None:
    params = SAMPLE.stages["detect"].params
    with pytest.raises(ManifestError, match=re.escape("stages.detect.params: threshold: missing; add this key")):
        parse_params(DetectParams, {"sides": [1], "free": {}}, "stages.detect.params")
    with pytest.raises(ManifestError, match="more: unknown key"):
        parse_params(DetectParams, {**params, "more": 1}, "p")
    with pytest.raises(ManifestError, match=re.escape("p: sides[1]: True is not an integer")):
        parse_params(DetectParams, {**params, "sides": [1, True]}, "p")
