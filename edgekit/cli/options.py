"""Options that every subcommand takes, and the reader they ask for."""

from __future__ import annotations

import argparse

from edgekit.machine import default_threads
from edgekit.reader import Reader


def open_reader(options: argparse.Namespace) -> Reader:
    """The reader that the global options describe. Raises BundleError, BackendError or UsageError."""
    return Reader.open(
        options.bundle,
        options.backend,
        options.threads,
        options.precision,
        extractor=options.extractor,
        review_error=options.review_error,
    )


def thread_count(options: argparse.Namespace) -> int:
    """Threads per graph that ``open_reader`` uses."""
    return options.threads or default_threads()
