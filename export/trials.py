"""A precision stage by stage: which graphs pass the gate, and what stands in for those that do not."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.manifest import Manifest, Stage, Trial
from edgekit.session import open_session
from export.calibration import Feed
from export.catalogue import HALF
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

    def choose(
        self,
        plain: Mapping[str, Lowered],
        tried: Mapping[str, Lowered],
        stand_in: Mapping[str, Lowered] | None = None,
        is_timed: bool = True,
    ) -> dict[str, Lowered]:
        """One graph per stage, all with the precision of ``tried``: that graph where it passes, else that of
        ``stand_in`` (``plain`` where there is none), whose evidence then says why.

        Where both are the same file, nothing was made to try, and the evidence says so.
        A stage that is made in one precision alone stays as it is.
        By stage, all for one engine; ``plain`` in fp32, which is what the others are compared with. is_timed: whether
        what runs them says something of their speed.
        """
        stand_in = plain if stand_in is None else stand_in
        open_to = [name for name, one in tried.items() if one.graph.precision != plain[name].graph.precision]
        precision = tried[open_to[0]].graph.precision
        chosen = {name: _as(one, precision) if name in open_to else one for name, one in stand_in.items()}
        for stage in sorted(open_to, key=lambda name: -len(plain[name].data)):
            instead = f"this is the {stand_in[stage].graph.precision} graph"
            if tried[stage].graph.file == stand_in[stage].graph.file:
                chosen[stage] = _with(chosen[stage], reason=f"{precision} is not made of this network; {instead}")
                continue
            trial = self._try({**chosen, stage: tried[stage]}, stage, plain[stage], is_timed)
            why = refusal(trial, has_to_pay=precision != HALF)
            if why is None:
                chosen[stage] = _with(tried[stage], trial=trial, reason=None)
            else:
                chosen[stage] = _with(chosen[stage], reason=f"{precision} was refused: {why}; {instead}")
        return chosen

    def _try(self, artefacts: Mapping[str, Lowered], stage: str, plain: Lowered, is_timed: bool) -> Trial:
        graph = artefacts[stage].graph
        with tempfile.TemporaryDirectory() as work:
            after = assemble(Path(work, "after"), self._base, self._files, artefacts)
            ratio = self._ratio(Path(work, "before"), after, stage, (plain, artefacts[stage])) if is_timed else None
            sizes = len(plain.data), len(artefacts[stage].data)
            return self._gate.try_out(after, graph.backend, graph.precision, sizes, ratio)

    def _ratio(self, place: Path, after: Bundle, stage: str, pair: tuple[Lowered, Lowered]) -> float:
        bundles = assemble(place, self._base, self._files, {stage: pair[0]}), after
        sessions = [
            open_session(bundle, stage, one.graph.backend, one.graph.precision, 1)
            for bundle, one in zip(bundles, pair, strict=True)
        ]
        feeds = self._feeds[stage]
        return latency_ratio(sessions[0], sessions[1], feeds[:: max(1, len(feeds) // TIMED)])


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


def _with(artefact: Lowered, **changes: Any) -> Lowered:
    """The same file with other evidence."""
    graph = replace(artefact.graph, evidence=replace(artefact.graph.evidence, **changes))
    return Lowered(graph, artefact.data)
