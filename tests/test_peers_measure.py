"""benchmarks: data, and the measurement with fake systems in place of real ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from peer_fakes import data_folder, fakes_in

from benchmarks.dataset import load, spread
from benchmarks.measure import WARM_UP, cold_start, measure
from edgekit.bench.process import System, Worker
from edgekit.errors import BackendError, UsageError


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., System]:
    return fakes_in(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return data_folder(tmp_path)


def test_load_takes_splits_and_spreads_the_limit(folder: Path) -> None:
    data = load(folder, ["dev"], 2)
    assert [picture.name for picture in data.pictures] == ["a.jpg", "c.jpg"]
    assert (data.name, data.splits, data.contains) == ("shop", ("dev",), False)
    assert [row["file"] for row in data.rows] == ["images/a.jpg", "images/c.jpg"]


def test_load_without_a_split_takes_all(folder: Path) -> None:
    assert load(folder, [], None).splits == ("dev", "train")
    assert len(load(folder, [], 99).rows) == 5


def test_spread_starts_with_the_first() -> None:
    rows = [{"file": str(i)} for i in range(10)]
    assert [row["file"] for row in spread(rows, 3)] == ["0", "3", "6"]


def test_load_names_the_splits_there_are(folder: Path) -> None:
    with pytest.raises(UsageError, match="no receipts of split test; it has dev, train"):
        load(folder, ["test"], None)


def test_load_names_a_missing_picture(folder: Path) -> None:
    (folder / "images" / "b.jpg").unlink()
    with pytest.raises(UsageError, match=r"b\.jpg: is missing"):
        load(folder, [], None)


# the measurement, with fakes


def test_measure_takes_turns(fake: Callable[..., System], tmp_path: Path) -> None:
    log = tmp_path / "log"
    systems = [fake("one", {"log": str(log), "seconds": 0.1}), fake("two", {"log": str(log), "seconds": 0.3})]
    pictures = [tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path / "c.jpg"]
    steps: list[None] = []
    runs = measure(systems, pictures, 1, lambda: steps.append(None))
    said = log.read_text(encoding="utf-8").splitlines()
    cold, warm = 2, 2 * WARM_UP
    assert said[:cold] == ["one a.jpg", "two a.jpg"]
    assert said[cold : cold + warm] == ["one a.jpg"] * WARM_UP + ["two a.jpg"] * WARM_UP
    in_turn = ["one a.jpg", "two a.jpg", "two b.jpg", "one b.jpg", "one c.jpg", "two c.jpg"]
    assert said[cold + warm :] == in_turn
    assert [[read.seconds for read in run.reads] for run in runs] == [[0.1] * 3, [0.3] * 3]
    assert [run.peak_mb for run in runs] == [100.0, 100.0]
    assert [run.versions for run in runs] == [{"fake": "1"}] * 2
    assert len(steps) == 2 + 6


def test_a_picture_that_fails_does_not_end_the_run(fake: Callable[..., System], tmp_path: Path) -> None:
    pictures = [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    (run,) = measure([fake("one", {"fail_on": "b.jpg"})], pictures, 1, lambda: None)
    assert [read.seconds for read in run.reads] == [0.5, None]
    assert run.reads[1].failed == "ValueError: too dark"


def test_cold_start_includes_the_start_of_the_process(fake: Callable[..., System], tmp_path: Path) -> None:
    assert cold_start(fake(options={"seconds": 0.0}), tmp_path / "a.jpg") > 0.005


def test_cold_start_of_a_program_is_its_read(fake: Callable[..., System], tmp_path: Path) -> None:
    assert cold_start(fake(options={"seconds": 9.0, "starts_anew": True}), tmp_path / "a.jpg") == 9.0


def test_a_system_that_dies_is_named_with_its_last_words(fake: Callable[..., System]) -> None:
    with (
        Worker(fake(options={"die_on": "a.jpg"})) as started,
        pytest.raises(BackendError, match="Edgekit: its process ended with code 1, its last words: for this picture"),
    ):
        started.ask({"read": "a.jpg"})


def test_a_system_that_hangs_is_ended(fake: Callable[..., System]) -> None:
    with (
        Worker(fake(options={"hang_on": "a.jpg"}), timeout=2) as started,
        pytest.raises(BackendError, match="no answer within 2 s"),
    ):
        started.ask({"read": "a.jpg"})


def test_an_answer_that_is_not_json(fake: Callable[..., System]) -> None:
    with Worker(fake(options={"babble_on": "a.jpg"})) as started, pytest.raises(BackendError, match="mend it so"):
        started.ask({"read": "a.jpg"})


def test_a_missing_package_names_the_cure(fake: Callable[..., System]) -> None:
    refuse = {"error": "No module named 'rapidocr'", "missing": "rapidocr"}
    with pytest.raises(BackendError, match=r"rapidocr cannot be imported by .*; mend it so$"):
        Worker(fake(options={"refuse": refuse}))


def test_a_system_that_cannot_be_opened_says_why_on_one_line(fake: Callable[..., System]) -> None:
    with pytest.raises(BackendError, match=r"cannot be opened \(ValueError: bad model\); mend it so"):
        Worker(fake(options={"refuse": {"error": "ValueError: bad\nmodel"}}))


def test_a_program_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match="cannot be started"):
        Worker(System("x", "X", (str(tmp_path / "none"),), {}, "mend it so"))
