"""``python -m models.recognizer.train``: tune the published recogniser to receipts."""

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

from edgekit.errors import UsageError
from edgekit.recognize import RecognizeParams
from export.tuning import overlay
from models import commands
from models.evaluate import readers
from models.recognizer.batches import Alphabet, Drawn, Pictures, Sampling, loader
from models.recognizer.data import HELD, TRAIN, Line, read_lines
from models.recognizer.loading import load
from models.recognizer.network import Recognizer
from models.recognizer.training import loss_of, rates, read
from models.recognizer.tuned import pack
from models.tuning import Schedule, Trainer, note, save

ABOUT = "Tune the published recogniser to receipts, on the CPU."
EPILOG = """\
example:
  python -m models.recognizer.train --lines build/recognizer/lines.jsonl --out build/recognizer/run --epochs 10

Lines are made by models.recognizer.prepare (real receipts) and models.recognizer.compose (synthetic ones). An epoch
takes every line once, or as often as --share says for its kind; how it is cropped and worn is drawn anew each time.
After each epoch --out gets:
  receipt.npz   averaged weights, for export and models/recognizer/receipt.npz
  log.jsonl     what was asked for; then loss, learning rate, seconds, and the errors of held-back lines by kind
  state.pt      all that a run needs to go on: start the same command again after an interruption
The rate falls to nearly nothing at the last of --epochs, so choose their number beforehand.
Exit: 0 done, 2 an error (one line on stderr)."""


@dataclass(frozen=True, slots=True)
class Config:
    """What a run was asked for.

    held: most held-back lines of a kind that are measured on. start: weights to begin with, None: the published ones.
    """

    lines: tuple[str, ...]
    shares: dict[str, float]
    epochs: int
    rate: float
    average: float
    bfloat16: bool
    seed: int
    threads: int
    held: int
    start: str | None


@dataclass(frozen=True, slots=True)
class Network:
    """The published graph, the classes kept of it, and their characters."""

    data: bytes
    classes: list[int]
    charset: list[str]


class Run:
    """One training run: its lines, its trainer, and its folder."""

    def __init__(self, config: Config, out: Path) -> None:
        torch.manual_seed(config.seed)
        torch.set_num_threads(config.threads)
        self._config = config
        self._out = out
        self._params: RecognizeParams = readers.params()
        self._network = Network(*readers.published())
        self._pictures = Pictures()
        lines = [line for path in config.lines for line in read_lines(Path(path))]
        self._held = _some([line for line in lines if line.part == HELD], config)
        learned = [line for line in lines if line.part == TRAIN]
        if not learned:
            raise UsageError(f"{', '.join(config.lines)}: no line to learn from; make some with prepare")
        self._drawn = Drawn(learned, Alphabet.of(self._network.charset), self._params, Pictures())
        self._sampling = Sampling(config.shares, config.seed)
        self._drawn.plan(self._sampling, 0)
        schedule = Schedule(
            config.epochs * len(self._drawn), config.rate, average=config.average, bfloat16=config.bfloat16
        )
        begun_with = begun(self._network.data, config.start)
        self._trainer: Trainer[Recognizer] = Trainer(load(begun_with, self._network.classes), schedule)

    def start(self) -> None:
        """Begins, or goes on where the state in the folder ends."""
        self._out.mkdir(parents=True, exist_ok=True)
        note(self._out, {"config": asdict(self._config)})
        first = 0
        if (self._out / "state.pt").exists():
            state = torch.load(self._out / "state.pt", weights_only=True)
            self._trainer.restore(state)
            first = state["epoch"]
        else:
            note(self._out, {"epoch": 0, "held": self._measure()})
        for epoch in range(first, self._config.epochs):
            self._epoch(epoch)

    def _epoch(self, epoch: int) -> None:
        started = time.perf_counter()
        self._drawn.plan(self._sampling, epoch)
        losses = []
        for number, batch in enumerate(loader(self._drawn)):
            losses.append(self._trainer.learn(partial(loss_of, batch=batch)))
            if number % 50 == 0:
                spent = time.perf_counter() - started
                print(f"{epoch} {number}/{len(self._drawn)} {np.mean(losses[-50:]):.4f} {spent:.0f}s", flush=True)
        seconds = time.perf_counter() - started
        self._save(epoch + 1)
        note(
            self._out,
            {
                "epoch": epoch + 1,
                "loss": round(float(np.mean(losses)), 5),
                "rate": round(self._trainer.schedule.at(self._trainer.step), 7),
                "seconds": round(seconds, 1),
                "held": self._measure(),
            },
        )

    def _save(self, epoch: int) -> None:
        packed = pack(self._trainer.average, self._network.data, self._network.classes)
        save(self._out, packed, {**self._trainer.state(), "epoch": epoch})

    def _measure(self) -> dict[str, dict[str, float]]:
        charset = self._network.charset
        return rates(read(self._trainer.average, self._held, self._pictures, self._params, charset), self._held)


def begun(data: bytes, start: str | None) -> bytes:
    """The published graph, with the weights of an earlier run laid over it."""
    if start is None:
        return data
    try:
        return overlay(data, Path(start).read_bytes(), start)
    except OSError as error:
        raise UsageError(f"--start {start}: cannot be read ({error.strerror}); name a receipt.npz") from error


def _some(lines: Sequence[Line], config: Config) -> list[Line]:
    """At most ``config.held`` lines of each kind, chosen by the seed: the same whatever other kinds there are."""
    by_kind: dict[str, list[Line]] = {}
    for line in lines:
        by_kind.setdefault(line.kind, []).append(line)
    orders = {kind: np.random.default_rng(config.seed).permutation(len(found)) for kind, found in by_kind.items()}
    return [found[i] for kind, found in by_kind.items() for i in orders[kind][: config.held]]


def _parser() -> argparse.ArgumentParser:
    parser = commands.parser("python -m models.recognizer.train", ABOUT, EPILOG)
    add = parser.add_argument
    add("--lines", metavar="JSONL", action="append", required=True, help="training lines; may be repeated")
    add("--out", type=Path, metavar="DIR", required=True, help="folder of the run")
    commands.add_share(parser, "lines of a kind per epoch, times X")
    add("--start", metavar="NPZ", help="weights to begin with, of an earlier run; else the published ones")
    add("--epochs", type=int, default=10, help="passes over the lines (10)")
    add("--rate", type=float, default=5e-4, help="highest learning rate (5e-4)")
    add("--average", type=float, default=0.998, help="share of the averaged weights that a step keeps (0.998)")
    add("--bfloat16", action="store_true", help="compute activations in bfloat16; twice as fast with AVX512-BF16")
    add("--threads", type=int, default=1, help="of the arithmetic; drawing has a process of its own (1)")
    add("--seed", type=int, default=1, help="of sampling and drawing (1)")
    add("--held", type=int, default=1500, help="most held-back lines of a kind to measure on (1500)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    config = Config(
        lines=tuple(options.lines),
        shares=dict(options.share),
        epochs=options.epochs,
        rate=options.rate,
        average=options.average,
        bfloat16=options.bfloat16,
        seed=options.seed,
        threads=options.threads,
        held=options.held,
        start=options.start,
    )
    return commands.status(lambda: Run(config, options.out).start())


if __name__ == "__main__":
    sys.exit(main())
