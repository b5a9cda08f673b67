"""The kinds of apps: which engines run there, at which precision, and where a bundle lies. Nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from edgekit.errors import UsageError
from export.catalogue import BASE, TARGETS, Target, jobs

JUDGED = "int8"
"""Preferred where it can be had: it has to be calibrated with receipts and judged by others."""


@dataclass(frozen=True, slots=True)
class App:
    """about: the device, for people. place: the bundle's folder in what is packed.

    engines: targets that run there, the usual one first, each with what it ships where no precision is asked for,
    best first. unpacks: whether a zipped model is laid out as the folder that it is. carries_code: whether EdgeKit's
    own package goes with it.
    """

    name: str
    about: str
    place: str
    engines: Mapping[str, tuple[str, ...]]
    unpacks: bool = False
    carries_code: bool = False

    @property
    def usual(self) -> str:
        """The target that is packed where none is asked for."""
        return next(iter(self.engines))


SMALL = (JUDGED, BASE)
ALL = (
    App("android", "an Android app", "assets/edgekit", {"onnx": SMALL, "executorch": SMALL}),
    App(
        "ios",
        "an iOS or macOS app",
        "edgekit",
        {"coreml": ("fp16",), "onnx": SMALL, "executorch": SMALL},
        unpacks=True,
    ),
    App("pi", "a Raspberry Pi or another 64-bit Linux board", "bundle", {"onnx": SMALL}, carries_code=True),
)
APPS: Mapping[str, App] = MappingProxyType({app.name: app for app in ALL})


@dataclass(frozen=True, slots=True)
class Choice:
    """What to build for an app. left_out: what would be better, and why it was not chosen; None where nothing was."""

    jobs: tuple[tuple[Target, str], ...]
    left_out: str | None


def choose(app: App, targets: Sequence[str], precisions: Sequence[str], can_judge: bool) -> Choice:
    """Targets and precisions that were asked for win; where none were, the app's own. can_judge: receipts were named
    to calibrate with, and others to judge by.

    Raises UsageError where a target does not run there, or as ``catalogue.jobs`` does.
    """
    for name in targets:
        if name not in app.engines:
            raise UsageError(f"--app {app.name}: {name} does not run there; leave --target out, or choose {_any(app)}")
    chosen = list(dict.fromkeys(targets)) or [app.usual]
    if precisions:
        return Choice(tuple(jobs(chosen, precisions)), None)
    best = {name: _best(app, name, can_judge) for name in chosen}
    found = tuple(job for name, precision in best.items() for job in jobs([name], [precision]))
    spared = [name for name, precision in best.items() if precision != _best(app, name, True)]
    said = f"{' and '.join(spared)} as {BASE}: {JUDGED} needs --calibration DIR and --gate DIR" if spared else None
    return Choice(found, said)


def _best(app: App, target: str, can_judge: bool) -> str:
    has = TARGETS[target].precisions
    return next(one for one in app.engines[target] if one in has and (can_judge or one != JUDGED))


def _any(app: App) -> str:
    return " or ".join(app.engines)
