from __future__ import annotations

import builtins
import hashlib
import io
import json
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

import edgekit.bundle
from edgekit.bundle import Bundle
from edgekit.errors import BundleError, EdgeKitError, IntegrityError, ManifestError, MissingGraphError
from edgekit.store import FolderStore
from edgekit.zipped import ZipStore

CONTENTS = {
    "detect.onnx": b"\x08\x09graph",
    "coreml/a.bin": b"",
    "words.txt": "aé\r\n".encode(),
    "odd.bin": b"\xff\xfe",
}
TENSOR = {"name": "x", "dtype": "uint8", "shape": [1]}


def manifest_of(contents: dict[str, bytes], **changes: Any) -> dict[str, Any]:
    evidence = {"status": "not run", "reason": "a test", "reference": None, "machine": None}
    graph = {
        "backend": "onnxruntime",
        "precision": "fp32",
        "file": "detect.onnx",
        "inputs": [TENSOR],
        "outputs": [TENSOR],
        "evidence": {**evidence, "max_abs_difference": None, "trial": None, "delegated": None},
    }
    coreml = {**graph, "backend": "coreml", "precision": "fp16", "file": "coreml/a.bin"}
    files = {name: {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} for name, data in contents.items()}
    return {
        "schema": "edgekit.bundle/1",
        "name": "tiny",
        "version": "1",
        "licence": "MIT",
        "description": "test",
        "sources": [],
        "stages": {
            "detect": {"graphs": [graph, coreml], "params": {"threshold": 0.5}},
            "layout": {"graphs": [], "params": {}},
        },
        "files": files,
        **changes,
    }


def files_of(contents: dict[str, bytes] = CONTENTS, **changes: Any) -> dict[str, bytes]:
    return {"manifest.json": json.dumps(manifest_of(contents, **changes)).encode(), **contents}


def make_folder(root: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def make_zip(path: Path, files: dict[str, bytes], top: str = "", method: int = zipfile.ZIP_DEFLATED) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(top + name, data)
    return path


def folder_maker(tmp_path: Path, files: dict[str, bytes]) -> Path:
    return make_folder(tmp_path / "bundle", files)


def zip_maker(tmp_path: Path, files: dict[str, bytes]) -> Path:
    return make_zip(tmp_path / "bundle.zip", files)


def nested_zip_maker(tmp_path: Path, files: dict[str, bytes]) -> Path:
    return make_zip(tmp_path / "nested.zip", files, top="tiny-1/")


Make = Callable[[Path, dict[str, bytes]], Path]
KINDS = [folder_maker, zip_maker, nested_zip_maker]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return folder_maker(tmp_path, files_of())


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest) -> Make:
    return request.param  # type: ignore[no-any-return]


def refused(path: Path | str, kind: type[BundleError], *parts: str) -> None:
    with pytest.raises(BundleError) as caught:
        Bundle.open(path)
    message = str(caught.value)
    assert type(caught.value) is kind, message
    assert "; " in message
    assert "\n" not in message
    assert message.startswith(str(path)), message
    for part in parts:
        assert part in message


def test_a_bundle_opens_from_folder_and_zip(tmp_path: Path, make: Make) -> None:
    files = files_of()
    path = make(tmp_path, files)
    bundle = Bundle.open(str(path))
    assert bundle.path == path
    assert bundle.name == bundle.manifest.name == "tiny"
    assert bundle.size == sum(len(data) for data in files.values())
    assert bundle.digest == hashlib.sha256(files["manifest.json"]).hexdigest()
    assert {name: bundle.read(name) for name in bundle.manifest.files} == CONTENTS
    assert bundle.read_text("words.txt") == "aé\r\n"
    assert bundle.stage("detect").params == {"threshold": 0.5}


def test_the_graph_asked_for_is_the_graph_given(folder: Path) -> None:
    bundle = Bundle.open(folder)
    assert bundle.graph("detect", "onnxruntime", "fp32").file == "detect.onnx"
    assert bundle.graph("detect", "coreml", "fp16").file == "coreml/a.bin"


