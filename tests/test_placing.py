from __future__ import annotations

import errno
import zipfile
from pathlib import Path
from typing import Any

import pytest

from edgekit.errors import BundleError
from edgekit.placing import place, unwritable

FILES = {"a.txt": b"one", "b/c.txt": b"two"}
TARGETS = ["made", "made.zip"]


def nothing(path: Path) -> None:
    del path


def found(target: Path) -> dict[str, bytes]:
    if target.is_dir():
        return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
    with zipfile.ZipFile(target) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", TARGETS)
def test_files_are_placed_and_replaced(tmp_path: Path, name: str) -> None:
    place(tmp_path / name, FILES, nothing)
    assert found(tmp_path / name) == FILES
    place(tmp_path / name, {"a.txt": b"three"}, nothing)
    assert found(tmp_path / name) == {"a.txt": b"three"}
    assert list(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize("name", TARGETS)
def test_what_is_not_proved_is_not_placed(tmp_path: Path, name: str) -> None:
    place(tmp_path / name, FILES, nothing)

    def refuse(staged: Path) -> None:
        assert found(staged) == {"a.txt": b"worse"}
        raise BundleError("no")

    with pytest.raises(BundleError, match="no"):
        place(tmp_path / name, {"a.txt": b"worse"}, refuse)
    assert found(tmp_path / name) == FILES
    assert list(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    tmp_path: Path, name: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(number, "as the system puts it")

    monkeypatch.setattr(Path, "write_bytes", full)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(BundleError) as caught:
        place(tmp_path / name, FILES, nothing)
    assert str(caught.value) == f"{tmp_path / name}: the disk is full; make room, or choose a place on another disk"
    assert list(tmp_path.iterdir()) == []


def test_other_refusals_are_told_in_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"cannot be written \(No such file or directory\); check the folder above"):
        place(tmp_path / "absent" / "made", FILES, nothing)
    assert "cannot be written (embedded null" in str(unwritable(tmp_path, ValueError("embedded null byte")))


@pytest.mark.parametrize("name", ["one.zip", "two.ZIP"])
def test_equal_files_give_equal_zips(tmp_path: Path, name: str) -> None:
    place(tmp_path / "first.zip", FILES, nothing)
    place(tmp_path / name, FILES, nothing)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / name).read_bytes()
