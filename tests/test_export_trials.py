"""Which graph ships where one is refused. The gate is played by a list of verdicts; bundles are real."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from edgekit.manifest import SCHEMA, Change, Evidence, Graph, Manifest, Stage, TensorSpec, Trial
from export import pack as packing
from export.catalogue import TARGETS
from export.pack import Order
from export.pictures import Labelled
from export.targets.lowered import Lowered
from export.trials import Trials

PORTS = (TensorSpec("x", "uint8", (1,)),)
COMPARED = Evidence("passed", "not tried", "the original", 0.01, None, "the interpreter")
GOOD = Trial("a set", 9, "true lines", Change(0.1, 0.1), Change(0.9, 0.9), Change(400, 100), None)
BAD = replace(GOOD, field_f1=Change(0.9, 0.5))
LARGE = replace(GOOD, bytes=Change(400, 300))
BASE = Manifest(SCHEMA, "tiny", "1.0", "MIT", "tiny", (), {name: Stage((), {}) for name in ("a", "b")}, {})
WHY = "field F1 0.9000 -> 0.5000, more than 0.005 worse"


class Verdicts:
    """A gate that knows what it is going to say; notes what it was asked."""

    def __init__(self, *trials: Trial) -> None:
        self.trials = list(trials)
        self.asked: list[tuple[str, str, tuple[int, int], float | None, list[str]]] = []

    def try_out(self, bundle: Bundle, backend: str, precision: str, sizes: tuple[int, int], ratio: Any) -> Trial:
        files = sorted(name for name in bundle.manifest.files)
        self.asked.append((backend, precision, sizes, ratio, files))
        return self.trials.pop(0)


def made(precision: str, a: int = 400, b: int = 200) -> dict[str, Lowered]:
    def one(stage: str, size: int) -> Lowered:
        graph = Graph("coreml", precision, f"{stage}_{precision}.zip", PORTS, PORTS, COMPARED)
        return Lowered(graph, bytes(size))

    return {"a": one("a", a), "b": one("b", b)}


def choose(gate: Any, tried: dict[str, Lowered], stand_in: dict[str, Lowered] | None = None) -> dict[str, Lowered]:
    return Trials(gate, {}, BASE, {}).choose(made("fp32"), tried, stand_in, is_timed=False)


def test_stages_are_tried_from_the_largest_and_untimed_graphs_say_so() -> None:
    gate = Verdicts(GOOD, GOOD)
    chosen = choose(gate, made("int8", 100, 50))
    assert [one.graph.file for one in chosen.values()] == ["a_int8.zip", "b_int8.zip"]
    assert all((one.graph.evidence.trial, one.graph.evidence.reason) == (GOOD, None) for one in chosen.values())
    assert [asked[2:4] for asked in gate.asked] == [((400, 100), None), ((200, 50), None)]
    assert [asked[4] for asked in gate.asked] == [["a_int8.zip", "b_fp32.zip"], ["a_int8.zip", "b_int8.zip"]]


def test_the_graph_that_stands_in_is_named_and_keeps_its_own_trial() -> None:
    half = {name: Lowered(_tried(one.graph), one.data) for name, one in made("fp16", 210, 110).items()}
    chosen = choose(Verdicts(BAD, GOOD), made("int8", 100, 50), half)
    a, b = chosen["a"].graph, chosen["b"].graph
    assert (a.file, a.precision, a.evidence.trial) == ("a_fp16.zip", "int8", GOOD)
    assert a.evidence.reason == f"int8 was refused: {WHY}; this is the fp16 graph"
    assert (b.file, b.evidence.reason) == ("b_int8.zip", None)
    without = choose(Verdicts(BAD, BAD), made("int8"))["a"].graph.evidence.reason
    assert without == f"int8 was refused: {WHY}; this is the fp32 graph"


def test_a_network_of_which_nothing_was_made_is_not_tried() -> None:
    gate, plain = Verdicts(GOOD), made("fp32")
    chosen = choose(gate, {"a": made("int8")["a"], "b": plain["b"]})
    assert [asked[2] for asked in gate.asked] == [(400, 400)]
    assert chosen["b"].graph.file == plain["b"].graph.file
    assert chosen["b"].graph.precision == "int8"
    assert chosen["b"].graph.evidence.reason == "int8 is not made of this network; this is the fp32 graph"


def test_a_network_made_in_one_precision_alone_stays_as_it_is() -> None:
    only, trials = made("int8")["b"], Trials(Verdicts(GOOD), {}, BASE, {})  # type: ignore[arg-type]
    chosen = trials.choose({**made("fp32"), "b": only}, {**made("int8"), "b": only}, is_timed=False)
    assert chosen["b"] is only
    assert chosen["a"].graph.file == "a_int8.zip"


def test_half_precision_need_not_be_smaller_by_half() -> None:
    assert choose(Verdicts(LARGE, LARGE), made("fp16"))["a"].graph.file == "a_fp16.zip"
    assert choose(Verdicts(LARGE, LARGE), made("int8"))["a"].graph.file == "a_fp32.zip"


def test_what_stands_in_is_judged_first_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Verdicts(GOOD, GOOD, BAD, BAD, BAD, BAD)
    told: list[str] = []
    opened: list[str] = []
    workshop = packing.Workshop(told.append, {}, BASE, {})
    monkeypatch.setattr(packing.Workshop, "make", lambda self, target, precision: made(precision))
    honest = packing._engine

    def engine(target: Any) -> Any:
        opened.append(target.name)
        return honest(replace(target, runs_anywhere=True))

    monkeypatch.setattr(packing, "_engine", engine)
    trials = Trials(gate, {}, BASE, {})  # type: ignore[arg-type]
    monkeypatch.setattr(Trials, "_ratio", lambda *_: 1.0)
    for precision in ("int8", "palette", "fp16"):
        chosen = packing._choose(workshop, trials, TARGETS["coreml"], precision)
        assert chosen["a"].graph.file == "a_fp16.zip"
    assert [asked[1] for asked in gate.asked] == ["fp16", "fp16", "int8", "int8", "palette", "palette"]
    assert opened == ["coreml"] * 3
    assert len(told) == 3


@pytest.mark.parametrize(
    ("jobs", "has_gate", "message"),
    [
        ((("coreml", "int8"),), False, "coreml int8 needs receipts: --gate DIR to judge the result by"),
        ((("coreml", "fp16"), ("coreml", "palette")), False, "coreml palette needs receipts: --gate DIR"),
        ((("onnx", "int8"),), True, "int8 needs receipts: --calibration DIR to calibrate with"),
        ((("coreml", "int8"),), True, None),
        ((("coreml", "fp16"),), False, None),
    ],
)
def test_what_has_few_bits_needs_receipts(
    jobs: tuple[tuple[str, str], ...], has_gate: bool, message: str | None
) -> None:
    gate = Labelled(Path("receipts"), (), "receipts") if has_gate else None
    order = Order(tuple((TARGETS[name], precision) for name, precision in jobs), (), gate)
    if message is None:
        order.check()
        assert order.has_trial == has_gate
    else:
        with pytest.raises(UsageError, match=message):
            order.check()


def _tried(graph: Graph) -> Graph:
    return replace(graph, evidence=replace(COMPARED, reason=None, trial=GOOD))
