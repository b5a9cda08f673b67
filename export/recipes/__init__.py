"""The bundles that can be made, by name."""

from __future__ import annotations

from export.recipe import Recipe
from export.recipes.receipt import RECEIPT

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in (RECEIPT,)}
