from pathlib import Path

import pytest

from edgekit import machine


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("200000 100000", 2),
        ("150000 100000", 1),
        ("50000 100000", 1),
        ("max 100000", 4),
        ("", 4),
        ("1 0", 4),
        ("x y", 4),
    ],
)
def test_a_quota_grants_whole_cores(tmp_path: Path, text: str, cores: int) -> None:
    path = tmp_path / "cpu.max"
    path.write_text(text)
    assert machine._quota_cores(path) == cores


def test_no_quota_file_is_no_limit(tmp_path: Path) -> None:
    assert machine._quota_cores(tmp_path / "absent") == 4


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_threads_follow_the_cores_up_to_four(monkeypatch: pytest.MonkeyPatch, cores: int, threads: int) -> None:
    monkeypatch.setattr(machine, "_allowed_cores", lambda: cores)
    monkeypatch.setattr(machine, "_CGROUP_QUOTA", Path("/nonexistent"))
    assert machine.default_threads() == threads
