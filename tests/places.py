"""Where things are that tests read."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("EDGEKIT_DATA") or ROOT.parent / "shared" / "data")
"""Real receipts, which are not part of this project; tests that want them are skipped where they are absent."""
SCORER = DATA.parent / "eval" / "score.py"
EXAMPLE = ROOT / "examples" / "receipt.jpg"
