"""The bundles that can be made, by name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from export.recipe import Recipe
from export.recipes.loading import SUFFIX, load
from export.recipes.receipt import RECEIPT

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (RECEIPT,)}


def named_in(arguments: Sequence[str]) -> dict[str, Recipe]:
    """RECIPES, and one of the user's own where the first argument is a Python file, by that argument.

    Raises UsageError where the file has no recipe.
    """
    path = next(iter(arguments), "")
    return {**RECIPES, path: load(Path(path))} if path.endswith(SUFFIX) else dict(RECIPES)
