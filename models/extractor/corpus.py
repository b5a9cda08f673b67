"""All samples of a run: real receipts in many versions and synthetic ones, the same every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random

from models.extractor.augment import altered, read_lines, untagged
from models.extractor.noise import Noise
from models.extractor.readings import read_varied
from models.extractor.samples import HELD_BACK, Row, Rules, Sample, fold_of, labelled
from models.extractor.synthesis import imitated, learnt
from models.rules.lines import Lines
from models.rules.samples import train_rows

_CHUNK = 50
HELD_OUT_SEEDS = 10_000_000
"""Seeds of synthetic receipts from here on are for measuring."""


@dataclass(frozen=True, slots=True)
class LabelledReading:
    """A labelled receipt as read: first from the picture itself, then from altered ones. name: of its set."""

    row: Row
    name: str
    readings: tuple[Lines, ...]

    @property
    def is_held_back(self) -> bool:
        return fold_of(self.row) == HELD_BACK


def readings_of(folders: Sequence[Path], variants: int, cache: Path, step: Callable[[], None]) -> list[LabelledReading]:
    """Every training receipt of some folders, as our reader reads it. Raises UsageError, ImageError."""
    found = []
    for folder in folders:
        rows = train_rows(folder)
        read = read_varied(folder, [row["file"] for row in rows], variants, cache, step)
        found += [LabelledReading(row, folder.resolve().name, tuple(read[Path(row["file"]).name])) for row in rows]
    return found


@dataclass(frozen=True, slots=True)
class Job:
    """A sample to make. version: of a reading; of a synthetic receipt (no reading) its seed."""

    version: int
    reading: LabelledReading | None = None


def jobs_of(readings: Sequence[LabelledReading], real: int, synthetic: int, seed: int) -> list[Job]:
    """``real`` versions of readings, every set given as many, and ``synthetic`` receipts. Deterministic."""
    sets = sorted({reading.name for reading in readings})
    jobs = []
    for name in sets:
        mine = [reading for reading in readings if reading.name == name]
        jobs += [Job(k // len(mine), mine[k % len(mine)]) for k in range(real // len(sets))]
    return jobs + [Job(seed * synthetic + k) for k in range(synthetic)]


def make_samples(jobs: Sequence[Job], workers: int, step: Callable[[int], None]) -> list[Sample]:
    """Samples in the order of the jobs; ``step`` is told how many are done more."""
    chunks = [jobs[k : k + _CHUNK] for k in range(0, len(jobs), _CHUNK)]
    found: list[Sample] = []
    with ProcessPoolExecutor(workers) as pool:
        for made in pool.map(_made, chunks):
            found += made
            step(len(made))
    return [sample for sample in found if len(sample.chars)]


def _made(jobs: Sequence[Job]) -> list[Sample]:
    rules, noise = Rules.of_bundle(), Noise.load()
    return [_sample(job, rules, noise) for job in jobs]


def _sample(job: Job, rules: Rules, noise: Noise) -> Sample:
    if job.reading is None:
        return learnt(imitated(job.version, noise, rules))
    read = job.reading.readings
    lines = read[job.version % len(read)].lines
    if job.version >= len(read) and lines:
        rng = Random(f"{job.reading.row['file']} {job.version}")
        lines = tuple(read_lines(altered(untagged(lines), rng)))
    return labelled(job.reading.row, lines, rules)
