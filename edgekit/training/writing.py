"""A bundle like its base but for the constants that were tuned, which says what they were tuned on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from edgekit.bundle import Bundle
from edgekit.bundling import write_bundle
from edgekit.manifest import Source
from edgekit.strict import to_plain
from edgekit.training.samples import Material
from edgekit.training.tuning import Tuned

SUFFIX = "+tuned"
"""What the version of a tuned bundle ends with."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """On what, and with what, a bundle was tuned."""

    material: Material
    tuned: Tuned


def write_tuned(base: Bundle, evidence: Evidence, out: Path, overwrite: bool) -> Bundle:
    """Writes and opens it. Raises UsageError where ``out`` is taken, BundleError where it cannot be written."""
    stage = base.stage("extract")
    params = {**to_plain(stage.params), **evidence.tuned.constants}
    manifest = replace(
        base.manifest,
        version=base.manifest.version.removesuffix(SUFFIX) + SUFFIX,
        sources=(*base.manifest.sources, _source(base, evidence)),
        stages={**base.manifest.stages, "extract": replace(stage, params=params)},
    )
    contents = {name: base.read(name) for name in base.manifest.files}
    return write_bundle(out, manifest, contents, overwrite)


def _source(base: Bundle, evidence: Evidence) -> Source:
    """The base by its digest, and in ``changes`` what was done to it: data, counts and figures."""
    material, tuned = evidence.material, evidence.tuned
    changed = [*tuned.parts, *(f"confidence of {name}" for name, f in tuned.fields.items() if f.calibrated != "raw")]
    figures = [
        f"{name} {field.right_before} -> {field.right_after} of {field.known} right"
        + (
            f", log-loss {field.loss_before:.3f} -> {field.loss_after:.3f}"
            if field.loss_before is not None and field.loss_after is not None
            else ""
        )
        for name, field in tuned.fields.items()
    ]
    changes = (
        f"tuned: {', '.join(changed) or 'nothing'}; on {len(material.samples)} receipts of {material.shops} shops, "
        f"labels.jsonl sha256 {material.digest}; on shops held back: {'; '.join(figures)}"
    )
    return Source(
        name="constants of the extractor, fine-tuned",
        package=f"{base.manifest.name} {base.manifest.version}",
        path="manifest.json",
        sha256=base.digest,
        licence=base.manifest.licence,
        changes=changes,
    )
