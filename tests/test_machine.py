import os
from pathlib import Path

import pytest

from edgekit import machine, reader
from edgekit.bundle import Bundle
from edgekit.session import Session, open_session

DOCKER = "0::/system.slice/docker-1f.scope"
SLICE = "system.slice/"
OWN = SLICE + "docker-1f.scope/"


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


def quota(root: Path, own: str, files: dict[str, str]) -> float | None:
    """What is granted where ``files`` lie below the mount of cgroups, and ``own`` names those of this process."""
    for name, text in {"proc/self/cgroup": own, **{f"sys/fs/cgroup/{n}": t for n, t in files.items()}}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return machine.cpu_quota(root)


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        (DOCKER, {OWN + "cpu.max": "100000 100000"}, 1),
        (DOCKER, {SLICE + "cpu.max": "250000 100000"}, 2.5),
        (DOCKER, {OWN + "cpu.max": "300000 100000", SLICE + "cpu.max": "100000 50000"}, 2),
        (DOCKER, {OWN + "cpu.max": "max 100000"}, None),
        (DOCKER, {SLICE + "other.scope/cpu.max": "100000 100000"}, None),
        ("0::/../../outer", {"cpu.max": "300000 100000"}, 3),
    ],
    ids=["own", "above", "the tightest", "none", "another's", "outside of the namespace"],
)
def test_a_quota_is_the_own_cgroups_or_of_one_above(
    tmp_path: Path, own: str, files: dict[str, str], cores: float | None
) -> None:
    assert quota(tmp_path, own, files) == cores


@pytest.mark.parametrize("folder", ["cpu,cpuacct/docker/1f", "cpu,cpuacct/docker", "cpu/docker/1f"])
def test_the_first_version_of_cgroups_nests_too(tmp_path: Path, folder: str) -> None:
    files = {f"{folder}/cpu.cfs_quota_us": "200000", f"{folder}/cpu.cfs_period_us": "100000"}
    assert quota(tmp_path, "9:memory:/docker/1f\n4:cpu,cpuacct:/docker/1f", files) == 2


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
    assert asked == {"detect": threads, "recognize": 1, "extract": 1}  # batches run side by side, a thread each
    assert (1 if pool is None else pool._max_workers) == threads
