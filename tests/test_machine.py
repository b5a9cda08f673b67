from pathlib import Path

import pytest

from edgekit import machine


def cgroup(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / "sys" / "fs" / "cgroup" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("200000 100000", 2),
        ("150000 100000", 1.5),
        ("50000 100000", 0.5),
        ("max 100000", None),
        ("", None),
        ("1 0", None),
        ("x y", None),
        ("1 2 3", None),
    ],
)
def test_a_quota_grants_cores(tmp_path: Path, text: str, cores: float | None) -> None:
    assert machine.cpu_quota(cgroup(tmp_path, cpu_dot_max=text)) == cores


@pytest.mark.parametrize(("quota", "cores"), [("300000", 3), ("-1", None), ("", None)])
def test_the_first_version_of_cgroups_has_two_files(tmp_path: Path, quota: str, cores: float | None) -> None:
    files = {"cpu__cpu_dot_cfs_quota_us": quota, "cpu__cpu_dot_cfs_period_us": "100000"}
    assert machine.cpu_quota(cgroup(tmp_path, **files)) == cores


def test_no_quota_file_is_no_limit(tmp_path: Path) -> None:
    assert machine.cpu_quota(tmp_path) is None


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_threads_follow_the_cores_up_to_four(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(machine, "allowed_cores", lambda: cores)
    monkeypatch.setattr(machine, "_ROOT", tmp_path)
    assert machine.default_threads() == threads


@pytest.mark.parametrize(("quota", "threads"), [("150000 100000", 1), ("50000 100000", 1), ("300000 100000", 3)])
def test_threads_stay_below_the_quota(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quota: str, threads: int
) -> None:
    monkeypatch.setattr(machine, "allowed_cores", lambda: 8)
    monkeypatch.setattr(machine, "_ROOT", cgroup(tmp_path, cpu_dot_max=quota))
    assert machine.default_threads() == threads
