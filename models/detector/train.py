"""``python -m models.detector.train``: tune the published detector to receipts."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from edgekit.errors import UsageError
from models import commands
from models.detector.batches import Batch, Drawn
from models.detector.loading import load
from models.detector.measuring import measure
from models.detector.network import Detector
from models.detector.pages import Page, read_pages
from models.detector.training import glance_loss, region_loss
from models.detector.tuned import pack
from models.evaluate import readers
from models.recognizer.batches import loader
from models.recognizer.data import HELD, TRAIN
from models.tuning import Schedule, Trainer, note, save

ABOUT = "Tune the published detector to receipts, on the CPU."
EPILOG = """\
example:
  python -m models.detector.train --pages build/detector/pages/pages.jsonl --steps 4000 --out build/detector/run

Pages are made by models.detector.prepare. A step takes --size parts of pages, each drawn anew, and a whole page at a
glance, where the published network teaches. Every --every steps --out gets:
  receipt.npz   averaged weights, for export and models/detector/receipt.npz
  log.jsonl     what was asked for; then loss, learning rate, seconds, and how well held-back lines are found, by kind
  state.pt      all that a run needs to go on: start the same command again after an interruption
The rate falls to nearly nothing at the last of --steps, so choose their number beforehand.
Exit: 0 done, 2 an error (one line on stderr)."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a run was asked for. held: most held-back pages of a kind that are measured on."""

    pages: tuple[str, ...]
    shares: dict[str, float]
    steps: int
    every: int
    size: int
    rate: float
    glance: float
    average: float
    bfloat16: bool
    seed: int
    threads: int
    held: int


class Run:
    """One training run: its pages, its trainer, and its folder."""

    def __init__(self, config: Config, out: Path) -> None:
        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        self._config, self._out = config, out
        self._data = readers.published_detector_graph()
        self._params = readers.detect_params()
        pages = [page for path in config.pages for page in read_pages(Path(path))]
        self._learned = [page for page in pages if page.part == TRAIN]
        self._held = _some([page for page in pages if page.part == HELD], config.held)
        if not self._learned:
            raise UsageError(f"{', '.join(config.pages)}: no page to learn from; make some with prepare")
        schedule = Schedule(config.steps, config.rate, average=config.average, bfloat16=config.bfloat16)
        self._trainer: Trainer[Detector] = Trainer(load(self._data), schedule)
        self._teacher = load(self._data)

    def start(self) -> None:
        """Begins, or goes on where the state in the folder ends."""
        self._out.mkdir(parents=True, exist_ok=True)
        note(self._out, {"config": asdict(self._config)})
        if (self._out / "state.pt").exists():
            self._trainer.restore(torch.load(self._out / "state.pt", weights_only=True))
        else:
            note(self._out, {"step": 0, "held": self._measure(self._packed())})
        while self._trainer.step < self._config.steps:
            self._go_on(min(self._trainer.step + self._config.every, self._config.steps))

    def _go_on(self, last: int) -> None:
        """Learns until the step ``last``, and notes how well."""
        started, config = time.perf_counter(), self._config
        drawn = Drawn(self._learned, config.shares, self._params, config.size, config.seed)
        drawn.plan(self._trainer.step, last)
        losses = []
        for batch in loader(drawn):
            losses.append(self._trainer.learn(partial(self._loss, batch=batch)))
            if self._trainer.step % 50 == 0:
                spent = time.perf_counter() - started
                print(f"{self._trainer.step}/{config.steps} {np.mean(losses[-50:]):.4f} {spent:.0f}s", flush=True)
        seconds = time.perf_counter() - started
        packed = self._packed()
        save(self._out, packed, self._trainer.state())
        rate = self._trainer.schedule.at(self._trainer.step)
        note(
            self._out,
            {
                "step": self._trainer.step,
                "loss": round(float(np.mean(losses)), 5),
                "rate": round(rate, 7),
                "seconds": round(seconds, 1),
                "held": self._measure(packed),
            },
        )

    def _loss(self, network: Detector, batch: Batch) -> Tensor:
        at_a_glance = glance_loss(network, self._teacher, batch.glance)
        return region_loss(network, batch.samples) + self._config.glance * at_a_glance

    def _packed(self) -> bytes:
        return pack(self._trainer.average, self._data)

    def _measure(self, packed: bytes) -> dict[str, dict[str, float]]:
        return measure(readers.tuned_detector(packed, self._config.threads), self._held)


def _some(pages: Sequence[Page], most: int) -> list[Page]:
    """At most so many pages of each kind, evenly spread."""
    by_kind: dict[str, list[Page]] = {}
    for page in pages:
        by_kind.setdefault(page.kind, []).append(page)
    return [
        found[i * len(found) // min(most, len(found))]
        for found in by_kind.values()
        for i in range(min(most, len(found)))
    ]


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.detector.train", ABOUT, EPILOG)
    add = parser.add_argument
    add("--pages", metavar="JSONL", action="append", required=True, help="training pages; may be repeated")
    add("--out", type=Path, metavar="DIR", required=True, help="folder of the run")
    commands.add_share(parser, "how often a kind is drawn (1)")
    add("--steps", type=int, default=4000, help="of the optimiser (4000)")
    add("--every", type=int, default=500, help="steps between two measurements (500)")
    add("--size", type=int, default=3, help="parts of pages in a step (3)")
    add("--rate", type=float, default=1e-4, help="highest learning rate (1e-4)")
    add("--glance", type=float, default=4.0, help="weight of the loss at a glance (4)")
    add("--average", type=float, default=0.998, help="share of the averaged weights that a step keeps (0.998)")
    add("--bfloat16", action="store_true", help="compute activations in bfloat16; faster with AVX512-BF16")
    add("--threads", type=int, default=1, help="of the arithmetic; drawing has a process of its own (1)")
    add("--seed", type=int, default=1, help="of drawing (1)")
    add("--held", type=int, default=20, help="most held-back pages of a kind to measure on (20)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = vars(_parser().parse_args(arguments))
    out, share, pages = options.pop("out"), options.pop("share"), options.pop("pages")
    config = Config(pages=tuple(pages), shares=dict(share), **options)
    return commands.status(lambda: Run(config, out).start())


if __name__ == "__main__":
    sys.exit(main())