def test_a_stage_may_name_the_graph_that_is_taken_where_the_one_asked_for_is_not_there(tmp_path: Path) -> None:
    stages = manifest_of(CONTENTS)["stages"]
    stages["detect"]["params"]["precision"] = "fp16"
    bundle = Bundle.open(folder_maker(tmp_path, files_of(stages=stages)))
    assert bundle.stage("detect").precision == "fp16"
    assert bundle.graph("detect", "onnxruntime", "fp32").file == "detect.onnx"
    assert bundle.graph("detect", "coreml", "fp32").file == "coreml/a.bin"
    with pytest.raises(MissingGraphError, match="no graph for onnxruntime fp16: it has onnxruntime fp32"):
        bundle.graph("detect", "onnxruntime", "int8")


@pytest.mark.parametrize(
    ("stage", "backend", "precision", "has"),
    [
        ("detect", "onnxruntime", "int8", "it has onnxruntime fp32, coreml fp16"),
        ("detect", "executorch", "fp32", "it has onnxruntime fp32, coreml fp16"),
        ("layout", "onnxruntime", "fp32", "it has none"),
        ("upright", "onnxruntime", "fp32", "it has detect, layout"),
    ],
)
def test_a_missing_graph_names_what_there_is(folder: Path, stage: str, backend: str, precision: str, has: str) -> None:
    with pytest.raises(MissingGraphError, match=has):
        Bundle.open(folder).graph(stage, backend, precision)


def test_a_missing_stage_names_what_there_is(folder: Path) -> None:
    with pytest.raises(ManifestError, match="no stage 'upright': it has detect, layout"):
        Bundle.open(folder).stage("upright")


@pytest.mark.parametrize("name", ["other.onnx", "manifest.json", "../secret", "/etc/passwd", ""])
def test_only_listed_files_can_be_read(folder: Path, name: str) -> None:
    (folder.parent / "secret").write_bytes(b"x")
    with pytest.raises(IntegrityError, match="is not a file of this bundle"):
        Bundle.open(folder).read(name)


def test_text_that_is_not_utf8_is_refused(folder: Path) -> None:
    with pytest.raises(BundleError, match=r"odd\.bin: not UTF-8 text"):
        Bundle.open(folder).read_text("odd.bin")


def test_one_altered_byte_in_any_file_is_found(tmp_path: Path, make: Make) -> None:
    checked = 0
    for name, data in CONTENTS.items():
        for at in range(len(data)):
            altered = bytearray(data)
            altered[at] ^= 1
            path = make(tmp_path, {**files_of(), name: bytes(altered)})
            refused(path, IntegrityError, name, "was altered (its SHA-256")
            checked += 1
    assert checked == sum(len(data) for data in CONTENTS.values())


def test_one_altered_byte_in_the_manifest_is_found_or_changes_the_digest(tmp_path: Path) -> None:
    files = files_of()
    path = folder_maker(tmp_path, files)
    digest = Bundle.open(path).digest
    outcomes = set()
    for at in range(len(files["manifest.json"])):
        altered = bytearray(files["manifest.json"])
        altered[at] ^= 1
        (path / "manifest.json").write_bytes(altered)
        try:
            assert Bundle.open(path).digest != digest
            outcomes.add("digest")
        except BundleError as error:
            outcomes.add(type(error).__name__)
    assert outcomes == {"digest", "ManifestError", "IntegrityError"}


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_with_one_altered_byte_is_refused_or_reads_the_same(tmp_path: Path, method: int) -> None:
    path = make_zip(tmp_path / "a.zip", files_of(), method=method)
    data = path.read_bytes()
    digest = Bundle.open(path).digest
    refusals = 0
    for at in range(len(data)):
        for flip in (1, 0x80):
            altered = bytearray(data)
            altered[at] ^= flip
            path.write_bytes(altered)
            try:
                bundle = Bundle.open(path)
                if bundle.digest == digest:
                    assert {name: bundle.read(name) for name in CONTENTS} == CONTENTS
            except EdgeKitError:
                refusals += 1
    assert refusals > len(data) // 2


