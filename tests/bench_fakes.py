"""Stand-ins for the processes that edgekit.bench starts, and a check against its schema."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
from places import ROOT

from edgekit.bench.variants import Variant
from edgekit.bundle import Bundle

SCHEMA = json.loads((ROOT / "edgekit" / "bench" / "schema.json").read_text(encoding="utf-8"))
EXAMPLE_RESULT = ROOT / "tests" / "bench_example.json"
FAKE = """
import json, os, sys, time
settings = json.loads(sys.argv[1])
name, reads = None, 0
def log(what):
    with open(settings["log"], "a") as file:
        print(name, what, file=file)
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        name = request["open"]["precision"] + str(request["open"]["threads"])
        log("start")
        answer = {"import_s": 0.1, "load_s": 0.2, "extractor": "joint", "affinity": [0]}
        if name in settings.get("refuse", ()):
            answer = {"error": "this engine is not installed"}
    elif "burst" in request:
        answer = {"reads": 10, "seconds": 2.0}
    else:
        reads += 1
        log(os.path.basename(request["read"]))
        if reads == settings.get("die_at"):
            sys.exit("out of memory")
        answer = {"seconds": 0.01 * reads, "cpu_seconds": 0.02, "stages": {"decode": 0.002, "detect": 0.008},
                  "runs": [["detect", [[1, 32, 32, 3]], 0.005]],
                  "memory": {"rss": 1000 + reads, "peak": 2000 + reads, "threads": 3}}
        if os.path.basename(request["read"]) in settings.get("fail_on", ()):
            answer = {"failed": "too dark"}
        if settings.get("silent"):
            answer["memory"] = {"rss": None, "peak": None, "threads": None}
    print(json.dumps(answer), flush=True)
"""


class Fake:
    """Starts invented readers, and tells what they did. command: for ``python`` of a plan or setting."""

    def __init__(self, folder: Path) -> None:
        self._script, self._log = folder / "fake.py", folder / "log.txt"
        self._script.write_text(FAKE, encoding="utf-8")
        self._log.touch()

    def command(self, **settings: Any) -> tuple[str, ...]:
        return sys.executable, str(self._script), json.dumps({"log": str(self._log), **settings})

    def told(self) -> list[str]:
        """A line per start and read, in order: who, and what."""
        return self._log.read_text(encoding="utf-8").splitlines()


def variant(bundle: Bundle, precision: str = "fp32", threads: int = 1) -> Variant:
    return Variant(f"{precision} {threads}", bundle, "onnxruntime", precision, threads)


def check(result: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(result)
    json.dumps(result, allow_nan=False)


def example() -> Any:
    """An invented result that follows the schema."""
    return json.loads(EXAMPLE_RESULT.read_text(encoding="utf-8"))
