"""What every target's graph goes through."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("onnx")

from edgekit.manifest import Graph
from export import lowering
from export.catalogue import TARGETS
from export.lowering import PictureJob, lower
from export.recipe import only_precision
from export.recipes.receipt import EXTRACT, RECOGNIZE, REREAD
from export.targets.lowered import UNCHECKED, Lowered


@pytest.mark.parametrize("target", ["onnx", "executorch", "coreml"])
def test_a_network_made_in_one_precision_says_why_it_was_not_tried(
    monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    def made(job: PictureJob, precision: str) -> Lowered:
        evidence = replace(UNCHECKED, reason="not tried")
        return Lowered(Graph(target, precision, "x", job.recipe.inputs, job.recipe.outputs, evidence), b"x")

    monkeypatch.setitem(lowering._PICTURES, target, made)
    alone = lowering.ONLY.format(precision="int8")
    found = lower(PictureJob(REREAD, {}, None), target, "int8")  # type: ignore[arg-type]
    assert found.graph.evidence.reason == alone
    assert found.data == b"x"
    partly = lower(PictureJob(RECOGNIZE, {}, None), target, "int8")  # type: ignore[arg-type]
    assert partly.graph.evidence.reason == (alone if target == "onnx" else "not tried")
    other = lower(PictureJob(replace(RECOGNIZE, only=None), {}, None), target, "int8")  # type: ignore[arg-type]
    assert other.graph.evidence.reason == "not tried"


def test_drawn_lines_calibrate_what_is_made_in_one_precision_alone() -> None:
    drawn, read = [(np.zeros(1),)], [(np.ones(1),)]
    job = PictureJob(RECOGNIZE, {}, None, read, drawn)  # type: ignore[arg-type]
    assert job.feeds_for("onnx") is drawn
    assert job.feeds_for("executorch") is read
    assert [only_precision(RECOGNIZE, target) for target in TARGETS] == ["int8", None, None]
    assert [only_precision(REREAD, target) for target in TARGETS] == ["int8"] * 3
    assert only_precision(EXTRACT, "onnx") is None
