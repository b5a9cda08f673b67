"""``edgekit train extractor``: fine-tunes a bundle's extractor on a folder of labelled receipts."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from edgekit.cli import codes
from edgekit.cli.console import complain, say
from edgekit.cli.options import open_reader
from edgekit.cli.progress import Progress
from edgekit.errors import UsageError
from edgekit.evaluation import SCORED
from edgekit.extract import NETWORKED, ExtractParams, How
from edgekit.manifest import parse_params
from edgekit.reader import Reader
from edgekit.session import open_session
from edgekit.training.samples import Material, check_rows, read_material
from edgekit.training.tuning import Base, Tuned, tune
from edgekit.training.writing import Evidence, write_tuned

_SHOWN = 3


def run_extractor(options: argparse.Namespace) -> int:
    """Reads, fits, reports, and writes the bundle where it is better; returns the exit code."""
    folder, out = Path(options.data), Path(options.out)
    _check_out(out, options.overwrite)
    rows = check_rows(folder, options.split)
    reader = open_reader(options)
    base = _base(reader, options)
    with Progress(len(rows)) as progress:
        material = read_material(folder, rows, reader, base.params, progress.step)
    tuned = tune(material.samples, base)
    print(report_text(material, tuned))
    for line in _unmatched(material):
        say(line)
    if not (tuned.is_better or options.force):
        complain(f"{out}: not written: nothing got better on shops held back: add receipts, or write it with --force")
        return codes.NOT_BETTER
    write_tuned(reader.bundle, Evidence(material, tuned), out, options.overwrite)
    say(f"{out}: written; measure it with: edgekit eval {folder} --bundle {out}")
    return codes.OK


def report_text(material: Material, tuned: Tuned) -> str:
    """Before and after, field by field, on shops that nothing was fitted on."""
    head = f"{'held back':9} {'labels':>7} {'right':>15} {'log-loss':>18}  confidence"
    lines = [f"{len(material.samples)} receipts of {material.shops} shops", "", head]
    for name, field in tuned.fields.items():
        right = f"{field.right_before} -> {field.right_after}"
        loss = "-"
        if field.loss_before is not None and field.loss_after is not None:
            loss = f"{field.loss_before:.4f} -> {field.loss_after:.4f}"
        kept = "kept" if field.calibrated == "raw" else field.calibrated
        lines.append(f"{name:9} {field.known:7} {right:>15} {loss:>18}  {kept}")
    lines += ["", f"weights taken: {', '.join(tuned.parts) or 'none, those of the base were as good'}"]
    return "\n".join(lines)


def _unmatched(material: Material) -> Iterator[str]:
    """A line per field whose labels are not all on their pictures: they teach nothing, or are wrong."""
    for name in SCORED:
        lost = [found for found in material.unmatched if found.field == name]
        if lost:
            some = ", ".join(f"{found.file} {found.value!r}" for found in lost[:_SHOWN])
            more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
            yield f"warning: {name}: {len(lost)} labels were not found on what was read: {some}{more}"


def _base(reader: Reader, options: argparse.Namespace) -> Base:
    bundle = reader.bundle
    where = f"{bundle.path}: stages.extract.params"
    params = parse_params(ExtractParams, bundle.stage("extract").params, where)
    networked = reader.rung in NETWORKED
    session = open_session(bundle, "extract", options.backend, options.precision, threads=1) if networked else None
    return Base(params, How(reader.rung), session)


def _check_out(out: Path, overwrite: bool) -> None:
    """Before the long work, not after it."""
    if out.exists() and not overwrite:
        raise UsageError(f"{out}: is already there: choose another place, or add --overwrite")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{out}: its folder does not exist: make it first")
