"""edgekit bench: the command line, a real tiny run, and what people are shown."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from bench_fakes import check, example
from places import EXAMPLE, ROOT

import edgekit.cli.bench
from edgekit.bench import benchmark
from edgekit.cli import codes, main
from edgekit.cli.progress import Share

TINY = ("--quick", "--reads", "2", "--workers", "0", "--no-probe", "--threads", "1")


@pytest.fixture
def result() -> Any:
    return example()


# real runs


def test_a_tiny_run_prints_a_table_and_writes_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.json"
    words = ["bench", *TINY, "--images", str(EXAMPLE), "--json", str(out), "--label", "a test"]
    assert main(words) == codes.OK
    captured = capsys.readouterr()
    assert captured.err == f"{out}: written\n"
    for word in ("recognize", "p95", "cold", "memory", "QUICK"):
        assert word in captured.out
    assert "left out" not in captured.out
    found = json.loads(out.read_text(encoding="utf-8"))
    check(found)
    assert (found["label"], found["pictures"]["source"], found["complete"]) == ("a test", "folder", True)
    (variant,) = found["variants"]
    assert (variant["reads"], variant["threads"], len(variant["start"]["cold_s"])) == (2, 1, 2)
    cold, load, first = (variant["start"][name][0] for name in ("cold_s", "load_s", "first_read_s"))
    assert cold > load + first
    assert variant["latency_ms"]["all"]["p50"] > variant["latency_ms"]["detect"]["p50"]
    peak = variant["memory"]["peak_bytes"]
    assert peak is None or 5e7 < peak < 2e9


def test_drawn_receipts_and_every_part_of_a_run(capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> None:
    monkeypatch.setattr(edgekit.cli.bench, "QUICK_BURST_S", 0.2)
    assert main(["bench", "--quick", "--reads", "2", "--workers", "1", "--json"]) == codes.OK
    found = json.loads(capsys.readouterr().out)
    check(found)
    assert found["pictures"]["source"] == "synthetic"
    assert not any(one["failures"] for one in found["variants"])
    assert found["throughput"][0]["reads_per_s"] > 0
    assert found["probe"]["rows"][0]["gflops"] > 0


def test_a_picture_that_cannot_be_read_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"no picture")
    code = main(["bench", *TINY, "--reads", "4", "--images", str(EXAMPLE), str(tmp_path / "bad.jpg"), "--json"])
    captured = capsys.readouterr()
    assert code == codes.PICTURE_FAILED
    assert "bad.jpg" in captured.err
    (variant,) = json.loads(captured.out)["variants"]
    assert [failure["picture"] for failure in variant["failures"]] == [1]
    assert str(tmp_path) not in captured.out  # results travel, paths stay at home


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_termination_end_with_what_there_is(kind: signal.Signals, tmp_path: Path) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background of a script, and inherited
    out = tmp_path / "out.json"
    words = [sys.executable, "-m", "edgekit", "bench", "--threads", "1", "--images", str(EXAMPLE), "--json", str(out)]
    screen, terminal = pty.openpty()
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=terminal, text=True)
    os.close(terminal)
    _wait_for(screen, b"%")
    running.send_signal(kind)
    printed, _ = running.communicate(timeout=60)
    os.close(screen)
    assert running.returncode == codes.INTERRUPTED
    assert "INCOMPLETE" in printed
    found = json.loads(out.read_text(encoding="utf-8"))
    check(found)
    assert (found["complete"], found["throughput"]) == (False, [])
    assert 1 <= found["variants"][0]["reads"] < 1024


def test_a_termination_that_others_handle_stays_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(edgekit.cli.bench, "_plan", lambda *_: None)
    monkeypatch.setattr(edgekit.cli.bench, "_finish", lambda *_: codes.OK)
    monkeypatch.setattr(benchmark, "run", lambda *_: seen.append(signal.getsignal(signal.SIGTERM)))
    before = signal.getsignal(signal.SIGTERM)
    try:
        for handler in (signal.SIG_DFL, signal.SIG_IGN):
            signal.signal(signal.SIGTERM, handler)
            assert main(["bench", *TINY]) == codes.OK
            assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, before)
    assert seen == [signal.default_int_handler, signal.SIG_IGN]


def test_a_run_outside_of_the_main_thread_leaves_signals_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edgekit.cli.bench, "_plan", lambda *_: None)
    monkeypatch.setattr(edgekit.cli.bench, "_finish", lambda *_: codes.OK)
    monkeypatch.setattr(benchmark, "run", lambda *_: None)
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(main(["bench", *TINY])))
    thread.start()
    thread.join(60)
    assert found == [codes.OK]


def _wait_for(screen: int, sign: bytes) -> None:
    """Until the progress bar has drawn a share."""
    seen, end = b"", time.monotonic() + 120
    while sign not in seen:
        assert time.monotonic() < end, seen
        if select.select([screen], [], [], 1)[0]:
            seen += os.read(screen, 1024)


# errors


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--json", "no/such/folder/x.json"], codes.USAGE, "no/such/folder/x.json: its folder does not exist"),
        (["--images", "gone/*.jpg"], codes.USAGE, "gone/*.jpg: no file matches"),
        (["--images", "-"], codes.USAGE, "-: pictures are read again and again: give files"),
        (["--images", "gone.jpg"], codes.USAGE, "gone.jpg: cannot be read (No such file or directory): leave it out"),
        (["--bundle", "gone.zip"], codes.UNUSABLE, "gone.zip: no such bundle"),
        (["--precision", "int3"], codes.UNUSABLE, "no graph for onnxruntime int3"),
        (["--backend", "abacus"], codes.UNUSABLE, "no graph for abacus fp32"),
    ],
)
def test_errors_come_before_the_work(
    words: list[str], code: int, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["bench", *TINY, *words]) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.startswith("error: ")
    assert captured.out == ""


@pytest.mark.parametrize(
    "words", [["--reads", "0"], ["--seconds", "-1"], ["--seconds", "nan"], ["--workers", "x"], ["--threads", "two"]]
)
def test_wrong_words_are_usage_errors(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["bench", *words])
    assert caught.value.code == codes.USAGE
    assert "see 'edgekit bench --help'" in capsys.readouterr().err


def test_a_python_that_cannot_be_started_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", *TINY, "--images", str(EXAMPLE), "--python", "no-such-python"]) == codes.UNUSABLE
    captured = capsys.readouterr()
    assert "no-such-python: cannot be started" in captured.err
    assert "INCOMPLETE" in captured.out


def test_values_before_the_command_count(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--precision", "int3", "bench", *TINY]) == codes.UNUSABLE
    assert "no graph for onnxruntime int3" in capsys.readouterr().err


def test_the_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["bench", "--help"])
    printed = capsys.readouterr().out
    for word in ("examples:", "--quick", "exit codes:", "noisy", "--label"):
        assert word in printed


# the bar


def test_the_bar_shows_shares_and_names(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with Share() as bar:
        bar.reach(0.0)
        bar.reach(0.5)
        bar.name("what the machine can do at most")
    drawn = capsys.readouterr().err.split("\r\x1b[K")
    assert drawn[1] == f"[{'.' * 24}] 0%"
    assert drawn[2].startswith(f"[{'#' * 12}{'.' * 12}] 50%, 0 s left")
    assert drawn[3].endswith("what the machine can do at most")
    assert drawn[-1] == ""


def test_no_bar_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with Share() as bar:
        bar.reach(0.5)
    assert capsys.readouterr().err == ""
