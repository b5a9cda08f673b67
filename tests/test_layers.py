"""Who may import whom, read from the source of every module."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

import edgekit

PACKAGE = ROOT / "edgekit"
MODULES = sorted(PACKAGE.rglob("*.py"))
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "types": set(),
    "names": set(),
    "timings": set(),
    "machine": set(),
    "memory": set(),
    "components": set(),
    "parsing": set(),
    "escalation": {"types"},
    "reliability": set(),
    "strict": {"errors"},
    "calibration": {"strict"},
    "store": {"errors"},
    "zipped": {"errors", "names", "store"},
    "manifest": {"names", "strict"},
    "bundle": {"errors", "manifest", "names", "store", "zipped"},
    "bundling": {"bundle", "errors", "manifest", "names", "placing", "store", "strict"},
    "placing": {"errors"},
    "session": {"bundle", "errors", "manifest", "placing"},
    "backends": {"errors", "manifest"},
    "decode": {"errors"},
    "geometry": {"types"},
    "image": {"geometry", "types"},
    "view": {"geometry", "image", "types"},
    "detect": {"components", "geometry", "image", "session", "types", "view"},
    "recognize": {"geometry", "image", "session", "strict", "types"},
    "reread": {"recognize", "types"},
    "layout": {"geometry", "types"},
    "extract": {"calibration", "errors", "geometry", "parsing", "strict", "types"},
    "scan": {"detect", "geometry", "image", "layout", "recognize", "reread", "timings", "types"},
    "evaluation": {"errors", "reliability", "types"},
    "reader": {
        *("bundle", "decode", "detect", "errors", "escalation", "extract", "geometry", "image", "layout", "machine"),
        *("manifest", "memory", "recognize", "reread", "scan", "session", "timings", "types"),
    },
    "training": {
        *("bundle", "bundling", "calibration", "errors", "evaluation", "extract", "manifest", "parsing", "reader"),
        *("strict", "types"),
    },
    "bench": {"bundle", "decode", "errors", "machine", "manifest", "memory", "reader", "session"},
    "cli": {
        "bench",
        *("bundle", "bundling", "decode", "errors", "evaluation", "geometry", "image", "machine", "manifest", "memory"),
        *("calibration", "extract", "reader", "reliability", "session", "strict", "timings", "training", "types"),
    },
    "": {"bundle", "cli", "errors", "reader", "types"},
}
"""Module or folder to those of ours it may import, besides its own folder; "" is the package itself and __main__."""
STAGES = ("detect", "recognize", "layout", "extract")
ENGINES = {
    "onnxruntime": "backends/ort.py",
    "executorch": "backends/executorch.py",
    "torch": "backends/executorch.py",
    "coremltools": "backends/coreml.py",
}
LIBRARIES = {"numpy", "PIL"}
PLUG_INS = {"pillow_heif": "decode.py", "matplotlib": "cli/plots.py"}


def room_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return "" if parts[0] in ("__init__", "__main__") else parts[0]


def imported(path: Path) -> list[str]:
    """Full names of all modules imported anywhere in a file."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names += [f"{node.module}.{alias.name}" for alias in node.names] if node.module == "edgekit" else []
            names += [node.module] if node.module and node.module != "edgekit" else []
    return names


def test_every_room_is_in_the_plan() -> None:
    assert {room_of(path) for path in MODULES} == set(ROOMS)
    assert len(MODULES) > 40


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_the_rooms_it_may(path: Path) -> None:
    room = room_of(path)
    for name in imported(path):
        parts = name.split(".")
        if parts[0] == "edgekit" and parts[1] != "__version__":
            assert parts[1] == room or parts[1] in ROOMS[room], f"{path.name} imports {name}"


def test_the_plan_has_no_circle() -> None:
    rest = {room: set(uses) for room, uses in ROOMS.items()}
    while rest:
        free = [room for room, uses in rest.items() if not uses & rest.keys()]
        assert free, f"a circle among {sorted(rest)}"
        for room in free:
            del rest[room]


@pytest.mark.parametrize("stage", STAGES)
def test_no_stage_imports_another(stage: str) -> None:
    assert not ROOMS[stage] & set(STAGES)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_runtime_needs_three_packages_only(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name in imported(path):
        top = name.split(".")[0]
        own_or_standard = top == "edgekit" or top in sys.stdlib_module_names
        allowed_here = place in (ENGINES.get(top), PLUG_INS.get(top))
        assert own_or_standard or top in LIBRARIES or allowed_here, f"{place} imports {name}"


def test_one_line_imports_the_engine() -> None:
    lines = [line for path in MODULES for line in path.read_text(encoding="utf-8").splitlines()]
    assert sum(line.strip().startswith(("import onnxruntime", "from onnxruntime")) for line in lines) == 1


def loaded_by(statement: str) -> set[str]:
    """Top-level names of the modules that a fresh interpreter has after a statement."""
    script = f"{statement}\nimport sys\nprint(*{{name.split('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_by("import edgekit; edgekit.__version__; dir(edgekit)") & {"numpy", "PIL", "onnxruntime", "torch"}
    assert not loaded_by("from edgekit import Reader, Receipt, EdgeKitError") & {"onnxruntime", "torch"}
    assert "onnxruntime" in loaded_by("from edgekit import Reader; Reader.open()")


def test_every_public_name_is_there() -> None:
    for name in edgekit.__all__:
        assert getattr(edgekit, name) is not None
    assert dir(edgekit) == sorted(edgekit.__all__)
    assert set(edgekit.__all__) == {*edgekit._HOME, "__version__"}
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        edgekit.Nothing  # noqa: B018
