"""benchmarks: the worker's own side, and sizes on disk."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import types
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from peer_fakes import line

from benchmarks import (
    ROOT,
    adapters,
    installed,
    worker,
)
from edgekit.bench.disk import installed_bytes


def served(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    answers = io.StringIO()
    worker.serve(io.StringIO("".join(json.dumps(request) + "\n" for request in requests)), answers)
    return [json.loads(answer) for answer in answers.getvalue().splitlines()]


def test_worker_serves_a_system(monkeypatch: pytest.MonkeyPatch) -> None:
    def opened(threads: int, options: dict[str, Any]) -> adapters.Opened:
        def read(path: str) -> tuple[list[adapters.Line], None]:
            if path == "bad.jpg":
                raise ValueError("too dark")
            return [line(f"{path} {threads} {options['a']}", 0)], None

        return adapters.Opened(read, installed.versions(("pytest", "no-such-package")), lambda: 7.0)

    monkeypatch.setitem(adapters.SYSTEMS, "mine", opened)
    opening = {"open": "mine", "threads": 3, "options": {"a": 4}}
    first, good, bad, last = served(opening, {"read": "x.jpg"}, {"read": "bad.jpg"}, {"close": True})
    assert first["versions"]["pytest"] == pytest.__version__
    assert first["versions"]["no-such-package"] == "unknown"
    assert good["lines"][0]["text"] == "x.jpg 3 4"
    assert good["seconds"] >= 0
    assert good["fields"] is None
    assert bad == {"failed": "ValueError: too dark"}
    assert last["peak_mb"] > 10
    assert last["installed_mb"] == 7.0


def test_installed_size_follows_requirements_and_counts_each_once() -> None:
    own = sum(Path(str(file.locate())).stat().st_size for file in metadata.files("pytest") or ())
    size = installed_bytes(("pytest",))
    assert size > own > 0
    assert installed_bytes(("pytest", "PyTest", "pluggy")) == size


def test_installed_size_of_a_package_run_from_its_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_bytes(b"#" * 1000)
    (tmp_path / "weights.bin").write_bytes(b"#" * 9000)
    monkeypatch.setitem(sys.modules, "not-installed", types.SimpleNamespace(__file__=str(tmp_path / "__init__.py")))
    monkeypatch.setitem(sys.modules, "one-file", types.SimpleNamespace(__file__=str(tmp_path / "one.py")))
    assert installed_bytes(("not-installed", "one-file", "not-loaded")) == 10_000


def test_installed_size_follows_the_extras_that_are_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    requires = {
        "app": ["Core[fast]>=1 ; python_version >= '3'", "tool; extra == 'dev'"],
        "core": ["quick ; extra == 'fast'", "slow; extra == 'thorough'"],
        **{name: [] for name in ("quick", "slow", "tool")},
    }

    def distribution(name: str) -> types.SimpleNamespace:
        (tmp_path / name).write_bytes(b"#" * 1_000_000)
        return types.SimpleNamespace(
            files=[types.SimpleNamespace(locate=lambda: tmp_path / name)], requires=requires[name]
        )

    monkeypatch.setattr(metadata, "distribution", distribution)
    assert installed_bytes(["app"]) == 3_000_000  # app, core, quick
    assert installed_bytes(["app", "core"]) == 3_000_000


def test_size_of_a_program_has_its_libraries_and_data_but_not_those_of_every_system(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, size in {"prog": 1000, "libocr.so.5": 2000, "libc.so.6": 4000, "eng.data": 8000}.items():
        (tmp_path / name).write_bytes(b"#" * size)
    (tmp_path / "data").mkdir()
    (tmp_path / "eng.data").rename(tmp_path / "data" / "eng.data")
    linked = "".join(f"\t{name} => {tmp_path / name} (0x7f)\n" for name in ("libocr.so.5", "libc.so.6"))
    said = f"\tlinux-vdso.so.1 (0x7ff)\n{linked}"
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: types.SimpleNamespace(stdout=said))
    assert installed.program_mb(str(tmp_path / "prog"), tmp_path / "data") == 0.011
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert installed.program_mb(str(tmp_path / "prog"), tmp_path / "data") is None


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
