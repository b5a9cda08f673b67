"""From a recipe to a bundle. A graph enters only together with the evidence that it was compared."""

from __future__ import annotations

import dataclasses
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.errors import BundleError, UsageError
from edgekit.manifest import SCHEMA, Graph, Manifest, Source, Stage
from edgekit.names import MANIFEST_NAME
from edgekit.reader import Reader
from export import calibration, report, samples, sources, words
from export.catalogue import BASE, HALF, TARGETS, Target
from export.gate import Gate, rung
from export.lowering import Job, WordJob, lower, open_job
from export.pictures import Labelled
from export.recipe import PictureRecipe, Recipe, StageRecipe, files_of, only_precision, weight_files
from export.targets.lowered import UNCHECKED, Lowered
from export.trials import Trials, assemble

DATA = Path(__file__).parent / "data"
Say = Callable[[str], None]
NONE = "none"
"""What a source says of one's own weights, which nobody else changed."""
Artefacts = dict[str, Lowered]
"""By stage, all for one engine and precision."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to make: targets of the catalogue, each with a precision; pictures to calibrate with and to judge by."""

    jobs: tuple[tuple[Target, str], ...] = ((TARGETS["onnx"], BASE),)
    calibration: tuple[Path, ...] = ()
    gate: Labelled | None = None

    def check(self) -> None:
        """Raises UsageError where pictures are missing: what has less than 16 bits is judged by receipts, and the
        ranges of activations come from them."""
        small = [(target, precision) for target, precision in self.jobs if precision not in (BASE, HALF)]
        if any(target.is_calibrated for target, _ in small) and (self.gate is None or not self.calibration):
            raise UsageError(
                "int8 needs receipts: --calibration DIR to calibrate with, --gate DIR to judge the result by"
            )
        if small and self.gate is None:
            raise UsageError(f"{small[0][0].name} {small[0][1]} needs receipts: --gate DIR to judge the result by")

    @property
    def has_trial(self) -> bool:
        return self.gate is not None and any(precision != BASE for _, precision in self.jobs)


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle in memory: its manifest (without ``files``, which the writer computes) and its files by name."""

    manifest: Manifest
    contents: Mapping[str, bytes]


@dataclass(slots=True)
class Workshop:
    """What one build needs again and again. jobs: by stage. made, chosen: by target and precision. base: without
    graphs."""

    say: Say
    jobs: dict[str, Job]
    base: Manifest
    files: dict[str, bytes]
    made: dict[tuple[str, str], Artefacts] = field(default_factory=dict)
    chosen: dict[tuple[str, str], Artefacts] = field(default_factory=dict)

    def make(self, target: str, precision: str) -> Artefacts:
        """The graphs of all stages for a target, lowered and compared; made once."""
        if (target, precision) not in self.made:
            made: Artefacts = {}
            for stage, job in self.jobs.items():
                one = only_precision(job.recipe, target) or precision
                self.say(f"{stage}: lowering {job.recipe.title} for {target} {one}, and comparing it")
                made[stage] = lower(job, target, one)
            self.made[target, precision] = made
        return self.made[target, precision]


def pack(recipe: Recipe, cache: Path, say: Say, order: Order | None = None) -> Packed:
    """Fetch, change, lower, compare, try, assemble, and read a synthetic receipt with the result.

    Raises BundleError or one of its kinds where any step fails; UsageError where a precision needs pictures that
    ``order`` does not name. Nothing is written but the cache.
    """
    order = order or Order()
    order.check()
    workshop = _open_workshop(recipe, cache, say)
    with tempfile.TemporaryDirectory() as work:
        trials = _open_trials(workshop, Path(work, "bundle"), order) if order.has_trial else None
        chosen = [_choose(workshop, trials, target, precision) for target, precision in order.jobs]
    packed = _assemble(workshop, chosen)
    say("reading a synthetic receipt with the new bundle")
    prove(packed, [(t.backend, precision) for t, precision in order.jobs if t.runs_anywhere])
    return packed


def prove(packed: Packed, engines: list[tuple[str, str]]) -> None:
    """Open the bundle as a user would and read one picture: constants, word lists and graphs have to fit together."""
    with tempfile.TemporaryDirectory() as work:
        bundle = write_bundle(Path(work, "bundle"), packed.manifest, packed.contents)
        for backend, precision in engines:
            Reader.open(bundle.path, backend, precision=precision, extractor=rung(bundle)).read(samples.pages()[0][0])


def differences(packed: Packed, bundle: Bundle) -> list[str]:
    """Names of the files of an existing bundle which are not, byte for byte, what was packed now; empty where all are.

    What was measured (the machine, and the difference within tolerance) may differ in its manifest, nothing else.
    """
    with tempfile.TemporaryDirectory() as work:
        fresh = write_bundle(Path(work, "bundle"), packed.manifest, packed.contents).manifest
    old = bundle.manifest
    names = fresh.files.keys() | old.files.keys()
    found = sorted(name for name in names if fresh.files.get(name) != old.files.get(name))
    return found if _unmeasured(fresh) == _unmeasured(old) else [*found, MANIFEST_NAME]


def read_data(name: str, root: Path = DATA) -> bytes:
    """A file below ``root``, else of ``export/data``. Raises BundleError where it is missing."""
    try:
        return (root / name if (root / name).is_file() else DATA / name).read_bytes()
    except OSError as error:
        raise BundleError(f"export/data/{name}: cannot be read ({error.strerror}); restore it") from error


def _open_workshop(recipe: Recipe, cache: Path, say: Say) -> Workshop:
    wanted = [file for graph in recipe.graphs.values() for file in files_of(graph)]
    inputs = sources.read_files(wanted, recipe.root, cache, say)
    files = {name: read_data(file, recipe.root) for name, file in recipe.files}
    jobs: dict[str, Job] = {}
    for stage, graph in recipe.graphs.items():
        members = sources.materials(graph, inputs)
        jobs[stage] = open_job(graph, members)
        files |= jobs[stage].built.files
    changed = [job for job in jobs.values() if job.built.changes]
    statements = "\n".join(f"- {job.recipe.title}: {job.built.changes}." for job in changed)
    files["NOTICE"] = recipe.notice.format(changes=statements).encode()
    return Workshop(say, jobs, _base(recipe, jobs), files)


def _open_trials(workshop: Workshop, place: Path, order: Order) -> Trials:
    assert order.gate is not None  # pack has checked
    bundle = assemble(place, workshop.base, workshop.files, workshop.make("onnx", BASE))
    workshop.say(f"calibration: reading {len(order.calibration)} pictures")
    feeds = calibration.record(bundle, order.calibration)
    for stage, job in workshop.jobs.items():
        if isinstance(job, WordJob) and not feeds.get(stage):
            feeds[stage] = words.feeds(job.recipe)  # a stage that the reader itself does not run, or no calibration
    for stage, job in workshop.jobs.items() if order.calibration else ():
        if stage not in feeds:
            continue  # what the reader runs now and then
        if not feeds[stage]:
            raise UsageError("no text was found on any picture to calibrate with: give a folder of receipts")
        workshop.jobs[stage] = dataclasses.replace(job, feeds=feeds[stage])
    workshop.say(f"gate: reading {len(order.gate.rows)} pictures of {order.gate.name} in {BASE}")
    return Trials(Gate(order.gate, bundle), feeds, workshop.base, workshop.files)


def _choose(workshop: Workshop, trials: Trials | None, target: Target, precision: str) -> Artefacts:
    if (target.name, precision) not in workshop.chosen:
        made = workshop.make(target.name, precision)
        workshop.chosen[target.name, precision] = (
            made if trials is None or precision == BASE else _judge(workshop, trials, target, precision)
        )
    return workshop.chosen[target.name, precision]


def _judge(workshop: Workshop, trials: Trials, target: Target, precision: str) -> Artefacts:
    tried, plain = (workshop.make(target.name, one) for one in (precision, BASE))
    stand_in = _choose(workshop, trials, target, target.instead_of(precision))
    workshop.say(f"gate: reading the same with {target.name} {precision}, stage by stage")
    with _engine(target) as is_timed:
        return trials.choose(plain, tried, stand_in, is_timed)


@contextmanager
def _engine(target: Target) -> Iterator[bool]:
    """Meanwhile a target's graphs can be run here. Gives whether their speed means something."""
    if target.runs_anywhere:
        yield True
        return
    from export.mil import engine  # here, as it needs its extra

    with engine.standing_in():
        yield engine.IS_CORE_ML


