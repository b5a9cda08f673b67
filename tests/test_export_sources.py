from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from export_nets import digest, wheel

from edgekit.errors import BundleError, IntegrityError
from export import sources
from export.recipe import Member, Package
from export.sources.disk import scratch

NAME = "tiny-1.0-py3-none-any.whl"


def no_pip(*_: Any, **__: Any) -> Any:
    raise AssertionError("pip was called")


def test_a_cached_wheel_is_used_without_pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = wheel(tmp_path / NAME, {"a.txt": b"hello"})
    monkeypatch.setattr(subprocess, "run", no_pip)
    found = sources.fetch(package, tmp_path)
    assert sources.read_members(package, found, [Member(package, "a.txt", digest(b"hello"))]) == {"a.txt": b"hello"}


def test_an_altered_wheel_is_refused(tmp_path: Path) -> None:
    package = wheel(tmp_path / NAME, {"a.txt": b"hello"})
    (tmp_path / NAME).write_bytes(b"other")
    message = f"{NAME}: expected SHA-256 {package.sha256}, got {digest(b'other')}; delete it and run again"
    with pytest.raises(IntegrityError, match=message):
        sources.read_members(package, tmp_path / NAME, [])


def test_an_unexpected_file_in_the_wheel_is_refused(tmp_path: Path) -> None:
    package = wheel(tmp_path / NAME, {"a.txt": b"hello"})
    with pytest.raises(IntegrityError, match=rf"a\.txt: expected SHA-256 {'0' * 64}, got {digest(b'hello')}"):
        sources.read_members(package, tmp_path / NAME, [Member(package, "a.txt", "0" * 64)])


def test_a_file_the_wheel_lacks_is_named(tmp_path: Path) -> None:
    package = wheel(tmp_path / NAME, {"a.txt": b"hello"})
    with pytest.raises(IntegrityError, match=r"b\.txt cannot be read"):
        sources.read_members(package, tmp_path / NAME, [Member(package, "b.txt", "0" * 64)])


def test_a_wheel_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"gone\.whl: cannot be read"):
        sources.read_members(Package("tiny", "1.0", NAME, "0" * 64), tmp_path / "gone.whl", [])


def pip_writes(data: bytes | None, code: int) -> Any:
    def fake(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        assert command[:3] == [sys.executable, "-m", "pip"]
        assert command[-1] == "tiny==1.0"
        if data is not None:
            Path(command[command.index("--dest") + 1], NAME).write_bytes(data)
        return subprocess.CompletedProcess(command, code, "", "a long story")

    return fake


def test_a_downloaded_wheel_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_writes(b"wheel", 0))
    cache = tmp_path / "new" / "cache"
    found = sources.fetch(Package("tiny", "1.0", NAME, digest(b"wheel")), cache)
    assert found.read_bytes() == b"wheel"
    assert list(cache.iterdir()) == [found]


def test_a_wrong_download_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_writes(b"wheel", 0))
    with pytest.raises(IntegrityError, match=r"tiny==1\.0: expected SHA-256"):
        sources.fetch(Package("tiny", "1.0", NAME, "0" * 64), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("data", "code"), [(None, 1), (None, 0), (b"half", 1)])
def test_a_failing_pip_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes | None, code: int
) -> None:
    monkeypatch.setattr(subprocess, "run", pip_writes(data, code))
    with pytest.raises(BundleError, match=rf"pip could not download it; .* or put {NAME} into"):
        sources.fetch(Package("tiny", "1.0", NAME, "0" * 64), tmp_path)


def test_without_pip_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(BundleError, match=r"pip is not installed; run .* -m ensurepip"):
        sources.fetch(Package("tiny", "1.0", NAME, "0" * 64), tmp_path)


def test_a_cache_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(BundleError, match="set EDGEKIT_CACHE to another folder"):
        sources.fetch(Package("tiny", "1.0", NAME, "0" * 64), tmp_path / "file" / "cache")


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDGEKIT_CACHE", "/somewhere/else")
    assert sources.cache_folder() == Path("/somewhere/else")
    monkeypatch.delenv("EDGEKIT_CACHE")
    assert sources.cache_folder() == Path.home() / ".cache" / "edgekit"


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_named_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def write_half(self: Path, data: bytes) -> None:
        with self.open("wb") as file:
            file.write(data[:1])
        full()

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(Path, "write_bytes", write_half)
    with pytest.raises(
        BundleError, match=r"cannot be written \(No space left on device\); free some space, or set TMPDIR"
    ):
        with scratch({"a": b"data"}):
            raise AssertionError("it was written")
    assert not list(tmp_path.iterdir())


def test_a_full_disk_keeps_no_half_of_a_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", pip_writes(b"wheel", 0))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(
        BundleError, match=r"\(No space left on device\); free some space, or set EDGEKIT_CACHE to another"
    ):
        sources.fetch(Package("tiny", "1.0", NAME, digest(b"wheel")), tmp_path)
    assert not list(tmp_path.iterdir())
