import json
import sys
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import memory

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/status")


def test_memory_is_recorded_at_the_marks_and_at_the_end(tmp_path: Path) -> None:
    read: list[Path] = []
    pictures = [tmp_path / str(i) for i in range(12)]
    result = memory.record(pictures, read.append, lambda: None)
    assert read == pictures
    assert [row["reads"] for row in result["memory"]] == [1, 10, 12]
    assert all(0 < row["rss_mb"] <= row["peak_mb"] for row in result["memory"])


def test_a_reader_that_keeps_memory_is_seen(tmp_path: Path) -> None:
    kept: list[bytearray] = []
    result = memory.record([tmp_path] * 10, lambda _: kept.append(bytearray(b"x" * 16_000_000)), lambda: None)
    first, last = result["memory"]
    assert last["rss_mb"] - first["rss_mb"] > 100


def test_growth_is_stated_past_the_hundredth_read() -> None:
    rows = [{"reads": n, "rss_mb": size, "peak_mb": size} for n, size in ((100, 100.0), (200, 105.0))]
    assert memory.text({"reads": 200, "memory": rows}).endswith("from read 100 to read 200: +5.0%")


def test_the_command_reads_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "a.png")
    (tmp_path / "labels.jsonl").write_text(json.dumps({"file": "a.png", "split": "dev"}) + "\n")
    out = tmp_path / "out.json"
    assert memory.main(["--data", str(tmp_path), "--threads", "1", "--limit", "3", "--json", str(out)]) == 0
    assert [row["reads"] for row in json.loads(out.read_text())["memory"]] == [1, 3]
    assert "RSS MB" in capsys.readouterr().out


def test_an_error_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert memory.main(["--data", str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
