from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed")
blend: Any = importlib.import_module("models.recognizer.blend")


def write(path: Path, weights: list[float], classes: tuple[int, ...] = (0, 5, 9)) -> str:
    np.savez(path, classes=np.array(classes, np.int32), w=np.array(weights, np.float16))
    return str(path)


def test_the_mean_lies_between(tmp_path: Path) -> None:
    first, second = write(tmp_path / "a.npz", [1, -2, 0]), write(tmp_path / "b.npz", [2, 2, 0])
    out = tmp_path / "out.npz"
    assert blend.main([first, second, "--share", "0.75", "--out", str(out)]) == 0
    with np.load(out) as archive:
        assert archive.files == ["classes", "w"]
        assert archive["w"].dtype == np.float16 and archive["w"].tolist() == [1.75, 1, 0]
        assert archive["classes"].dtype == np.int32 and archive["classes"].tolist() == [0, 5, 9]


def test_errors_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = write(tmp_path / "a.npz", [1])
    (tmp_path / "text.npz").write_text("text")
    out = ["--out", str(tmp_path / "out.npz")]
    for arguments, message in (
        ([good, str(tmp_path / "none.npz"), *out], "cannot be read"),
        ([good, str(tmp_path / "text.npz"), *out], "is no .npz"),
        ([good, write(tmp_path / "b.npz", [1, 2]), *out], "not weights of one network"),
        ([good, write(tmp_path / "c.npz", [1], (0, 5, 8)), *out], "not weights of one network"),
        ([good, good, "--share", "1.5", *out], "from 0 to 1"),
        ([good, good, "--out", str(tmp_path / "no" / "out.npz")], "cannot be written"),
    ):
        assert blend.main(arguments) == 2
        error = capsys.readouterr().err
        assert error.startswith("error: ") and message in error and error.count("\n") == 1
