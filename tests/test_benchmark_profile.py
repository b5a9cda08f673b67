import json
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from benchmarks import footprint, profile, watching
from benchmarks.watching import Watch, padded
from edgekit.timings import Timings

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc/self/status")


def crops(*widths: int, bucket: int = 64, grey: int = 127) -> np.ndarray:
    lines = np.full((len(widths), 48, bucket, 3), grey, np.uint8)
    for line, width in zip(lines, widths, strict=True):
        line[:, :width] = 255
    return lines


def test_padding_is_what_is_grey_at_the_right_end() -> None:
    assert padded(crops(64), 127) == 0
    assert padded(crops(10, 64, 63), 127) == 54 + 0 + 1
    assert padded(crops(0), 127) == 64
    hole = crops(40)
    hole[:, :, 10:20] = 127  # grey within a line is print
    assert padded(hole, 127) == 24


def test_figures_add_up() -> None:
    watch = Watch(127)

    def read(_: Path) -> tuple[SimpleNamespace, Timings]:
        watch.ran("detect", [np.zeros((1, 32, 32, 3), np.uint8)], 0.5)
        watch.ran("recognize", [crops(32, 16)], 0.2)
        return SimpleNamespace(lines=("a", "b")), Timings({"detect": 0.6, "recognize": 0.3, "extract": 0.1})

    result = profile.profile([Path("a"), Path("b")], read, watch, lambda: None)
    assert result["network_share"] == pytest.approx(0.7, rel=0.01)
    assert result["median_s"] == pytest.approx(1.0, rel=0.01)
    assert result["padding_share"] == pytest.approx((32 + 48) / 128)
    assert (result["lines"], result["batches"], result["shapes"]) == (4, 2, 1)
    assert result["stages"]["detect"] == pytest.approx({"seconds": 1.2, "networks": 1.0}, rel=0.01)


def test_threads_side_by_side_count_once() -> None:
    watch = Watch(127, {"recognize": {1: 0.4, 2: 0.2}}, {"recognize": {1: 0.02, 2: 0.04}})
    inside, noting = watch.kernels()
    assert inside == pytest.approx({"recognize": 0.3}) and noting == pytest.approx({"recognize": 0.03})
    assert watch.kernels() == ({}, {})


def test_the_time_of_noting_is_no_time_of_a_read(monkeypatch: pytest.MonkeyPatch) -> None:
    watch = Watch(127)
    clock = iter([0.0, 0.25, 1.0, 1.05])
    monkeypatch.setattr(watching, "time", SimpleNamespace(perf_counter=lambda: next(clock)))

    def read(_: Path) -> tuple[SimpleNamespace, Timings]:
        watch.ran("recognize", [crops(32, 16)], 0.5)
        watch.ran("reread", [crops(32)], 0.3)
        return SimpleNamespace(lines=()), Timings({"recognize": 1.5})

    result = profile.profile([Path("a")], read, watch, lambda: None)
    assert result["median_s"] == pytest.approx(1.2)
    assert result["stages"]["recognize"] == pytest.approx({"seconds": 1.2, "networks": 0.8})


def test_the_command_reads_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = Image.new("RGB", (400, 600), "white")
    ImageDraw.Draw(page).text((40, 40), "CORNER SHOP 12.50", fill="black", font_size=32)
    page.save(tmp_path / "a.png")
    (tmp_path / "labels.jsonl").write_text(json.dumps({"file": "a.png", "split": "dev"}) + "\n")
    out = tmp_path / "out.json"
    assert profile.main(["--data", str(tmp_path), "--threads", "1", "--json", str(out)]) == 0
    result = json.loads(out.read_text())
    assert result["schema"] == profile.SCHEMA
    assert result["pictures"] == 1
    assert result["lines"] >= 1
    assert 0 < result["network_share"] < 1
    assert 0 <= result["padding_share"] < 1
    assert [row["after"] for row in result["memory"]][-1] == "all reads"
    printed = capsys.readouterr().out
    assert "inside the networks:" in printed
    assert "import onnxruntime" in printed


def test_an_error_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert profile.main(["--data", str(tmp_path / "absent")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_system_that_does_not_tell_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(footprint, "rss", lambda: None)
    assert profile.main(["--data", str(tmp_path)]) == 2
    assert "Linux only" in capsys.readouterr().err
