import os
from pathlib import Path

import pytest

from edgekit import machine, reader
from edgekit.bundle import Bundle
from edgekit.session import Session, open_session

MANY = 4
DOCKER = "0::/system.slice/docker-1f.scope"


def quota(tmp_path: Path, files: dict[str, str], own: str = "0::/") -> int:
    """Threads chosen where ``files`` lie below the mount of cgroups, and ``own`` names those of this process."""
    mount = tmp_path / "sys/fs/cgroup"
    for name, text in files.items():
        (mount / name).parent.mkdir(parents=True, exist_ok=True)
        (mount / name).write_text(text + "\n")
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/self/cgroup").write_text(own + "\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "_ROOT", tmp_path)
        patch.setattr(machine, "allowed_cores", lambda: 64)
        return machine.default_threads()


@pytest.mark.parametrize(
    ("text", "cores"),
    [
        ("200000 100000", 2),
        ("150000 100000", 1),
        ("50000 100000", 1),
        ("400000 100000", MANY),
        ("max 100000", MANY),
        ("", MANY),
        ("1 0", MANY),
        ("x y", MANY),
        ("200000", MANY),
    ],
)
def test_a_quota_grants_whole_cores(tmp_path: Path, text: str, cores: int) -> None:
    assert quota(tmp_path, {"cpu.max": text}) == cores


def test_no_quota_file_is_no_limit(tmp_path: Path) -> None:
    assert machine.cpu_quota(tmp_path / "absent") is None


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        (DOCKER, {"system.slice/docker-1f.scope/cpu.max": "100000 100000"}, 1),
        (DOCKER, {"system.slice/cpu.max": "200000 100000"}, 2),
        (DOCKER, {"system.slice/docker-1f.scope/cpu.max": "max 100000", "system.slice/cpu.max": "100000 50000"}, 2),
        (DOCKER, {"system.slice/other.scope/cpu.max": "100000 100000"}, MANY),
        ("0::/../../outer", {"cpu.max": "300000 100000"}, 3),
    ],
    ids=["own", "above", "the tightest counts", "another's", "outside of the namespace"],
)
def test_a_quota_may_be_the_own_cgroups_or_one_above(
    tmp_path: Path, own: str, files: dict[str, str], cores: int
) -> None:
    assert quota(tmp_path, files, own) == cores


@pytest.mark.parametrize(
    ("folder", "limit", "cores"),
    [("cpu,cpuacct/docker/1f", "200000", 2), ("cpu,cpuacct", "100000", 1), ("cpu/docker/1f", "300000", 3)],
)
def test_version_1_of_cgroups_has_quotas_too(tmp_path: Path, folder: str, limit: str, cores: int) -> None:
    files = {f"{folder}/cpu.cfs_quota_us": limit, f"{folder}/cpu.cfs_period_us": "100000"}
    assert quota(tmp_path, files, "9:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f") == cores


def test_minus_one_is_no_quota_in_version_1(tmp_path: Path) -> None:
    files = {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}
    assert quota(tmp_path, files, "2:cpu:/") == MANY


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 4), (64, 4)])
def test_threads_follow_the_cores_up_to_four(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cores: int, threads: int
) -> None:
    monkeypatch.setattr(machine, "allowed_cores", lambda: cores)
    monkeypatch.setattr(machine, "_ROOT", tmp_path)
    assert machine.default_threads() == threads


def test_a_quota_below_the_cores_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sys/fs/cgroup").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/cpu.max").write_text("200000 100000\n")
    monkeypatch.setattr(machine, "allowed_cores", lambda: 8)
    monkeypatch.setattr(machine, "_ROOT", tmp_path)
    assert machine.default_threads() == 2


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no affinity")
def test_affinity_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_ROOT", tmp_path)
    before = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(before)})
        assert machine.default_threads() == 1
    finally:
        os.sched_setaffinity(0, before)


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_a_reader_runs_no_more_threads_than_the_machine_allows(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    asked: dict[str, int] = {}

    def noted(bundle: Bundle, stage: str, backend: str, precision: str, count: int) -> Session:
        asked[stage] = count
        return open_session(bundle, stage, backend, precision, count)

    monkeypatch.setattr("edgekit.reader.default_threads", lambda: threads)
    monkeypatch.setattr("edgekit.reader.open_session", noted)
    pool = reader.Reader.open()._scanner._recognizer._pool
    assert asked == {
        "detect": threads,
        "recognize": 1,
        "reread": 1,
        "extract": 1,
    }  # batches side by side, a thread each
    assert (1 if pool is None else pool._max_workers) == threads
