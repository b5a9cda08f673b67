"""Measurements: ``python -m benchmarks.peers --help``. Nothing here ships with the runtime."""
