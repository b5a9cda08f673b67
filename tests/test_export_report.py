from __future__ import annotations

import dataclasses

from edgekit.manifest import SCHEMA, Change, Evidence, Graph, Manifest, Stage, TensorSpec, Trial
from export import report

PORTS = (TensorSpec("x", "uint8", (1,)),)
TRIAL = Trial("a <set>", 9, "true lines", Change(0.1, 0.104), Change(0.9, 0.896), Change(4000, 1000), 1.5)
EQUAL = Evidence("passed", None, "the original", 2e-5, None, "a machine")
TRIED = Evidence("passed", None, "the original", 0.5, TRIAL, "a machine", 0.975)
REFUSED = Evidence("passed", "int8 was refused: too bad", "the original", 2e-5, None, "a machine")
NOT_RUN = Evidence("not run", "no such engine here")


def manifest(**evidence: Evidence) -> Manifest:
    graphs = tuple(Graph("onnxruntime", name, f"{name}.onnx", PORTS, PORTS, one) for name, one in evidence.items())
    return Manifest(SCHEMA, "tiny", "1.0", "MIT", "tiny", (), {"detect": Stage(graphs, {}), "none": Stage((), {})}, {})


FIGURES = ("0.9000 -> 0.8960", "0.1000 -> 0.1040", "1.50x")
SIZES = {"fp32.onnx": 4000, "int8.onnx": 1000}


def test_a_row_tells_what_was_measured_and_no_more() -> None:
    rows = report.rows(manifest(fp32=EQUAL, int8=TRIED), SIZES)
    assert rows == [
        ("detect", "onnxruntime", "fp32", "fp32.onnx", "4,000", "2e-05", "-", "-", "-"),
        ("detect", "onnxruntime", "int8", "int8.onnx", "1,000", "5e-01", *FIGURES),
    ]
    assert report.rows(manifest(fp32=NOT_RUN), SIZES)[0][5:] == ("-", "-", "-", "-")


def test_the_table_is_aligned() -> None:
    lines = report.table(report.HEADER, report.rows(manifest(fp32=EQUAL, int8=TRIED), SIZES)).splitlines()
    assert [line.index("fp32" if "4,000" in line else "int8") for line in lines[1:]] == [
        lines[0].index("precision")
    ] * 2
    assert lines[1].index("4,000") == lines[2].index("1,000")


def test_remarks_say_on_what_and_why() -> None:
    assert report.notes(manifest(fp32=EQUAL)) == []
    tried, share = report.notes(manifest(int8=TRIED))
    assert tried.startswith("detect onnxruntime int8: read from 9 pictures of a <set>; character error against true")
    assert share == "detect onnxruntime int8: 97.5% of the operators accelerated"
    assert report.notes(manifest(int8=REFUSED)) == ["detect onnxruntime int8: int8 was refused: too bad"]


def test_what_was_not_timed_says_so() -> None:
    untimed = dataclasses.replace(TRIED, trial=dataclasses.replace(TRIAL, latency_ratio=None))
    assert report.rows(manifest(int8=untimed), SIZES)[0][-1] == "-"
    assert "against true lines; not timed; on a machine" in report.notes(manifest(int8=untimed))[0]


def test_documents_are_made_without_remarks_too() -> None:
    found = report.documents(manifest(fp32=EQUAL), SIZES)
    assert found["report.md"].decode().startswith("# tiny 1.0\n")
    assert found["report.html"].decode().startswith("<!doctype html>")


def test_only_a_bundle_with_remarks_has_a_report() -> None:
    assert report.files(manifest(fp32=EQUAL), SIZES) == {}
    found = report.files(manifest(fp32=EQUAL, int8=TRIED), SIZES)
    assert sorted(found) == ["report.html", "report.md"]
    markdown, page = found["report.md"].decode(), found["report.html"].decode()
    assert "| detect | onnxruntime | int8 | int8.onnx | 1,000 | 5e-01 | 0.9000 -> 0.8960 |" in markdown
    assert "<td>int8.onnx</td>" in page
    assert "a &lt;set&gt;" in page
    assert "a <set>" not in page
