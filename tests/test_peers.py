"""benchmarks.peers: the command, with fake systems in place of the real peers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from peer_fakes import RECEIPT, data_folder, fakes_in

from benchmarks import ROOT, peers, rules, systems
from edgekit.bench.process import System
from edgekit.bundle import Bundle


@pytest.fixture
def fake(tmp_path: Path) -> Callable[..., System]:
    return fakes_in(tmp_path)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return data_folder(tmp_path)


@pytest.fixture
def command(fake: Callable[..., System], monkeypatch: pytest.MonkeyPatch) -> list[System]:
    """The systems that ``main`` compares, replaced by fakes; a test may change them."""
    own = {"vendor": "Corner Shop", "date": "2018-04-03", "total": "10.50", "tax": "0.50"}
    found = [
        fake("edgekit", {"seconds": 0.2, "lines": RECEIPT, "fields": own, "peak_mb": 150.0}),
        fake("peer", {"seconds": 0.8, "lines": RECEIPT[:2], "peak_mb": 600.0, "fail_on": "b.jpg"}),
    ]
    monkeypatch.setattr(systems, "ours", lambda threads, places: found[0])
    monkeypatch.setattr(systems, "PEERS", ("peer", "absent"))
    refuse = {"refuse": {"error": "No module named 'absent'", "missing": "absent"}}
    makers = {"peer": lambda threads, places: found[1], "absent": lambda threads, places: fake("absent", refuse)}
    monkeypatch.setattr(systems, "_MAKERS", makers)
    monkeypatch.setattr(peers, "edgekit_fields", lambda bundle: rules.fields)
    return found


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
    assert "shop dev: 2 receipts\n" in printed.out
    (left_out,) = result["left_out"]
    assert left_out["system"] == "absent"
    assert "absent cannot be imported" in left_out["reason"]
    assert f"left out: {left_out['reason']}" in printed.err
    assert "Left out: absent." in printed.out
    schema = json.loads((ROOT / "benchmarks" / "schema" / "peers-2.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(result, schema)


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


def test_main_without_any_peer(folder: Path, command: list[System], capsys: pytest.CaptureFixture[str]) -> None:
    refuse = {"error": "No module named 'rapidocr'", "missing": "rapidocr"}
    command[1].opening["options"]["refuse"] = refuse
    said = errors_of(["--data", str(folder), "--cold-starts", "1"], capsys)
    assert "no peer is here to compare with" in said
    assert "rapidocr cannot be imported" in said


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


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--with", "rapidocr-small", "--rapidocr-python", "no-such-python"], "--rapidocr-python no-such-python"),
        (["--with", "tesseract", "--tesseract", "no-such-program"], "apt-get install tesseract-ocr"),
    ],
)
def test_a_peer_asked_for_by_name_has_to_be_here(
    folder: Path, arguments: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert expected in errors_of(["--data", str(folder), "--threads", "1", *arguments], capsys)


@pytest.mark.parametrize(
    "arguments",
    [[], ["--data", "x", "--limit", "0"], ["--data", "x", "--cold-starts", "few"], ["--data", "x", "--with", "nobody"]],
)
def test_main_refuses_bad_words(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        peers.main(arguments)
    assert stopped.value.code == 2
    assert "Traceback" not in capsys.readouterr().err


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