def test_a_truncated_zip_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", files_of())
    data = path.read_bytes()
    for length in range(0, len(data), 7):
        path.write_bytes(data[:length])
        refused(path, BundleError, "not a zip")


def test_a_file_of_another_size_is_found(tmp_path: Path, make: Make) -> None:
    path = make(tmp_path, {**files_of(), "words.txt": b"longer than listed"})
    refused(path, IntegrityError, "words.txt", "18 bytes, not 5")


def test_a_missing_file_is_found(tmp_path: Path, make: Make) -> None:
    files = files_of()
    del files["words.txt"]
    refused(make(tmp_path, files), IntegrityError, "missing: 'words.txt'")


def test_an_extra_file_is_found(tmp_path: Path, make: Make) -> None:
    refused(make(tmp_path, {**files_of(), "sub/extra": b""}), IntegrityError, "not listed", "'sub/extra'")


def test_many_extra_files_make_a_short_message(tmp_path: Path) -> None:
    extra = {f"extra{i}": b"" for i in range(50)}
    refused(folder_maker(tmp_path, {**files_of(), **extra}), IntegrityError, "and 47 more")


def test_a_hidden_file_in_a_folder_is_extra(folder: Path) -> None:
    (folder / ".DS_Store").write_bytes(b"x")
    refused(folder, IntegrityError, "'.DS_Store'")


def test_a_second_manifest_below_is_extra(tmp_path: Path, make: Make) -> None:
    refused(make(tmp_path, {**files_of(), "sub/manifest.json": b"{}"}), IntegrityError, "'sub/manifest.json'")


def test_a_missing_manifest_is_found(tmp_path: Path, make: Make) -> None:
    refused(make(tmp_path, CONTENTS), BundleError, "has no manifest.json")


def test_a_bad_manifest_names_bundle_and_path(tmp_path: Path, make: Make) -> None:
    path = make(tmp_path, files_of(schema="edgekit.bundle/9"))
    refused(path, ManifestError, "manifest.json: schema: unknown schema 'edgekit.bundle/9'")


def test_an_empty_zip_is_refused(tmp_path: Path) -> None:
    refused(make_zip(tmp_path / "a.zip", {}), BundleError, "has no manifest.json")


def test_two_top_folders_are_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", files_of(), top="one/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("__MACOSX/x", b"")
    refused(path, BundleError, "has no manifest.json")


def test_two_levels_of_top_folder_are_refused(tmp_path: Path) -> None:
    refused(make_zip(tmp_path / "a.zip", files_of(), top="one/two/"), BundleError, "has no manifest.json")


def test_entries_for_folders_are_taken(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", files_of(), top="one/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("one/", b"")
        archive.writestr("one/coreml/", b"")
    assert Bundle.open(path).name == "tiny"


@pytest.mark.parametrize("path", ["absent", "absent/deeper", "x\0y"])
def test_a_path_that_is_not_there_is_named(tmp_path: Path, path: str) -> None:
    refused(tmp_path / path, BundleError)


def test_a_file_that_is_no_zip_is_refused(folder: Path) -> None:
    refused(folder / "manifest.json", BundleError, "not a zip")


def test_the_default_bundle_is_opened_without_a_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgekit.bundle, "DEFAULT_BUNDLE", folder)
    assert Bundle.open().path == Bundle.open(None).path == folder


def test_a_missing_default_bundle_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgekit.bundle, "DEFAULT_BUNDLE", tmp_path / "none")
    with pytest.raises(BundleError, match="the default bundle is missing; install edgekit again"):
        Bundle.open()


def test_a_link_in_a_folder_is_refused(folder: Path) -> None:
    words = folder / "words.txt"
    words.rename(folder.parent / "words.txt")
    words.symlink_to(folder.parent / "words.txt")
    with pytest.raises(IntegrityError, match=r"words\.txt: is a symbolic link"):
        Bundle.open(folder)


def test_a_linked_subfolder_is_refused(folder: Path) -> None:
    (folder / "coreml").rename(folder.parent / "coreml")
    (folder / "coreml").symlink_to(folder.parent / "coreml", target_is_directory=True)
    with pytest.raises(IntegrityError, match="coreml: is a symbolic link"):
        Bundle.open(folder)


