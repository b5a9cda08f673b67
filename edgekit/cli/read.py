"""``edgekit read``: pictures in, a table or JSON out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from edgekit.cli import codes
from edgekit.cli.annotate import Annotator
from edgekit.cli.console import complain, say, to_json
from edgekit.cli.inputs import Found, Reading, find, read_each
from edgekit.cli.options import open_reader
from edgekit.cli.progress import Progress
from edgekit.cli.tables import LEGEND, Table, card


def run(options: argparse.Namespace) -> int:
    """Reads what ``options.paths`` names; returns the exit code."""
    found = find(options.paths)
    annotator = Annotator.plan(options.annotate, found.pictures) if options.annotate else None
    reader = open_reader(options)
    with Progress(len(found.pictures)) as progress:
        readings = _watched(read_each(reader, found), progress)
        if annotator is not None:
            readings = annotator.draw_each(readings, reader.bundle)
        failed = _show(options, found, readings)
    return codes.PICTURE_FAILED if failed else codes.OK


def _show(options: argparse.Namespace, found: Found, readings: Iterable[Reading]) -> int:
    """Prints readings as they come; returns how many failed."""
    if options.json:
        return _show_array(readings)
    if options.jsonl:
        return _show_lines(readings)
    if len(found.pictures) == 1:
        return _show_card(readings)
    return _show_table(found, readings)


def _show_array(readings: Iterable[Reading]) -> int:
    """A JSON array, written picture by picture, and complete even where the reading stops early."""
    failed, before = 0, "[\n"
    try:
        for reading in readings:
            sys.stdout.write(before + to_json(_record(reading), sys.stdout))
            failed, before = failed + _failed(reading), ",\n"
    finally:
        sys.stdout.write("\n]\n" if before == ",\n" else "[]\n")
    return failed


def _show_lines(readings: Iterable[Reading]) -> int:
    failed = 0
    for reading in readings:
        print(to_json(_record(reading), sys.stdout), flush=True)
        failed += _failed(reading)
    return failed


def _show_card(readings: Iterable[Reading]) -> int:
    failed = 0
    for reading in readings:
        failed += _failed(reading)
        if reading.receipt is not None:
            _warn(reading)
            print(card(reading.picture, reading.receipt))
    return failed


def _show_table(found: Found, readings: Iterable[Reading]) -> int:
    table, failed = Table(found.pictures), 0
    print(table.header(), flush=True)
    for reading in readings:
        failed += _failed(reading)
        if reading.receipt is not None:
            _warn(reading)
            print(table.row(reading.picture, reading.receipt), flush=True)
    if table.marked:
        print(LEGEND)
    say(f"{len(found.pictures) + len(found.problems) - failed} read, {failed} failed")
    return failed


def _watched(readings: Iterable[Reading], progress: Progress) -> Iterator[Reading]:
    """The same readings; the bar steps aside while one is printed."""
    for reading in readings:
        progress.clear()
        yield reading
        progress.step()
    progress.clear()


def _failed(reading: Reading) -> bool:
    if reading.error is not None:
        complain(reading.error)
    return reading.error is not None


def _warn(reading: Reading) -> None:
    for warning in reading.receipt.warnings if reading.receipt else ():
        say(f"warning: {warning}")


def _record(reading: Reading) -> dict[str, Any]:
    """What machines get for one picture: its receipt, or its error."""
    if reading.receipt is None:
        return {"file": reading.picture, "error": reading.error}
    return {"file": reading.picture, **reading.receipt.to_dict()}
