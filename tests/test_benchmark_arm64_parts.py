"""How the check on emulated processors gets what it needs, and what it takes for the same."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.arm64 import judging, root
from benchmarks.arm64.cache import Cache
from benchmarks.arm64.mirror import archives_in, configured
from benchmarks.arm64.packages import Apt
from benchmarks.arm64.system import LONG, UnavailableError, call
from benchmarks.arm64.wheel import installed
from edgekit.errors import UsageError

SOURCES = """\
# comment
Types: deb deb-src
URIs: http://one.example/other
Suites: stable

Types: deb
URIs: http://two.example/debian-security
Suites: bookworm-security

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm

Types: deb
# between
URIs:
 http://three.example/debian
 http://four.example/debian
Suites: bookworm bookworm-updates
Components: main
"""


@pytest.fixture
def apt(tmp_path: Path) -> Path:
    (tmp_path / "sources.list.d").mkdir()
    return tmp_path


def test_the_mirror_is_the_one_apt_has(apt: Path) -> None:
    (apt / "sources.list.d" / "a.sources").write_text(SOURCES, "utf-8")
    assert configured(apt) == "http://three.example/debian"
    (apt / "sources.list").write_text(
        "#deb http://no.example/debian bookworm main\ndeb-src http://src.example/debian bookworm main\n"
        "deb [ arch=amd64 signed-by=/k.gpg ] https://line.example/debian/ bookworm main # why\n",
        "utf-8",
    )
    assert configured(apt) == "https://line.example/debian/"


def test_a_mirror_of_one_day_is_debians(apt: Path) -> None:
    uri = "https://day.example/archive/debian/20260101T000000Z"
    (apt / "sources.list").write_text(f"deb {uri} bookworm main\n", "utf-8")
    assert configured(apt) == uri


def test_all_of_a_stanza_is_read() -> None:
    found = archives_in("a.sources", SOURCES)
    assert [archive.uri.split("//")[1].split(".")[0] for archive in found] == ["one", "two", "three", "four"]
    assert found[0].kinds == ("deb", "deb-src")
    assert found[-1].suites == ("bookworm", "bookworm-updates")


def test_an_apt_without_debian_is_named(apt: Path) -> None:
    (apt / "sources.list").write_text("deb http://other.example/ubuntu noble main\n", "utf-8")
    (apt / "sources.list.d" / "notes.txt").write_text("deb http://no.example/debian bookworm main\n", "utf-8")
    with pytest.raises(UnavailableError, match="no archive of Debian's; give one with --mirror"):
        configured(apt)


@given(st.text(alphabet="deb -src[]#:/.\n\tURIsTypesEnabled", max_size=80))
def test_any_file_is_read(text: str) -> None:
    assert all(archive.uri for name in ("a.list", "a.sources") for archive in archives_in(name, text))


def test_what_cannot_be_started_or_fails_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match=r"no-such-tool: cannot be started .*; get it"):
        call(["no-such-tool"], "get it")
    with pytest.raises(UnavailableError, match=r"sh: ended with 3 \(why\); get it"):
        call(["sh", "-c", "echo why >&2; exit 3"], "get it")
    with pytest.raises(UnavailableError, match=r"sh: ended with 1 \(without a word\)"):
        call(["sh", "-c", "exit 1"], "get it")
    assert call(["sh", "-c", "pwd"], "", tmp_path).strip() == str(tmp_path.resolve())


@pytest.mark.parametrize(
    "told",
    ["a.c:3:10: fatal error: glib.h: No such file", "ERROR: No matching distribution", "E: Unable to locate package"],
)
def test_the_line_that_tells_is_shown_and_all_of_a_long_one_is_kept(
    told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    short = ["cc -Werror: a.c", told, "build stopped"]
    with pytest.raises(UnavailableError) as caught:
        call(["sh", "-c", 'printf "%s\n" "$@"; exit 1', "sh", *short], "get it")
    assert str(caught.value) == f"sh: ended with 1 ({told}); get it"
    assert not list(tmp_path.iterdir())
    with pytest.raises(UnavailableError) as caught:
        call(["sh", "-c", 'printf "%s\n" "$@"; exit 1', "sh", *short, *["more"] * LONG], "get it")
    (log,) = tmp_path.glob("edgekit-*.log")
    assert str(caught.value) == f"sh: ended with 1 ({told}; all that it said is in {log}); get it"
    assert log.read_text("utf-8").splitlines()[:3] == short


def test_an_apt_that_cannot_reach_its_mirror_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError):
        Apt(tmp_path, "arm64", f"file://{tmp_path}/nothing", ["deb bookworm main"]).update()


def test_the_python_is_this_one_or_the_next() -> None:
    assert root.suite((3, 10)) == root.suite((3, 11)) == ("bookworm", (3, 11))
    assert root.suite((3, 12)) == root.suite((3, 13)) == root.suite((3, 14)) == ("trixie", (3, 13))


def test_a_folder_is_made_once_and_whole(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(folder: Path) -> None:
        made.append(folder)
        (folder / "a").write_text("b", "utf-8")

    cache = Cache(place=tmp_path)
    for _ in range(2):
        with cache.folder("root", ["x", 1], make) as folder:
            assert (folder / "a").read_text("utf-8") == "b"
    with cache.folder("root", ["x", 2], make) as other:
        assert other != folder
    assert len(made) == 2

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise UnavailableError("gone")

    with pytest.raises(UnavailableError), cache.folder("root", ["y"], fail):
        pass
    assert sorted(one.name for one in (tmp_path / "arm64").iterdir() if one.is_dir()) == sorted(
        (folder.name, other.name)
    )


def test_without_a_cache_nothing_is_left(tmp_path: Path) -> None:
    with Cache(keep=False, place=tmp_path).folder("root", [], lambda folder: (folder / "a").touch()) as folder:
        assert (folder / "a").is_file()
    assert not folder.exists()
    assert not list(tmp_path.iterdir())


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(UsageError, match=r"cannot be written .*; set EDGEKIT_CACHE to another, or give --no-cache"),
        Cache(place=tmp_path / "file").folder("root", [], lambda _: None),
    ):
        pass


def test_a_wheel_that_is_none_is_named(tmp_path: Path) -> None:
    wheel = tmp_path / "a-1-py3-none-any.whl"
    with pytest.raises(UsageError, match="is no file; give a wheel of EdgeKit"):
        installed(wheel, tmp_path)
    wheel.write_bytes(b"no zip")
    with pytest.raises(UsageError, match=r"a-1-py3-none-any\.whl: .*; give a wheel of EdgeKit"):
        installed(wheel, tmp_path)


def feed(*values: float) -> tuple[Any, ...]:
    return np.arange(len(values), dtype=np.int32), np.array(values, np.float32)


def test_floats_are_close_and_classes_equal() -> None:
    one = [feed(0.1, 0.2, 0.3)]
    near = judging.tensors("x", one, [feed(0.1, 0.2, 0.3005)], exact=True)
    assert near.passed
    assert near.largest == pytest.approx(5e-4, rel=0.01)
    assert not judging.tensors("x", one, [feed(0.1, 0.2, 0.302)], exact=True).passed
    assert not judging.tensors("x", one, [feed(0.1, 0.2, float("nan"))], exact=True).passed
    assert not judging.tensors("x", one, [(one[0][0] + 1, one[0][1])], exact=True).passed


def test_most_of_an_int8_graph_is_close() -> None:
    values = [0.5] * 100
    one = [feed(*values)]
    assert judging.tensors("x", one, [feed(*values[:-2], 0.9, 0.9)], exact=False).passed
    assert not judging.tensors("x", one, [feed(*values[:-5], *[0.9] * 5)], exact=False).passed


def receipt(total: str | None, *lines: str) -> dict[str, Any]:
    return {"fields": {"total": total and {"value": total}}, "lines": [{"text": line} for line in lines]}


def test_fields_must_be_equal_and_text_nearly() -> None:
    here = [receipt("1.00", "TOTAL 1.00", "x" * 100)]
    assert judging.reads("r", here, here, exact=True).passed
    other = [receipt("1.00", "TOTAL 1.00", "x" * 99 + "y")]
    assert not judging.reads("r", here, other, exact=True).passed
    assert judging.reads("r", here, other, exact=False).passed
    wrong = judging.reads("r", here, [receipt("7.00", "TOTAL 1.00", "x" * 100)], exact=False)
    assert not wrong.passed
    assert "receipt 1: total '7.00', here '1.00'" in wrong.figure
    assert not judging.reads("r", here, [receipt(None, "TOTAL 1.00", "x" * 100)], exact=False).passed
    nothing = [receipt(None)]
    assert not judging.reads("r", nothing, nothing, exact=True).passed


def test_golden_cases_are_all_right() -> None:
    right, wrong = {"cases": 3, "wrong": []}, {"cases": 3, "wrong": ["a[1]: 2 is not 1"]}
    assert judging.golden(right, right)[0].passed
    assert not judging.golden(right, wrong)[0].passed
    assert "wrong on this machine, too" in judging.golden(wrong, wrong)[0].figure
    assert not judging.golden({"cases": 0, "wrong": []}, {"cases": 0, "wrong": []})[0].passed
