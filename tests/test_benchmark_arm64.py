"""The check on emulated processors, with scripts in the place of QEMU: they run the same programs on this machine."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from places import EXAMPLE, ROOT

from benchmarks import results
from benchmarks.arm64 import __main__ as cli
from benchmarks.arm64 import agreeing, checking, commands, graphs, processors
from benchmarks.arm64 import root as roots
from benchmarks.arm64.graphs import Feed, Which, outputs
from benchmarks.arm64.inside import golden
from benchmarks.arm64.processors import ALL, ARM, HERE, Place, Processor
from benchmarks.arm64.receipts import RECEIPTS, draw
from benchmarks.arm64.system import UnavailableError
from edgekit.bundle import DEFAULT_BUNDLE, Bundle
from edgekit.errors import BackendError, UsageError
from edgekit.reader import Reader
from export import calibration, samples

A72 = ARM["cortex-a72"]
X86 = next(one for one in ALL if one.architecture == "x86_64")
LINES = Which("recognize", "int8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """As ``benchmarks.arm64.root`` makes it, but the emulators just start what they are given on this machine."""
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
    (place / "site").mkdir()
    for folder in {Path(np.__file__).parents[1], *(Path(one) for one in sys.path if "site-packages" in one)}:
        for package in folder.iterdir():
            with contextlib.suppress(FileExistsError):
                (place / "site" / package.name).symlink_to(package)
    return place


@pytest.fixture
def ready(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That root in the place of the one that is got from Debian."""

    @contextlib.contextmanager
    def there(*_: object) -> Iterator[Path]:
        yield root

    monkeypatch.setattr(roots, "ready", there)
    monkeypatch.setattr(commands, "installed", lambda *_: ROOT)
    monkeypatch.setattr(checking, "GOLDEN", root / "none")  # all of them take long, see below
    return root


def test_every_processor_runs_the_same_program(root: Path) -> None:
    given: dict[Which, list[Feed]] = {LINES: [(line[None],) for line in samples.lines()[1][:2]]}
    here, there, arm = (outputs(one, Place(root, (ROOT,)), DEFAULT_BUNDLE, given)[LINES] for one in (ALL[0], X86, A72))
    assert [[output.dtype.name for output in found] for found in here] == [["int32", "float32"]] * 2
    for other in (there, arm):
        assert all(
            np.array_equal(a, b) for one, two in zip(here, other, strict=True) for a, b in zip(one, two, strict=True)
        )


def test_a_program_that_fails_says_its_last_words(root: Path) -> None:
    with pytest.raises(BackendError, match=r"Cortex-A72 .*: graphs.py ended with 1 \(.*BundleError: .*no such bundle"):
        outputs(A72, Place(root, (ROOT,)), Path("nowhere"), {})
    (root / "emulators" / "qemu-aarch64").chmod(0o644)
    with pytest.raises(BackendError, match="cannot be run"):
        outputs(A72, Place(root), DEFAULT_BUNDLE, {})


