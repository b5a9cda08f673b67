"""Systems that only play at reading, and receipts for them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.measure import Read, Run
from edgekit.bench.process import System

FAKE = """
import json, sys, time
options, log = None, None
for line in sys.stdin:
    request = json.loads(line)
    if "open" in request:
        options = request["options"]
        log = open(options["log"], "a") if "log" in options else None
        answer = options.get("refuse") or {"versions": {"fake": "1"}, "starts_anew": options.get("starts_anew", False)}
    elif "read" in request:
        name = request["read"].replace("\\\\", "/").rsplit("/", 1)[-1]
        if log:
            print(options["name"], name, file=log, flush=True)
        if name == options.get("die_on"):
            sys.exit("no memory left\\nfor this picture")
        if name == options.get("hang_on"):
            time.sleep(60)
        if name == options.get("babble_on"):
            print("loading model ...", flush=True)
            continue
        if name == options.get("fail_on"):
            answer = {"failed": "ValueError: too dark"}
        else:
            answer = {"seconds": options.get("seconds", 0.5), "cpu_seconds": 0.25,
                      "lines": options.get("lines", []), "fields": options.get("fields")}
    else:
        answer = {"peak_mb": options.get("peak_mb", 100.0), "installed_mb": None}
    print(json.dumps(answer), flush=True)
"""


def line(text: str, y: float, x: float = 10.0, height: float = 20.0) -> dict[str, Any]:
    right, low = x + 10.0 * len(text), y + height
    return {"text": text, "quad": [x, y, right, y, right, low, x, low], "confidence": 0.9}


RECEIPT = [
    line("CORNER SHOP", 10),
    line("03/04/2018", 40),
    line("Tax", 70),
    line("0.50", 70, 300),
    line("Total", 100),
    line("10.50", 100, 300),
]
LABEL = {
    "file": "images/a.jpg",
    "split": "dev",
    "vendor": "Corner Shop",
    "norm": {"date_readings": ["2018-04-03", "2018-03-04"], "total": 10.5, "tax": 0.5},
}


def fakes_in(folder: Path) -> Callable[..., System]:
    """Makes systems whose worker is a script; options: see FAKE."""
    script = folder / "fake.py"
    script.write_text(FAKE, encoding="utf-8")

    def make(key: str = "edgekit", options: Mapping[str, Any] | None = None) -> System:
        opening = {"open": key, "threads": 1, "options": {"name": key, **(options or {})}}
        return System(key, key.title(), (sys.executable, str(script)), opening, "mend it so")

    return make


def data_folder(parent: Path) -> Path:
    """A data folder of five pictures (empty files: the fakes do not look) in two splits."""
    (parent / "shop" / "images").mkdir(parents=True)
    rows = []
    for i, name in enumerate("abcde"):
        rows.append({**LABEL, "file": f"images/{name}.jpg", "split": "dev" if i < 4 else "train"})
        (parent / "shop" / "images" / f"{name}.jpg").touch()
    text = "".join(json.dumps(row) + "\n" for row in rows)
    (parent / "shop" / "labels.jsonl").write_text(text, encoding="utf-8")
    return parent / "shop"


def still(seconds: list[float | None], key: str = "edgekit", **measured: Any) -> Run:
    """A finished run with these times."""
    reads = [Read(s, s, failed=None if s is not None else "ValueError: too dark") for s in seconds]
    return Run(System(key, key.title(), (), {}, ""), {"python": "3"}, reads, **measured)
