"""Folders that take long to make: made once, named by what is in them, and there when they are complete."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edgekit.errors import UsageError
from export.sources.packages import cache_folder

Make = Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Cache:
    """keep: whether folders outlive the command. place: where they are kept; None: see ``cache_folder``."""

    keep: bool = True
    place: Path | None = None

    @contextlib.contextmanager
    def folder(self, name: str, contents: Any, make: Make) -> Iterator[Path]:
        """The folder called ``name`` for what ``contents``, plain JSON types, describes; ``make`` fills it.

        Where another process is making the same, this waits for it. Raises UsageError where nothing can be written.
        """
        if not self.keep:
            with tempfile.TemporaryDirectory(prefix=f"edgekit-{name}-") as work:
                make(Path(work))
                yield Path(work)
            return
        parent = (self.place or cache_folder()) / "arm64"
        digest = hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()[:12]
        target = parent / f"{name}-{digest}"
        try:
            parent.mkdir(parents=True, exist_ok=True)
            with (parent / f"{target.name}.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if not target.is_dir():
                    _make_whole(target, make)
        except OSError as error:
            raise UsageError(
                f"{target}: cannot be written ({error.strerror}); set EDGEKIT_CACHE to another, or give --no-cache"
            ) from error
        yield target


def _make_whole(target: Path, make: Make) -> None:
    """In a folder beside it, which takes its name once it is complete."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".making-") as work:
        staged = Path(work, "new")
        staged.mkdir()
        make(staged)
        staged.rename(target)
