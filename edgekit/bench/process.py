"""A process of its own for each system that is measured: starts it, asks it in JSON, and says plainly why it died."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from edgekit.errors import BackendError

TIMEOUT = 300.0
"""Seconds after which an answer is no longer waited for."""


@dataclass(frozen=True, slots=True)
class System:
    """One of those compared.

    key: in JSON. title: for people. command: starts its worker. opening: the first request. hint: how to install it.
    folder: where it starts; None: where this process is. environment: variables beside this process's own.
    """

    key: str
    title: str
    command: tuple[str, ...]
    opening: Mapping[str, Any]
    hint: str
    folder: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


class Worker:
    """A running system. Leaving the ``with`` block ends the process, whatever happened."""

    def __init__(self, system: System, timeout: float = TIMEOUT) -> None:
        """Starts the process and opens the system. Raises BackendError where either fails."""
        self._system = system
        self._timeout = timeout
        self._stderr = tempfile.TemporaryFile()
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                system.command,
                stdin=pipe,
                stdout=pipe,
                stderr=self._stderr,
                cwd=system.folder,
                env={**os.environ, **system.environment},
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for the process that measures; it ends this one
            )
        except OSError as error:
            self._stderr.close()
            raise BackendError(f"{system.command[0]}: cannot be started ({error.strerror}); {system.hint}") from error
        try:
            answer = self.ask(system.opening)
            if "error" in answer:
                raise self._refused(answer)
        except BaseException:
            self.end()
            raise
        self.opened: dict[str, Any] = answer

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Sends a request and waits for its answer. Raises BackendError where the process dies or takes too long."""
        late = threading.Timer(self._timeout, self._process.kill)
        try:
            late.start()  # a Ctrl-C may come in here, too: a timer left running holds up the end for its whole time
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except OSError:  # a broken pipe: the process is gone
            line = ""
        finally:
            in_time = late.is_alive()
            late.cancel()
        try:
            answer = json.loads(line)
        except ValueError as error:
            raise self._died(in_time) from error
        if not isinstance(answer, dict):
            raise self._died(in_time)
        return answer

    def end(self) -> None:
        """Ends the process, by force: nothing it holds is worth saving."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what was still buffered for a process that is gone
                    pipe.close()
        self._stderr.close()

    def _refused(self, answer: Mapping[str, Any]) -> BackendError:
        name = self._system.title
        if "missing" in answer:
            return BackendError(
                f"{name}: {answer['missing']} cannot be imported by {self._system.command[0]}; {self._system.hint}"
            )
        return BackendError(f"{name}: cannot be opened ({_one_line(answer['error'])}); {self._system.hint}")

    def _died(self, in_time: bool) -> BackendError:
        self._process.kill()
        code = self._process.wait()
        self._stderr.seek(0, os.SEEK_SET)
        said = self._stderr.read().decode("utf-8", "replace").strip().splitlines()
        why = f"its process ended with code {code}" if in_time else f"no answer within {self._timeout:g} s"
        last = f", its last words: {_one_line(said[-1])}" if said else ""
        return BackendError(f"{self._system.title}: {why}{last}; {self._system.hint}")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:300]