def _assemble(workshop: Workshop, chosen: list[Artefacts]) -> Packed:
    stages = {name: Stage(_graphs(name, chosen), stage.params) for name, stage in workshop.base.stages.items()}
    manifest = dataclasses.replace(workshop.base, stages=stages)
    for artefacts in chosen:
        for artefact in artefacts.values():
            _check_evidence(artefact.graph)
    graphs = {artefact.graph.file: artefact.data for artefacts in chosen for artefact in artefacts.values()}
    contents = {**workshop.files, **graphs}
    return Packed(manifest, contents | report.files(manifest, {name: len(data) for name, data in graphs.items()}))


def _graphs(stage: str, chosen: list[Artefacts]) -> tuple[Graph, ...]:
    """Those of one stage; one that is made in a single precision is the same for all that were asked for."""
    found = [artefacts[stage].graph for artefacts in chosen if stage in artefacts]
    return tuple({(graph.backend, graph.precision): graph for graph in found}.values())


def _check_evidence(graph: Graph) -> None:
    """A lesser precision was tried on receipts, or says why not. The manifest's own rules ask for the rest."""
    evidence = graph.evidence
    if graph.precision != BASE and evidence.trial is None and evidence.reason is None:
        raise BundleError(f"{graph.file}: {graph.precision} was not tried on receipts; name some with --gate")


