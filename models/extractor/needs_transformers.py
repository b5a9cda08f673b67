"""Imported first, so that without transformers it is said what to install."""

from __future__ import annotations

import importlib.util

from edgekit.errors import BackendError

if importlib.util.find_spec("transformers") is None:
    raise BackendError("transformers is not installed: pip install edgekit[train]")
