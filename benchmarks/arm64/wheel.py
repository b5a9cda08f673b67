"""EdgeKit as a user gets it: the wheel, built from this checkout and unpacked by pip."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import ROOT
from benchmarks.arm64.system import UnavailableError, call
from edgekit.errors import UsageError

PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check")


def installed(wheel: Path | None, work: Path) -> Path:
    """The folder that a wheel is installed into, without what it requires. None: built from this checkout.

    Raises UsageError where ``wheel`` is none, UnavailableError where it cannot be built.
    """
    if wheel is None:
        made = work / "wheel"
        build = [*PIP, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(made), str(ROOT)]
        call(build, "see what pip says, or give --wheel")
        wheel = next(made.glob("edgekit-*.whl"))
    elif not wheel.is_file():
        raise UsageError(f"{wheel}: is no file; give a wheel of EdgeKit, or leave --wheel out")
    place = work / "package"
    try:
        call([*PIP, "install", "--quiet", "--no-deps", "--target", str(place), str(wheel)], "give a wheel of EdgeKit")
    except UnavailableError as error:
        raise UsageError(f"{wheel}: {error}") from error
    if not (place / "edgekit").is_dir():
        raise UsageError(f"{wheel}: is a wheel of something else; give one of EdgeKit")
    return place
