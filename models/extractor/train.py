"""``python -m models.extractor.train``: train the extraction network on labelled and synthetic receipts."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from statistics import fmean

import torch

from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.extract.words import TAGS
from models import commands
from models.extractor.corpus import LabelledReading, jobs_of, make_samples, readings_of
from models.extractor.loading import CHECKPOINT, load, sets_of
from models.extractor.measuring import measure
from models.extractor.network import ExtractorConfig, ExtractorModel
from models.extractor.samples import Rules
from models.extractor.training import Schedule, train
from models.rules.samples import train_rows

ABOUT = "Train the extraction network on labelled and on synthetic receipts."
EPILOG = """\
examples:
  python -m models.extractor.train --data sroie --data expressexpense
  python -m models.extractor.train --data sroie --synthetic 500 --real 500 --epochs 1 --out build/try   (a quick try)

A data folder has labels.jsonl and the pictures it names; only rows of split "train" are used, less those that show a
receipt of another split (near_duplicates). One shop in five is held back: its receipts are never trained on, and the
scores printed are of them. Every receipt is read by the default bundle, as it is and slightly altered, which takes
minutes; lines read are kept in --cache (empty it after changing the reader's code).
Written: the network to --out (config.json, which names the sets it saw, and model.safetensors), and to --runs the
settings (config.json), what every epoch gave (log.jsonl) and the loss of the steps (curve.csv).
The same command gives the same network on the same machine.
Exit: 0 done, 2 an error (one line on stderr)."""

_CURVE_STEPS = 50
_FURTHER = 0.5  # of the rate, for a network that is trained already


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; returns the exit status."""
    options = _parser().parse_args(arguments)
    return commands.status(lambda: _run(options))


def _parser() -> argparse.ArgumentParser:
    schedule = Schedule()
    parser = commands.parser("python -m models.extractor.train", ABOUT, EPILOG)
    add = parser.add_argument
    add("--data", type=Path, metavar="DIR", action="append", default=[], help="labelled receipts; may be repeated")
    add("--out", type=Path, metavar="DIR", default=CHECKPOINT, help="for the network (default: the shipped one)")
    add("--runs", type=Path, metavar="DIR", default=CHECKPOINT.with_name("runs") / "latest", help="for config and log")
    add("--cache", type=Path, metavar="DIR", default=Path("build/extractor"), help="for lines that were read")
    add("--synthetic", type=int, metavar="N", default=14000, help="synthetic receipts (default %(default)s)")
    add("--real", type=int, metavar="N", default=6000, help="versions of labelled receipts (default %(default)s)")
    add("--variants", type=int, metavar="N", default=1, help="altered pictures of each receipt to read (default 1)")
    add("--epochs", type=int, metavar="N", default=schedule.epochs, help="passes over all (default %(default)s)")
    add("--start", type=Path, metavar="DIR", help="a network to train further, at half the rate (else from scratch)")
    add("--seed", type=int, metavar="N", default=schedule.seed, help="of everything drawn by chance (default 0)")
    add("--threads", type=int, metavar="N", default=1, help="of torch, and processes that make samples (default 1)")
    add("--measure", type=int, metavar="N", default=200, help="synthetic receipts to measure on (default %(default)s)")
    return parser


def _run(options: argparse.Namespace) -> None:
    if not options.data and not options.synthetic:
        raise UsageError("nothing to train on: name a folder with --data, or ask for some --synthetic receipts")
    schedule = Schedule(epochs=options.epochs, seed=options.seed)
    if options.start:
        schedule = replace(schedule, rate=schedule.rate * _FURTHER)
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = load(options.start) if options.start else ExtractorModel(ExtractorConfig(trained_on=()))
    seen = {folder.resolve().name for folder in options.data}
    model.config.trained_on = sorted(seen.union(sets_of(model)))
    torch.nn.Module.to(model, device)
    readings = _readings(options)
    trained_on = [reading for reading in readings if not reading.is_held_back]
    jobs = jobs_of(trained_on, options.real if trained_on else 0, options.synthetic, options.seed)
    with Progress(len(jobs)) as progress:
        samples = make_samples(jobs, options.threads, lambda count: _steps(progress, count))
    held_back = [reading for reading in readings if reading.is_held_back]
    log = _Log(options, schedule, sum(p.numel() for p in model.parameters()))
    rules = Rules.of_bundle()
    with Progress(len(samples) * schedule.epochs) as progress:

        def told(epoch: int, losses: Sequence[float], average: ExtractorModel) -> None:
            progress.clear()
            log.write(epoch, losses, measure(average, held_back, options.measure, rules))

        def step_done(count: int, loss: float) -> None:
            log.step(loss)
            _steps(progress, count)

        average = train(model, samples, schedule, told, step_done)
    log.close()
    torch.nn.Module.to(average, "cpu")
    _round(average)
    average.save_pretrained(options.out)


def _readings(options: argparse.Namespace) -> list[LabelledReading]:
    count = sum(len(train_rows(folder)) for folder in options.data) * (options.variants + 1)
    with Progress(count) as progress:
        return readings_of(options.data, options.variants, options.cache, progress.step)


def _steps(progress: Progress, count: int) -> None:
    for _ in range(count):
        progress.step()


class _Log:
    """The record of a run: its settings once, then a line for each epoch."""

    def __init__(self, options: argparse.Namespace, schedule: Schedule, parameters: int) -> None:
        self._path, self._start = options.runs / "log.jsonl", time.monotonic()
        self._curve: list[float] = []
        options.runs.mkdir(parents=True, exist_ok=True)
        sizes = ("synthetic", "real", "variants", "seed", "threads")
        facts = {
            "sets": [folder.resolve().name for folder in options.data],
            **{name: getattr(options, name) for name in sizes},
            "further": options.start is not None,
            "schedule": asdict(schedule),
            "network": {k: v for k, v in ExtractorConfig().to_diff_dict().items() if k != "transformers_version"},
            "parameters": parameters,
            "torch": torch.__version__,
        }
        (options.runs / "config.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        self._path.write_text("", encoding="utf-8")

    def step(self, loss: float) -> None:
        """Notes the loss of one step."""
        self._curve.append(loss)

    def close(self) -> None:
        """Writes the losses of the steps, the mean of every so many a line."""
        starts = range(0, len(self._curve), _CURVE_STEPS)
        means = [(start, fmean(self._curve[start : start + _CURVE_STEPS])) for start in starts]
        rows = [f"{start},{mean:.4f}\n" for start, mean in means]
        self._path.with_name("curve.csv").write_text("step,loss\n" + "".join(rows), encoding="utf-8")

    def write(self, epoch: int, losses: Sequence[float], scores: dict[str, float]) -> None:
        losses_by_tag = {tag: round(loss, 4) for tag, loss in zip(TAGS, losses, strict=True)}
        seconds = round(time.monotonic() - self._start)
        line = {"epoch": epoch, "seconds": seconds, "loss": losses_by_tag, "f1": scores}
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(f"epoch {epoch}, {seconds} s, loss {sum(losses):.3f}")
        for name, score in scores.items():
            print(f"  {name:32} {score:.3f}", flush=True)


def _round(model: ExtractorModel) -> None:
    """Weights to what half precision can hold: bundles store them so."""
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(weight.half().float())


if __name__ == "__main__":
    sys.exit(main())
