"""PaddlePaddle's inference folders, turned into ONNX by paddle2onnx.

Its packages want other versions than ours, and one of them installs packages by itself unless told not to; so it runs
in an environment of its own, as another process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from edgekit.errors import BackendError, BundleError
from export.recipe import PaddleModel
from export.sources.disk import scratch

PYTHON = "EDGEKIT_PADDLE"
"""Environment variable: the Python of the environment that has paddle2onnx."""
MEND = (
    "python3.11 -m venv paddle && paddle/bin/pip install paddlepaddle==3.3.1 onnx==1.17.0 && "
    f"paddle/bin/pip install --no-deps paddle2onnx==1.3.1, and set {PYTHON}=paddle/bin/python"
)
OPSET = 16
"""What paddle2onnx 1.3.1 writes at most without warnings; the graph is brought to ours later."""
SCRIPT = """\
import sys
try:
    import paddle2onnx
except ImportError as error:
    print(error, file=sys.stderr)
    sys.exit(3)
program, params, target, opset = sys.argv[1:]
paddle2onnx.export(program, params, target, int(opset), enable_onnx_checker=True)
"""
MISSING = 3
NO_INSTALLING = {"POLYGRAPHY_AUTOINSTALL_DEPS": "0"}


def to_onnx(model: PaddleModel, members: Mapping[str, bytes]) -> bytes:
    """The graph of a folder in ONNX. members: its two files by path.

    Raises BackendError where paddle2onnx is not installed, BundleError where it cannot convert the graph.
    """
    python = os.environ.get(PYTHON) or sys.executable
    files = {Path(file.path).name: members[file.path] for file in model.files}
    with scratch(files) as folder:
        paths, target = [folder / name for name in files], folder / "graph.onnx"
        command = [python, "-c", SCRIPT, *map(str, paths), str(target), str(OPSET)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, check=False, env={**os.environ, **NO_INSTALLING}, cwd=folder
            )
        except OSError as error:
            raise BackendError(f"{python}: cannot be run ({error.strerror}); set {PYTHON}: {MEND}") from error
        if done.returncode == MISSING:
            raise BackendError(f"paddle2onnx is not installed in {python}: {MEND}")
        if done.returncode != 0 or not target.is_file():
            said = [line for line in (done.stderr + done.stdout).strip().splitlines() if line.strip()]
            reason = said[-1] if said else f"exit status {done.returncode}"
            raise BundleError(f"{model.path}: paddle2onnx cannot convert this graph ({reason}); see docs/export.md")
        return target.read_bytes()
