"""The check: the same wheel, pictures and tensors on this machine and on emulated processors."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import ROOT
from benchmarks.arm64 import judging, receipts
from benchmarks.arm64.graphs import ENGINE, Feed, Which, outputs
from benchmarks.arm64.judging import Finding
from benchmarks.arm64.processors import ALL, Place, Processor, run
from benchmarks.arm64.system import say
from edgekit.bundle import Bundle
from edgekit.errors import UsageError
from export import samples
from export.calibration import PICTURES, WORDS
from export.encoding import encoded

GOLDEN = ROOT / "tests" / "golden"
HERE = ALL[0]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked. packages: where the wheel is installed. pictures: that are read. precisions: of ``bundle``."""

    packages: Path
    bundle: Bundle
    precisions: tuple[str, ...]
    pictures: tuple[Path, ...]

    def exact(self, stage: str, precision: str) -> bool:
        """Whether a graph calculates in float throughout: it is that of fp32, or takes words (see ``judging``)."""
        if not self.bundle.stage(stage).is_free:
            return False
        file = self.bundle.graph(stage, ENGINE, precision).file
        return stage == WORDS or file == self.bundle.graph(stage, ENGINE, "fp32").file


@dataclass(frozen=True, slots=True)
class Job:
    """Something to run on every processor, and how what it gives is judged."""

    title: str
    produce: Callable[[Processor, Place], Any]
    judge: Callable[[Any, Any], list[Finding]]


def precisions(bundle: Bundle, wanted: Sequence[str]) -> tuple[str, ...]:
    """Those that all stages have which leave the choice. Raises UsageError where the bundle lacks a wanted one."""
    sets = [
        {graph.precision for graph in stage.graphs if graph.backend == ENGINE}
        for stage in bundle.manifest.stages.values()
        if stage.is_free
    ]
    there = sorted(set.intersection(*sets)) if sets else []
    missing = [one for one in wanted if one not in there]
    if missing or not there:
        raise UsageError(f"{bundle.path}: has {', '.join(there) or 'nothing'} for {ENGINE}, not {', '.join(missing)}")
    return tuple(wanted or there)


def check(subject: Subject, root: Path, processors: Sequence[Processor], workers: int) -> list[tuple[str, Finding]]:
    """Findings with the title of their processor. Raises EdgeKitError where a program fails."""
    place = Place(root, (subject.packages,))
    jobs = [_tensors(subject), *(_reads(subject, precision) for precision in subject.precisions), *_golden()]
    expected = [job.produce(HERE, place) for job in jobs]

    def one(pair: tuple[Processor, int]) -> list[tuple[str, Finding]]:
        processor, number = pair
        job = jobs[number]
        findings = job.judge(expected[number], job.produce(processor, place))
        for found in findings:
            say(f"{processor.title}: {found.what}: {'same' if found.passed else 'DIFFERS'}, {found.figure}")
        return [(processor.title, finding) for finding in findings]

    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(one, [(processor, i) for processor in processors for i in range(len(jobs))]))
    return [finding for findings in found for finding in findings]


def serving(bundle: Bundle, precision: str) -> dict[str, str]:
    """The file of each stage in a precision; not of those whose constants name another."""
    stages = sorted(name for name, stage in bundle.manifest.stages.items() if stage.is_free)
    return {stage: bundle.graph(stage, ENGINE, precision).file for stage in stages}


def _tensors(subject: Subject) -> Job:
    feeds, floats = _feeds(), serving(subject.bundle, "fp32")
    graphs = {
        Which(stage, precision): feeds[stage]
        for precision in subject.precisions
        for stage, file in serving(subject.bundle, precision).items()
        if precision == "fp32" or file != floats[stage]
    }
    graphs |= {Which(stage, precision): feeds[stage] for stage, precision in _bound(subject.bundle)}

    def judge(expected: Mapping[Which, Sequence[Feed]], found: Mapping[Which, Sequence[Feed]]) -> list[Finding]:
        return [
            judging.tensors(" ".join(which), expected[which], found[which], subject.exact(*which))
            for which in sorted(graphs)
        ]

    return Job("tensors", lambda processor, place: outputs(processor, place, subject.bundle.path, graphs), judge)


def _bound(bundle: Bundle) -> list[tuple[str, str]]:
    """Stages with a precision of their own, and that."""
    stages = bundle.manifest.stages.items()
    return [(name, stage.precision) for name, stage in stages if stage.graphs and stage.precision is not None]


def _feeds() -> dict[str, list[Feed]]:
    """The smallest of the samples that exports are compared on."""
    page, lines = samples.pages()[0], samples.lines()[:2]
    printed = samples.receipts()[0]
    batches: list[Feed] = [(batch,) for batch in lines]
    return {"detect": [(page,)], "recognize": batches, "reread": batches, WORDS: [encoded(*printed)]}


def _reads(subject: Subject, precision: str) -> Job:
    exact = all(subject.exact(stage, precision) for stage in PICTURES) and not _bound(subject.bundle)
    title = f"reads {precision}"

    def produce(processor: Processor, place: Place) -> list[Any]:
        said = run(processor, place, "reads.py", subject.bundle.path, precision, *subject.pictures)
        return [json.loads(line) for line in said.splitlines()]

    return Job(title, produce, lambda expected, found: [judging.reads(title, expected, found, exact)])


def _golden() -> list[Job]:
    """The golden cases, where the checkout has them; what they test is the wheel."""

    def produce(processor: Processor, place: Place) -> Any:
        return json.loads(run(processor, place, "golden.py", GOLDEN.parent))

    return [Job("golden cases", produce, judging.golden)] if GOLDEN.is_dir() else []


def measure(wheel_folder: Path, bundle: Path | None, wanted: Sequence[str], count: int, work: Path) -> Subject:
    """What is to be checked. bundle: None is the wheel's own."""
    opened = Bundle.open(bundle or wheel_folder / "edgekit" / "bundles" / "default")
    return Subject(wheel_folder, opened, precisions(opened, wanted), tuple(receipts.write(work, count)))