def test_a_link_to_the_whole_bundle_is_taken(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(folder, target_is_directory=True)
    assert Bundle.open(tmp_path / "link").name == "tiny"


@pytest.mark.parametrize("name", ["words.txt", "extra", "manifest.json"])
def test_a_pipe_in_a_folder_is_refused_not_waited_for(folder: Path, name: str) -> None:
    (folder / name).unlink(missing_ok=True)
    os.mkfifo(folder / name)
    with pytest.raises(IntegrityError, match=f"{name}: is not a plain file"):
        Bundle.open(folder)


def test_a_folder_in_place_of_a_file_is_refused(folder: Path) -> None:
    (folder / "words.txt").unlink()
    (folder / "words.txt").mkdir()
    refused(folder, IntegrityError, "missing: 'words.txt'")


def test_a_very_deep_folder_is_listed(folder: Path) -> None:
    places = [folder / "/".join("d" * depth) for depth in range(1, 1200)]
    try:
        for place in places:
            place.mkdir()
        assert Bundle.open(folder).name == "tiny"
    finally:  # what clears temporary folders away calls itself for each level
        for place in reversed(places):
            place.rmdir()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFSOCK])
def test_a_link_or_special_entry_in_a_zip_is_refused(tmp_path: Path, kind: int) -> None:
    files = files_of()
    del files["words.txt"]
    path = make_zip(tmp_path / "a.zip", files)
    entry = zipfile.ZipInfo("words.txt")
    entry.create_system = 3
    entry.external_attr = (kind | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(entry, "/etc/passwd")
    refused(path, IntegrityError, "'words.txt' is a link or special file")


@pytest.mark.parametrize(
    "name", ["../x", "/x", "a/../../x", "C:/x", "a\\..\\x", "./x", "a//x", "../manifest.json", "x\ny"]
)
def test_an_unsafe_entry_in_a_zip_is_refused(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "a.zip", {**files_of(), name: b"x"})
    refused(path, IntegrityError, "has an unsafe name")
    assert not (tmp_path.parent / "x").exists()


def test_a_nul_in_an_entry_name_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", files_of())
    path.write_bytes(path.read_bytes().replace(b"words.txt", b"words\0txt"))
    refused(path, IntegrityError, "has an unsafe name")


@pytest.mark.parametrize("name", ["words.txt", "WORDS.TXT", "manifest.json"])
def test_two_entries_of_one_name_are_refused(tmp_path: Path, name: str) -> None:
    path = make_zip(tmp_path / "a.zip", files_of())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning) if name.islower() else nullcontext():
        archive.writestr(name, b"x")
    refused(path, IntegrityError, "appears twice")


def patch_central(path: Path, name: str, offset: int, form: str, value: int) -> None:
    """Overwrites a member of the central directory's record of ``name`` (offsets of the ZIP specification, 4.3.12)."""
    data = bytearray(path.read_bytes())
    at = data.rindex(name.encode()) - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    struct.pack_into(form, data, at + offset, value)
    path.write_bytes(data)


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", files_of())
    patch_central(path, "words.txt", 8, "<H", 1)
    refused(path, IntegrityError, "'words.txt' is encrypted")


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_another_compression_is_refused(tmp_path: Path, method: int) -> None:
    path = make_zip(tmp_path / "a.zip", files_of())
    patch_central(path, "words.txt", 10, "<H", method)
    refused(path, IntegrityError, "'words.txt' is neither stored nor deflated")


def test_a_folder_entry_with_contents_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "a.zip", {**files_of(), "sub/": b"hidden"})
    refused(path, IntegrityError, "'sub/' is a folder with contents")


class NoReading(Exception):
    """Raised where something was decompressed that should not have been."""


def test_a_zip_bomb_is_refused_by_its_declared_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "a.zip", {**files_of(), "words.txt": bytes(30 * 2**20)})
    assert path.stat().st_size < 2**16
    read = ZipStore.read

    def watched(store: Any, name: str, size: int) -> bytes:
        if name != "manifest.json":
            raise NoReading
        return read(store, name, size)

    monkeypatch.setattr(ZipStore, "read", watched)
    refused(path, IntegrityError, "words.txt", f"{30 * 2**20} bytes, not 5")


