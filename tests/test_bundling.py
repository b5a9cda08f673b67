from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import edgekit.bundling
from edgekit.bundle import Bundle
from edgekit.bundling import info, info_text, pack, verify, write_bundle
from edgekit.errors import BundleError, IntegrityError, ManifestError, UsageError
from edgekit.manifest import SCHEMA, Change, Evidence, FileEntry, Graph, Manifest, Source, Stage, TensorSpec, Trial
from edgekit.store import FolderStore

SHA = "0" * 64
CONTENTS = {"words.txt": b"a\nb\n", "detect.onnx": b"graph", "b/int8.onnx": b"smaller"}
IN, OUT = (TensorSpec("image", "uint8", (1, "width")),), (TensorSpec("heat", "float32", (1,)),)
TRIAL = Trial("a set", 7, "true lines", Change(0.01, 0.02), Change(0.9, 0.89), Change(9, 4), 1.5)
PASSED = Evidence("passed", "stands in for int4", "the float graph", 0.0001234, TRIAL, "one machine", 0.5)
MANIFEST = Manifest(
    schema=SCHEMA,
    name="tiny",
    version="1.2",
    licence="Apache-2.0",
    description="two\nlines \x1b[31m",
    sources=(Source("net", "package==1.0", "a/net.onnx", SHA, "MIT", "folded"),),
    stages={
        "detect": Stage(
            (
                Graph("onnxruntime", "int8", "b/int8.onnx", IN, OUT, PASSED),
                Graph("onnxruntime", "fp32", "detect.onnx", IN, OUT, Evidence("not run", "no reference")),
            ),
            {"threshold": 0.5, "words": "words.txt"},
        ),
        "layout": Stage((), {}),
    },
    files={},
)
TARGETS = ["made", "made.zip"]


def content_of(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return {file.relative_to(path).as_posix(): file.read_bytes() for file in path.rglob("*") if file.is_file()}
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def loose(folder: Path, manifest: Any, contents: Mapping[str, bytes] = CONTENTS) -> Path:
    """A folder with a manifest as a person may have written it."""
    for name, data in {**contents, "manifest.json": json.dumps(manifest).encode()}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def plain(**changes: Any) -> dict[str, Any]:
    return {**json.loads(MANIFEST.to_json()), **changes}


@pytest.mark.parametrize("name", TARGETS)
def test_a_written_bundle_holds_what_it_was_given(tmp_path: Path, name: str) -> None:
    bundle = write_bundle(tmp_path / name, MANIFEST, CONTENTS)
    assert bundle.path == tmp_path / name
    assert {file: bundle.read(file) for file in bundle.manifest.files} == CONTENTS
    assert bundle.manifest.files["words.txt"] == FileEntry(hashlib.sha256(b"a\nb\n").hexdigest(), 4)
    assert bundle.manifest.stages == MANIFEST.stages
    assert list(tmp_path.iterdir()) == [tmp_path / name]


def test_equal_input_gives_equal_bytes(tmp_path: Path) -> None:
    write_bundle(tmp_path / "a.zip", MANIFEST, CONTENTS)
    write_bundle(tmp_path / "b.zip", MANIFEST, dict(reversed(CONTENTS.items())))
    folder = write_bundle(tmp_path / "c", MANIFEST, CONTENTS)
    pack(folder.path, tmp_path / "d.zip")
    packed = {(tmp_path / f"{name}.zip").read_bytes() for name in "abd"}
    assert len(packed) == 1
    assert Bundle.open(tmp_path / "a.zip").digest == folder.digest
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == ["manifest.json", "b/int8.onnx", "detect.onnx", "words.txt"]
        assert {(entry.date_time, entry.external_attr >> 16) for entry in archive.infolist()} == {
            ((1980, 1, 1, 0, 0, 0), 0o100644)
        }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b/c", "b/d.bin", "e-f/g/h.txt"]), st.binary(max_size=50)))
def test_any_contents_survive_packing(tmp_path: Path, contents: dict[str, bytes]) -> None:
    bare = Manifest(SCHEMA, "bare", "1", "MIT", "bare", (), {}, {})
    folder = write_bundle(tmp_path / "folder", bare, contents, overwrite=(tmp_path / "folder").exists())
    packed = pack(folder.path, tmp_path / "p.zip", overwrite=(tmp_path / "p.zip").exists())
    assert {name: packed.read(name) for name in packed.manifest.files} == contents
    assert packed.digest == folder.digest


@pytest.mark.parametrize("files", [None, {}, {"gone.bin": {"sha256": SHA, "size": 1}}, "not even an object"])
@pytest.mark.parametrize("name", TARGETS)
def test_pack_computes_files_whatever_was_there(tmp_path: Path, name: str, files: Any) -> None:
    manifest = plain(files=files)
    if files is None:
        del manifest["files"]
    bundle = pack(loose(tmp_path / "loose", manifest), tmp_path / name)
    assert bundle.digest == write_bundle(tmp_path / "same", MANIFEST, CONTENTS).digest


def test_pack_can_refresh_a_folder_in_place(tmp_path: Path) -> None:
    folder = write_bundle(tmp_path / "made", MANIFEST, CONTENTS).path
    (folder / "words.txt").write_bytes(b"c\n")
    with pytest.raises(IntegrityError):
        verify(folder)
    assert pack(folder, folder, overwrite=True).read("words.txt") == b"c\n"
    assert verify(folder).name == "tiny"


def without_evidence() -> dict[str, Any]:
    manifest = plain()
    del manifest["stages"]["detect"]["graphs"][0]["evidence"]
    return manifest


def test_an_unchecked_graph_cannot_ship(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"graphs\[0\]\.evidence: missing"):
        pack(loose(tmp_path / "loose", without_evidence()), tmp_path / "out.zip")
    assert not (tmp_path / "out.zip").exists()


def test_verify_refuses_a_graph_without_evidence(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"graphs\[0\]\.evidence: missing"):
        verify(loose(tmp_path / "loose", without_evidence()))


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (Evidence("passed"), "passed without reference"),
        (Evidence("not run"), "not run, but no reason"),
        (Evidence("not run", "why", max_abs_difference=0.1), "with numbers"),
        (Evidence("passed", None, "x", float("nan")), "cannot be written as JSON"),
    ],
)
def test_weak_evidence_cannot_be_written(tmp_path: Path, evidence: Evidence, message: str) -> None:
    graph = Graph("onnxruntime", "fp32", "detect.onnx", IN, OUT, evidence)
    manifest = Manifest(SCHEMA, "tiny", "1", "MIT", "x", (), {"detect": Stage((graph,), {})}, {})
    with pytest.raises(ManifestError, match=message):
        write_bundle(tmp_path / "out", manifest, CONTENTS)
    assert list(tmp_path.iterdir()) == []


