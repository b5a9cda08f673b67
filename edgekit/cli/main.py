"""The command line's entry: parse, run, and turn every error into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from edgekit.cli import codes
from edgekit.cli.console import complain, prepare, say
from edgekit.cli.parser import build_parser
from edgekit.errors import BackendError, BundleError, EdgeKitError, ImageError


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line ``arguments`` (None: the process's own); returns the exit code."""
    prepare()
    try:
        options = build_parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
        return code
    except EdgeKitError as error:
        complain(str(error))
        return _code_of(error)
    except KeyboardInterrupt:
        say("interrupted")
        return codes.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains when it flushes at exit
        return codes.PIPE_CLOSED
    except OSError as error:  # a full disk behind stdout; files of ours are converted where they are opened
        complain(f"output cannot be written ({error.strerror}): free some space or choose another place")
        return codes.USAGE


def _code_of(error: EdgeKitError) -> int:
    if isinstance(error, (BundleError, BackendError)):
        return codes.UNUSABLE
    return codes.PICTURE_FAILED if isinstance(error, ImageError) else codes.USAGE
