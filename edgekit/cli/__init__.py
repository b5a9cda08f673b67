"""The ``edgekit`` command."""

from edgekit.cli.main import main

__all__ = ["main"]