def test_a_graph_without_its_file_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="'detect.onnx' is not in files"):
        write_bundle(tmp_path / "out", MANIFEST, {"b/int8.onnx": b""})


@pytest.mark.parametrize("name", ["../out", "/out", "manifest.json", "a b", ".hidden"])
def test_unsafe_names_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ManifestError, match="unsafe file name"):
        write_bundle(tmp_path / "out", MANIFEST, {**CONTENTS, name: b""})


def test_pack_refuses_links(tmp_path: Path) -> None:
    folder = loose(tmp_path / "loose", plain())
    (folder / "link").symlink_to(folder / "words.txt")
    with pytest.raises(IntegrityError, match="link: is a symbolic link"):
        pack(folder, tmp_path / "out.zip")


def test_pack_refuses_stray_files_it_cannot_name(tmp_path: Path) -> None:
    folder = loose(tmp_path / "loose", plain(), {**CONTENTS, ".DS_Store": b""})
    with pytest.raises(ManifestError, match=r"unsafe file name '\.DS_Store'"):
        pack(folder, tmp_path / "out.zip")


@pytest.mark.parametrize("manifest", [[], None, "x"])
def test_pack_refuses_a_manifest_that_is_no_object(tmp_path: Path, manifest: Any) -> None:
    with pytest.raises(ManifestError, match="is not an object"):
        pack(loose(tmp_path / "loose", manifest), tmp_path / "out.zip")


def test_pack_wants_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(BundleError, match=r"has no manifest\.json; write one"):
        pack(tmp_path / "empty", tmp_path / "out.zip")


@pytest.mark.parametrize("source", ["absent", "file", "x\0"])
def test_pack_wants_a_folder(tmp_path: Path, source: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BundleError, match="cannot be"):
        pack(tmp_path / source, tmp_path / "out.zip")


def test_pack_refuses_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgekit.bundling, "MAX_TOTAL_SIZE", 100)
    with pytest.raises(BundleError, match="too large"):
        pack(loose(tmp_path / "loose", plain()), tmp_path / "out.zip")


def test_pack_refuses_a_folder_that_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = FolderStore.read
    monkeypatch.setattr(FolderStore, "read", lambda *arguments: read(*arguments) + b"x")
    with pytest.raises(BundleError, match="changed while it was read"):
        pack(loose(tmp_path / "loose", plain()), tmp_path / "out.zip")


@pytest.mark.parametrize("target", ["loose/out.zip", "loose/b/out", "."])
def test_pack_refuses_a_target_inside_or_around_its_source(tmp_path: Path, target: str) -> None:
    folder = loose(tmp_path / "loose", plain())
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="lies inside"):
        pack(folder, tmp_path / target, overwrite=True)


