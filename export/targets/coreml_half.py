"""Half precision for Core ML that is as exact as it is asked to be: the first layers stay in single precision."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace

from edgekit.errors import BundleError
from edgekit.manifest import Evidence
from export.parity import Original
from export.recipe import PictureRecipe
from export.targets import coreml, coreml_parity
from export.targets.lowered import Lowered

MOST = 0.02
"""Largest difference of a value of the heat map, or of a probability, in fp16."""


def lower(recipe: PictureRecipe, members: Mapping[str, bytes], original: Original, precision: str) -> Lowered:
    """A graph with its evidence. fp16 keeps as many first layers in single precision, of ``coreml.IN_SINGLE``, as MOST
    asks for; its evidence says how many.

    Raises BundleError as ``coreml_parity.compare`` does.
    """
    if precision != "fp16":
        return _compared(recipe, coreml.lower(recipe, members, precision), original)
    *some, most = coreml.IN_SINGLE[type(recipe.head)]
    for count in some:
        with contextlib.suppress(BundleError):  # it reads otherwise: more layers in single precision
            lowered = _compared(recipe, coreml.lower(recipe, members, precision, count), original)
            gap = lowered.graph.evidence.max_abs_difference
            if gap is not None and gap <= MOST:
                return _told(lowered, count)
    return _told(_compared(recipe, coreml.lower(recipe, members, precision, most), original), most)


def _told(lowered: Lowered, count: int) -> Lowered:
    said = f"{lowered.graph.evidence.reference}; the first {count} convolutions in single precision"
    return _with(lowered, replace(lowered.graph.evidence, reference=said))


def _compared(recipe: PictureRecipe, lowered: Lowered, original: Original) -> Lowered:
    return _with(lowered, coreml_parity.compare(recipe, original, lowered.graph, lowered.data))


def _with(lowered: Lowered, evidence: Evidence) -> Lowered:
    return Lowered(replace(lowered.graph, evidence=evidence), lowered.data)
