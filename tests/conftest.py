from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from bench_hosts import Make, make_host
from places import EXAMPLE

from edgekit.reader import Reader

NOBODY = 65534


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The default bundle, as a user opens it."""
    return Reader.open(threads=1)


@pytest.fixture
def secret() -> Iterator[Path]:
    """A file that may not be read, with a readable ``open.jpg`` beside it; root gives up its rights for the test."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        Path(folder, "open.jpg").write_bytes(EXAMPLE.read_bytes())
        path = Path(folder, "secret.jpg")
        path.write_bytes(EXAMPLE.read_bytes())
        path.chmod(0)
        before = os.geteuid()
        if before == 0:
            os.seteuid(NOBODY)
        yield path
        os.seteuid(before)


@pytest.fixture
def host(tmp_path: Path) -> Make:
    """Makes an invented machine in ``tmp_path``."""
    return functools.partial(make_host, tmp_path)
