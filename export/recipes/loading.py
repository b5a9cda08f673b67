"""A recipe of one's own, from a Python file."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
import traceback
from pathlib import Path

from edgekit.errors import EdgeKitError, UsageError
from export.recipe import REPOSITORY, Recipe

NAME = "RECIPE"
SUFFIX = ".py"


def load(path: Path) -> Recipe:
    """What a file calls RECIPE; the file is run, and modules beside it can be imported from then on.

    Local paths start from the file's folder, unless the recipe has another root. Raises UsageError, which names the
    line, where the file cannot be run or has no recipe.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name a Python file with a {NAME}, or a recipe that 'list' shows")
    folder = path.resolve().parent
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    spec = importlib.util.spec_from_file_location(f"recipe_{path.stem}", path)
    assert spec is not None and spec.loader is not None  # a file that ends in .py has both
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except EdgeKitError:
        raise
    except Exception as error:  # it is anyone's code
        raise UsageError(f"{path}:{_line(error, path)}: {type(error).__name__}: {error}; correct the recipe") from error
    recipe = getattr(module, NAME, None)
    if not isinstance(recipe, Recipe):
        raise UsageError(f"{path}: has no {NAME} that is an export.recipe.Recipe; see docs/export.md")
    return dataclasses.replace(recipe, root=folder) if recipe.root == REPOSITORY else recipe


def _line(error: Exception, path: Path) -> int:
    """The last line of the file itself that led to the error."""
    if isinstance(error, SyntaxError):
        return error.lineno or 0
    numbers = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return (numbers[-1] or 0) if numbers else 0
