"""What the commands of ``python -m benchmarks.arm64`` do, and the status they end with."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks import ROOT, host
from benchmarks.arm64 import agreeing, checking, costs, counting, plugged, receipts, root
from benchmarks.arm64.cache import Cache
from benchmarks.arm64.counting import Reading, Tools
from benchmarks.arm64.processors import ARM, Place, Processor, chosen
from benchmarks.arm64.system import UnavailableError
from benchmarks.arm64.wheel import installed
from benchmarks.results import ARM64_CHECK, ARM64_COUNTS
from edgekit.bundle import Bundle
from edgekit.errors import EdgeKitError, UsageError
from edgekit.machine import allowed_cores
from edgekit.reader import Reader
from export.report import table

SAME, DIFFERS, ERROR, UNAVAILABLE = 0, 1, 2, 3


def status(command: Callable[[argparse.Namespace], int], options: argparse.Namespace) -> int:
    """Runs a command; an error is one line."""
    try:
        return command(options)
    except UnavailableError as error:
        print(f"error: emulation cannot be set up: {error}", file=sys.stderr)
        return UNAVAILABLE
    except (EdgeKitError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR


def check(options: argparse.Namespace) -> int:
    """The verdict on every processor."""
    if options.jobs is not None and options.jobs < 1:
        raise UsageError(f"--jobs {options.jobs}: give 1 or more")
    processors = _arm(options.cpu)
    with root.ready(Cache(not options.no_cache), options.mirror) as place, tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        package = installed(options.wheel, work)
        subject = checking.measure(package, options.bundle, options.precision, options.receipts, work)
        findings = checking.check(subject, place, processors, options.jobs or allowed_cores())
    result = {
        "schema": ARM64_CHECK,
        "emulated": True,
        "beside": host.describe(),
        "versions": root.versions(),
        "bundle": subject.bundle.digest,
        "graphs": {one: checking.serving(subject.bundle, one) for one in subject.precisions},
        "passed": all(finding.passed for _, finding in findings),
        "findings": [
            {"processor": title, "what": finding.what, "passed": finding.passed}
            | {"figure": finding.figure, "largest": finding.largest}
            for title, finding in findings
        ],
    }
    _write(_with_other_cores(result, options.json), options.json)
    rows = [("same" if one.passed else "DIFFERS", title, one.what, one.figure) for title, one in findings]
    print(table(("", "processor", "what", ""), rows))
    print(f"bundle {subject.bundle.digest[:12]}: {'the same everywhere' if result['passed'] else 'something differs'}")
    return SAME if result["passed"] else DIFFERS


def _with_other_cores(result: dict[str, Any], out: Path | None) -> dict[str, Any]:
    """With what ``out`` says of other cores, if all else is the same: a run for each core fills one file."""
    try:
        before = json.loads(out.read_text(encoding="utf-8")) if out is not None else None
    except (OSError, ValueError):
        return result
    same = [key for key in result if key not in ("passed", "findings")]
    if not isinstance(before, dict) or any(before.get(key) != result[key] for key in same):
        return result
    run = {finding["processor"] for finding in result["findings"]}
    findings = [one for one in before["findings"] if one["processor"] not in run] + result["findings"]
    order = [processor.title for processor in ARM.values()]
    findings.sort(key=lambda finding: order.index(finding["processor"]))
    return result | {"passed": all(finding["passed"] for finding in findings), "findings": findings}


def agree(options: argparse.Namespace) -> int:
    """The table of a graph on receipts."""
    bundle = Bundle.open(options.bundle)
    feeds = agreeing.inputs(bundle, options.stage, options.data, options.count)
    with root.ready(Cache(not options.no_cache), options.mirror) as place:
        result = agreeing.measure(
            bundle, options.stage, options.precision, chosen(options.cpu), Place(place, (ROOT,)), feeds
        )
    _write(result, options.json)
    print(agreeing.text(result))
    return SAME


def count(options: argparse.Namespace) -> int:
    """The tables of instructions and estimates."""
    cache, bundle = Cache(not options.no_cache), Bundle.open(options.bundle)
    precisions = checking.precisions(bundle, options.precision)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        picture = options.picture or receipts.write(folder, 1)[0]
        Reader.open(bundle.path).read(picture)  # one that cannot be read is told before anything is got
        place = Place(stack.enter_context(root.ready(cache, options.mirror)), (ROOT,))
        tools = Tools(
            stack.enter_context(plugged.ready(cache, options.mirror)),
            stack.enter_context(costs.ready(cache, options.mirror)),
        )
        rows = [
            counting.measure(place, tools, processor, Reading(bundle.path, precision, picture))
            for processor in _arm(options.cpu)
            for precision in precisions
        ]
    result = {
        "schema": ARM64_COUNTS,
        "emulated": True,
        "versions": root.versions(),
        "bundle": bundle.digest,
        "graphs": {one: checking.serving(bundle, one) for one in precisions},
        "picture": picture.name,
        "method": counting.METHOD,
        "models": dict(costs.MODELS),
        "rows": rows,
    }
    _write(result, options.json)
    print(counting.text(rows))
    return SAME


def _arm(models: Sequence[str]) -> list[Processor]:
    return [one for one in chosen(models) if one.architecture == "aarch64"]


def _write(result: dict[str, Any], out: Path | None) -> None:
    if out is not None:
        out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {"check": check, "agree": agree, "count": count}
