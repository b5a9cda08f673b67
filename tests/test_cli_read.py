from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bad_pictures import BAD
from PIL import Image
from places import EXAMPLE, ROOT

import edgekit.cli.read
from edgekit.bundling import pack
from edgekit.cli import codes, main
from edgekit.errors import BackendError
from edgekit.reader import Reader
from edgekit.session import BACKENDS

TOTAL = "18.95"
Run = tuple[int, str, str]


@pytest.fixture(autouse=True)
def one_reader(reader: Reader, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The command takes the open reader instead of opening its own, but where a test is about opening."""
    if "opens" not in request.keywords:
        monkeypatch.setattr(edgekit.cli.read, "open_reader", lambda _: reader)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "in" / "receipt.jpg"
    path.parent.mkdir()
    path.write_bytes(EXAMPLE.read_bytes())
    return path


def run(capsys: pytest.CaptureFixture[str], *words: object) -> Run:
    """Exit code, stdout and stderr of ``edgekit WORDS``."""
    try:
        code = main([str(word) for word in words])
    except SystemExit as stop:
        code = int(stop.code or 0)
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def errors(err: str) -> list[str]:
    return [line for line in err.splitlines() if line.startswith("error: ")]


def process(words: Sequence[object], **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "edgekit", *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False, **options)


def test_one_picture_is_a_card(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "read", picture)
    assert (code, err) == (codes.OK, "")
    assert out.splitlines()[0] == str(picture)
    rows = {line.split()[0]: line.split() for line in out.splitlines()[1:]}
    assert rows["total"][1] == TOTAL
    assert rows["date"][1] == "2026-03-14"
    assert "HARBOUR LANE BAKERY" in out


def test_many_pictures_are_a_table(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (picture.parent / "blank.png").write_bytes(png())
    code, out, err = run(capsys, "read", picture.parent)
    header, blank, receipt = out.splitlines()[:3]
    assert code == codes.OK
    assert header.split() == ["file", "vendor", "date", "total", "currency", "tax"]
    assert blank.split() == ["blank.png", "-", "-", "-", "-", "-"]
    assert receipt.startswith("receipt.jpg  HARBOUR LANE BAKERY")
    assert receipt.index(TOTAL) + len(TOTAL) == header.index("total") + len("total")
    assert err == "2 read, 0 failed\n"


def png(colour: str = "white") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "PNG")
    return buffer.getvalue()


def test_json_is_one_array_of_whole_receipts(picture: Path, capsys: pytest.CaptureFixture[str], reader: Reader) -> None:
    code, out, _ = run(capsys, "read", "--json", picture, "absent.jpg")
    receipt, failure = json.loads(out)
    assert code == codes.PICTURE_FAILED
    assert receipt == {"file": str(picture), **reader.read(picture).to_dict()}
    assert failure == {"file": "absent.jpg", "error": "absent.jpg: no such file: check the path"}


def test_jsonl_is_an_object_a_line(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "read", "--jsonl", "absent.jpg", picture)
    failure, receipt = map(json.loads, out.splitlines())
    assert code == codes.PICTURE_FAILED
    assert set(failure) == {"file", "error"}
    assert receipt["fields"]["total"]["value"] == TOTAL
    assert errors(err) == ["error: absent.jpg: no such file: check the path"]


def test_json_and_jsonl_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "read", "--json", "--jsonl", "x.jpg")
    assert code == codes.USAGE
    assert errors(err) == [err.strip()]


def test_every_bad_picture_is_told_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    paths = [tmp_path / name for name in BAD]
    for path in paths:
        BAD[path.name][0](path)
    code, out, err = run(capsys, "read", "--jsonl", *paths, EXAMPLE)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == codes.PICTURE_FAILED
    assert [row["file"] for row in rows] == [*map(str, paths), str(EXAMPLE)]
    assert rows[-1]["fields"]["total"]["value"] == TOTAL
    assert errors(err) == err.splitlines()
    for path, row, line in zip(paths, rows, err.splitlines(), strict=False):
        assert line == f"error: {row['error']}"
        assert row["error"].startswith(f"{path}: ")
        assert all(word in line for word in BAD[path.name][1]), line
    assert len(err.splitlines()) == len(BAD) == 10


@pytest.mark.parametrize("name", list(BAD))
def test_a_single_bad_picture_is_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    BAD[name][0](tmp_path / name)
    code, out, err = run(capsys, "read", tmp_path / name)
    assert (code, out, len(err.splitlines())) == (codes.PICTURE_FAILED, "", 1)


def test_an_unreadable_file_is_told(secret: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "read", "--jsonl", secret, secret.with_name("open.jpg"))
    failure, receipt = map(json.loads, out.splitlines())
    assert code == codes.PICTURE_FAILED
    assert failure["error"] == f"{secret}: cannot be read (Permission denied): check the path and its permissions"
    assert receipt["fields"]["total"]["value"] == TOTAL
    assert err == f"error: {failure['error']}\n"


def test_one_pixel_is_a_receipt_without_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    code, out, err = run(capsys, "read", tmp_path / "dot.png")
    assert (code, err) == (codes.OK, "")
    assert "no text was found" in out


def test_further_pages_are_mentioned(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = [Image.new("RGB", (30, 30), colour) for colour in ("red", "blue")]
    pages[0].save(tmp_path / "two.gif", save_all=True, append_images=pages[1:])
    code, _, err = run(capsys, "read", tmp_path / "two.gif")
    assert code == codes.OK
    assert err == f"warning: {tmp_path / 'two.gif'}: has 2 pages or frames: only the first was read\n"
    _, out, err = run(capsys, "read", "--json", tmp_path / "two.gif")
    assert json.loads(out)[0]["warnings"] == [f"{tmp_path / 'two.gif'}: has 2 pages or frames: only the first was read"]
    assert err == ""


def test_a_folder_without_pictures_is_nothing_to_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "notes.txt").write_text("x")
    code, out, err = run(capsys, "read", tmp_path)
    assert (code, out) == (codes.USAGE, "")
    assert err == f"error: {tmp_path}: no picture in this folder: name another folder, or single files\n"


def test_beside_a_picture_an_empty_folder_is_one_failure(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = picture.parent.parent / "empty"
    empty.mkdir()
    code, out, _ = run(capsys, "read", "--json", empty, picture)
    assert code == codes.PICTURE_FAILED
    failure, receipt = json.loads(out)
    assert "no picture in this folder" in failure["error"]
    assert receipt["file"] == str(picture)


def test_folders_are_searched_below_and_in_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("b.PNG", "a/z.png", "a/.hidden.png", ".git/x.png", "a/notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(png())
    code, out, _ = run(capsys, "read", "--json", tmp_path)
    assert code == codes.OK
    assert [row["file"] for row in json.loads(out)] == [str(tmp_path / "a/z.png"), str(tmp_path / "b.PNG")]


def test_patterns_are_expanded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("a.png", "b.png", "deep/c.png", "odd[1].png"):
        (tmp_path / name).write_bytes(png())
    _, out, _ = run(capsys, "read", "--json", tmp_path / "**" / "[a-c].png")
    assert [Path(row["file"]).name for row in json.loads(out)] == ["a.png", "b.png", "c.png"]
    code, out, _ = run(capsys, "read", "--json", tmp_path / "odd[1].png")
    assert (code, json.loads(out)[0]["file"]) == (codes.OK, str(tmp_path / "odd[1].png"))
    code, _, err = run(capsys, "read", tmp_path / "*.bmp")
    assert (code, err) == (codes.USAGE, f"error: {tmp_path}/*.bmp: no file matches: check the pattern\n")


class Stdin:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_a_dash_is_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(EXAMPLE.read_bytes()))
    code, out, _ = run(capsys, "read", "--jsonl", "-")
    assert code == codes.OK
    assert json.loads(out)["file"] == "-"
    assert json.loads(out)["fields"]["total"]["value"] == TOTAL


def test_bad_standard_input_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(b""))
    assert run(capsys, "read", "-") == (
        codes.PICTURE_FAILED,
        "",
        "error: -: is empty: copy or take the picture again\n",
    )
    code, _, err = run(capsys, "read", "-", "-")
    assert (code, err) == (codes.USAGE, "error: -: standard input can be read only once: name it once\n")


def test_annotated_pictures_are_written_beside_nothing_else(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (picture.parent / "receipt.png").write_bytes(png())
    code, _, err = run(capsys, "read", picture.parent, "absent.jpg", "--annotate", tmp_path / "new" / "out")
    assert code == codes.PICTURE_FAILED
    assert errors(err) == ["error: absent.jpg: no such file: check the path"]
    assert sorted(path.name for path in (tmp_path / "new" / "out").iterdir()) == ["receipt-2.jpg", "receipt.jpg"]
    with Image.open(tmp_path / "new" / "out" / "receipt.jpg") as drawn, Image.open(picture) as photo:
        assert drawn.width > 2 * photo.width
        assert drawn.height > photo.height


@pytest.mark.parametrize("name", ["one.png", "one.JPG", "one.webp"])
def test_one_annotated_picture_may_be_a_file(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    code, _, _ = run(capsys, "read", picture, "--annotate", tmp_path / name)
    assert code == codes.OK
    with Image.open(tmp_path / name) as drawn:
        assert drawn.format == {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}[name[4:].lower()]


def test_standard_input_may_be_annotated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", Stdin(EXAMPLE.read_bytes()))
    assert run(capsys, "read", "-", "--annotate", tmp_path / "out")[0] == codes.OK
    assert (tmp_path / "out" / "stdin.jpg").is_file()


def test_an_input_is_never_overwritten(picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = picture.read_bytes()
    link = tmp_path / "link.jpg"
    link.symlink_to(picture)
    for out in (picture, picture.parent, link, picture.parent / ".." / "in"):
        code, printed, err = run(capsys, "read", picture, "--annotate", out)
        assert (code, printed) == (codes.USAGE, "")
        assert "--annotate would overwrite this picture: choose another folder or name" in err
    assert picture.read_bytes() == before


def test_a_place_that_cannot_be_written_is_told(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    code, _, err = run(capsys, "read", picture, "--annotate", tmp_path / "file" / "out")
    assert (code, len(errors(err))) == (codes.USAGE, 1)
    assert "cannot be made" in err
    code, _, err = run(capsys, "read", picture, "absent.jpg", "--annotate", tmp_path / "one.png")
    assert (code, err) == (
        codes.USAGE,
        f"error: {tmp_path / 'one.png'}: names one picture, and 2 are read: give a folder\n",
    )


def test_an_annotation_that_cannot_be_saved_stops_the_command(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    code, out, err = run(capsys, "read", "--json", picture, "--annotate", tmp_path / "out")
    assert (code, json.loads(out)) == (codes.USAGE, [])
    assert "cannot be written (No space left on device): choose another place" in err


@pytest.mark.opens
def test_an_unknown_backend_is_exit_code_3(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "read", picture, "--backend", "tensorflow")
    assert (code, out) == (codes.UNUSABLE, "")
    assert err == f"error: unknown backend 'tensorflow': choose one of {', '.join(sorted(BACKENDS))}\n"


@pytest.mark.opens
def test_a_precision_that_is_not_there_is_never_replaced(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (("read", picture, "--precision", "int8"), ("--precision", "int8", "read", picture)):
        code, out, err = run(capsys, *words)
        assert (code, out, len(errors(err))) == (codes.UNUSABLE, "", 1)
        assert "has no graph for onnxruntime int8: it has onnxruntime fp32" in err


@pytest.mark.opens
@pytest.mark.parametrize("name", ["detect.onnx", "charset.txt", "manifest.json", "lexicon.json"])
def test_a_bundle_altered_by_one_byte_is_refused(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], reader: Reader, name: str
) -> None:
    bundle = pack(reader.bundle.path, tmp_path / "bundle").path
    data = bytearray((bundle / name).read_bytes())
    place = len(data) // 2 if name != "manifest.json" else data.index(b'"files"') + 1
    data[place] ^= 1
    (bundle / name).write_bytes(data)
    for words in (("read", picture, "--bundle", bundle), ("bundle", "verify", bundle)):
        code, out, err = run(capsys, *words)
        assert (code, out, len(errors(err))) == (codes.UNUSABLE, "", 1)
        assert str(bundle) in err


@pytest.mark.opens
def test_a_bundle_may_be_a_zip(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], reader: Reader
) -> None:
    bundle = pack(reader.bundle.path, tmp_path / "bundle.zip").path
    code, out, _ = run(capsys, "--bundle", bundle, "read", picture, "--threads", "1")
    assert code == codes.OK
    assert TOTAL in out
    code, _, err = run(capsys, "read", picture, "--bundle", tmp_path / "absent")
    assert (code, len(errors(err))) == (codes.UNUSABLE, 1)


@pytest.mark.parametrize("threads", ["0", "-1", "two", "1.5", "²"])
def test_threads_are_a_count(capsys: pytest.CaptureFixture[str], threads: str) -> None:
    code, _, err = run(capsys, "read", "x.jpg", f"--threads={threads}")
    assert code == codes.USAGE
    assert f"{threads!r} is not a whole number from 1" in err


@pytest.mark.parametrize("words", [(), ("read",), ("write", "x"), ("read", "x", "--colour"), ("bundle",)])
def test_wrong_usage_is_one_line_that_names_the_help(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, out, err = run(capsys, *words)
    assert (code, out) == (codes.USAGE, "")
    assert errors(err) == [err.strip()]
    assert "--help" in err


def test_an_engine_that_fails_ends_the_reading_with_whole_json(
    picture: Path, capsys: pytest.CaptureFixture[str], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = reader.read, []

    def read(source: Any) -> Any:
        calls.append(source)
        if len(calls) == 2:
            raise BackendError("onnxruntime failed: out of memory")
        return real(source)

    monkeypatch.setattr(reader, "read", read)
    code, out, err = run(capsys, "read", "--json", picture, picture, picture)
    assert (code, len(json.loads(out))) == (codes.UNUSABLE, 1)
    assert err == "error: onnxruntime failed: out of memory\n"


def test_ctrl_c_ends_it_with_130_and_whole_json(
    picture: Path, capsys: pytest.CaptureFixture[str], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(reader, "read", read)
    code, out, err = run(capsys, "read", "--json", picture)
    assert (code, out, err) == (codes.INTERRUPTED, "[]\n", "interrupted\n")


def test_what_needs_review_is_marked_and_explained(
    picture: Path, capsys: pytest.CaptureFixture[str], reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = reader.read(picture)
    assert receipt.date is not None
    doubtful = replace(receipt.date, needs_review=True, alternatives=("2026-04-03",))
    receipt = replace(receipt, fields=replace(receipt.fields, date=doubtful))
    monkeypatch.setattr(reader, "read", lambda _: receipt)
    _, out, _ = run(capsys, "read", picture)
    assert "date may also be 2026-04-03" in out
    assert "? look at this value before it is used" in out
    _, out, _ = run(capsys, "read", picture, picture)
    assert f"{doubtful.value}?" in out
    assert out.splitlines()[-1] == "? look at this value before it is used"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_is_shown_on_a_terminal_only(
    picture: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    run(capsys, "read", picture, picture)
    shown = terminal.getvalue()
    assert "0/2" in shown
    assert "2/2" in shown
    assert shown.endswith("\r\x1b[K2 read, 0 failed\n")


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["read", "--help"], ["eval", "--help"]):
        code, out, _ = run(capsys, *words)
        assert code == codes.OK
        assert "examples:" in out
        for number, meaning in codes.MEANING.items():
            assert f"{number:<4} {meaning}" in out


def test_the_version_needs_no_engine() -> None:
    done = process(["--version"], env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.returncode == 0
    assert done.stdout.startswith(b"edgekit 0.")


def test_a_terminal_without_unicode_gets_escapes(tmp_path: Path) -> None:
    path = tmp_path / "Größe.png"
    path.write_bytes(png())
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    done = process(["read", path, tmp_path / "ä.jpg"], env=environment)
    assert done.returncode == codes.PICTURE_FAILED
    assert rb"Gr\xf6\xdfe.png" in done.stdout
    assert rb"\xe4.jpg: no such file" in done.stderr
    done = process(["read", "--jsonl", path], env=environment)
    assert done.stdout.isascii()
    assert json.loads(done.stdout)["file"] == str(path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
def test_a_name_that_is_no_unicode_is_printed_all_the_same(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/caf\xe9.png"
    Path(os.fsdecode(path)).write_bytes(png())
    done = process(["read", "--jsonl", tmp_path], env={**os.environ, "PYTHONUTF8": "1"})
    assert done.returncode == codes.OK
    assert json.loads(done.stdout)["file"].encode("utf-8", "surrogateescape") == path


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
def test_a_closed_pipe_is_quiet() -> None:
    command = f"{sys.executable} -m edgekit read --jsonl {EXAMPLE} {EXAMPLE} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert (done.stdout, done.stderr) == (f"{codes.PIPE_CLOSED}\n".encode(), b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "edgekit", "read", "--jsonl", str(EXAMPLE)]
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, timeout=120, check=False)
    assert done.returncode == codes.USAGE
    assert done.stderr.startswith(b"error: output cannot be written (No space left on device)")
    assert len(done.stderr.splitlines()) == 1
