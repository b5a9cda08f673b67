from __future__ import annotations

import subprocess
import sys

from places import ROOT


def test_without_torch_it_says_what_to_install() -> None:
    script = "import sys; sys.modules['torch'] = None; import models.detector"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last == "edgekit.errors.BackendError: torch is not installed: pip install edgekit[train,export]"