def _params(name: str, root: Path) -> Any:
    try:
        return json.loads(read_data(name, root))
    except ValueError as error:
        raise BundleError(f"export/data/{name}: is not JSON ({error}); correct it") from error


def _base(recipe: Recipe, jobs: Mapping[str, Job]) -> Manifest:
    """The manifest without graphs."""
    origins = tuple(source for job in jobs.values() for source in _sources(recipe, job))
    about = (recipe.name, recipe.version, recipe.licence, recipe.description)
    stages = {stage.name: Stage((), _params(stage.params, recipe.root) | _own(stage)) for stage in recipe.stages}
    return Manifest(SCHEMA, *about, origins, stages, {})


def _own(stage: StageRecipe) -> dict[str, str]:
    """The constant that names the precision of a network which is made in one alone, for some targets at least."""
    only = stage.graph.only if isinstance(stage.graph, PictureRecipe) else None
    return {} if only is None else {"precision": only}


def _sources(recipe: Recipe, job: Job) -> list[Source]:
    """One for each file with weights, and one for those that replace them."""
    graph = job.recipe
    found = [
        Source(graph.title, file.origin, file.path, file.sha256, recipe.licence, job.built.changes or NONE)
        for file in weight_files(graph)
    ]
    if isinstance(graph, PictureRecipe) and graph.tuned is not None:
        file, changes = graph.tuned.file, graph.tuned.changes
        found.append(Source(f"{graph.title}, tuned", file.origin, file.path, file.sha256, recipe.licence, changes))
    return found


def _unmeasured(manifest: Manifest) -> str:
    """The manifest without digests and measurements."""
    stages = {
        name: Stage(tuple(dataclasses.replace(graph, evidence=UNCHECKED) for graph in stage.graphs), stage.params)
        for name, stage in manifest.stages.items()
    }
    return dataclasses.replace(manifest, stages=stages, files={}).to_json()
