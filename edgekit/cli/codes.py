"""Exit codes of the ``edgekit`` command."""

from __future__ import annotations

OK = 0
PICTURE_FAILED = 1
USAGE = 2
UNUSABLE = 3
NOT_BETTER = 4
INTERRUPTED = 130
PIPE_CLOSED = 141

MEANING = {
    OK: "every picture was read (or the bundle is sound)",
    PICTURE_FAILED: "at least one picture could not be read; the others were",
    USAGE: "wrong usage, nothing to read, or the output cannot be written",
    UNUSABLE: "the bundle or the backend cannot be used",
    NOT_BETTER: "training gained nothing on receipts held back, and no bundle was written",
    INTERRUPTED: "interrupted by Ctrl-C; bench also by SIGTERM",
    PIPE_CLOSED: "the program that read the output went away",
}
