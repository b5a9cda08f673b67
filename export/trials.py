"""A precision stage by stage: which graphs pass the gate, and what stands in for those that do not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.manifest import Manifest, Stage, Trial
from edgekit.session import open_session
from export.calibration import Feed
from export.catalogue import BASE
from export.gate import Gate, latency_ratio, refusal
from export.targets.lowered import Lowered

TIMED = 8
"""Inputs of a stage that are timed."""


class Trials:
    """Reads receipts with the graphs of one engine.

    Stages are tried one after another, the largest file first, each together with those that passed before it: what
    passes last is what ships, all of it, and the bars hold for the whole.
    """

    def __init__(self, gate: Gate, feeds: Mapping[str, list[Feed]], base: Manifest, files: Mapping[str, bytes]) -> None:
        """feeds: what stages take, to time them with. base, files: the bundle's constants and word lists."""
        self._gate = gate
        self._feeds = feeds
        self._base = base
        self._files = files

    def choose(self, plain: Mapping[str, Lowered], tried: Mapping[str, Lowered]) -> dict[str, Lowered]:
        """One graph per stage, all with the precision of ``tried``: that graph where it passes, else ``plain``'s, whose
        evidence then says why. plain, tried: by stage, all for one engine."""
        precision = next(iter(tried.values())).graph.precision
        chosen = {stage: _as(artefact, precision) for stage, artefact in plain.items()}
        for stage in sorted(tried, key=lambda name: -len(plain[name].data)):
            trial = self._try({**chosen, stage: tried[stage]}, stage, plain[stage])
            why = refusal(trial)
            made = tried[stage].graph if why is None else chosen[stage].graph
            evidence = (
                replace(made.evidence, trial=trial)
                if why is None
                else replace(made.evidence, reason=f"{precision} was refused: {why}; this is the {BASE} graph")
            )
            source = tried[stage] if why is None else plain[stage]
            chosen[stage] = Lowered(replace(made, evidence=evidence), source.data)
        return chosen

    def _try(self, artefacts: Mapping[str, Lowered], stage: str, plain: Lowered) -> Trial:
        graph = artefacts[stage].graph
        with tempfile.TemporaryDirectory() as work:
            after = assemble(Path(work, "after"), self._base, self._files, artefacts)
            before = assemble(Path(work, "before"), self._base, self._files, {stage: plain})
            sessions = (
                open_session(before, stage, plain.graph.backend, plain.graph.precision, 1),
                open_session(after, stage, graph.backend, graph.precision, 1),
            )
            feeds = self._feeds[stage]
            ratio = latency_ratio(*sessions, feeds[:: max(1, len(feeds) // TIMED)])
            sizes = len(plain.data), len(artefacts[stage].data)
            return self._gate.try_out(after, graph.backend, graph.precision, sizes, ratio)


def assemble(path: Path, base: Manifest, files: Mapping[str, bytes], artefacts: Mapping[str, Lowered]) -> Bundle:
    """A bundle at ``path`` with one graph in each of these stages and none in the others."""
    stages = {
        name: Stage((artefacts[name].graph,) if name in artefacts else (), stage.params)
        for name, stage in base.stages.items()
    }
    graphs = {artefact.graph.file: artefact.data for artefact in artefacts.values()}
    return write_bundle(path, replace(base, stages=stages), {**files, **graphs})


def _as(artefact: Lowered, precision: str) -> Lowered:
    """The same file under the name of another precision."""
    return Lowered(replace(artefact.graph, precision=precision), artefact.data)
