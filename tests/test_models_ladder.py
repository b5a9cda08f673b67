"""The ladder: the same lines for every rung, figures as the scorer has them, and errors of one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from printed import extractor
from scored import networked_bundle
from test_models_heldback import shops_held_back
from test_models_rules import folder, receipt

from edgekit.bundle import Bundle
from edgekit.extract import RUNGS
from models.ladder import in_order, main, size_of
from models.rules.lines import layout_params, parse_lines


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [receipt(number, split="test") for number in range(4)]
    rows.append(receipt(4, split="test", vendor="Not On The Paper"))
    rows += [receipt(number, vendor=name) for number, name in enumerate(shops_held_back(2), 5)]
    return folder(tmp_path / "shops", [*rows, receipt(9)])


def test_every_rung_is_measured_on_the_same_lines(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, bundle = tmp_path / "ladder.json", networked_bundle(tmp_path / "bundle")
    arguments = ["--data", f"{data}:test", "--lines", "given", "--bundle", str(bundle), "--json", str(out)]
    assert main(arguments) == 0
    found = json.loads(out.read_text("utf-8"))
    steps = {step["rung"]: step for step in found["steps"]}
    assert list(steps) == list(RUNGS)
    assert {step["receipts"] for step in steps.values()} == {5}
    assert steps["classical"]["f1"]["vendor"] == 0.8 and steps["classical"]["f1"]["total"] == 1.0
    assert steps["network"]["f1"]["total"] == 1.0 and steps["network"]["f1"]["vendor"] == 0.0
    graph = Bundle.open(bundle).manifest.files["extract.onnx"].size
    assert steps["joint"]["bytes"] - steps["rules"]["bytes"] == graph
    assert all(0 < step["milliseconds"] <= step["milliseconds_p95"] for step in steps.values())
    shown = capsys.readouterr().out
    assert "| shops, test | classical | 5 | 0.800 |" in shown and len(shown.splitlines()) == 2 + len(RUNGS)


def test_without_the_network_two_rungs_are_measured(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", f"{data}:held-back", "--lines", "given", "--rungs", "rules", "classical"]) == 0
    shown = capsys.readouterr().out
    assert "| shops, held-back | rules | 2 |" in shown and "joint" not in shown


def test_lines_are_put_in_reading_order() -> None:
    lines = list(receipt(0)["lines"])
    plain, turned = parse_lines(lines, layout_params()), parse_lines(lines[::-1], layout_params())
    assert plain != turned and in_order(turned) == in_order(plain) == plain
    assert extractor().extract(in_order(turned).lines, in_order(turned).rows) == extractor().extract(
        plain.lines, plain.rows
    )


def test_a_rung_without_network_is_only_words_and_constants() -> None:
    bundle = Bundle.open()
    assert size_of(bundle, "rules") == size_of(bundle, "classical") > bundle.manifest.files["lexicon.json"].size


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--data", "nowhere"], "write FOLDER:SPLIT"),
        (["--data", "nowhere:test"], "cannot be read"),
        (["--data", "{data}:dev"], "no row of split 'dev'"),
        (["--data", "{data}:test", "--bundle", "nowhere"], "no such bundle"),
        (["--data", "{data}:test", "--bundle", "{bare}", "--rungs", "joint"], "no graph"),
        (["--data", "{data}:test", "--json", "nowhere/x.json"], "does not exist"),
        (["--data", "{bare_lines}:test"], "has no lines of its own"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str], message: str, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {
        "{data}": data,
        "{bare}": networked_bundle(tmp_path / "bare", graphs=False),
        "{bare_lines}": folder(tmp_path / "unread", [receipt(0, split="test", lines=[])]),
    }
    for name, place in places.items():
        arguments = [argument.replace(name, str(place)) for argument in arguments]
    assert main([*arguments, "--lines", "given"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and message in error and error.count("\n") == 1
