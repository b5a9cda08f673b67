"""Case files: reading, computing anew, and writing them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from golden.extraction import FEW, STEPS
from golden.functions import FUNCTIONS, bundle
from golden.plain import TOLERANCE, difference
from golden.receipts import recorded

HERE = Path(__file__).parent
MANIFEST, PAPERS = "manifest", "papers"
Case = dict[str, Any]


def path_of(name: str) -> Path:
    return HERE / f"{name}.json"


def load(name: str) -> Any:
    return json.loads(path_of(name).read_text(encoding="utf-8"))


def pictures() -> list[Path]:
    return sorted((HERE / "receipts").glob("*.png"))


def all_cases() -> Iterator[tuple[str, Any]]:
    """Name and content of every case file, computed from the inputs that are there."""
    for name, function in FUNCTIONS.items():
        yield f"cases/{name}", [{"in": case["in"], "out": function(case["in"])} for case in load(f"cases/{name}")]
    papers = load(PAPERS)
    for name, step in STEPS.items():
        numbers = range(len(papers))[: FEW.get(name)]
        yield f"cases/{name}", [{"paper": number, "out": step(papers[number])} for number in numbers]
    for picture in pictures():
        yield f"receipts/{picture.stem}", recorded(picture)


def manifest(counts: dict[str, int]) -> Case:
    """How many cases each file has; which bundle they were made with."""
    return {"bundle": bundle().digest, "tolerance": TOLERANCE, "papers": len(load(PAPERS)), "cases": counts}


def count(found: Any) -> int:
    return len(found) if isinstance(found, list) else 1


def settle(name: str, found: Any, write: bool) -> list[str]:
    """Writes a file where it differs from what is there; says how it does."""
    path = path_of(name)
    plain = json.loads(json.dumps(found))
    before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    problem = difference(plain, before, name)
    if problem is not None and write:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text_of(found), encoding="utf-8")
    return [problem] if problem is not None else []


def text_of(found: Any) -> str:
    """JSON with a case, or a key, to a line."""
    opening, closing = ("[", "]") if isinstance(found, list) else ("{", "}")
    items = [_dump(item) for item in found] if isinstance(found, list) else _members(found)
    return opening + "\n" + ",\n".join(items) + "\n" + closing + "\n"


def _members(found: Case) -> list[str]:
    return [f"{json.dumps(key)}: {_dump(value)}" for key, value in found.items()]


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def make_inputs() -> None:
    """Inputs and pictures anew, without expectations."""
    from golden import inputs  # needs models.synthetic, which checking does not

    papers = inputs.papers()
    _write(PAPERS, papers)
    for name, found in inputs.of_functions(papers).items():
        _write(f"cases/{name}", [{"in": case} for case in found])
    inputs.pictures(HERE / "receipts")


def _write(name: str, found: Any) -> None:
    path = path_of(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text_of(found), encoding="utf-8")
