"""The comparison across processors, with scripts in the place of QEMU: they run the same program on this machine."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import EXAMPLE

from benchmarks import agreement
from benchmarks.emulated import processors
from benchmarks.emulated.processors import ALL, HERE, Processor, run
from edgekit.bundle import Bundle
from edgekit.errors import BackendError, UsageError
from export import calibration, samples

ARM = next(one for one in ALL if one.architecture == "aarch64")
X86 = next(one for one in ALL if one.architecture == "x86_64")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """As ``root.sh`` makes it, but the emulators just start what they are given, and ARM's packages are missing."""
    place = tmp_path / "root"
    for name, arguments in (("x86_64", 2), ("aarch64", 4)):
        script = place / "emulators" / f"qemu-{name}"
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text(f'#!/bin/sh\nshift {arguments}\nexec "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    python = place / "root" / "usr" / "bin" / "python3.11"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{os.path.realpath(sys.executable)}" -S "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return place


def graph(stage: str) -> bytes:
    bundle = Bundle.open()
    return bundle.read(bundle.graph(stage, "onnxruntime", "fp32").file)


def test_every_processor_runs_the_same_program(root: Path) -> None:
    lines = [line[None] for line in samples.lines()[1][:2]]
    here = run(ALL[0], root, graph("recognize"), lines)
    assert [[output.dtype.name for output in outputs] for outputs in here] == [["int32", "float32"]] * 2
    there = run(X86, root, graph("recognize"), lines)
    assert all(
        np.array_equal(a, b) for one, other in zip(here, there, strict=True) for a, b in zip(one, other, strict=True)
    )


def test_a_program_that_fails_says_its_last_words(root: Path) -> None:
    with pytest.raises(BackendError, match=r"Cortex-A53 .*: ended with 1 \(ModuleNotFoundError: No module named"):
        run(ARM, root, b"", [])
    (root / "emulators" / "qemu-aarch64").chmod(0o644)
    with pytest.raises(BackendError, match="cannot be run"):
        run(ARM, root, b"", [])


def test_a_folder_that_is_no_root_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no emulators/qemu-x86_64; make the folder with benchmarks/.*root\.sh"):
        run(X86, tmp_path, b"", [])
    (root / "root" / "usr" / "bin" / "python3.11").unlink()
    with pytest.raises(UsageError, match="has no Python in root/usr/bin"):
        run(ARM, root, b"", [])


def receipts(folder: Path) -> Path:
    folder.mkdir()
    (folder / "one.jpg").write_bytes(EXAMPLE.read_bytes())
    (folder / "labels.jsonl").write_text(json.dumps({"file": "one.jpg", "split": "train"}), encoding="utf-8")
    return folder


def test_the_table_counts_what_is_the_same(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = processors.run

    def other(processor: Processor, place: Path, data: bytes, feeds: Any) -> Any:
        found = honest(processor, place, data, feeds)
        if processor.title == HERE:
            return found
        (classes, scores), *rest = found
        wrong = classes.copy()
        wrong[0, np.flatnonzero(classes[0])[0]] = 1
        return [(wrong, scores), *((a, b + np.float32(1e-3)) for a, b in rest)]

    monkeypatch.setattr(agreement, "run", other)
    data, out = receipts(tmp_path / "data"), tmp_path / "out.json"
    arguments = ["--root", root, "--data", f"{data}:train", "--count", 3, "--processor", X86.model, "--json", out]
    assert agreement.main([str(one) for one in arguments]) == 0
    (row,) = json.loads(out.read_text("utf-8"))["rows"]
    assert {key: row[key] for key in ("precision", "processor", "inputs", "bits", "classes", "texts")} == {
        "precision": "fp32",
        "processor": X86.title,
        "inputs": 3,
        "bits": 0,
        "classes": 2,
        "texts": 2,
    }
    assert row["largest"] == pytest.approx(1e-3, rel=0.01)
    assert f"beside {HERE}" in capsys.readouterr().out


def test_pages_have_no_text(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = receipts(tmp_path / "data")
    arguments = ["--root", root, "--data", data, "--stage", "detect", "--count", 1, "--processor", X86.model]
    assert agreement.main([str(one) for one in arguments]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("fp32"))
    assert line.split()[-5:] == ["1", "1", "-", "-", "0.0e+00"]


def test_pictures_without_text_are_refused(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(calibration, "record", lambda *_: {"recognize": []})
    data = receipts(tmp_path / "data")
    assert agreement.main(["--root", str(root), "--data", str(data)]) == 2
    assert "nothing was found on these pictures; give receipts" in capsys.readouterr().err
