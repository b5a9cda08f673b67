"""Golden cases: ``golden.py TESTS`` with the folder that has ``golden``; prints JSON with ``cases`` and ``wrong``.

All functions, all steps of the extraction, all receipts from their tapes: networks are compared by themselves.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator


def main(tests: str) -> None:
    sys.path.insert(0, tests)
    wrong = list(differences())
    print(json.dumps({"cases": len(wrong), "wrong": [one for one in wrong if one is not None]}))


def differences() -> Iterator[str | None]:
    """Per case, how what is found differs from what is expected; None where it does not."""
    from golden import cases
    from golden.extraction import STEPS
    from golden.functions import FUNCTIONS
    from golden.plain import difference, plain
    from golden.receipts import replayed

    for name, function in FUNCTIONS.items():
        for number, case in enumerate(cases.load(f"cases/{name}")):
            yield difference(plain(function(case["in"])), case["out"], f"{name}[{number}]")
    papers = cases.load(cases.PAPERS)
    for name, step in STEPS.items():
        for case in cases.load(f"cases/{name}"):
            yield difference(plain(step(papers[case["paper"]])), case["out"], f"{name}[{case['paper']}]")
    for picture in cases.pictures():
        case = cases.load(f"receipts/{picture.stem}")
        yield difference(plain(replayed(picture, case["tape"]).to_dict()), case["taped"], picture.stem)


if __name__ == "__main__":
    main(*sys.argv[1:])
