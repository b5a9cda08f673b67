"""Result files: read, and checked against the schema that they name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import edgekit
from edgekit.errors import UsageError

PEERS = "edgekit.peers/2"
BENCH = "edgekit.bench/1"
ARM64_CHECK = "edgekit.arm64-check/1"
ARM64_COUNTS = "edgekit.arm64-counts/1"
SCHEMAS = {
    PEERS: Path(__file__).parent / "schema" / "peers-2.json",
    BENCH: Path(edgekit.__file__).parent / "bench" / "schema.json",
    ARM64_CHECK: Path(__file__).parent / "schema" / "arm64-check-1.json",
    ARM64_COUNTS: Path(__file__).parent / "schema" / "arm64-counts-1.json",
}
"""What these tools read, to where it is described."""

Result = dict[str, Any]


def load(path: Path, *kinds: str) -> Result:
    """A result of one of these kinds (keys of SCHEMAS). Raises UsageError for anything else, saying what is wrong."""
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a result file") from error
    except ValueError as error:
        raise UsageError(f"{path}: is no JSON ({error}); give a result file") from error
    kind = result.get("schema") if isinstance(result, dict) else None
    if kind not in kinds:
        raise UsageError(f"{path}: is of schema {kind!r}, wanted is {' or '.join(kinds)}; measure again")
    for message in _problems(result, kind):
        raise UsageError(f"{path}: does not follow schema {kind} ({message}); measure again with this version")
    return dict(result)


def _problems(result: Any, kind: str) -> list[str]:
    try:
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import best_match
    except ImportError as error:
        raise UsageError("jsonschema is not installed; run pip install jsonschema") from error
    schema = json.loads(SCHEMAS[kind].read_text(encoding="utf-8"))
    worst = best_match(Draft202012Validator(schema).iter_errors(result))
    return [] if worst is None else [f"{worst.json_path}: {worst.message[:200]}"]
