"""benchmarks.report: tables, drawings and the front of size, F1 and time, from made results."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from bench_results import result, write
from hypothesis import given
from hypothesis import strategies as st
from places import ROOT

from benchmarks import pareto, report
from benchmarks.pareto import Point
from edgekit.errors import UsageError

pytest.importorskip("matplotlib")
PEERS = sorted((ROOT / "benchmarks" / "results").glob("peers-*.json"))[0]
points = st.builds(Point, st.text(max_size=3), *(st.integers(1, 5).map(float) for _ in range(3)))


def evaluated(f1: float, made: dict[str, Any]) -> dict[str, Any]:
    """What ``edgekit eval --json`` prints of the bundle that was measured, as far as it is read."""
    digest = made["variants"][0]["bundle"]["digest"]
    setting = {"bundle": f"receipt 0.1.0, digest {digest}", "backend": "onnxruntime fp32, 1 threads"}
    return {"data": "receipts", "split": "dev", "scores": {"micro4": {"f1": f1}}, "setting": setting}


def test_a_report_has_tables_and_drawings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = result(variants=2)
    words = ["--f1", str(write(tmp_path, "f1.json", evaluated(0.912, made)))]
    out = tmp_path / "deep" / "report"
    assert report.main([str(write(tmp_path, "pi.json", made)), str(PEERS), "--out", str(out), *words]) == 0
    assert "report.html: 3 sections" in capsys.readouterr().out
    text = (out / "report.md").read_text(encoding="utf-8")
    assert "## Raspberry Pi 5" in text
    assert "| receipt 0.1.0, onnxruntime fp32, 1 thread | 5.0 | 0.912 |" in text
    assert "## Peers on" in text
    drawings = {path.name for path in out.glob("*.svg")}
    assert {"1-pi-latency.svg", "1-pi-stages.svg", "1-pi-pareto-1.svg"} < drawings
    for name in drawings:
        assert f"({name})" in text
        assert (out / name).read_text(encoding="utf-8").startswith("<?xml")
    page = (out / "report.html").read_text(encoding="utf-8")
    HTMLParser().feed(page)
    assert page.count("<table>") == text.count("| --- |")
    assert page.count("<img") == len(drawings)


def test_a_report_is_the_same_twice(tmp_path: Path) -> None:
    path = str(write(tmp_path, "pi.json", result()))
    for name in ("one", "two"):
        assert report.main([path, "--out", str(tmp_path / name)]) == 0
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_without_f1_there_is_no_front(tmp_path: Path) -> None:
    assert report.main([str(write(tmp_path, "pi.json", result())), "--out", str(tmp_path)]) == 0
    assert "No F1 is known" in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert not list(tmp_path.glob("*pareto*"))


def test_emulated_times_are_not_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = result()
    made["device"].update(emulated=True, emulation=["the process is called qemu-aarch64"])
    words = [str(write(tmp_path, "good.json", result())), str(write(tmp_path, "bad.json", made))]
    assert report.main([*words, "--out", str(tmp_path / "out")]) == report.EMULATED
    said = capsys.readouterr()
    assert "bad.json: was measured under emulation (the process is called qemu-aarch64)" in said.err
    assert said.out == ""
    assert not (tmp_path / "out").exists()


def test_what_makes_figures_worth_less_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = result()
    made.update(quick=True, complete=False)
    made["variants"][0]["noise"].update(noisy=True, p95_difference=0.31)
    made["after"]["throttling"]["now"] = True
    made["device"]["virtual"] = True
    assert report.main([str(write(tmp_path, "a.json", made)), "--out", str(tmp_path)]) == 0
    text, page = ((tmp_path / name).read_text(encoding="utf-8") for name in ("report.md", "report.html"))
    said = capsys.readouterr().out
    for mark in ("NOISY: ", "passes 31%", "QUICK", "INCOMPLETE", "THROTTLED", "A virtual machine"):
        assert mark in text
        assert mark in page
        assert mark in said


def test_a_clock_that_was_held_back_in_between_is_marked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = result()
    for state, events in (("before", 3), ("after", 4)):
        made[state]["throttling"]["events"] = events
    assert report.main([str(write(tmp_path, "a.json", made)), "--out", str(tmp_path)]) == 0
    assert "THROTTLED" in capsys.readouterr().out


def test_names_from_files_are_escaped(tmp_path: Path) -> None:
    made = result()
    made["label"] = "<script>a|b</script>"
    assert report.main([str(write(tmp_path, "a.json", made)), "--out", str(tmp_path)]) == 0
    assert "<script>" not in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["none.json"], [str(PEERS), "--f1", "none.json"]])
def test_main_refuses_what_it_cannot_read(tmp_path: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert report.main([*words, "--out", str(tmp_path)]) == 2
    assert "none.json: cannot be read" in capsys.readouterr().err


def test_main_refuses_a_folder_it_cannot_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert report.main([str(PEERS), "--out", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err


# the front


def test_the_front_has_what_nothing_beats() -> None:
    small = Point("small", 1, 0.8, 10)
    good = Point("good", 5, 0.9, 50)
    worse = Point("worse", 5, 0.85, 50)
    assert pareto.front([small, worse, good]) == [small, good]


@given(st.lists(points, max_size=12))
def test_everything_off_the_front_is_beaten_by_one_on_it(found: list[Point]) -> None:
    best = pareto.front(found)
    assert bool(best) == bool(found)
    for point in found:
        beaten = any(b.size <= point.size and b.f1 >= point.f1 and b.p95 <= point.p95 for b in best)
        assert beaten


def test_f1_from_a_comparison_of_backends(tmp_path: Path) -> None:
    variants = [{"variant": "onnxruntime fp32", "f1": 0.9}, {"variant": "onnxruntime int8", "f1": 0.89}]
    found = {"bundle": "d", "sets": [{"name": "shop", "splits": ["dev"], "variants": variants}]}
    (scored,) = pareto.load_f1(write(tmp_path, "backends.json", found))
    assert scored.data == "shop dev"
    assert scored.f1 == {("d", "onnxruntime", "fp32"): 0.9, ("d", "onnxruntime", "int8"): 0.89}


def test_f1_of_the_same_receipts_is_put_together() -> None:
    one = pareto.Scored("shop", {("d", "onnxruntime", "fp32"): 0.9})
    other = pareto.Scored("shop", {("d", "onnxruntime", "int8"): 0.8})
    (merged,) = pareto.merged([one, other])
    assert len(merged.f1) == 2


@pytest.mark.parametrize("content", [[], {}, {"sets": 1}, {"setting": {"bundle": "no digest"}}])
def test_what_holds_no_f1(tmp_path: Path, content: Any) -> None:
    with pytest.raises(UsageError, match="is not what 'edgekit eval --json'"):
        pareto.load_f1(write(tmp_path, "f1.json", content))