@pytest.mark.parametrize("name", TARGETS)
def test_an_existing_target_stays_unless_told(tmp_path: Path, name: str) -> None:
    before = content_of(write_bundle(tmp_path / name, MANIFEST, CONTENTS).path)
    changed = {**CONTENTS, "words.txt": b"new"}
    with pytest.raises(UsageError, match="exists; choose another target"):
        write_bundle(tmp_path / name, MANIFEST, changed)
    assert content_of(tmp_path / name) == before
    assert write_bundle(tmp_path / name, MANIFEST, changed, overwrite=True).read("words.txt") == b"new"
    assert list(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_no_bundle_is_never_overwritten(tmp_path: Path, name: str, kind: str) -> None:
    target = tmp_path / name
    if kind == "folder":
        target.mkdir()
        (target / "dear").write_text("letters")
    elif kind == "file":
        target.write_text("letters")
    else:
        target.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="is no bundle and will not be overwritten"):
        write_bundle(target, MANIFEST, CONTENTS, overwrite=True)
    assert (target / "dear").read_text() == "letters" if kind == "folder" else True
    assert target.read_text() == "letters" if kind == "file" else True


@pytest.mark.parametrize("target", ["absent/out.zip", "absent/out", "out\0.zip", "out\0"])
def test_a_target_that_cannot_be_written_is_told(tmp_path: Path, target: str) -> None:
    with pytest.raises(BundleError, match=r"cannot be written.*; check the folder above it"):
        write_bundle(tmp_path / target, MANIFEST, CONTENTS)
    assert list(tmp_path.iterdir()) == []


def test_the_old_folder_comes_back_when_the_new_one_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_bundle(tmp_path / "made", MANIFEST, CONTENTS).path
    before = content_of(folder)
    rename = Path.rename

    def fail_for_new(path: Path, target: Path) -> Path:
        if path.name == "new":
            raise OSError(28, "No space left on device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fail_for_new)
    with pytest.raises(BundleError, match="the disk is full; make room"):
        write_bundle(folder, MANIFEST, {**CONTENTS, "words.txt": b"new"}, overwrite=True)
    assert content_of(folder) == before
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("name", TARGETS)
def test_a_write_that_breaks_off_leaves_nothing(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(BundleError, match="the disk is full; make room"):
        write_bundle(tmp_path / name, MANIFEST, CONTENTS)
    assert list(tmp_path.iterdir()) == []


def test_what_the_disk_altered_is_found_before_the_target_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes
    monkeypatch.setattr(
        Path, "write_bytes", lambda path, data: write(path, data[:-1] if path.name == "words.txt" else data)
    )
    with pytest.raises(IntegrityError, match=r"words\.txt was altered"):
        write_bundle(tmp_path / "made", MANIFEST, CONTENTS)
    assert list(tmp_path.iterdir()) == []


def test_info_says_what_the_bundle_is(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "made.zip", MANIFEST, CONTENTS)
    facts = info(bundle)
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["name"], facts["version"], facts["licence"]) == ("tiny", "1.2", "Apache-2.0")
    assert (facts["digest"], facts["size"]) == (bundle.digest, bundle.size)
    assert facts["files"] == {name: len(data) for name, data in CONTENTS.items()}
    assert [(g["precision"], g["file"], g["size"]) for g in facts["stages"]["detect"]] == [
        ("int8", "b/int8.onnx", 7),
        ("fp32", "detect.onnx", 5),
    ]
    assert facts["stages"]["detect"][0]["evidence"]["trial"]["field_f1"] == {"before": 0.9, "after": 0.89}
    assert facts["stages"]["layout"] == []
    assert facts["sources"][0]["package"] == "package==1.0"


def test_info_text_shows_the_same_to_people(tmp_path: Path) -> None:
    bundle = write_bundle(tmp_path / "made", MANIFEST, CONTENTS)
    lines = [line.split(maxsplit=1)[-1] for line in info_text(info(bundle)).splitlines()]
    text = info_text(info(bundle))
    assert "two lines  [31m" in lines
    assert f"{bundle.size} bytes in 4 files" in lines
    assert "onnxruntime int8  b/int8.onnx  7 bytes" in text
    assert "passed: differs by at most 0.000123 from the float graph, 7 pictures of a set: field F1 0.9000 -> " in text
    assert "0.8900, character error against true lines 0.0100 -> 0.0200, bytes 9 -> 4, 1.50 times as fast" in text
    assert "50% of the operators accelerated, on one machine, stands in for int4" in text
    assert "not run: no reference" in text
    assert "net: package==1.0, a/net.onnx (MIT)" in text
    assert bundle.digest in text
    assert all(line.isprintable() for line in text.splitlines())
