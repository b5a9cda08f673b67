"""Measurements: ``python -m benchmarks.peers --help``. Nothing here ships with the runtime."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
"""Where ``python -m benchmarks...`` runs from."""
