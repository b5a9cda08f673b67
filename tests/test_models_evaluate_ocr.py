"""The command: what is measured, summed up, noted and drawn."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import model_sources
import pytest
from annotated import LINES, Fixed, drawn
from PIL import Image

from models.evaluate import ocr
from models.evaluate.__main__ import main
from models.evaluate.truth import pages


def fixed(monkeypatch: pytest.MonkeyPatch, **systems: Fixed) -> None:
    for name, system in systems.items():
        system.about = system.about or name
    monkeypatch.setattr(ocr, "open_system", lambda name, *_: systems[name])


def measured(folder: Path, out: Path, *more: str) -> Any:
    """The report of the systems ours and tiny on a folder."""
    systems = ["--system", "ours", "--system", "tiny"]
    assert main(["ocr", "--data", f"{folder}=test", *systems, "--out", str(out), *more]) == 0
    return json.loads((out / "ocr.json").read_text("utf-8"))


def test_lines_and_pages_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = drawn(tmp_path / "sroie")
    (page,) = pages(folder, "test")
    ours = Fixed(["Total 12.50", "CASH 20.00", "CHAN"], page.quads[:2])
    fixed(monkeypatch, ours=ours, tiny=Fixed(LINES, page.quads))
    report = measured(folder, tmp_path / "out")
    one = report["sets"]["sroie=test"]
    assert (one["receipts"], one["lines"]) == (1, 3)
    ours_, tiny = one["systems"]["ours"], one["systems"]["tiny"]
    assert ours_["lines"]["by"]["all"]["all"] == {"lines": 3, "cer": 0.21875, "wer": 0.33333, "ler": 0.33333}
    assert tiny["lines"]["by"]["all"]["all"]["cer"] == 0
    assert sum(group["lines"] for group in ours_["lines"]["by"]["blur"].values()) == 3
    assert set(ours_["lines"]["by"]["language"]) == {"English (Malaysia)"}
    assert ours_["detection"]["iou"] == {"recall": 0.66667, "precision": 1.0, "f1": 0.8}
    assert ours_["detection"]["coverage"]["precision"] == 1
    assert ours_["detection"]["by"]["all"]["all"]["covered"] == round(21 / 32, 5)
    assert tiny["detection"]["coverage"] == {"recall": 1, "precision": 1, "f1": 1}
    assert ours_["receipts"]["cer"] == round(11 / 32, 5) and tiny["receipts"]["cer"] == 0
    assert ours_["detection"]["seconds_median"] == 0.25 and ours_["receipts"]["seconds_median"] == 0.5
    text = capsys.readouterr().out
    assert text.splitlines()[2].split() == ["sroie=test", "all", "ours", "3", "21.88", "33.33", "33.33", "0.0"]
    assert "34.38" in text
    assert "language" not in text  # one group
    with Image.open(tmp_path / "out" / "worst-sroie.png") as sheet:
        assert sheet.height == 64


def test_a_run_goes_on_from_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, log = drawn(tmp_path / "some", 2), tmp_path / "logs" / "run.jsonl"
    fixed(monkeypatch, ours=Fixed(LINES, about="a"), tiny=Fixed(LINES, about="b"))
    first = measured(folder, tmp_path / "out", "--log", str(log))
    whole = log.read_text("utf-8")
    assert whole.count("\n") == 2 * (1 + 2 * 2)
    log.write_text(whole + '{"key": ["broken', "utf-8")
    again, other = Fixed(["?"], about="a"), Fixed(LINES, about="c")
    fixed(monkeypatch, ours=again, tiny=other)
    second = measured(folder, tmp_path / "out", "--log", str(log))
    assert again.calls == 0 and other.calls == 4
    assert first["sets"]["some=test"]["systems"]["ours"] == second["sets"]["some=test"]["systems"]["ours"]
    assert log.read_text("utf-8").startswith(whole)


def test_one_part_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fixed(monkeypatch, ours=Fixed(LINES), tiny=Fixed(LINES))
    folder, out = drawn(tmp_path / "some", 3), tmp_path / "out"
    report = measured(folder, out, "--part", "pages", "--limit", "2", "--json")
    assert json.loads(capsys.readouterr().out) == report
    assert set(report["sets"]["some=test"]["systems"]["ours"]) == {"detection", "receipts"}
    assert report["sets"]["some=test"]["receipts"] == 2 and not list(out.glob("*.png"))
    report = measured(folder, out, "--part", "lines", "--turn", "3")
    assert set(report["sets"]["some=test"]["systems"]["ours"]) == {"lines"}


def test_the_worst_come_first_and_few_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []

    def sheet(mistakes: list[Any]) -> Image.Image:
        shown.extend(mistakes)
        return Image.new("RGB", (8, 8))

    monkeypatch.setattr(ocr, "draw_sheet", sheet)
    fixed(monkeypatch, ours=Fixed(["TOTAL 12.5", "CASH", ""]), tiny=Fixed(LINES))
    measured(drawn(tmp_path / "some"), tmp_path / "out", "--worst", "2")
    assert [(mistake.printed, mistake.wrong) for mistake in shown] == [(LINES[2], 11), (LINES[1], 6)]


def test_networks_are_measured(tmp_path: Path) -> None:
    model_sources.recognizer()
    report = measured(drawn(tmp_path / "some"), tmp_path / "out")
    for figures in report["sets"]["some=test"]["systems"].values():
        assert figures["lines"]["by"]["all"]["all"]["cer"] < 0.3
        assert figures["detection"]["coverage"]["f1"] > 0.9 and figures["receipts"]["cer"] < 0.3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nowhere=test", "--system", "ours"], "labels.jsonl: cannot be read"),
        (["--data", "SET=bare", "--system", "ours"], "no row of split 'bare' has lines"),
        (["--data", "SET=test", "--system", "tuned"], "give its weights with --weights"),
        (["--data", "SET=test", "--system", "tiny", "--weights", "a.npz"], "add --system tuned"),
        (["--data", "SET=test", "--system", "ours", "--log", "SET/labels.jsonl"], "cannot be read"),
        (["--data", "SET=test", "--system", "ours", "--log", "SET/0.png/log"], "--log"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = drawn(tmp_path / "some")
    arguments = [argument.replace("SET", str(folder)) for argument in arguments]
    assert main(["ocr", *arguments, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--data", "sroie"], "give a folder and a split"), (["--data", "a=b", "--limit", "0"], "is no count")],
)
def test_wrong_options(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["ocr", *arguments])
    assert message in capsys.readouterr().err