def test_a_zip_bomb_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    files = {**files_of(), "words.txt": bytes(30 * 2**20)}
    path = make_zip(tmp_path / "a.zip", files)
    patch_central(path, "words.txt", 24, "<I", len(CONTENTS["words.txt"]))
    refused(path, IntegrityError, "words.txt was altered")


def test_a_large_manifest_is_refused_unread(tmp_path: Path, make: Make) -> None:
    path = make(tmp_path, {**files_of(), "manifest.json": b" " * (4 * 2**20 + 1)})
    refused(path, ManifestError, "manifest.json has 4194305 bytes; at most 4194304")


def test_a_bundle_too_large_in_all_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgekit.bundle, "MAX_TOTAL_SIZE", 100)
    refused(folder, BundleError, "a bundle may have at most 100")


def test_a_file_altered_after_opening_is_found_at_reading(tmp_path: Path, make: Make) -> None:
    path = make(tmp_path, files_of())
    bundle = Bundle.open(path)
    assert make(tmp_path, {**files_of(), "words.txt": b"aeio\n"}) == path
    with pytest.raises(IntegrityError, match=r"words\.txt was altered"):
        bundle.read("words.txt")
    assert bundle.read("detect.onnx") == CONTENTS["detect.onnx"]


def test_a_file_grown_after_opening_is_found_at_reading(folder: Path) -> None:
    bundle = Bundle.open(folder)
    (folder / "words.txt").write_bytes(CONTENTS["words.txt"] + b"x")
    with pytest.raises(IntegrityError, match="its size is not the listed one"):
        bundle.read("words.txt")


def test_a_file_gone_after_opening_is_found_at_reading(tmp_path: Path, make: Make) -> None:
    files = files_of()
    path = make(tmp_path, files)
    bundle = Bundle.open(path)
    shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(BundleError, match="get the bundle again|cannot be read"):
        bundle.read("words.txt")
    del files["words.txt"]
    make(tmp_path, files)
    with pytest.raises(IntegrityError, match="get the bundle again"):
        bundle.read("words.txt")


def test_a_file_replaced_by_a_link_after_opening_is_found_at_reading(folder: Path) -> None:
    bundle = Bundle.open(folder)
    (folder / "words.txt").rename(folder.parent / "words")
    (folder / "words.txt").symlink_to(folder.parent / "words")
    with pytest.raises(IntegrityError, match="symbolic link"):
        bundle.read("words.txt")


def test_a_manifest_that_shrinks_while_it_is_read_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = FolderStore.read
    monkeypatch.setattr(FolderStore, "read", lambda *arguments: read(*arguments)[:-1])
    refused(folder, IntegrityError, "manifest.json was altered (it changed while it was read)")


def deny(*_: Any, **__: Any) -> Any:
    raise PermissionError(13, "Permission denied")


@pytest.mark.parametrize("call", [(Path, "is_dir"), (os, "scandir"), (Path, "open")])
def test_refusals_of_the_system_are_told_for_a_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, call: tuple[Any, str]
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(*call, deny)
        with pytest.raises(BundleError, match="Permission denied.*; check the path and its permissions"):
            Bundle.open(folder)


def test_refusals_of_the_system_are_told_for_a_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_zip(tmp_path / "a.zip", files_of())
    with monkeypatch.context() as patch:
        patch.setattr(builtins, "open", deny)
        patch.setattr(io, "open", deny)
        with pytest.raises(BundleError, match="Permission denied.*; check the path and its permissions"):
            Bundle.open(path)


def test_reading_from_several_threads_gives_the_same(tmp_path: Path, make: Make) -> None:
    bundle = Bundle.open(make(tmp_path, files_of()))
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(bundle.read, ["detect.onnx", "words.txt"] * 50))
    assert read == [CONTENTS["detect.onnx"], CONTENTS["words.txt"]] * 50
