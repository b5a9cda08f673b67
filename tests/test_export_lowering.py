"""What every target's graph goes through."""

from dataclasses import replace

import pytest

pytest.importorskip("onnx")

from edgekit.manifest import Graph
from export import lowering
from export.lowering import PictureJob, lower
from export.recipes.receipt import RECOGNIZE, REREAD
from export.targets.lowered import UNCHECKED, Lowered


@pytest.mark.parametrize("target", ["onnx", "executorch", "coreml"])
def test_a_network_made_in_one_precision_says_why_it_was_not_tried(
    monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    def made(job: PictureJob, precision: str) -> Lowered:
        evidence = replace(UNCHECKED, reason="not tried")
        return Lowered(Graph(target, precision, "x", job.recipe.inputs, job.recipe.outputs, evidence), b"x")

    monkeypatch.setitem(lowering._PICTURES, target, made)
    found = lower(PictureJob(REREAD, {}, None), target, "int8")  # type: ignore[arg-type]
    assert found.graph.evidence.reason == lowering.ONLY.format(precision="int8")
    assert found.data == b"x"
    other = lower(PictureJob(RECOGNIZE, {}, None), target, "int8")  # type: ignore[arg-type]
    assert other.graph.evidence.reason == "not tried"