def test_a_folder_that_is_no_root_is_named(root: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no emulators/qemu-x86_64; take it out of the cache"):
        outputs(X86, Place(tmp_path), DEFAULT_BUNDLE, {})
    (root / "root" / "usr" / "bin" / "python3.11").unlink()
    with pytest.raises(UsageError, match="has no Python in root/usr/bin"):
        outputs(A72, Place(root), DEFAULT_BUNDLE, {})


def test_the_receipts_are_read_right() -> None:
    reader = Reader.open()
    for printed in RECEIPTS:
        found = reader.read(draw(printed))
        assert found.date is not None, printed.name
        assert found.total is not None, printed.name
        assert (found.date.value, str(found.total.value)) == (printed.date, printed.total), printed.name


def test_the_check_passes_on_the_same(ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "check.json"
    assert cli.main(["check", "--cpu", "cortex-a53", "--receipts", "1", "--json", str(out)]) == commands.SAME
    assert "the same everywhere" in capsys.readouterr().out
    result = results.load(out, results.ARM64_CHECK)
    assert (result["emulated"], result["passed"]) == (True, True)
    assert {finding["processor"] for finding in result["findings"]} == {ARM["cortex-a53"].title}
    what = {finding["what"]: finding["largest"] for finding in result["findings"]}
    assert {"detect fp32", "recognize int8", "reread int8", "extract fp32", "reads fp32"} == what.keys()
    assert what["detect fp32"] == 0.0


def test_the_check_fails_where_a_field_differs(
    ready: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = processors.run

    def other(processor: Processor, place: Place, script: str, *arguments: Path | str) -> str:
        said = honest(processor, place, script, *arguments)
        return said.replace("18.95", "13.95") if processor.title != HERE else said

    monkeypatch.setattr(checking, "run", other)
    assert cli.main(["check", "--cpu", "cortex-a72", "--receipts", "1"]) == commands.DIFFERS
    said = capsys.readouterr().out
    assert "something differs" in said
    assert "total '18.95', here '13.95'" not in said
    assert "total '13.95', here '18.95'" in said


def test_where_emulation_cannot_be_had_the_status_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(*_: object) -> Any:
        raise UnavailableError("apt-get: cannot be started (No such file or directory); this needs Debian")

    monkeypatch.setattr(roots, "ready", nothing)
    assert cli.main(["check"]) == commands.UNAVAILABLE == 3
    assert "emulation cannot be set up: apt-get: cannot be started" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["check", "--jobs", "0"], "--jobs 0: give 1 or more"),
        (["check", "--precision", "int8"], "has fp32 for onnxruntime, not int8"),
        (["check", "--bundle", "nowhere"], "nowhere: no such bundle"),
        (["agree", "--data", "nowhere"], "nowhere"),
    ],
)
def test_wrong_use_is_one_line(
    ready: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == commands.ERROR
    error = capsys.readouterr().err
    assert message in error
    assert error.count("\n") == 1


def test_golden_cases_are_those_of_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checking.GOLDEN.is_dir()
    monkeypatch.syspath_prepend(str(checking.GOLDEN.parent))
    assert list(itertools.islice(golden.differences(), 20)) == [None] * 20


def test_a_network_that_is_given_other_pixels_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(checking.GOLDEN.parent))
    picture = checking.GOLDEN / "receipts" / "05.png"
    case = json.loads(picture.with_suffix(".json").read_text("utf-8"))
    assert golden.taped(picture, json.loads(json.dumps(case))) is None
    case["tape"][0]["inputs"][0]["crc32"] += 1
    assert "05: the network is given ['detect', " in str(golden.taped(picture, case))


def receipts(folder: Path) -> Path:
    folder.mkdir()
    (folder / "one.jpg").write_bytes(EXAMPLE.read_bytes())
    (folder / "labels.jsonl").write_text(json.dumps({"file": "one.jpg", "split": "train"}), encoding="utf-8")
    return folder


def test_the_table_counts_what_is_the_same(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    honest = graphs.outputs

    def other(processor: Processor, place: Place, bundle: Path, given: Mapping[Which, Any]) -> Any:
        found = honest(processor, place, bundle, given)
        if processor.title == HERE:
            return found
        (classes, scores), *rest = found[LINES]
        wrong = classes.copy()
        wrong[0, np.flatnonzero(classes[0])[0]] = 1
        return {LINES: [(wrong, scores), *((a, b + np.float32(1e-3)) for a, b in rest)]}

    monkeypatch.setattr(agreeing, "outputs", other)
    data, out = receipts(tmp_path / "data"), tmp_path / "out.json"
    arguments = ["agree", "--data", f"{data}:train", "--count", 3, "--cpu", X86.model, "--json", out]
    assert cli.main([str(one) for one in arguments]) == 0
    (row,) = json.loads(out.read_text("utf-8"))["rows"]
    expected = {"precision": "int8", "processor": X86.title, "inputs": 3, "bits": 0, "classes": 2, "texts": 2}
    assert {key: row[key] for key in expected} == expected
    assert row["largest"] == pytest.approx(1e-3, rel=0.01)
    assert f"beside {HERE}" in capsys.readouterr().out


def test_pages_have_no_text(ready: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = receipts(tmp_path / "data")
    arguments = ["agree", "--data", data, "--stage", "detect", "--count", 1, "--cpu", X86.model]
    assert cli.main([str(one) for one in arguments]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("fp32"))
    assert line.split()[-5:] == ["1", "1", "-", "-", "0.0e+00"]


def test_pictures_without_text_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "record", lambda *_: {"recognize": []})
    with pytest.raises(UsageError, match="nothing was found on these pictures; give receipts"):
        agreeing.inputs(Bundle.open(), "recognize", str(receipts(tmp_path / "data")), 1)
